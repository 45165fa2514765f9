"""What an event offers: categories with their capacity, delegations with their lead and quotas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ...accounts import links
from ...core import public_version
from ...core.commands import add, command, load, remove
from ...core.db import session
from ...core.errors import NotFound
from ...core.text import Text
from ...events.kinds import KINDS, Kind
from ...events.models import Event
from ...events.revisions import save as save_revised
from ...mail import letters
from ...network.models import City, CityStatus, Contact, ContactKind, Partner
from .. import rules
from ..errors import AlreadyRegistered, BelowTaken, NoAddress, StillUsed
from ..models import Category, Delegation, Quota, Registration, State
from ..names import split_name
from . import places, steps


def event_created(event: Event, model: Kind) -> None:
    """Inside the command that makes an event: its categories, and a delegation for each confirmed city, led by the
    city's technical contact where there is one."""
    for position, each in enumerate(model.categories, start=1):
        add(
            Category(
                event=event, key=each.key, name=each.name, colour=each.colour, capacity=each.capacity, taken=0,
                priority=each.priority, open_to_public=each.open_to_public, ranks_themes=each.ranks_themes,
                position=position,
            )
        )  # fmt: skip
    session().flush()
    _add_delegations(event, {each.key: each.quota for each in model.categories if each.quota is not None})


@command
def add_category(
    *, event: str, key: str, name: Text, capacity: int | None = None, priority: int = 10, colour: str = "sea",
    open_to_public: bool = False, ranks_themes: bool = False,
) -> str:  # fmt: skip
    """Add a category to an event. Returns its code. Raises AlreadyRegistered when the key is used."""
    row = places.lock_event(event)
    last = session().execute(
        sa.select(sa.func.max(Category.position), sa.func.count(sa.case((Category.key == key, 1)))).where(
            Category.event_id == row.id
        )
    ).one()  # fmt: skip
    if last[1]:
        raise AlreadyRegistered()
    public_version.touch(row.slug)
    return add(
        Category(
            event=row, key=key, name=name, capacity=capacity, taken=0, priority=priority, colour=colour,
            open_to_public=open_to_public, ranks_themes=ranks_themes, position=(last[0] or 0) + 1,
        )
    ).code  # fmt: skip


@command
def edit_category(*, event: str, category: str, revision: int, values: Mapping[str, Any]) -> list[str]:
    """Change a category (name, capacity, priority, colour, open_to_public, ranks_themes). More places go to those who
    wait, in the same transaction. Returns who was promoted. Raises BelowTaken, Changed."""
    event_row = places.lock_event(event)
    row = load(Category, category, event=event_row)
    if "capacity" in values and not rules.may_have_capacity(values["capacity"], row.taken):
        raise BelowTaken(taken=row.taken)
    save_revised(row, revision, dict(values))
    public_version.touch(event_row.slug)
    return steps.promote(event_row)


@command
def remove_category(*, event: str, category: str) -> None:
    """Remove a category nobody is in. Raises StillUsed."""
    row = load(Category, category, event=places.lock_event(event))
    if session().scalar(sa.select(Registration.id).where(Registration.category_id == row.id).limit(1)):
        raise StillUsed()
    for quota in session().scalars(sa.select(Quota).where(Quota.category_id == row.id)):
        remove(quota)  # in sight of the audit, which a cascade of the database is not
    remove(row)


@command
def set_capacity(*, event: str, capacity: int | None, category: str = "") -> list[str]:
    """Set the places of the event, or of one category of it; None is no limit. More places go to those who wait, in
    the same transaction. Returns who was promoted. Raises BelowTaken."""
    event_row = places.lock_event(event)
    row: Event | Category = load(Category, category, event=event_row) if category else event_row
    if not rules.may_have_capacity(capacity, row.taken):
        raise BelowTaken(taken=row.taken)
    row.capacity = capacity
    return steps.promote(event_row)


@command
def add_delegations(*, event: str) -> list[str]:
    """A delegation for every confirmed city of the network that has none at this event, with the quotas of the event's
    kind and the city's technical contact as its lead. Returns their codes. Nobody is written to."""
    row = places.lock_event(event)
    model = KINDS[row.kind]
    return _add_delegations(row, {each.key: each.quota for each in model.categories if each.quota is not None})


@command
def add_delegation(
    *, event: str, city: str = "", partner: str = "", quota: int | None = None,
    quotas: Mapping[str, int | None] | None = None,
) -> str:  # fmt: skip
    """A delegation for one city or one partner (by code). `quotas`: category code → places, None for no limit.
    Returns its code. Raises AlreadyRegistered when it is there already."""
    row = places.lock_event(event)
    city_row = load(City, city) if city else None
    partner_row = load(Partner, partner) if partner else None
    if city_row is None and partner_row is None:
        raise NotFound()
    whose = Delegation.city_id == city_row.id if city_row else Delegation.partner_id == getattr(partner_row, "id", 0)
    if session().scalar(sa.select(Delegation.id).where(Delegation.event_id == row.id, whose)):
        raise AlreadyRegistered()
    delegation = add(Delegation(event=row, city=city_row, partner=partner_row, quota=quota, taken=0))
    session().flush()
    _set_quotas(row, delegation, quotas or {})
    return delegation.code


