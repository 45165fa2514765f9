"""Reads of the top floor: the public home and one's own page, put together from the rooms below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.access import is_administrator
from ..accounts.models import Person
from ..core import clock, registry
from ..core.actors import Actor
from ..core.db import session
from ..events import queries as events
from ..events.models import Event, EventState
from ..network import queries as network
from ..network.models import City, Mission, Network, News, Partner, Theme
from ..network.rules import OnShore
from ..registration.models import Delegation, Registration

EVENTS_WITH_MISSING = 8
"""Events to come whose list of what is missing is computed at once."""


@dataclass(frozen=True)
class Home:
    network: Network | None
    cities: Sequence[City]
    shores: Sequence[OnShore]
    partners: Sequence[Partner]
    themes: Sequence[Theme]
    missions: Sequence[Mission]
    news: Sequence[News]
    coming: Sequence[Event]
    """To come or under way, the soonest first."""
    outcomes: Sequence[Event]
    """Past ones that published what came of them, the latest first."""


def home() -> Home:
    coming, past = events.public_events(clock.today())
    here, cities = network.network(), network.cities()
    return Home(
        network=here,
        cities=cities,
        shores=network.on_shores(here, cities) if here else [],
        partners=network.partners(),
        themes=network.themes(),
        missions=network.missions(),
        news=network.latest_news(most=4),
        coming=coming[:4],
        outcomes=[event for event in past if event.outcome][:2],
    )


@dataclass(frozen=True)
class EventInHand:
    """An event of an organiser's, with what it lacks (None: not computed here, its own page says)."""

    event: Event
    missing: Sequence[registry.Missing] | None


def events_in_hand(actor: Actor) -> list[EventInHand]:
    """The events an account works on: those to come first, the soonest on top, then the past ones."""
    today = clock.today()
    rows = events.events_of_user(actor.code, every=is_administrator(actor, None))
    ended = (EventState.FINISHED, EventState.ARCHIVED)
    coming = [row for row in rows if row.ends_on >= today and row.state not in ended]
    coming.sort(key=lambda row: (row.starts_on, row.code))
    past = sorted((row for row in rows if row not in coming), key=lambda row: (row.starts_on, row.code), reverse=True)
    return [
        *(EventInHand(row, missing(row) if place < EVENTS_WITH_MISSING else None) for place, row in enumerate(coming)),
        *(EventInHand(row, None) for row in past),
    ]


def missing(event: Event) -> list[registry.Missing]:
    """What every room finds missing, the gravest first."""
    order = list(registry.Severity)
    found = [each for finder in registry.missing for each in finder(event.code)]
    return sorted(found, key=lambda each: order.index(each.severity))


def registrations_of(person: str) -> list[Registration]:
    """A person's own registrations, the next event first."""
    query = (
        sa.select(Registration)
        .join(Registration.person)
        .join(Registration.event)
        .options(joinedload(Registration.event), joinedload(Registration.category))
        .where(Person.code == person)
        .order_by(Event.starts_on.desc(), Registration.id)
    )
    return list(session().scalars(query))


def delegations_led_by(person: str) -> list[Delegation]:
    """The delegations a person answers for, the next event first."""
    query = (
        sa.select(Delegation)
        .join(Delegation.lead)
        .join(Delegation.event)
        .options(joinedload(Delegation.event), joinedload(Delegation.city), joinedload(Delegation.partner))
        .where(Person.code == person)
        .order_by(Event.starts_on.desc(), Delegation.id)
    )
    return list(session().scalars(query))
