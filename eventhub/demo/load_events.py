"""The events of the facts: their texts, rooms, categories, delegations and quotas."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.commands import add, command
from ..core.db import session
from ..core.text import EMPTY, Text
from ..events.models import Event, EventKind, EventState, Room
from ..network.models import City, CityStatus, Network, Partner
from ..registration.models import Category, Delegation, Quota
from .facts_file import Facts, instant, text

RANKING = frozenset({"focal_point"})
"""Categories whose people rank the themes."""


@command
def event(*, facts: Facts, raw: dict[str, Any]) -> str:
    """One event with everything that stands before its first registration. Returns its code."""
    cities = {city.slug: city for city in session().scalars(sa.select(City))}
    network = session().scalars(sa.select(Network)).one()
    venue = raw["venue"] or {}
    until = (raw.get("registration") or {}).get("closes")
    days = [date.fromisoformat(each) for each in raw["days"]]
    row = add(
        Event(
            network_id=network.id,
            slug=raw["key"],
            kind=EventKind(raw["kind"]),
            state=EventState(raw["state"]),
            title=text(raw["title"]),
            summary=text(raw["summary"]),
            description=text(raw["description"]),
            practical=text(raw.get("practical")),
            outcome=text(raw.get("outcome")),
            city=cities.get(raw["city"] or ""),
            place=_place(raw, cities),
            venue=text(venue.get("name")),
            address=text(venue.get("address")),
            starts_on=days[0],
            ends_on=days[-1],
            dates_confirmed=not raw.get("invented_dates"),
            zone=raw["timezone"],
            main_language=raw["main_language"],
            languages=raw["working_languages"],
            capacity=raw.get("capacity"),
            registration_until=instant(until) if until else None,
            created_at=clock.now(),
        )
    )
    for room in raw["rooms"]:
        add(
            Room(
                event=row,
                name=text(room["name"]),
                capacity=room["capacity"],
                booths=room["booths"],
                position=room["order"],
            )
        )
    _delegations(raw, row, list(cities.values()))
    return row.code


def _place(raw: dict[str, Any], cities: dict[str, City]) -> Text:
    """The town: of a network's city its name, else what the facts say."""
    if raw["city"]:
        return cities[raw["city"]].name
    if raw.get("place_note"):
        return text(raw["place_note"])
    return text((raw["venue"] or {}).get("address")) or EMPTY


def _delegations(raw: dict[str, Any], event_row: Event, cities: list[City]) -> None:
    categories = [
        (each["quota"], add(
            Category(
                event=event_row,
                key=each["key"],
                name=text(each["name"]),
                colour=each["colour"],
                capacity=each["capacity"],
                priority=each["priority"],
                position=each["priority"],
                ranks_themes=each["key"] in RANKING,
                open_to_public=each["key"] in ("observer", "press"),
            )
        ))
        for each in raw["categories"]
    ]  # fmt: skip
    if not categories:
        return
    confirmed = [city for city in cities if city.status is CityStatus.CONFIRMED]
    for city in sorted(confirmed, key=lambda each: each.slug):
        delegation = add(Delegation(event=event_row, city=city))
        for places, category in categories:
            if places is not None:
                add(Quota(delegation=delegation, category=category, places=places))
    for partner in session().scalars(sa.select(Partner).order_by(Partner.position)):
        add(Delegation(event=event_row, partner=partner))
