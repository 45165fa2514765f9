"""Instants and slots. An instant is in UTC; a slot of an agenda is local wall time in a zone, and its instant is
derived each time, since governments change zone rules between planning and meeting."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


@lru_cache(maxsize=128)
def zone(name: str) -> ZoneInfo:
    """The named IANA zone. Raises ValueError for a name that does not exist."""
    if name not in zone_names():
        raise ValueError(f"no such time zone: {name!r}")
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def instant(day: date, at: time, zone_name: str) -> datetime:
    """The UTC instant of a wall time. In the hour that exists twice the first is meant; a wall time that a clock
    change skips is moved on by the gap, as a person's watch would be (PEP 495)."""
    return datetime.combine(day, at, zone(zone_name)).astimezone(UTC)


def exists(day: date, at: time, zone_name: str) -> bool:
    """False for a wall time that a clock change skips."""
    local = datetime.combine(day, at, zone(zone_name))
    return local.astimezone(UTC).astimezone(zone(zone_name)).replace(tzinfo=None) == local.replace(tzinfo=None)


def wall(at: datetime, zone_name: str) -> datetime:
    """An instant as the wall clock of a zone shows it."""
    return at.astimezone(zone(zone_name))


def end_of(day: date, start: time, minutes: int) -> tuple[date, time]:
    """Wall time when a slot ends: minutes on the wall, as an agenda prints them."""
    end = datetime.combine(day, start) + timedelta(minutes=minutes)
    return end.date(), end.time()
