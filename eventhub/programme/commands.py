"""Writes about the draft agenda, and its releases. Every one holds the lock on the event: two organisers never
release one draft twice, nor put two sessions into the same place unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from ..accounts.models import Person
from ..core import clock, editions, files, public_version
from ..core.commands import add, command, load, lock, remove
from ..core.db import session as database
from ..core.errors import NotFound, Refused
from ..core.text import EMPTY, LANGUAGES, Text
from ..events.kinds import Kind
from ..events.models import Event, Room
from ..events.queries import rooms
from ..events.revisions import save
from ..network.models import Theme
from . import documents, draft, queries
from .models import Item, ItemSpeaker, Part, Session, SessionKind, SessionPerson
from .released import Release
from .rules import changes
from .rules.conflicts import stops
from .rules.slots import LONGEST, SHORTEST


class NothingChanged(Refused):
    message = _l("Nothing has changed since the last release.")


class NothingToRelease(Refused):
    message = _l("No session has a day and an hour yet: there is nothing to release.")


class ConflictsStand(Refused):
    message = _l("The draft has conflicts that make it impossible as it stands. Please solve them first.")


class AlreadyThere(Refused):
    message = _l("This person has this part in the session already.")


class LengthNotPossible(Refused):
    message = _l("A session lasts between %(least)s minutes and 24 hours.")


class HalfASlot(Refused):
    message = _l("A slot needs both a day and an hour.")


@command
def add_session(
    *,
    event: str,
    kind: SessionKind,
    title: Text,
    summary: Text = EMPTY,
    theme: str | None = None,
    day: date | None = None,
    start: time | None = None,
    minutes: int = 60,
    room: str | None = None,
    languages: Sequence[str] = (),
    seats: int | None = None,
    note: str = "",
) -> str:
    """Add a session to the draft. `day` and `start` are wall time in the event's zone, both or neither; `theme` and
    `room` are codes. Returns its code. Raises HalfASlot, LengthNotPossible, NotFound."""
    row = lock(Event, event)
    _check_slot(day, start, minutes)
    return add(
        Session(
            event=row, kind=kind, title=title, summary=summary, theme=load(Theme, theme) if theme else None,
            room=load(Room, room, event=row) if room else None, day=day, start=start, minutes=minutes,
            languages=_known(languages), seats=seats, note=note, revision=1,
        )
    ).code  # fmt: skip


@command
def edit_session(
    *,
    event: str,
    session: str,
    revision: int,
    kind: SessionKind,
    title: Text,
    summary: Text,
    theme: str | None,
    languages: Sequence[str],
    seats: int | None,
    note: str,
) -> None:
    """Change what a session is. Raises Changed (with both versions) on an older revision."""
    row = load(Session, session, event=lock(Event, event))
    values = {
        "kind": kind, "title": title, "summary": summary, "theme": load(Theme, theme) if theme else None,
        "languages": _known(languages), "seats": seats, "note": note,
    }  # fmt: skip
    save(row, revision, values)


@command
def place_session(
    *, event: str, session: str, revision: int, day: date | None, start: time | None, minutes: int, room: str | None
) -> None:
    """Move a session to another slot, or out of the agenda when `day` and `start` are None.

    Raises Changed (with both versions) on an older revision, HalfASlot, LengthNotPossible.
    """
    event_row = lock(Event, event)
    row = load(Session, session, event=event_row)
    _check_slot(day, start, minutes)
    place = load(Room, room, event=event_row) if room else None
    save(row, revision, {"day": day, "start": start, "minutes": minutes, "room": place})


@command
def remove_session(*, event: str, session: str) -> None:
    """Take a session out of the draft with its items; the next release shows it as cancelled."""
    remove(load(Session, session, event=lock(Event, event)))


@command
def add_item(*, event: str, session: str, title: Text, minutes: int | None = None, speakers: Sequence[str] = ()) -> str:
    """Add a numbered item at the end of a session. `speakers` are codes of people. Returns its code."""
    row = load(Session, session, event=lock(Event, event))
    last = max((item.position for item in row.items), default=0)
    item = add(Item(session=row, position=last + 1, title=title, minutes=minutes, revision=1))
    _put_speakers(item, speakers)
    return item.code


@command
def edit_item(
    *, event: str, session: str, item: str, revision: int, title: Text, minutes: int | None, speakers: Sequence[str]
) -> None:
    """Change an item and who speaks on it. Raises Changed (with both versions) on an older revision."""
    row = load(Item, item, session=load(Session, session, event=lock(Event, event)))
    save(row, revision, {"title": title, "minutes": minutes})
    _put_speakers(row, speakers)


@command
def move_item(*, event: str, session: str, item: str, to: int) -> None:
    """Give an item another number, counted from 1; the others close up."""
    row = load(Session, session, event=lock(Event, event))
    moved = load(Item, item, session=row)
    others = [each for each in row.items if each is not moved]
    place = min(max(to, 1), len(others) + 1) - 1
    for number, each in enumerate([*others[:place], moved, *others[place:]], start=1):
        each.position = number


@command
def remove_item(*, event: str, session: str, item: str) -> None:
    """Take an item out of a session; the others close up."""
    row = load(Session, session, event=lock(Event, event))
    gone = load(Item, item, session=row)
    for number, each in enumerate((each for each in row.items if each is not gone), start=1):
        each.position = number
    remove(gone)


@command
def add_person(*, event: str, session: str, person: str, part: Part) -> None:
    """Give a person a part in a session. Raises AlreadyThere."""
    row = load(Session, session, event=lock(Event, event))
    human = load(Person, person)
    if any(each.person is human and each.part is part for each in row.people):
        raise AlreadyThere()
    last = max((each.position for each in row.people if each.part is part), default=0)
    add(SessionPerson(session=row, person=human, part=part, position=last + 1))


@command
def remove_person(*, event: str, session: str, person: str, part: Part) -> None:
    """Take a part away from a person. Raises NotFound."""
    row = load(Session, session, event=lock(Event, event))
    for each in row.people:
        if each.person.code == person and each.part is part:
            remove(each)
            return
    raise NotFound()


@command
def release(*, event: str, note: Text = EMPTY, despite_conflicts: bool = False) -> int:
    """Publish the draft as the next release: a snapshot for good, and what it changed. Returns its number.

    Two at once make one: the second finds the draft as it is already released. The documents are made by jobs after
    the commit. Raises NothingToRelease, NothingChanged, ConflictsStand (unless told to go on).
    """
    row = lock(Event, event)
    sessions, room_rows = queries.sessions_of(row), rooms(row)
    agenda = draft.as_agenda(row, room_rows, sessions)
    last = editions.get(queries.AGENDA, row.code)
    before: dict[str, Any] = last.snapshot if last else {"agenda": changes.EMPTY, "record": {}, "cancelled": []}
    if not agenda["sessions"] and not before["agenda"]["sessions"]:
        raise NothingToRelease()
    if editions.fingerprint(agenda) == editions.fingerprint(before["agenda"]):
        raise NothingChanged()
    if not despite_conflicts and stops(queries.draft_conflicts(row, sessions)):
        raise ConflictsStand()
    number = (last.number if last else 0) + 1
    found = changes.changes(before["agenda"], agenda)
    present = {each["code"] for each in agenda["sessions"]}
    touched = changes.touched(found, agenda)
    known = changes.record(before["record"], touched, present, number=number, at=clock.now().isoformat())
    gone = changes.cancelled(before["cancelled"], found, present, number=number)
    edition = editions.publish(
        kind=queries.AGENDA, subject=row.code, changes=found, note=note,
        snapshot={"agenda": agenda, "record": known, "cancelled": gone},
    )  # fmt: skip
    public_version.touch(row.slug)
    for language in LANGUAGES:
        documents.ask(edition.code, language)
    return edition.number


@command
def prepare_document(*, event: str, language: str) -> None:
    """Have the PDF of the latest release made in a language, if it is not there or waiting already."""
    row = lock(Event, event)
    last = editions.get(queries.AGENDA, row.code)
    if last is None:
        raise NotFound()
    job = documents.waiting(last.code, language)
    if job is None or job.over:
        documents.ask(last.code, language)


@command
def keep_document(*, release: Release, language: str, names: Mapping[str, queries.Name], data: bytes) -> str:
    """Keep a document that was made of a release, in the place of one with other names. Returns its code; made twice,
    it is kept once."""
    known = documents.find(release, language, names)
    if known is not None:
        return known.code
    for gone in documents.older(release, language):
        files.remove(gone)
    name = documents.file_name(release, language, names)
    return files.keep(
        data, name=name, media_type=documents.MEDIA_TYPE, owner_kind=queries.AGENDA, owner_code=release.code
    ).code


def _check_slot(day: date | None, start: time | None, minutes: int) -> None:
    if (day is None) != (start is None):
        raise HalfASlot()
    if not SHORTEST <= minutes <= LONGEST:
        raise LengthNotPossible(least=SHORTEST)


def _known(languages: Sequence[str]) -> list[str]:
    return [code for code in LANGUAGES if code in set(languages)]


def _put_speakers(item: Item, codes: Sequence[str]) -> None:
    """Make the speakers of an item these people, in this order."""
    wanted = list(dict.fromkeys(codes))
    if [each.person.code for each in item.speakers] == wanted:
        return
    people = {row.code: row for row in database().scalars(sa.select(Person).where(Person.code.in_(wanted)))}
    if len(people) != len(wanted):
        raise NotFound()
    known = {each.person.code: each for each in item.speakers}
    item.speakers = [known.get(code) or ItemSpeaker(person=people[code]) for code in wanted]
    for number, each in enumerate(item.speakers, start=1):
        each.position = number


def first_sessions(event: Event, model: Kind) -> None:
    """The sessions an event of this kind usually has, laid inside the command that creates the event."""
    known = rooms(event)
    for each in model.sessions:
        room = known[each.room] if each.room is not None and each.room < len(known) else None
        talks = each.kind in (SessionKind.PLENARY, SessionKind.THEMATIC, SessionKind.STATEMENTS)
        add(
            Session(
                event=event, kind=SessionKind(each.kind), title=each.title, summary=EMPTY, room=room,
                day=event.starts_on + timedelta(days=each.day), start=time.fromisoformat(each.start),
                minutes=each.minutes, languages=list(event.languages) if talks else [], note="", revision=1,
            )
        )  # fmt: skip
