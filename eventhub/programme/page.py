"""What the pages of the draft show, put together once from a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from markupsafe import Markup

from ..core import i18n
from ..core.registry import Severity
from ..events.models import Event, Room
from ..events.queries import rooms
from . import draft, queries, words
from .grid import Placed, Row, table
from .models import Part, Session, SessionKind
from .queries import Name
from .released import Release
from .rules import changes
from .rules.changes import Change
from .rules.conflicts import Conflict, conflicts
from .rules.slots import Slot
from .view import people_of_changes, teller

TALKS = frozenset({SessionKind.PLENARY, SessionKind.THEMATIC, SessionKind.STATEMENTS})
"""Kinds of session that need a chair and, unless it only listens to statements, a rapporteur."""


@dataclass(frozen=True)
class Warned:
    """A conflict in words, with the sessions it leads to."""

    conflict: Conflict
    words: Markup
    sessions: Sequence[Session]

    @property
    def stops(self) -> bool:
        return self.conflict.severity is Severity.STOP


@dataclass(frozen=True)
class DraftDay:
    day: date
    in_days: bool
    """Whether it is one of the event's."""
    columns: Sequence[Room | None]
    rows: Sequence[Row[Session]]


@dataclass(frozen=True)
class DraftPage:
    """The draft of an event as its organisers read it."""

    days: Sequence[DraftDay]
    unplaced: Sequence[Session]
    conflicts: Sequence[Warned]
    in_conflict: frozenset[str]
    lacking: Mapping[str, list[str]]
    """Session → what it lacks, in words."""
    release: Release | None
    unreleased: Sequence[Change]
    """What the next release would change."""
    count: int


def draft_page(event: Event) -> DraftPage:
    sessions, known = queries.sessions_of(event), rooms(event)
    found = conflicts(draft.for_rules(event, known, sessions))
    release = queries.latest_release(event)
    agenda = draft.as_agenda(event, known, sessions)
    return DraftPage(
        days=_days(event, known, sessions),
        unplaced=[each for each in sessions if draft.slot_of(each) is None],
        conflicts=_warned(event, found, sessions, known),
        in_conflict=frozenset(code for each in found for code in each.sessions),
        lacking={each.code: what for each in sessions if (what := lacking(each))},
        release=release,
        unreleased=changes.changes(release.agenda if release else changes.EMPTY, agenda),
        count=len(sessions),
    )


@dataclass(frozen=True)
class SessionPage:
    conflicts: Sequence[Warned]
    lacking: Sequence[str]


def session_page(session: Session) -> SessionPage:
    """What is wrong with one session of the draft, and what it lacks."""
    event = session.event
    sessions, known = queries.sessions_of(event), rooms(event)
    found = [each for each in conflicts(draft.for_rules(event, known, sessions)) if session.code in each.sessions]
    return SessionPage(_warned(event, found, sessions, known), lacking(session))


def lacking(session: Session) -> list[str]:
    """What a session lacks, in words."""
    found = []
    if draft.slot_of(session) is None:
        found.append(_("a day and an hour"))
    if session.kind in TALKS and session.room is None:
        found.append(_("a room"))
    parts = {each.part for each in session.people}
    if session.kind in TALKS and Part.CHAIR not in parts:
        found.append(_("a chair"))
    if session.kind in (SessionKind.PLENARY, SessionKind.THEMATIC) and Part.RAPPORTEUR not in parts:
        found.append(_("a rapporteur"))
    return found


def names_of(session: Session) -> dict[str, Name]:
    """The names of everyone in a session that is loaded whole."""
    people = [each.person for each in session.people]
    people += [speaker.person for item in session.items for speaker in item.speakers]
    return {person.code: Name(person.latin, person.arabic, person.script) for person in people}


def sentences_of_draft(event: Event, page: DraftPage) -> list[Markup]:
    """What the next release would change, in words; of the first one, only how much there is to release."""
    if page.release is None:
        return []
    names = queries.names(people_of_changes(page.unreleased))
    told = teller(page.release, names=names)
    for session in queries.sessions_of(event):
        told.titles = {**told.titles, session.code: session.title}
    told.rooms = {**told.rooms, **{room.code: room.name for room in rooms(event)}}
    return told.tell_all(page.unreleased)


def _days(event: Event, known: Sequence[Room], sessions: Iterable[Session]) -> list[DraftDay]:
    by_day: dict[date, list[tuple[Session, Slot]]] = {day: [] for day in event.days}
    for session in sessions:
        slot = draft.slot_of(session)
        if slot is not None:
            by_day.setdefault(slot.day, []).append((session, slot))
    return [_day(event, day, rows, known) for day, rows in sorted(by_day.items())]


def _day(event: Event, day: date, rows: list[tuple[Session, Slot]], known: Sequence[Room]) -> DraftDay:
    used = {session.room.code for session, _ in rows if session.room}
    columns: list[Room | None] = [room for room in known if room.code in used]
    if any(session.room is None for session, _ in rows):
        columns.append(None)
    place = {room.code if room else "": number for number, room in enumerate(columns)}
    placed = [Placed(session, slot, place[session.room.code if session.room else ""]) for session, slot in rows]
    return DraftDay(day, day in event.days, columns, table(placed, len(columns)))


def _warned(
    event: Event, found: Sequence[Conflict], sessions: Sequence[Session], known: Sequence[Room]
) -> list[Warned]:
    by_code = {session.code: session for session in sessions}
    titles = {code: i18n.text(session.title, event.main_language) for code, session in by_code.items()}
    room_names = {room.code: i18n.text(room.name, event.main_language) for room in known}
    names = {
        code: name.in_(i18n.language()) for session in sessions for code, name in names_of(session).items()
    } if found else {}  # fmt: skip
    return [
        Warned(each, words.conflict(each, titles, room_names, names), [by_code[code] for code in each.sessions])
        for each in found
    ]
