"""The agenda as a calendar (RFC 5545), written line by line: a library that builds objects takes a quarter of a second
to be loaded and fifty milliseconds for 150 sessions, this takes five. Tests read every calendar with that library.

What makes calendars update: a UID that never changes, a SEQUENCE that grows with every release that changed the
session (3.8.7.4), and sessions taken out of the agenda that stay with STATUS:CANCELLED (3.8.1.11).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from flask_babel import gettext as _

from ..core import i18n, times
from ..core.text import Text, clean_block
from .models import Part
from .queries import Name
from .released import Release, ReleasedSession
from .words import named, part_of_people

MEDIA_TYPE = "text/calendar; charset=utf-8"
LINE_OCTETS = 75
"""Longest content line, without its CR LF (RFC 5545, 3.1)."""
PRODUCT = "-//EventHub//Agenda//EN"
REFRESH = "PT1H"
WALL = "%Y%m%dT%H%M%S"

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_UNCLEAN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What `clean_block` would take out or change: nearly no text has any, and looking is faster than cleaning."""


def value(text: str) -> str:
    """Text as a property value (3.3.11). Control characters and overrides are dropped, line breaks escaped: nothing a
    person typed can begin a line."""
    return (clean_block(text) if _UNCLEAN.search(text) else text.strip()).translate(_ESCAPES)


def fold(line: str) -> str:
    """A content line as it is sent: folded at 75 octets between characters, ended by CR LF (3.1)."""
    data = line.encode()
    if len(data) <= LINE_OCTETS:
        return line + "\r\n"
    parts, begin, room = [], 0, LINE_OCTETS
    while begin < len(data):
        end = min(begin + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # never inside a character
            end -= 1
        parts.append(data[begin:end].decode())
        begin, room = end, LINE_OCTETS - 1
    return "\r\n ".join(parts) + "\r\n"


@dataclass(frozen=True)
class Addresses:
    """Where a calendar points: the host in its UIDs, and the public pages behind it."""

    host: str
    agenda: str
    session: Callable[[str], str]


def calendar(release: Release, names: Mapping[str, Name], language: str, addresses: Addresses) -> bytes:
    """The whole agenda of a release in a language."""
    return "".join(map(fold, Writer(release, names, language, addresses).lines())).encode()


class Writer:
    """Writes one release in one language. The words that every session needs are looked up once."""

    def __init__(self, release: Release, names: Mapping[str, Name], language: str, addresses: Addresses) -> None:
        self.release, self.names, self.language, self.addresses = release, names, language, addresses
        self.main = release.main_language
        self._parts = {(part, many): part_of_people(part, 1 + many) for part in Part for many in (0, 1)}
        self._languages, self._colon = _("Languages"), _(": ")

    def lines(self) -> Iterator[str]:
        release, title = self.release, value(self.release.title.in_(self.language, self.main))
        yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")
        yield from (f"NAME:{title}", f"X-WR-CALNAME:{title}", f"X-WR-TIMEZONE:{release.zone}")
        yield from (f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}")
        yield from (f"URL:{self.addresses.agenda}", f"LAST-MODIFIED:{_utc(release.made_at)}")
        yield from time_zone(release.zone, release.starts_on.year - 1, release.ends_on.year + 1)
        for session in (*release.sessions, *release.cancelled):
            yield from self._event(session)
        yield "END:VCALENDAR"

    def _event(self, session: ReleasedSession) -> Iterator[str]:
        release, zone, slot = self.release, self.release.zone, session.slot
        changed = _utc(session.changed_at)
        yield "BEGIN:VEVENT"
        yield f"UID:{session.code}@{self.addresses.host}"
        yield f"DTSTAMP:{changed}"
        yield f"LAST-MODIFIED:{changed}"
        yield f"SEQUENCE:{session.sequence}"
        yield f"DTSTART;TZID={zone}:{slot.begins.strftime(WALL)}"
        yield f"DTEND;TZID={zone}:{slot.ends.strftime(WALL)}"
        yield self._text("SUMMARY", session.title)
        if session.room in release.rooms:
            yield self._text("LOCATION", release.rooms[session.room], release.venue)
        elif release.venue:
            yield self._text("LOCATION", release.venue)
        about = "\n".join(self._description(session))
        if about:
            yield f"DESCRIPTION:{value(about)}"
        if session.theme in release.themes:
            yield self._text("CATEGORIES", release.themes[session.theme].title)
        yield f"URL:{self.addresses.session(session.code)}"
        yield f"STATUS:{'CANCELLED' if session.cancelled_in else 'CONFIRMED'}"
        yield f"TRANSP:{'TRANSPARENT' if session.cancelled_in else 'OPAQUE'}"
        yield "END:VEVENT"

    def _description(self, session: ReleasedSession) -> Iterator[str]:
        if session.summary:
            yield session.summary.in_(self.language, self.main)
        for part in Part:
            people = named(session.people_as(part.value), self.names, self.language)
            if people:
                yield f"{self._parts[part, min(len(people), 2) - 1]}{self._colon}{together(people)}"
        for item in session.items:
            speakers = together(named(item.speakers, self.names, self.language))
            title = item.title.in_(self.language, self.main)
            yield f"{item.number}. {title}{f' ({speakers})' if speakers else ''}"
        if session.languages:
            yield f"{self._languages}{self._colon}{spoken(session.languages, self.language)}"

    def _text(self, name: str, text: Text, *more: Text) -> str:
        """A property with the language it is really in (3.2.10)."""
        served = text.serve(self.language, self.main)
        rest = (each.in_(self.language, self.main) for each in more if each)
        return f"{name};LANGUAGE={served.language}:{value(', '.join([served.value, *rest]))}"


def together(people: list[str]) -> str:
    """Names joined as the language joins them."""
    return i18n.joined(people) if len(people) > 1 else "".join(people)


@lru_cache(maxsize=512)
def spoken(languages: tuple[str, ...], _language: str) -> str:
    """French and Arabic, in the language being spoken (which is part of what is remembered)."""
    return i18n.joined(map(i18n.language_name, languages))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


@lru_cache(maxsize=64)
def time_zone(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """VTIMEZONE of a zone over some years: each change of clock on its own, as it really was or is planned (3.6.5);
    rules that repeat would be wrong where governments decide from year to year."""
    zone = times.zone(name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    lines.extend(_observance(zone, begin, begin))
    for at in _changes_of_clock(zone, begin, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        lines.extend(_observance(zone, at - timedelta(seconds=1), at))
    return (*lines, "END:VTIMEZONE")


def _changes_of_clock(zone: tzinfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The instants at which the zone's offset changes, to the second, found by halving the days that differ."""
    day = timedelta(days=1)
    while begin < end:
        if begin.astimezone(zone).utcoffset() != (begin + day).astimezone(zone).utcoffset():
            low, high = begin, begin + day
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                if middle.astimezone(zone).utcoffset() == begin.astimezone(zone).utcoffset():
                    low = middle
                else:
                    high = middle
            yield high
        begin += day


def _observance(zone: tzinfo, before: datetime, at: datetime) -> Iterator[str]:
    """The clock from an instant on. Its beginning is written on the wall of the clock before (3.6.5)."""
    old, new = before.astimezone(zone), at.astimezone(zone)
    offset = old.utcoffset()
    assert offset is not None
    kind = "DAYLIGHT" if new.dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{(at + offset).strftime(WALL)}"
    yield f"TZOFFSETFROM:{old.strftime('%z')}"
    yield f"TZOFFSETTO:{new.strftime('%z')}"
    yield f"TZNAME:{new.tzname()}"
    yield f"END:{kind}"
