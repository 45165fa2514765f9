"""An event with people at it, laid as rows: what the badges room needs to see, and nothing of how it came to be."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa

from eventhub.accounts.commands import new_person
from eventhub.core.commands import add, command
from eventhub.core.db import session
from eventhub.core.text import EMPTY, Text
from eventhub.events.models import Event, EventKind, EventState
from eventhub.network.models import Network
from eventhub.registration.models import Category, Credential, Registration, State

NOW = datetime(2016, 2, 15, 8, 0, tzinfo=UTC)


@command
def event(*, slug: str = "lyon") -> str:
    """A technical meeting with one category; its code."""
    network = session().scalars(sa.select(Network)).first() or add(
        Network(title=Text.only("fr", "Réseau"), summary=EMPTY, description=EMPTY, funding=EMPTY)
    )
    session().flush()
    row = add(
        Event(
            network_id=network.id, slug=slug, kind=EventKind.TECHNICAL_MEETING, state=EventState.REGISTRATION_OPEN,
            title=Text({"fr": "Rencontre technique", "ar": "الاجتماع التقني"}, "fr"), summary=EMPTY,
            description=EMPTY, practical=EMPTY, outcome=EMPTY, place=Text.only("fr", "Lyon"), venue=EMPTY,
            address=EMPTY, starts_on=date(2016, 3, 9), ends_on=date(2016, 3, 10), zone="Europe/Paris",
            languages=["fr", "ar"], created_at=NOW,
        )
    )  # fmt: skip
    add(Category(event=row, key="focal_point", name=Text({"fr": "Point focal", "ar": "جهة تنسيق"}, "fr"), colour="sea"))
    return row.code


@command
def person(*, event_code: str, number: int, state: State = State.APPROVED, void: bool = False) -> tuple[str, str]:
    """(registration, credential) of an invented person at the event; the credential may be void or missing."""
    return seat(event_code=event_code, number=number, state=state, void=void)


def seat(*, event_code: str, number: int, state: State = State.APPROVED, void: bool = False) -> tuple[str, str]:
    """The same, inside a command."""
    row = session().scalars(sa.select(Event).where(Event.code == event_code)).one()
    category = session().scalars(sa.select(Category).where(Category.event == row)).first()
    someone = new_person(
        mail=f"person{number}@{row.slug}.example.org", language="fr", given_name="Amina", family_name=f"N{number:04d}",
        given_name_arabic="أمينة", family_name_arabic="الطرابلسي",
    )  # fmt: skip
    registration = add(
        Registration(event=row, person=someone, category=category, state=state, requested_at=NOW, created_at=NOW)
    )
    if state is not State.APPROVED and not void:
        return registration.code, ""
    credential = add(Credential(registration=registration, issued_at=NOW, void_at=NOW if void else None))
    return registration.code, credential.code
