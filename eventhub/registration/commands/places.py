"""Places: what is left, taking one, giving one back. Every step here runs under the lock of the event's row, which all
commands that move places take first; the guarded counters and the checks of the tables hold even without it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.audit import count
from ...core.commands import lock
from ...core.db import session
from ...core.errors import NotFound
from ...events.models import Event
from .. import rules
from ..models import Category, Delegation, Quota, Registration, State

WITH_PEOPLE = (
    joinedload(Registration.person), joinedload(Registration.category), joinedload(Registration.delegation),
)  # fmt: skip


def lock_event(code: str) -> Event:
    """The event, locked: whoever moves a place of it waits here for the one before."""
    return lock(Event, code)


def lock_registration(event_id: int, code: str) -> Registration:
    """The registration within its event, locked, with its person, category and delegation. Raises NotFound."""
    query = (
        sa.select(Registration)
        .where(Registration.code == code, Registration.event_id == event_id)
        .options(*WITH_PEOPLE)
        .with_for_update(of=Registration)
    )
    row = session().scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound()
    return row


def need_of(row: Registration) -> rules.Need:
    return rules.Need(row.category.code, row.delegation.code if row.delegation else "")


def free_for(row: Registration) -> rules.Free:
    """What is left of everything this registration takes a place of, in one statement."""
    query = (
        sa.select(
            Event.capacity, Event.taken, Category.capacity, Category.taken,
            Delegation.quota, Delegation.taken, Quota.places, Quota.taken,
        )
        .select_from(Event)
        .join(Category, Category.id == row.category_id)
        .outerjoin(Delegation, Delegation.id == row.delegation_id)
        .outerjoin(Quota, sa.and_(Quota.delegation_id == Delegation.id, Quota.category_id == Category.id))
        .where(Event.id == row.event_id)
    )  # fmt: skip
    found = session().execute(query).one()
    need = need_of(row)
    return rules.Free(
        event=rules.left(found[0], found[1]),
        categories={need.category: rules.left(found[2], found[3])},
        delegations={need.delegation: rules.left(found[4], found[5] or 0)},
        quotas={(need.delegation, need.category): rules.left(found[6], found[7] or 0)},
    )


def free_at(event: Event) -> rules.Free:
    """Everything that is left at an event."""
    at = session().execute(sa.select(Event.capacity, Event.taken).where(Event.id == event.id)).one()
    categories = sa.select(Category.code, Category.capacity, Category.taken).where(Category.event_id == event.id)
    delegations = sa.select(Delegation.code, Delegation.quota, Delegation.taken).where(Delegation.event_id == event.id)
    quotas = (
        sa.select(Delegation.code, Category.code, Quota.places, Quota.taken)
        .join(Quota, Quota.delegation_id == Delegation.id)
        .join(Category, Quota.category_id == Category.id)
        .where(Delegation.event_id == event.id)
    )
    return rules.Free(
        event=rules.left(at[0], at[1]),
        categories={code: rules.left(cap, taken) for code, cap, taken in session().execute(categories)},
        delegations={code: rules.left(cap, taken) for code, cap, taken in session().execute(delegations)},
        quotas={(one, two): rules.left(cap, taken) for one, two, cap, taken in session().execute(quotas)},
    )


def waiting_at(event: Event) -> list[rules.Waiting]:
    """Everyone on the waiting list of an event, in no order."""
    query = (
        sa.select(
            Registration.code, Category.code, Delegation.code, Category.priority,
            Registration.requested_at, Registration.created_at,
        )
        .join(Category, Registration.category_id == Category.id)
        .outerjoin(Delegation, Registration.delegation_id == Delegation.id)
        .where(Registration.event_id == event.id, Registration.state == State.WAITLISTED)
    )  # fmt: skip
    return [
        rules.Waiting(code, rules.Need(category, delegation or ""), priority, asked or created)
        for code, category, delegation, priority, asked, created in session().execute(query)
    ]


def take(row: Registration) -> rules.Full | None:
    """Take a place for a registration everywhere it needs one, or nowhere. Returns what is full, or None when the
    place is taken."""
    need, free = need_of(row), free_for(row)
    lack = free.lacks(need)
    if lack is not None:
        return lack
    wanted = [rules.Full.EVENT, rules.Full.CATEGORY]
    if need.delegation:
        wanted.append(rules.Full.DELEGATION)
        if free.quotas[need.delegation, need.category] is not None:
            wanted.append(rules.Full.QUOTA)
    for at, which in enumerate(wanted):
        if not _add(which, row, 1):
            for each in wanted[:at]:
                _add(each, row, -1)
            return which
    return None


def give_back(row: Registration) -> None:
    """Give the place of a registration back everywhere it had one."""
    for which in (rules.Full.EVENT, rules.Full.CATEGORY):
        _add(which, row, -1)
    if row.delegation_id is not None:
        for which in (rules.Full.DELEGATION, rules.Full.QUOTA):
            _add(which, row, -1)


def within(capacity: Any, taken: Any) -> sa.ColumnElement[bool]:
    """The guard of a counter: there is room for one more."""
    return sa.or_(capacity.is_(None), taken < capacity)


def _add(which: rules.Full, row: Registration, by: int) -> bool:
    """Move one counter by one, guarded. False when there is no room."""
    table, capacity = _COUNTERS[which]
    columns: Any = table.c
    owners: dict[rules.Full, dict[str, int | None]] = {
        rules.Full.EVENT: {"id": row.event_id},
        rules.Full.CATEGORY: {"id": row.category_id},
        rules.Full.DELEGATION: {"id": row.delegation_id},
        rules.Full.QUOTA: {"delegation_id": row.delegation_id, "category_id": row.category_id},
    }
    update = sa.update(table).where(*(columns[name] == value for name, value in owners[which].items()))
    guard = within(columns[capacity], columns.taken) if by > 0 else columns.taken > 0
    return count(update.where(guard).values(taken=columns.taken + by)).rowcount == 1


_COUNTERS: dict[rules.Full, tuple[Any, str]] = {
    rules.Full.EVENT: (Event.__table__, "capacity"),
    rules.Full.CATEGORY: (Category.__table__, "capacity"),
    rules.Full.DELEGATION: (Delegation.__table__, "quota"),
    rules.Full.QUOTA: (Quota.__table__, "places"),
}
