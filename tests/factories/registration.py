"""Events with categories and delegations, and people who register, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

import sqlalchemy as sa

from eventhub.core.commands import command
from eventhub.core.db import session
from eventhub.core.text import Text
from eventhub.events.commands import create_event
from eventhub.events.models import Event, EventKind, EventState
from eventhub.network.models import City, CityStatus, Network, Theme
from eventhub.registration import commands
from eventhub.registration.answers import Answers
from eventhub.registration.commands import Invitee
from eventhub.registration.models import Category, Delegation, Registration, State

from . import network as make_network

THEMES = (
    "Gestion interculturelle", "Santé et éducation", "Logement", "Planification urbaine", "Droits humains",
    "Co-développement", "Emploi",
)  # fmt: skip


@dataclass
class Meeting:
    """A technical meeting with its parts by name; codes throughout."""

    event: str
    slug: str
    categories: dict[str, str]
    delegations: dict[str, str]
    """City's short name → delegation."""
    themes: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def row(self) -> Event:
        return session().scalars(sa.select(Event).where(Event.code == self.event)).one()

    def answers(self, **values: object) -> Answers:
        given: dict[str, object] = {
            "given_name": "Amina", "family_name": "Trabelsi", "languages": (("fr", "fluent"),),
            "ranking": tuple(self.themes),
        }  # fmt: skip
        return Answers(**{**given, **values})  # type: ignore[arg-type]

    def invited(
        self, category: str = "partner", city: str = "", mail: str = "", language: str = "fr", name: str = ""
    ) -> str:
        """The code of a fresh invitation."""
        number = next(self.numbers)
        invitee = Invitee(
            mail=mail or f"p{number}@{self.slug}.example.org", name=name or f"Personne Numéro{number}",
            language=language,
            category=self.categories[category], delegation=self.delegations[city] if city else "",
        )  # fmt: skip
        return commands.invite(event=self.event, invitees=[invitee])[0].code

    def sent(self, category: str = "partner", city: str = "", **values: str) -> str:
        """One who has sent the registration."""
        code = self.invited(category, city, **values)
        answers = self.answers(**_names_of(code), language=values.get("language", "fr"))
        commands.submit(event=self.event, registration=code, answers=answers)
        return code

    def approved(self, category: str = "partner", city: str = "", **values: str) -> str:
        code = self.sent(category, city, **values)
        commands.approve(event=self.event, registration=code)
        return code

    def capacity(self, capacity: int | None, category: str = "") -> None:
        commands.set_capacity(
            event=self.event, capacity=capacity, category=self.categories[category] if category else ""
        )


def _names_of(code: str) -> dict[str, str]:
    person = row(code).person
    parts = ("given_name", "family_name", "given_name_arabic", "family_name_arabic", "script")
    found = {part: getattr(person, part) for part in parts}
    session().rollback()
    return found


@command
def _open(*, event: str, until: datetime | None) -> None:
    found = session().scalars(sa.select(Event).where(Event.code == event)).one()
    found.state, found.registration_until = EventState.REGISTRATION_OPEN, until


def meeting(
    *,
    cities: tuple[str, ...] = ("Tunis", "Lyon"),
    capacity: int | None = None,
    themes: int = 7,
    slug: str = "lyon-2016",
) -> Meeting:
    """A network with confirmed cities and themes, and a technical meeting open for registration, made from its kind.
    Called again, another meeting of the same network."""
    if session().scalar(sa.select(Network.id)) is None:
        net = make_network.network()
        for name in cities:
            make_network.city(net, name, status=CityStatus.CONFIRMED)
        for title in THEMES[:themes]:
            make_network.theme(net, title)
    code = create_event(
        kind=EventKind.TECHNICAL_MEETING, starts_on=date(2016, 3, 9), zone="Europe/Paris", slug=slug,
        title=Text({"fr": "Rencontre technique", "en": "Technical meeting", "ar": "الاجتماع التقني"}, "fr"),
        venue=Text({"fr": "Hôtel de Ville"}, "fr"), place=Text({"fr": "Lyon", "ar": "ليون"}, "fr"),
    )  # fmt: skip
    _open(event=code, until=None)
    commands.set_capacity(event=code, capacity=capacity)
    return of(code)


def of(code: str) -> Meeting:
    """The parts of an event by name."""
    categories = session().execute(sa.select(Category.key, Category.code).join(Event).where(Event.code == code)).all()
    delegations = session().execute(
        sa.select(City.slug, Delegation.code).join(Delegation.city).join(Event, Delegation.event_id == Event.id)
        .where(Event.code == code)
    ).all()  # fmt: skip
    themes = session().scalars(sa.select(Theme.code).order_by(Theme.position, Theme.id)).all()
    slug = session().scalars(sa.select(Event.slug).where(Event.code == code)).one()
    session().rollback()
    return Meeting(
        code, slug, {row.key: row.code for row in categories}, {row.slug: row.code for row in delegations}, list(themes)
    )


def row(code: str) -> Registration:
    return session().scalars(
        sa.select(Registration).where(Registration.code == code).execution_options(populate_existing=True)
    ).one()  # fmt: skip


def state(code: str) -> State:
    found = session().scalars(sa.select(Registration.state).where(Registration.code == code)).one()
    session().rollback()
    return found


OPEN_UNTIL = datetime(2016, 2, 26, 22, 59, tzinfo=UTC)
