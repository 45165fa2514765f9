"""A release laid out for reading: days, slots with their parallel sessions, filters, marks of what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from ..core import i18n, times
from ..core.text import Text
from .models import Part
from .queries import Name
from .released import Release, ReleasedSession
from .rules.changes import What
from .words import Teller, named, part_of_people, weekday

MARKS = {What.ADDED.value: "added", What.REMOVED.value: "cancelled", What.MOVED.value: "moved"}
ONE_DAY_FROM = 60
"""Sessions from which a first look shows one day and links to the others: the page of a phone stays small."""
ALL_DAYS = "all"


@dataclass(frozen=True)
class Filters:
    """What the reader asked to see; empty strings ask for all. What the release does not know is ignored."""

    day: str = ""
    theme: str = ""
    room: str = ""
    language: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], release: Release) -> Filters:
        days = {day.isoformat() for day in release.days} | {ALL_DAYS}
        spoken = {code for each in release.sessions for code in each.languages}
        known: tuple[tuple[str, Iterable[str]], ...] = (
            ("day", days), ("theme", release.themes), ("room", release.rooms), ("language", spoken)
        )  # fmt: skip
        return cls(**{name: value for name, values in known if (value := given.get(name, "")) in values})

    @property
    def narrow(self) -> bool:
        return bool(self.theme or self.room or self.language)

    def lets(self, session: ReleasedSession) -> bool:
        return (
            (not self.theme or session.theme == self.theme)
            and (not self.room or session.room == self.room)
            and (not self.language or not session.languages or self.language in session.languages)
        )


@dataclass(slots=True)
class Card:
    """One session as a reader meets it in the agenda."""

    session: ReleasedSession
    title: Markup
    room: Markup
    hue: int
    people: list[tuple[str, list[str]]] = field(default_factory=list)
    """(what they do, names)."""
    languages: str = ""
    change: str = ""
    """added, moved, changed or cancelled by this release."""
    was: Markup | str = ""


class Listing:
    """A release in one language."""

    def __init__(
        self, release: Release, names: Mapping[str, Name], language: str, filters: Filters | None = None
    ) -> None:
        self.release, self.names, self.language = release, names, language
        self.filters = filters or Filters()
        self.main = release.main_language
        self._rooms = {code: i18n.text(name, self.main) for code, name in release.rooms.items()}
        self._parts = {(part, many): part_of_people(part, 1 + many) for part in Part for many in (0, 1)}
        self._languages = {code: i18n.language_name(code) for each in release.sessions for code in each.languages}
        self._marks = marks(release)

    @property
    def shown_day(self) -> str:
        """The day asked for; of a long agenda, the first one unless all were asked for or a filter is set."""
        if self.filters.day == ALL_DAYS:
            return ""
        if self.filters.day or self.filters.narrow or len(self.release.sessions) < ONE_DAY_FROM:
            return self.filters.day
        return self.release.days[0].isoformat() if self.release.days else ""

    def days(self) -> list[tuple[date, list[tuple[datetime, datetime, list[Card]]]]]:
        """Day by day, slot by slot, the parallel sessions of each slot. What this release cancelled is struck out in
        its old place."""
        gone = [each for each in self.release.cancelled if each.cancelled_in == self.release.number]
        wanted = self.shown_day
        sessions = [
            each for each in (*self.release.sessions, *gone)
            if self.filters.lets(each) and (not wanted or each.slot.day.isoformat() == wanted)
        ]  # fmt: skip
        order = {code: number for number, code in enumerate(self.release.rooms)}
        sessions.sort(key=lambda each: (each.slot.begins, each.slot.ends, order.get(each.room, -1), each.code))
        return [
            (day, [(*ends, [self.card(each) for each in rows]) for ends, rows in groupby(of_day, key=_ends)])
            for day, of_day in groupby(sessions, key=lambda each: each.slot.day)
        ]

    def card(self, session: ReleasedSession) -> Card:
        theme = self.release.themes.get(session.theme)
        mark = self._marks.get(session.code, "")
        return Card(
            session=session,
            title=i18n.text(session.title, self.main),
            room=self._rooms.get(session.room, Markup("")),
            hue=theme.hue if theme else 0,
            people=[
                (self._parts[part, min(len(shown), 2) - 1], shown)
                for part in Part
                if (shown := named(session.people_as(part.value), self.names, self.language))
            ],
            languages=" · ".join(self._languages.get(code) or i18n.language_name(code) for code in session.languages),
            change=mark,
            was=self._was(session) if mark == "moved" else "",
        )

    def _was(self, session: ReleasedSession) -> Markup:
        moved = next(each for each in self.release.changes_of(session.code) if each["what"] == What.MOVED)
        before = moved["from"]
        teller = Teller(titles={}, rooms=self.release.rooms, themes={}, names={}, main=self.main)
        place = teller.place(before, day=before["day"] != moved["to"]["day"])
        return Markup(_("Before: %(place)s")) % {"place": place}  # noqa: S704 — the sentence is ours

    def theme_title(self, session: ReleasedSession) -> Markup:
        theme = self.release.themes.get(session.theme)
        return i18n.text(theme.title, self.main) if theme else Markup("")

    def speakers(self, codes: Sequence[str]) -> str:
        return i18n.joined(named(codes, self.names, self.language)) if codes else ""

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What can be filtered by: only what occurs, and only where there is a choice."""
        used_rooms = {each.room for each in self.release.sessions}
        found = {
            "theme": [(slug, i18n.plain_text(theme.title, self.main)) for slug, theme in self.release.themes.items()],
            "room": [
                (code, i18n.plain_text(name, self.main))
                for code, name in self.release.rooms.items()
                if code in used_rooms
            ],
            "language": sorted(self._languages.items(), key=lambda each: each[1]),
        }
        return {name: values for name, values in found.items() if len(values) > 1}

    def day_tabs(self) -> list[tuple[str, str, bool]]:
        """(label, value of the filter, whether it is shown) of each day, and of all of them."""
        days = self.release.days
        if len(days) < 2:
            return []
        shown = self.shown_day
        every = ALL_DAYS if len(self.release.sessions) >= ONE_DAY_FROM else ""
        tabs = [(_("All days"), every, not shown)]
        return [*tabs, *((weekday(day), day.isoformat(), day.isoformat() == shown) for day in days)]


