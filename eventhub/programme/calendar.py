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
from .words import PARTS, named

MEDIA_TYPE = "text/calendar; charset=utf-8"
LINE_OCTETS = 75
"""Longest content line, without its CR LF (RFC 5545, 3.1)."""
PRODUCT = "-//EventHub//Agenda//EN"
REFRESH = "PT1H"
WALL = "%Y%m%dT%H%M%S"

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_PARAMETER = re.compile(r'[\x00-\x1f\x7f"]')


def value(text: str) -> str:
    """Text as a property value (3.3.11). Control characters and overrides are dropped, line breaks escaped: nothing a
    person typed can begin a line."""
    return clean_block(text).translate(_ESCAPES)


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
    title = release.title.in_(language, release.main_language)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"NAME:{value(title)}", f"X-WR-CALNAME:{value(title)}", f"X-WR-TIMEZONE:{release.zone}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}", f"X-PUBLISHED-TTL:{REFRESH}", f"URL:{addresses.agenda}",
        f"LAST-MODIFIED:{_utc(release.made_at)}",
    ]  # fmt: skip
    first, last = release.starts_on.year, release.ends_on.year
    lines.extend(time_zone(release.zone, first - 1, last + 1))
    for session in (*release.sessions, *release.cancelled):
        lines.extend(_event(session, release, names, language, addresses))
    lines.append("END:VCALENDAR")
    return "".join(map(fold, lines)).encode()


def _event(
    session: ReleasedSession, release: Release, names: Mapping[str, Name], language: str, addresses: Addresses
) -> Iterator[str]:
    main, zone = release.main_language, release.zone
    changed = _utc(session.changed_at)
    yield "BEGIN:VEVENT"
    yield f"UID:{session.code}@{addresses.host}"
    yield f"DTSTAMP:{changed}"
    yield f"LAST-MODIFIED:{changed}"
    yield f"SEQUENCE:{session.sequence}"
    yield f"DTSTART;TZID={zone}:{session.slot.begins.strftime(WALL)}"
    yield f"DTEND;TZID={zone}:{session.slot.ends.strftime(WALL)}"
    yield _text("SUMMARY", session.title, language, main)
    if session.room in release.rooms:
        yield _text("LOCATION", release.rooms[session.room], language, main, release.venue)
    elif release.venue:
        yield _text("LOCATION", release.venue, language, main)
    about = "\n".join(_description(session, names, language, main))
    if about:
        yield f"DESCRIPTION:{value(about)}"
    if session.theme in release.themes:
        yield _text("CATEGORIES", release.themes[session.theme].title, language, main)
    yield f"URL:{addresses.session(session.code)}"
    yield f"STATUS:{'CANCELLED' if session.cancelled_in else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if session.cancelled_in else 'OPAQUE'}"
    yield "END:VEVENT"


def _description(session: ReleasedSession, names: Mapping[str, Name], language: str, main: str) -> Iterator[str]:
    if session.summary:
        yield session.summary.in_(language, main)
    for part in Part:
        people = named(session.people_as(part.value), names, language)
        if people:
            yield f"{PARTS[part]}{_(': ')}{i18n.joined(people)}"
    for item in session.items:
        speakers = i18n.joined(named(item.speakers, names, language)) if item.speakers else ""
        yield f"{item.number}. {item.title.in_(language, main)}{f' ({speakers})' if speakers else ''}"
    if session.languages:
        yield f"{_('Languages')}{_(': ')}{i18n.joined(map(i18n.language_name, session.languages))}"


def _text(name: str, text: Text, language: str, main: str, *more: Text) -> str:
    """A property with the language it is really in (3.2.10)."""
    served = text.serve(language, main)
    rest = (each.in_(language, main) for each in more if each)
    return f"{name};LANGUAGE={_PARAMETER.sub('', served.language)}:{value(', '.join([served.value, *rest]))}"


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
