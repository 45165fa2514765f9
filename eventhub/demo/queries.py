"""The invented people, by what they do: the doors through which a newcomer tries each role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import Person, User
from ..core.db import session
from ..core.text import EMPTY, Text
from ..events.models import Event, TeamMember, TeamRole
from ..registration.models import Delegation, Registration, State


class DoorKind(StrEnum):
    """How a person is entered as: by their account, or by a personal link for one purpose."""

    ACCOUNT = "account"
    REGISTRATION = "registration"
    DELEGATION = "delegation"


@dataclass(frozen=True)
class Door:
    """One way in as one person."""

    kind: DoorKind
    code: str
    person: Person
    place: Text = EMPTY
    """City or partner."""
    state: State | None = None


@dataclass
class Group:
    """The doors of one role. `title` is a Text of the event's own (a category), else the template names `key`."""

    key: str
    title: Text = EMPTY
    doors: list[Door] = field(default_factory=list)


@dataclass
class AtEvent:
    """The people of one event."""

    event: Event
    groups: list[Group]


CLOSED = (State.CANCELLED, State.REFUSED, State.REPLACED)
"""States whose personal links have ended."""


def secretariat() -> list[Group]:
    """Organisers and desk, each account once."""
    rows = session().execute(
        sa.select(TeamMember.role, User)
        .join(User, TeamMember.user_id == User.id)
        .where(User.active)
        .order_by(User.id)
        .distinct()
    )
    groups = {role: Group(role.value) for role in TeamRole}
    for role, user in rows:
        groups[role].doors.append(Door(DoorKind.ACCOUNT, user.code, user.person))
    return [group for group in groups.values() if group.doors]


def participants() -> list[AtEvent]:
    """Per event that has any, the soonest first: leads of delegations, then registrations by category."""
    found: dict[int, AtEvent] = {}
    _leads(found)
    _registered(found)
    return sorted(found.values(), key=lambda at: (at.event.starts_on, at.event.code))


def _leads(found: dict[int, AtEvent]) -> None:
    query = sa.select(Delegation).where(Delegation.lead_id.is_not(None)).order_by(Delegation.id)
    options = _with(Delegation.event, Delegation.city, Delegation.partner, Delegation.lead)
    for row in session().scalars(query.options(*options)):
        if row.lead is not None:
            door = Door(DoorKind.DELEGATION, row.code, row.lead, _place(row))
            _group(found, row.event, "lead").doors.append(door)


def _registered(found: dict[int, AtEvent]) -> None:
    query = sa.select(Registration).where(Registration.state.not_in(CLOSED)).order_by(Registration.id)
    options = _with(Registration.event, Registration.person, Registration.category)
    delegation = joinedload(Registration.delegation)
    options += [delegation.joinedload(Delegation.city), delegation.joinedload(Delegation.partner)]
    rows = session().scalars(query.options(*options)).all()
    for row in sorted(rows, key=lambda row: (row.category.position, row.id)):
        group = _group(found, row.event, row.category.key, row.category.name)
        place = _place(row.delegation) if row.delegation else EMPTY
        group.doors.append(Door(DoorKind.REGISTRATION, row.code, row.person, place, row.state))


def _group(found: dict[int, AtEvent], event: Event, key: str, title: Text = EMPTY) -> Group:
    groups = found.setdefault(event.id, AtEvent(event, [])).groups
    known = next((group for group in groups if group.key == key), None)
    if known is None:
        groups.append(known := Group(key, title))
    return known


def _place(row: Delegation) -> Text:
    return row.city.name if row.city else row.partner.name if row.partner else EMPTY


def _with(*attributes: Any) -> list[Any]:
    return [joinedload(attribute) for attribute in attributes]


def count(groups: Iterable[Group]) -> int:
    return sum(len(group.doors) for group in groups)