@command
def set_quotas(
    *, event: str, delegation: str, quota: int | None, quotas: Mapping[str, int | None] | None = None
) -> list[str]:
    """Set the places of a delegation, in all and by category code; None is no limit. Higher quotas go to those who
    wait, in the same transaction. Returns who was promoted. Raises BelowTaken."""
    event_row = places.lock_event(event)
    row = load(Delegation, delegation, event=event_row)
    if not rules.may_have_capacity(quota, row.taken):
        raise BelowTaken(taken=row.taken)
    row.quota = quota
    _set_quotas(event_row, row, quotas or {})
    return steps.promote(event_row)


@command
def set_lead(*, event: str, delegation: str, mail: str, name: str = "", language: str = "", tell: bool = True) -> str:
    """Give a delegation its lead, who receives a personal page by mail (unless `tell` is false); the former lead's
    link ends. Returns the person's code. Raises NoAddress."""
    event_row = places.lock_event(event)
    row = load(Delegation, delegation, event=event_row)
    if not mail.strip():
        raise NoAddress()
    spoken = language or event_row.main_language
    person = steps.known_or_new(mail=mail, language=spoken, **split_name(name))
    if row.lead is not None and row.lead_id != person.id:
        steps.end_links(row.lead, steps.DELEGATION, row.code)
    row.lead = person
    if tell:
        _send_page(row)
    return person.code


@command
def send_lead_page(*, event: str, delegation: str) -> None:
    """Mail the lead a link to the delegation's page (once more). Raises NoAddress when there is no lead to write to."""
    _send_page(load(Delegation, delegation, event=load(Event, event)))


@command
def remove_delegation(*, event: str, delegation: str) -> None:
    """Remove a delegation nobody is in. Raises StillUsed."""
    row = load(Delegation, delegation, event=places.lock_event(event))
    if session().scalar(sa.select(Registration.id).where(Registration.delegation_id == row.id).limit(1)):
        raise StillUsed()
    for quota in session().scalars(sa.select(Quota).where(Quota.delegation_id == row.id)):
        remove(quota)
    if row.lead is not None:
        steps.end_links(row.lead, steps.DELEGATION, row.code)
    remove(row)


def _add_delegations(event: Event, quotas: Mapping[str, int]) -> list[str]:
    """For every confirmed city without one. `quotas`: category key → places of each delegation."""
    there = sa.select(Delegation.city_id).where(Delegation.event_id == event.id, Delegation.city_id.is_not(None))
    cities = session().scalars(
        sa.select(City)
        .where(City.network_id == event.network_id, City.status == CityStatus.CONFIRMED, City.id.not_in(there))
        .order_by(City.slug)
    ).all()
    leads = _technical_contacts([city.id for city in cities])
    categories = {
        row.key: row.code for row in session().scalars(sa.select(Category).where(Category.event_id == event.id))
    }
    wanted = {categories[key]: places_each for key, places_each in quotas.items() if key in categories}
    rows: list[Delegation] = []
    for city in cities:
        row = add(
            Delegation(
                event=event, city=city, lead_id=leads.get(city.id), taken=0,
                quota=sum(wanted.values()) if wanted else None,
            )
        )  # fmt: skip
        session().flush()
        _set_quotas(event, row, wanted)
        rows.append(row)
    return [row.code for row in rows]


def _technical_contacts(city_ids: list[int]) -> dict[int, int]:
    """City → person: the first technical contact of each."""
    query = (
        sa.select(Contact.city_id, Contact.person_id)
        .where(Contact.city_id.in_(city_ids), Contact.kind == ContactKind.TECHNICAL)
        .order_by(Contact.id.desc())
    )
    return {row.city_id: row.person_id for row in session().execute(query)}


def _set_quotas(event: Event, delegation: Delegation, quotas: Mapping[str, int | None]) -> None:
    if not quotas:
        return
    categories = {
        row.code: row
        for row in session().scalars(
            sa.select(Category).where(Category.event_id == event.id, Category.code.in_(list(quotas)))
        )
    }
    there = {
        row.category_id: row
        for row in session().scalars(
            sa.select(Quota).where(Quota.delegation_id == delegation.id).execution_options(populate_existing=True)
        )
    }
    for code, wanted in quotas.items():
        category = categories[code]
        quota = there.get(category.id)
        if quota is None:
            if wanted is not None:
                taken = _approved_in(delegation, category)
                _check(wanted, taken)
                add(Quota(delegation=delegation, category=category, places=wanted, taken=taken))
        elif wanted is None:
            remove(quota)
        else:
            _check(wanted, quota.taken)
            quota.places = wanted
    session().flush()


def _check(wanted: int, taken: int) -> None:
    if not rules.may_have_capacity(wanted, taken):
        raise BelowTaken(taken=taken)


def _approved_in(delegation: Delegation, category: Category) -> int:
    """Places taken before there was a quota to count them."""
    query = sa.select(sa.func.count()).where(
        Registration.delegation_id == delegation.id,
        Registration.category_id == category.id,
        Registration.state == State.APPROVED,
    )
    return session().scalar(query) or 0


def _send_page(row: Delegation) -> None:
    if row.lead is None or not row.lead.mail:
        raise NoAddress()
    links.create(row.lead, steps.DELEGATION, {"event": row.event.code, "delegation": row.code})
    letters.post(
        "registration.delegation", to=row.lead.code, about={"event": row.event.code, "delegation": row.code}
    )
