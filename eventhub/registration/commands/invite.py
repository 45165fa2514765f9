"""Invitations by the organiser, nominations by the lead of a delegation, and the links that go with them."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ...core import clock
from ...core.commands import add, command, load
from ...core.db import session
from ...core.errors import NotAllowedNow
from ...events.models import Event
from .. import rules
from ..errors import AlreadyRegistered, NoAddress, QuotaUsed
from ..models import Category, Delegation, Origin, Quota, Registration, State
from ..names import split_name
from . import places, steps
from .answer import registration_of

ON_THE_WAY = (State.INVITED, State.DRAFT, State.PENDING)
"""States that may still ask for a place promised to them."""


@dataclass(frozen=True)
class Invitee:
    """One person to invite. `category` and `delegation` are codes; `name` is written as the person writes it, in
    either script. An empty language is the event's main one."""

    mail: str
    category: str
    name: str = ""
    delegation: str = ""
    language: str = ""
    function: str = ""


class Fate(enum.StrEnum):
    INVITED = "invited"
    KNOWN = "known"
    """Has a registration already: nothing was done."""


@dataclass(frozen=True)
class Invited:
    code: str
    fate: Fate


@command
def invite(*, event: str, invitees: Sequence[Invitee]) -> list[Invited]:
    """Invite people: a registration each (invited), a personal link and a letter in the person's language. Who has a
    registration already is left alone. Raises NoAddress, NotFound for a category or delegation of another event."""
    event_row = places.lock_event(event)
    return [_invite(event_row, each, Origin.INVITATION) for each in invitees]


@command
def nominate(*, event: str, delegation: str, invitee: Invitee) -> str:
    """The lead names a member of the delegation; the person gets an own link and answers for himself or herself.
    Returns the code of the registration.

    Raises QuotaUsed when every place is taken or promised, AlreadyRegistered, NoAddress.
    """
    event_row = places.lock_event(event)
    row = load(Delegation, delegation, event=event_row)
    category = load(Category, invitee.category, event=event_row)
    _check_quota(row, category)
    done = _invite(
        event_row,
        Invitee(invitee.mail, category.code, invitee.name, row.code, invitee.language, invitee.function),
        Origin.NOMINATION,
    )
    if done.fate is Fate.KNOWN:
        raise AlreadyRegistered()
    return done.code


@command
def remind(*, event: str, registration: str) -> None:
    """Send the invitation again to one who has not answered. Raises NotAllowedNow when there is an answer."""
    row = places.lock_registration(load(Event, event).id, registration)
    if row.state not in rules.UNANSWERED:
        raise NotAllowedNow()
    steps.new_link(row)
    steps.tell(row, _letter(row.origin))


def _invite(event: Event, invitee: Invitee, origin: Origin) -> Invited:
    if not invitee.mail.strip():
        raise NoAddress()
    category = load(Category, invitee.category, event=event)
    delegation = load(Delegation, invitee.delegation, event=event) if invitee.delegation else None
    person = steps.known_or_new(
        mail=invitee.mail, language=invitee.language or event.main_language, function=invitee.function,
        **split_name(invitee.name),
    )  # fmt: skip
    before = registration_of(event, person.id)
    if before is not None:
        return Invited(before.code, Fate.KNOWN)
    row = add(
        Registration(
            event=event, person=person, category=category, delegation=delegation, state=State.INVITED, origin=origin,
            created_at=clock.now(),
        )
    )  # fmt: skip
    steps.new_link(row)
    steps.tell(row, _letter(origin))
    return Invited(row.code, Fate.INVITED)


def _letter(origin: Origin) -> str:
    return {Origin.NOMINATION: "registration.nomination", Origin.REQUEST: "registration.link"}.get(
        origin, "registration.invitation"
    )


def _check_quota(delegation: Delegation, category: Category) -> None:
    waiting = (
        sa.select(sa.func.count(), sa.func.count(sa.case((Registration.category_id == category.id, 1))))
        .where(Registration.delegation_id == delegation.id, Registration.state.in_(ON_THE_WAY))
    )  # fmt: skip
    in_all, in_category = session().execute(waiting).one()
    quota = session().scalars(
        sa.select(Quota).where(Quota.delegation_id == delegation.id, Quota.category_id == category.id)
    ).first()  # fmt: skip
    if not rules.may_nominate(delegation.quota, delegation.taken, in_all):
        raise QuotaUsed()
    if quota is not None and not rules.may_nominate(quota.places, quota.taken, in_category):
        raise QuotaUsed()
