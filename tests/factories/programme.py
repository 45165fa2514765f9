"""Sessions and whole agendas for tests."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import sqlalchemy as sa

from eventhub.core.db import session as database
from eventhub.events.models import Event
from eventhub.programme import commands
from eventhub.programme.models import Session, SessionKind
from tests.factories.events import text

DAY_ONE, DAY_TWO = date(2016, 3, 9), date(2016, 3, 10)


def session(event: Event, title: str = "Ouverture", **values: Any) -> Session:
    """A session in the draft of an event: a plenary of an hour at nine on the first day unless told otherwise."""
    given: dict[str, Any] = {
        "kind": SessionKind.PLENARY, "title": text(title), "day": DAY_ONE, "start": time(9, 0), "minutes": 60
    }  # fmt: skip
    return by_code(commands.add_session(event=event.code, **{**given, **values}))


def by_code(code: str) -> Session:
    database().expire_all()
    return database().scalars(sa.select(Session).where(Session.code == code)).one()


def move(row: Session, **values: Any) -> None:
    """Move a session as it stands now."""
    room = row.room.code if row.room else None
    given: dict[str, Any] = {"day": row.day, "start": row.start, "minutes": row.minutes, "room": room}
    commands.place_session(event=row.event.code, session=row.code, revision=row.revision, **{**given, **values})
