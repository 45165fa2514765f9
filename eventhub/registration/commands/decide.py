"""Decisions on a registration: approve, refuse, cancel, admit again, another category."""

from __future__ import annotations

from dataclasses import dataclass

from ...core import clock
from ...core.commands import command, load
from ...core.errors import NotAllowedNow
from ...events.models import Event
from .. import rules
from ..errors import NoPlace
from ..models import Category, Registration, State
from ..words import FULL
from . import places, steps


@dataclass(frozen=True)
class Decided:
    """What came of a decision. `full` names what is full when the registration had to wait; `promoted` are the codes
    of those who were given the places that became free."""

    code: str
    state: State
    full: rules.Full | None = None
    promoted: tuple[str, ...] = ()


@command
def approve(*, event: str, registration: str) -> Decided:
    """Give the registration a place, its credential and its confirmation; when there is none left it goes to (or
    stays on) the waiting list and the answer says what is full. Raises NotAllowedNow."""
    row = places.lock_registration(places.lock_event(event).id, registration)
    if row.state not in (State.PENDING, State.WAITLISTED):
        raise NotAllowedNow()
    full = steps.admit(row)
    return Decided(row.code, row.state, full)


@command
def refuse(*, event: str, registration: str, reason: str) -> Decided:
    """Refuse a registration that awaits a decision or a place; the person is told why. Raises NotAllowedNow."""
    row = places.lock_registration(places.lock_event(event).id, registration)
    steps.become(row, State.REFUSED, reason=reason)
    steps.tell(row, "registration.refused")
    return Decided(row.code, row.state)


@command
def cancel(*, event: str, registration: str, reason: str = "") -> Decided:
    """Cancel, and in the same transaction give the place to whoever is next. The credential opens no door any more,
    the personal links end, and everyone concerned is told.

    Raises NotAllowedNow if the state does not permit it (also for the second of two at once).
    """
    event_row = places.lock_event(event)
    row = places.lock_registration(event_row.id, registration)
    had_place = row.state is State.APPROVED
    steps.become(row, State.CANCELLED, reason=reason)
    steps.end_links(row.person, steps.REGISTRATION, row.code)
    steps.tell(row, "registration.cancelled")
    promoted = steps.promote(event_row) if had_place else []
    return Decided(row.code, row.state, promoted=tuple(promoted))


@command
def readmit(*, event: str, registration: str) -> Decided:
    """Admit again who declined, was refused or cancelled: at the end of the order, with a place if there is one, else
    on the waiting list; who never answered is invited anew. Raises NotAllowedNow."""
    row = places.lock_registration(places.lock_event(event).id, registration)
    wanted = rules.admission(row.state, answered=row.requested_at is not None)
    if wanted is None:
        raise NotAllowedNow()
    steps.new_link(row)
    if wanted is State.INVITED:
        steps.become(row, State.INVITED)
        steps.tell(row, "registration.invitation")
        return Decided(row.code, row.state)
    row.requested_at = clock.now()
    full = steps.admit(row)
    return Decided(row.code, row.state, full)


@command
def change_category(*, event: str, registration: str, category: str) -> Decided:
    """Put a registration in another category. One that has a place changes it for a place there, and its badge with
    it; the place left goes to whoever is next. Raises NoPlace, NotAllowedNow when it is over."""
    event_row = places.lock_event(event)
    row = places.lock_registration(event_row.id, registration)
    wanted = load(Category, category, event=event_row)
    if wanted.id == row.category_id:
        return Decided(row.code, row.state)
    if row.state in rules.WITHDRAWN or row.state is State.REPLACED:
        raise NotAllowedNow()
    if row.state is State.APPROVED:
        _change_places(row, wanted)
    else:
        row.category = wanted
    promoted = steps.promote(event_row)
    return Decided(row.code, row.state, promoted=tuple(promoted))


def _change_places(row: Registration, wanted: Category) -> None:
    places.give_back(row)
    row.category = wanted
    row.category_id = wanted.id
    full = places.take(row)
    if full is not None:
        raise NoPlace(full=str(FULL[full]))
    steps.renew_credential(row)
    steps.tell(row, "registration.changed")


@command
def promote_whoever_fits(*, event: str) -> list[str]:
    """Go down the waiting list of an event once more. Harmless at any time: nobody is promoted without a place."""
    return steps.promote(places.lock_event(event))


def event_changed(event: Event) -> None:
    """Inside a command that changed an event: a larger event has places for those who wait."""
    steps.promote(event)
