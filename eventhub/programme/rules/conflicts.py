"""What is wrong with a draft agenda. Each rule looks at the whole and names what it finds; all stand in one map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ...core.registry import Severity
from .slots import Slot, overlapping


class ConflictKind(StrEnum):
    ROOM_CLASH = "room_clash"
    PERSON_CLASH = "person_clash"
    OUTSIDE_DAYS = "outside_days"
    SKIPPED_HOUR = "skipped_hour"
    ITEMS_TOO_LONG = "items_too_long"
    ROOM_TOO_SMALL = "room_too_small"
    NO_BOOTH = "no_booth"


@dataclass(frozen=True)
class RoomFacts:
    capacity: int | None
    booths: frozenset[str]


@dataclass(frozen=True)
class Planned:
    """A session as the rules see it. `room` is empty and `slot` None while it has none."""

    code: str
    slot: Slot | None
    room: str = ""
    languages: tuple[str, ...] = ()
    seats: int | None = None
    item_minutes: int = 0
    people: frozenset[str] = frozenset()
    """Everyone with a part in it: chairs, rapporteurs, speakers of the session and of its items."""


@dataclass(frozen=True)
class Draft:
    """A draft agenda: the days of the event on its own calendar, its zone, its rooms and sessions."""

    days: tuple[date, ...]
    zone: str
    rooms: Mapping[str, RoomFacts]
    sessions: tuple[Planned, ...]


@dataclass(frozen=True)
class Conflict:
    """One thing that is wrong: how much it matters, and what it is about, in codes and numbers."""

    kind: ConflictKind
    severity: Severity
    sessions: tuple[str, ...]
    room: str = ""
    person: str = ""
    languages: tuple[str, ...] = ()
    have: int = 0
    need: int = 0


Rule = Callable[[Draft], Iterator[Conflict]]


def room_clashes(draft: Draft) -> Iterator[Conflict]:
    """Two sessions in one room at the same time."""
    by_room: defaultdict[str, list[tuple[str, Slot]]] = defaultdict(list)
    for session in draft.sessions:
        if session.slot is not None and session.room:
            by_room[session.room].append((session.code, session.slot))
    for room, slots in by_room.items():
        for pair in overlapping(slots):
            yield Conflict(ConflictKind.ROOM_CLASH, Severity.STOP, pair, room=room)


def person_clashes(draft: Draft) -> Iterator[Conflict]:
    """A chair, rapporteur or speaker in two sessions at the same time."""
    by_person: defaultdict[str, list[tuple[str, Slot]]] = defaultdict(list)
    for session in draft.sessions:
        if session.slot is not None:
            for person in session.people:
                by_person[person].append((session.code, session.slot))
    for person, slots in by_person.items():
        for pair in overlapping(slots):
            yield Conflict(ConflictKind.PERSON_CLASH, Severity.STOP, pair, person=person)


def outside_days(draft: Draft) -> Iterator[Conflict]:
    """A session on a day that is none of the event's."""
    for session in draft.sessions:
        if session.slot is not None and session.slot.day not in draft.days:
            yield Conflict(ConflictKind.OUTSIDE_DAYS, Severity.STOP, (session.code,))


def skipped_hours(draft: Draft) -> Iterator[Conflict]:
    """A session that begins in an hour which a change of clock skips."""
    for session in draft.sessions:
        if session.slot is not None and not session.slot.exists(draft.zone):
            yield Conflict(ConflictKind.SKIPPED_HOUR, Severity.WARN, (session.code,))


def items_too_long(draft: Draft) -> Iterator[Conflict]:
    """The items of a session last longer than the session."""
    for session in draft.sessions:
        if session.slot is not None and session.item_minutes > session.slot.minutes:
            need, have = session.item_minutes, session.slot.minutes
            yield Conflict(ConflictKind.ITEMS_TOO_LONG, Severity.WARN, (session.code,), have=have, need=need)


def rooms_too_small(draft: Draft) -> Iterator[Conflict]:
    """A session offers more seats than its room has."""
    for session in draft.sessions:
        room = draft.rooms.get(session.room)
        if room is not None and room.capacity is not None and (session.seats or 0) > room.capacity:
            yield Conflict(
                ConflictKind.ROOM_TOO_SMALL, Severity.WARN, (session.code,), room=session.room,
                have=room.capacity, need=session.seats or 0,
            )  # fmt: skip


def without_booth(draft: Draft) -> Iterator[Conflict]:
    """A session in several languages stands in a room that lacks a booth for one of them. One language needs none."""
    for session in draft.sessions:
        room = draft.rooms.get(session.room)
        if room is None or len(set(session.languages)) < 2:
            continue
        lacking = tuple(sorted(set(session.languages) - room.booths))
        if lacking:
            yield Conflict(ConflictKind.NO_BOOTH, Severity.WARN, (session.code,), room=session.room, languages=lacking)


RULES: Mapping[ConflictKind, Rule] = {
    ConflictKind.ROOM_CLASH: room_clashes,
    ConflictKind.PERSON_CLASH: person_clashes,
    ConflictKind.OUTSIDE_DAYS: outside_days,
    ConflictKind.SKIPPED_HOUR: skipped_hours,
    ConflictKind.ITEMS_TOO_LONG: items_too_long,
    ConflictKind.ROOM_TOO_SMALL: rooms_too_small,
    ConflictKind.NO_BOOTH: without_booth,
}
"""Every rule there is. A new conflict is a function and a line here."""

_WEIGHT = {Severity.STOP: 0, Severity.WARN: 1, Severity.NOTE: 2}


def conflicts(draft: Draft) -> list[Conflict]:
    """All that is wrong with a draft, what weighs most first, in a total order: two runs never differ."""
    found = (conflict for rule in RULES.values() for conflict in rule(draft))
    return sorted(found, key=lambda each: (_WEIGHT[each.severity], each.kind, each.sessions, each.room, each.person))


def stops(found: list[Conflict]) -> list[Conflict]:
    """Those that a release should not carry."""
    return [conflict for conflict in found if conflict.severity is Severity.STOP]
