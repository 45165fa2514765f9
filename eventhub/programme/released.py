"""A release as its readers see it: the snapshot of an edition, read once into plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from ..core.editions import Edition
from ..core.text import Text
from .rules.changes import Agenda, Change
from .rules.slots import Slot


@dataclass(frozen=True, slots=True)
class ReleasedItem:
    number: int
    title: Text
    minutes: int | None
    speakers: tuple[str, ...]
    """Codes of people."""


@dataclass(frozen=True, slots=True)
class ReleasedSession:
    """A session as released. `sequence` and `changed_at` are what a calendar is told (RFC 5545, 3.8.7.4)."""

    code: str
    kind: str
    title: Text
    summary: Text
    theme: str
    """The slug of its theme, or empty."""
    room: str
    """The code of its room, or empty."""
    slot: Slot
    languages: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    """(code of the person, part)."""
    items: tuple[ReleasedItem, ...]
    sequence: int
    changed_at: datetime
    cancelled_in: int = 0
    """The release that took it out of the agenda, 0 while it stands."""

    @classmethod
    def of(cls, raw: Mapping[str, Any], known: Mapping[str, Any]) -> ReleasedSession:
        return cls(
            code=raw["code"],
            kind=raw["kind"],
            title=Text.of(raw["title"]),
            summary=Text.of(raw["summary"]),
            theme=raw["theme"],
            room=raw["room"],
            slot=Slot(date.fromisoformat(raw["day"]), time.fromisoformat(raw["start"]), raw["minutes"]),
            languages=tuple(raw["languages"]),
            people=tuple((each["person"], each["part"]) for each in raw["people"]),
            items=tuple(
                ReleasedItem(number, Text.of(item["title"]), item["minutes"], tuple(item["speakers"]))
                for number, item in enumerate(raw["items"], start=1)
            ),
            sequence=known["changed"] - known["first"],
            changed_at=datetime.fromisoformat(known["at"]),
            cancelled_in=raw.get("release", 0),
        )

    def people_as(self, part: str) -> list[str]:
        return [person for person, theirs in self.people if theirs == part]

    def everyone(self) -> set[str]:
        """Codes of all people it names."""
        return {person for person, _ in self.people} | {code for item in self.items for code in item.speakers}


@dataclass(frozen=True)
class ReleasedTheme:
    slug: str
    title: Text
    hue: int


@dataclass(frozen=True)
class Release:
    """One numbered release of an event's agenda."""

    code: str
    event_code: str
    number: int
    made_at: datetime
    note: Text
    title: Text
    place: Text
    venue: Text
    zone: str
    main_language: str
    starts_on: date
    ends_on: date
    rooms: Mapping[str, Text]
    themes: Mapping[str, ReleasedTheme]
    sessions: tuple[ReleasedSession, ...]
    cancelled: tuple[ReleasedSession, ...]
    changes: tuple[Change, ...]
    """Since the release before; of the first one, everything is new and the list says so."""
    agenda: Agenda
    """The canonical JSON it was read from."""

    @classmethod
    def of(cls, edition: Edition) -> Release:
        agenda, known = edition.snapshot["agenda"], edition.snapshot["record"]
        event = agenda["event"]
        return cls(
            code=edition.code,
            event_code=edition.subject_code,
            number=edition.number,
            made_at=edition.made_at,
            note=edition.note,
            title=Text.of(event["title"]),
            place=Text.of(event["place"]),
            venue=Text.of(event["venue"]),
            zone=event["zone"],
            main_language=event["main_language"],
            starts_on=date.fromisoformat(event["starts_on"]),
            ends_on=date.fromisoformat(event["ends_on"]),
            rooms={room["code"]: Text.of(room["name"]) for room in agenda["rooms"]},
            themes={
                theme["slug"]: ReleasedTheme(theme["slug"], Text.of(theme["title"]), theme["hue"])
                for theme in agenda["themes"]
            },
            sessions=tuple(ReleasedSession.of(raw, known[raw["code"]]) for raw in agenda["sessions"]),
            cancelled=tuple(ReleasedSession.of(raw, known[raw["code"]]) for raw in edition.snapshot["cancelled"]),
            changes=tuple(edition.changes),
            agenda=agenda,
        )

    @property
    def days(self) -> list[date]:
        """The days that have sessions."""
        return sorted({session.slot.day for session in self.sessions})

    def session(self, code: str) -> ReleasedSession | None:
        """A session of this release, or one that was cancelled."""
        return next((each for each in (*self.sessions, *self.cancelled) if each.code == code), None)

    def everyone(self) -> set[str]:
        return {person for each in self.sessions for person in each.everyone()}

    def changes_of(self, session: str) -> list[Change]:
        """What this release changed of one session; nothing in the first release, where all is new."""
        return [] if self.number == 1 else [each for each in self.changes if each.get("session") == session]