def marks(release: Release) -> dict[str, str]:
    """Session → added, moved, changed or cancelled, by this release; nothing in the first one."""
    found: dict[str, str] = {}
    if release.number == 1:
        return found
    for change in release.changes:
        if "session" in change:
            mark = MARKS.get(change["what"], "changed")
            if found.get(change["session"]) != "moved":
                found[change["session"]] = mark
    return found


def teller(*releases: Release, names: Mapping[str, Name]) -> Teller:
    """Tells the changes between releases; the last one's words come first."""
    titles: dict[str, Text] = {}
    rooms: dict[str, Text] = {}
    themes: dict[str, Text] = {}
    for release in releases:
        titles.update({each.code: each.title for each in (*release.cancelled, *release.sessions)})
        rooms.update(release.rooms)
        themes.update({slug: theme.title for slug, theme in release.themes.items()})
    return Teller(titles=titles, rooms=rooms, themes=themes, names=names, main=releases[-1].main_language)


def people_of_changes(changes: Iterable[Mapping[str, Any]]) -> set[str]:
    """Codes of the people a change list names."""
    found: set[str] = set()
    for change in changes:
        if change["what"] == What.PEOPLE:
            found.update(each["person"] for each in (*change["from"], *change["to"]))
    return found


@dataclass(frozen=True)
class NowAndNext:
    now: tuple[ReleasedSession, ...]
    next: tuple[ReleasedSession, ...]
    at: datetime
    """The present, on the event's wall."""


def now_and_next(release: Release, now: datetime) -> NowAndNext:
    """What is on at an instant, and what begins next, later the same day or on another."""
    running, coming = [], []
    for each in release.sessions:
        begins, ends = each.slot.instants(release.zone)
        if begins <= now < ends:
            running.append(each)
        elif begins > now:
            coming.append((begins, each))
    first = min((begins for begins, _ in coming), default=None)
    following = tuple(each for begins, each in coming if begins == first)
    return NowAndNext(tuple(running), following, times.wall(now, release.zone))


def _ends(session: ReleasedSession) -> tuple[datetime, datetime]:
    return session.slot.begins, session.slot.ends
