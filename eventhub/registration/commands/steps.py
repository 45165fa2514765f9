"""The steps commands of this room share: become, admit, promote. None of them is a command."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ...accounts import links
from ...accounts.commands import new_person, person_by_mail
from ...accounts.models import Person, PersonalLink
from ...core import clock
from ...core.commands import add
from ...core.db import session
from ...core.errors import NotAllowedNow
from ...events.models import Event
from ...mail import letters
from .. import rules
from ..models import Credential, Registration, State
from . import places

REGISTRATION = "registration"
DELEGATION = "delegation"
"""Purposes of personal links."""


def become(row: Registration, wanted: State, *, reason: str = "") -> None:
    """Move a registration to another state, with what hangs on it: place, credential, number of the calendar entry.
    The caller has taken the place of one who becomes approved. Raises NotAllowedNow."""
    if not rules.may_become(row.state, wanted):
        raise NotAllowedNow()
    now = clock.now()
    if row.state is State.APPROVED:
        places.give_back(row)
        _void_credentials(row)
        row.sequence += 1
    if wanted is State.APPROVED:
        _issue_credential(row)
        row.sequence += 1
    row.state, row.reason, row.decided_at = wanted, reason, now


def admit(row: Registration) -> rules.Full | None:
    """Approve if there is a place, else put on the waiting list; the person is told which. One who waits already goes
    on waiting and is not told again. Returns what is full."""
    if not rules.may_become(row.state, State.APPROVED):
        raise NotAllowedNow()
    full = places.take(row)
    if full is None:
        become(row, State.APPROVED)
        tell(row, "registration.approved")
    elif row.state is not State.WAITLISTED:
        become(row, State.WAITLISTED)
        row.requested_at = row.requested_at or clock.now()
        tell(row, "registration.waitlisted")
    return full


def promote(event: Event) -> list[str]:
    """Give every free place to whoever is next, in the order of the waiting list. Returns their codes."""
    session().flush()
    waiting = places.waiting_at(event)
    if not waiting:
        return []
    chosen = rules.to_promote(places.free_at(event), waiting)
    rows = _by_code([each.code for each in chosen])
    promoted: list[str] = []
    for each in chosen:
        row = rows[each.code]
        if places.take(row) is None:
            become(row, State.APPROVED)
            tell(row, "registration.promoted")
            promoted.append(row.code)
    return promoted


def tell(row: Registration, letter: str) -> None:
    """Write to the person of a registration, if there is an address."""
    if row.person.mail:
        letters.post(letter, to=row.person.code, about={"event": row.event.code, "registration": row.code})


def known_or_new(*, mail: str, language: str, **values: Any) -> Person:
    """The person with this address as they are, or a new one. What we know of somebody is never overwritten here. Two
    events that write to a new address at the same moment make one person: the later finds the earlier's."""
    found = person_by_mail(mail)
    if found is not None:
        return found
    try:
        with session().begin_nested():
            person = new_person(mail=mail, language=language, **values)
            session().flush()
            return person
    except IntegrityError:
        return session().scalars(sa.select(Person).where(Person.mail == mail.strip().lower())).one()


def new_link(row: Registration) -> None:
    """A personal link to a registration; the letters about it carry the latest one that is open."""
    links.create(row.person, REGISTRATION, {"event": row.event.code, "registration": row.code})


def end_links(person: Person, purpose: str, code: str) -> None:
    """End the person's links to one thing: it is over."""
    query = sa.select(PersonalLink).where(
        PersonalLink.person_id == person.id, PersonalLink.purpose == purpose, PersonalLink.ended_at.is_(None)
    )
    now = clock.real_now()
    for link in session().scalars(query):
        if dict(link.about).get(purpose) == code:
            link.ended_at = now


def renew_credential(row: Registration) -> None:
    """Another credential in place of the one there is: the badge changes, the earlier one opens no door."""
    _void_credentials(row)
    _issue_credential(row)
    row.sequence += 1


def _issue_credential(row: Registration) -> None:
    add(Credential(registration=row, issued_at=clock.now()))


def _void_credentials(row: Registration) -> None:
    query = sa.select(Credential).where(Credential.registration_id == row.id, Credential.void_at.is_(None))
    for credential in session().scalars(query):
        credential.void_at = clock.now()


def _by_code(codes: list[str]) -> dict[str, Registration]:
    if not codes:
        return {}
    query = (
        sa.select(Registration)
        .where(Registration.code.in_(codes))
        .options(*places.WITH_PEOPLE)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    )
    return {row.code: row for row in session().scalars(query)}
