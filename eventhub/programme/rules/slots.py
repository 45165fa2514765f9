"""Slots: wall time on a day of the event. Two slots of one event are compared on the wall, as an agenda prints them;
their instants are derived in the event's zone, anew each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ...core import times

SHORTEST, LONGEST = 5, 24 * 60
"""Minutes a session may last."""


@dataclass(frozen=True, order=True)
class Slot:
    """A stretch of wall time. It may end after midnight."""

    day: date
    start: time
    minutes: int

    @property
    def begins(self) -> datetime:
        """On the wall: naive on purpose."""
        return datetime.combine(self.day, self.start)

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """(beginning, end) in UTC."""
        end = self.ends
        return times.instant(self.day, self.start, zone), times.instant(end.date(), end.time(), zone)

    def exists(self, zone: str) -> bool:
        """False when a change of clock skips its first minute in the zone."""
        return times.exists(self.day, self.start, zone)


def clash(one: Slot, other: Slot) -> bool:
    """Whether two slots share a minute. One that ends when the other begins does not clash."""
    return one.begins < other.ends and other.begins < one.ends


def overlapping(slots: Iterable[tuple[str, Slot]]) -> list[tuple[str, str]]:
    """The pairs of names whose slots clash, each pair once in alphabetical order, the list sorted."""
    found: set[tuple[str, str]] = set()
    running: list[tuple[str, Slot]] = []
    for name, slot in sorted(slots, key=lambda each: (each[1].begins, each[0])):
        running = [(other, theirs) for other, theirs in running if theirs.ends > slot.begins]
        found.update((min(name, other), max(name, other)) for other, _ in running if other != name)
        running.append((name, slot))
    return sorted(found)
