"""Reads of the registration room; each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload, selectinload

from ..accounts.models import Person, PersonalLink, User
from ..core.audit import AuditRow
from ..core.db import session
from ..core.lists import EXPORT_MOST, Page, Wanted, matches, page
from ..core.text import Text
from ..events.models import Event
from ..network.models import City, Partner, Theme
from . import rules
from .commands.answer import RANKED
from .commands.places import free_at, waiting_at
from .models import Category, Credential, Delegation, Preference, Quota, Registration, State

SORTS = ("name", "category", "city", "state", "requested")


# One thing, for `requires(load=…)` and the letters


def event(event: str) -> Event | None:
    return session().scalars(sa.select(Event).where(Event.code == event)).first()


def registration(registration: str) -> Registration | None:
    """A registration with everything its own page shows."""
    return session().scalars(_registrations().where(Registration.code == registration)).first()


def registration_to_answer(registration: str) -> Registration | None:
    """A registration with what its form needs in every case: the rest is loaded where it is shown."""
    texts = (Event.summary, Event.description, Event.practical, Event.outcome, Event.address)
    options = (
        joinedload(Registration.event).options(*(defer(text) for text in texts)),
        joinedload(Registration.person),
        joinedload(Registration.category),
    )
    return session().scalars(sa.select(Registration).options(*options).where(Registration.code == registration)).first()


def registration_within(event: str, registration: str) -> Registration | None:
    """A registration, found within its event."""
    query = _registrations().join(Registration.event)
    return session().scalars(query.where(Event.code == event, Registration.code == registration)).first()


def delegation(delegation: str) -> Delegation | None:
    return session().scalars(_delegations().where(Delegation.code == delegation)).first()


def delegation_within(event: str, delegation: str) -> Delegation | None:
    """A delegation, found within its event."""
    query = _delegations().join(Delegation.event)
    return session().scalars(query.where(Event.code == event, Delegation.code == delegation)).first()


def category_within(event: str, category: str) -> Category | None:
    """A category, found within its event."""
    query = sa.select(Category).join(Category.event).options(joinedload(Category.event))
    return session().scalars(query.where(Event.code == event, Category.code == category)).first()


def credential(row: Registration) -> Credential | None:
    """The credential that opens doors, if there is one."""
    query = sa.select(Credential).where(Credential.registration_id == row.id, Credential.void_at.is_(None))
    return session().scalars(query).first()


# What an event offers


def categories(event: Event) -> Sequence[Category]:
    """The categories of an event, in their order."""
    query = sa.select(Category).where(Category.event_id == event.id)
    return session().scalars(query.order_by(Category.position, Category.id)).all()


def open_categories(event: Event) -> list[Category]:
    """Those in which anyone may ask for a place."""
    return [row for row in categories(event) if row.open_to_public]


def delegations(event: Event) -> Sequence[Delegation]:
    """The delegations of an event with their city, partner and lead, by the short name of the city."""
    query = _delegations(event_too=False).outerjoin(Delegation.city).where(Delegation.event_id == event.id)
    return session().scalars(query.order_by(City.slug.is_(None), City.slug, Delegation.id)).all()


def quotas(delegations: Sequence[Delegation]) -> dict[tuple[int, int], Quota]:
    """(delegation id, category id) → quota, for all of these in one statement."""
    query = sa.select(Quota).where(Quota.delegation_id.in_([row.id for row in delegations]))
    return {(row.delegation_id, row.category_id): row for row in session().scalars(query)}


def members(delegation: Delegation) -> Sequence[Registration]:
    """Everyone of a delegation, those who need a decision first."""
    urgency = {State.PENDING: 0, State.WAITLISTED: 1, State.APPROVED: 2}
    first = sa.case(*((Registration.state == state, at) for state, at in urgency.items()), else_=3)
    query = (
        sa.select(Registration)
        .join(Registration.person)
        .where(Registration.delegation_id == delegation.id)
        .options(joinedload(Registration.person), joinedload(Registration.category))
    )
    return session().scalars(query.order_by(first, Person.family_name, Person.given_name, Registration.code)).all()


# Lists


def listed(event: Event, asked: Wanted) -> Page[Registration]:
    """One page of the registrations of an event: two statements."""
    return page(_listed(event, asked), asked, columns=_columns(), tie=Registration.code)


def exported(event: Event, asked: Wanted) -> Sequence[Registration]:
    """The same list without pages, at most EXPORT_MOST rows."""
    column = _columns()[asked.sort]
    query = _listed(event, asked).order_by(column.desc() if asked.descending else column, Registration.code)
    return session().scalars(query.limit(EXPORT_MOST)).all()


def _listed(event: Event, asked: Wanted) -> sa.Select[Any]:
    query = (
        sa.select(Registration)
        .join(Registration.person)
        .join(Registration.category)
        .outerjoin(Registration.delegation)
        .outerjoin(Delegation.city)
        .where(Registration.event_id == event.id)
        .options(
            joinedload(Registration.person),
            joinedload(Registration.category),
            joinedload(Registration.delegation).options(joinedload(Delegation.city), joinedload(Delegation.partner)),
        )
    )
    if asked.search:
        query = query.where(matches(Person.folded, asked.search))
    filters = asked.filters
    if filters.get("state"):
        query = query.where(Registration.state == State(filters["state"]))
    if filters.get("category"):
        query = query.where(Category.code == filters["category"])
    if filters.get("delegation"):
        query = query.where(Delegation.code == filters["delegation"])
    return query


def _columns() -> Mapping[str, Any]:
    return {
        "name": Person.folded,
        "category": Category.position,
        "city": City.slug,
        "state": Registration.state,
        "requested": Registration.requested_at,
    }


# The waiting list


@dataclass(frozen=True)
class Line:
    """One place on the waiting list, for the organiser."""

    explained: rules.Explained
    registration: Registration


def waiting(event: Event) -> list[Line]:
    """The waiting list of an event in its order, with the reason for each place."""
    found = rules.explain(free_at(event), waiting_at(event))
    query = _registrations().where(Registration.event_id == event.id, Registration.state == State.WAITLISTED)
    rows = {row.code: row for row in session().scalars(query)}
    return [Line(each, rows[each.waiting.code]) for each in found if each.waiting.code in rows]


def explained(event: Event) -> dict[str, rules.Explained]:
    """Code of a registration → its place on the waiting list."""
    return {each.waiting.code: each for each in rules.explain(free_at(event), waiting_at(event))}


# Figures


@dataclass(frozen=True)
class Funnel:
    """How far the registrations of an event are. `invited` counts everyone who was ever asked or asked themselves."""

    invited: int
    answered: int
    approved: int
    waitlisted: int
    pending: int
    unanswered: int
    out: int
    """Declined, refused or cancelled."""


def funnel(event: Event) -> Funnel:
    """One statement."""
    return _funnel(_counts(event, ()).get((), {}))


def funnel_by_delegation(event: Event) -> dict[int | None, Funnel]:
    """Delegation id (None for those in none) → funnel, in one statement."""
    counted = _counts(event, (Registration.delegation_id,))
    return {key[0]: _funnel(states) for key, states in counted.items()}


def funnel_by_category(event: Event) -> dict[int, Funnel]:
    """Category id → funnel, in one statement."""
    return {key[0]: _funnel(states) for key, states in _counts(event, (Registration.category_id,)).items()}


def _counts(event: Event, by: tuple[Any, ...]) -> dict[tuple[Any, ...], dict[State, int]]:
    query = sa.select(*by, Registration.state, sa.func.count()).where(Registration.event_id == event.id)
    counted: dict[tuple[Any, ...], dict[State, int]] = {}
    for *key, state, number in session().execute(query.group_by(*by, Registration.state)):
        counted.setdefault(tuple(key), {})[state] = number
    return counted


def _funnel(states: Mapping[State, int]) -> Funnel:
    def of(*wanted: State) -> int:
        return sum(states.get(each, 0) for each in wanted)

    unanswered = of(*rules.UNANSWERED)
    invited = sum(states.values())
    return Funnel(
        invited=invited, answered=invited - unanswered, approved=of(State.APPROVED), waitlisted=of(State.WAITLISTED),
        pending=of(State.PENDING), unanswered=unanswered, out=of(*rules.WITHDRAWN, State.REPLACED),
    )  # fmt: skip


# History


@dataclass(frozen=True)
class Step:
    """A step in the life of a registration: when, which command, what the state became, who did it. `by_self`: the
    person of the registration."""

    at: Any
    command: str
    state: State | None
    actor_kind: str
    actor_name: str
    by_self: bool


def history(row: Registration) -> list[Step]:
    """What happened to a registration, latest first, from the audit: three statements."""
    query = (
        sa.select(AuditRow)
        .where(AuditRow.entity == "registration", AuditRow.entity_code == row.code, AuditRow.action != "bulk")
        .order_by(AuditRow.id.desc())
        .limit(200)
    )
    rows = session().scalars(query).all()
    names = _names({each.actor_code for each in rows})
    steps: list[Step] = []
    for each in rows:
        state = (each.changes.get("state") or [None, None])[1]
        name, person = names.get(each.actor_code, ("", ""))
        steps.append(
            Step(
                each.at, each.command, State(state) if state else None, each.actor_kind, name or each.actor_code,
                person == row.person.code,
            )
        )  # fmt: skip
    return steps


def _names(actors: set[str]) -> dict[str, tuple[str, str]]:
    """Code of an account or a link → (name, code) of its person: two statements."""
    if not actors:
        return {}
    accounts = sa.select(User.code, Person).join(Person, Person.id == User.person_id).where(User.code.in_(actors))
    links = sa.select(PersonalLink.code, Person).join(Person).where(PersonalLink.code.in_(actors))
    found = [*session().execute(accounts).all(), *session().execute(links).all()]
    return {code: (person.name, person.code) for code, person in found}


def _registrations() -> sa.Select[Registration]:
    return sa.select(Registration).options(
        joinedload(Registration.event),
        joinedload(Registration.person),
        joinedload(Registration.category),
        joinedload(Registration.delegation).options(
            joinedload(Delegation.city), joinedload(Delegation.partner), joinedload(Delegation.lead)
        ),
    )


def with_preferences(registration: str) -> Registration | None:
    """A registration with its ranking, for the form."""
    query = _registrations().options(selectinload(Registration.preferences).joinedload(Preference.theme))
    return session().scalars(query.where(Registration.code == registration)).first()


COMING = (State.INVITED, State.DRAFT, State.PENDING, State.APPROVED, State.WAITLISTED)
"""States in which a person may still come."""


def without_focal_point(event: Event) -> list[Delegation]:
    """Delegations of cities that have places for those who rank the themes, and nobody on the way to one."""
    coming = sa.select(Registration.id).where(
        Registration.delegation_id == Delegation.id, Registration.category_id == Category.id,
        Registration.state.in_(COMING),
    )  # fmt: skip
    query = (
        _delegations(event_too=False)
        .join(Quota, Quota.delegation_id == Delegation.id)
        .join(Category, Category.id == Quota.category_id)
        .where(Delegation.event_id == event.id, Delegation.city_id.is_not(None))
        .where(Category.ranks_themes, Quota.places > 0, ~coming.exists())
        .order_by(Delegation.id)
    )
    return list(session().scalars(query).unique())


def _delegations(*, event_too: bool = True) -> sa.Select[Delegation]:
    options = [joinedload(Delegation.city), joinedload(Delegation.partner), joinedload(Delegation.lead)]
    return sa.select(Delegation).options(*options, *([joinedload(Delegation.event)] if event_too else []))


# For the forms


def themes(event: Event) -> list[tuple[str, Text]]:
    """(code, title) of the themes participants of an event rank, in the order of the network."""
    query = sa.select(Theme.code, Theme.title).where(Theme.network_id == event.network_id, Theme.status.in_(RANKED))
    return [(row.code, row.title) for row in session().execute(query.order_by(Theme.position, Theme.id))]


def people_by_mail(mails: Sequence[str]) -> set[str]:
    """Which of these addresses belong to somebody we know."""
    query = sa.select(Person.mail).where(Person.mail.in_(mails))
    return {mail for mail in session().scalars(query) if mail}


def registered_mails(event: Event, mails: Sequence[str]) -> set[str]:
    """Which of these addresses have a registration at the event."""
    query = sa.select(Person.mail).join(Registration, Registration.person_id == Person.id)
    found = session().scalars(query.where(Registration.event_id == event.id, Person.mail.in_(mails)))
    return {mail for mail in found if mail}


def without_delegation(event: Event) -> tuple[list[City], list[Partner]]:
    """Cities and partners of the network that have no delegation at the event yet."""
    there = sa.select(Delegation.city_id).where(Delegation.event_id == event.id, Delegation.city_id.is_not(None))
    cities = sa.select(City).where(City.network_id == event.network_id, City.id.not_in(there)).order_by(City.slug)
    here = sa.select(Delegation.partner_id).where(Delegation.event_id == event.id, Delegation.partner_id.is_not(None))
    partners = sa.select(Partner).where(Partner.network_id == event.network_id, Partner.id.not_in(here))
    return list(session().scalars(cities)), list(session().scalars(partners.order_by(Partner.position, Partner.id)))
