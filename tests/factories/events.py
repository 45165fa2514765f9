"""Events for tests: a network to hold them, and an event made from a kind."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from eventhub.core.commands import add, command
from eventhub.core.db import session
from eventhub.core.text import EMPTY, Text
from eventhub.events import commands, rules
from eventhub.events.models import Event, EventKind, EventState, Room
from eventhub.network.models import Network


def text(value: str, **others: str) -> Text:
    """A text in French (and other languages)."""
    return Text({"fr": value, **others}, "fr")


@command
def _network() -> str:
    known = session().scalars(sa.select(Network.code)).first()
    if known is not None:
        return known
    values: dict[str, Any] = dict.fromkeys(("summary", "description", "funding"), EMPTY)
    return add(Network(title=text("Villes de la Méditerranée", en="Cities of the Mediterranean"), **values)).code


def network() -> str:
    """The network of the install; its code."""
    return _network()


def event(kind: EventKind = EventKind.TECHNICAL_MEETING, state: EventState = EventState.DRAFT, **values: Any) -> Event:
    """An event in the database, bare unless told otherwise, in a state."""
    network()
    given: dict[str, Any] = {
        "title": text("Rencontre technique", en="Technical meeting", ar="اللقاء التقني"),
        "slug": "lyon-2016",
        "starts_on": date(2016, 3, 9),
        "ends_on": date(2016, 3, 10),
        "zone": "Europe/Paris",
        "place": text("Lyon", ar="ليون"),
        "bare": True,
    }
    code = commands.create_event(kind=kind, **{**given, **values})
    for step in rules.path(EventState.DRAFT, state):
        commands.set_state(event=code, to=step)
    return by_code(code)


def by_code(code: str) -> Event:
    session().expire_all()
    return session().scalars(sa.select(Event).where(Event.code == code)).one()


def room(event_row: Event, name: str = "Grand salon", capacity: int | None = 80, booths: tuple[str, ...] = ()) -> Room:
    """A room of an event."""
    code = commands.add_room(event=event_row.code, name=text(name), capacity=capacity, booths=booths)
    return session().scalars(sa.select(Room).where(Room.code == code)).one()
