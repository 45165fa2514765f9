"""Reads about the draft agenda and its releases; each in a fixed number of statements."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only, selectinload

from ..accounts.models import Person
from ..core import editions
from ..core.db import session
from ..core.editions import Edition
from ..core.lists import matches
from ..events.models import Event, EventState
from ..events.queries import rooms
from ..network.models import Theme
from . import draft
from .models import Item, ItemSpeaker, Session, SessionPerson
from .released import Release
from .rules.conflicts import Conflict, conflicts

AGENDA = "agenda"
"""The kind of edition a release of an agenda is, and of the files made from it."""
SEARCH_MOST = 20
KNOWN_MOST = 24
"""Releases a worker keeps read: some megabytes."""

_known: dict[str, Release] = {}
_guard = threading.Lock()


def session_for_work(event: str, session_code: str) -> Session | None:
    """A session with its items and people, found within its event."""
    query = _whole().join(Session.event).options(joinedload(Session.event))
    return session().scalars(query.where(Event.code == event, Session.code == session_code)).first()


def item_for_work(event: str, session_code: str, item: str) -> Item | None:
    """An item, found within its session and event."""
    found = session_for_work(event, session_code)
    return next((each for each in found.items if each.code == item), None) if found else None


def part_for_work(event: str, session_code: str, person: str, part: str) -> SessionPerson | None:
    """A person's part in a session, found within the session and its event."""
    found = session_for_work(event, session_code)
    parts = found.people if found else []
    return next((each for each in parts if each.person.code == person and each.part == part), None)


def sessions_of(event: Event) -> list[Session]:
    """Every session of the draft with its items and people, in the order of the agenda, unplaced ones last."""
    rows = session().scalars(_whole().where(Session.event_id == event.id))
    return sorted(rows, key=_place)


def draft_conflicts(event: Event, sessions: Iterable[Session] | None = None) -> list[Conflict]:
    """What is wrong with the draft of an event."""
    rows = sessions_of(event) if sessions is None else sessions
    return conflicts(draft.for_rules(event, rooms(event), rows))


def find_people(words: str) -> Sequence[Person]:
    """Known people whose name, function or organisation holds the words, in either script; none for no words."""
    if not words.strip():
        return []
    query = sa.select(Person).where(matches(Person.folded, words), Person.erased_at.is_(None))
    return (
        session().scalars(query.order_by(Person.family_name, Person.given_name, Person.code).limit(SEARCH_MOST)).all()
    )


@dataclass(frozen=True)
class Name:
    """A name in both scripts, and the script its owner is shown in first."""

    latin: str
    arabic: str
    script: str

    def in_(self, language: str) -> str:
        """The name for a reader: Arabic script on an Arabic page, else Latin, else the one there is."""
        return (self.arabic or self.latin) if language == "ar" else (self.latin or self.arabic)


def names(codes: Iterable[str]) -> dict[str, Name]:
    """Code → name, in one statement of four columns: an agenda names hundreds of people."""
    wanted = set(codes)
    if not wanted:
        return {}
    columns = (Person.given_name, Person.family_name, Person.given_name_arabic, Person.family_name_arabic)
    rows = session().execute(sa.select(Person.code, Person.script, *columns).where(Person.code.in_(wanted)))
    return {
        code: Name(" ".join(filter(None, (given, family))), " ".join(filter(None, (given_ar, family_ar))), script)
        for code, script, given, family, given_ar, family_ar in rows
    }


def themes() -> Sequence[Theme]:
    """The themes a session may be about."""
    return session().scalars(sa.select(Theme).order_by(Theme.position, Theme.slug)).all()


def release_of(edition: str) -> Release:
    """The release that an edition (by code) holds."""
    return releases_of([edition])[0]


def releases_of(editions_wanted: Sequence[str]) -> list[Release]:
    """The releases that editions (by code) hold. An edition never changes: a worker reads each once, and those it
    does not know yet in one statement."""
    found = {code: release for code in editions_wanted if (release := _known.get(code)) is not None}
    unknown = [code for code in editions_wanted if code not in found]
    if unknown:
        for edition in session().scalars(sa.select(Edition).where(Edition.code.in_(unknown))):
            found[edition.code] = Release.of(edition)
        with _guard:
            _known.update({code: found[code] for code in unknown})
            while len(_known) > KNOWN_MOST:
                del _known[next(iter(_known))]
    return [found[code] for code in editions_wanted]


def forget_releases() -> None:
    """Read every release anew (tests)."""
    with _guard:
        _known.clear()


def latest_release(event: Event) -> Release | None:
    """The newest release of an event's agenda, as its readers see it."""
    query = sa.select(Edition.code).where(Edition.subject_kind == AGENDA, Edition.subject_code == event.code)
    code = session().scalar(query.order_by(Edition.number.desc()).limit(1))
    return None if code is None else release_of(code)


def release(event: Event, number: int) -> Release | None:
    """One release of an event's agenda."""
    query = sa.select(Edition.code).where(
        Edition.subject_kind == AGENDA, Edition.subject_code == event.code, Edition.number == number
    )
    code = session().scalar(query)
    return None if code is None else release_of(code)


def releases(event: Event, *, limit: int = 20) -> list[Release]:
    """The newest releases, newest first."""
    query = sa.select(Edition.code).where(Edition.subject_kind == AGENDA, Edition.subject_code == event.code)
    return releases_of(session().scalars(query.order_by(Edition.number.desc()).limit(limit)).all())


def release_numbers(event: Event) -> list[int]:
    """The numbers of all releases, newest first."""
    query = sa.select(Edition.number).where(Edition.subject_kind == AGENDA, Edition.subject_code == event.code)
    return list(session().scalars(query.order_by(Edition.number.desc())))


def counts(event: Event) -> tuple[int, int]:
    """(sessions of the draft, number of the latest release or 0), in two statements."""
    total = session().scalar(sa.select(sa.func.count()).where(Session.event_id == event.id)) or 0
    return total, editions.latest_number(AGENDA, event.code)


def slugs_naming(person_code: str) -> list[str]:
    """The public events whose agenda, in any of its releases, names a person (by code)."""
    query = sa.select(Event.slug).join(
        Edition, sa.and_(Edition.subject_kind == AGENDA, Edition.subject_code == Event.code)
    )
    named = sa.cast(Edition.snapshot, sa.Text).contains(person_code, autoescape=True)
    return sorted(set(session().scalars(query.where(Event.state != EventState.DRAFT, named))))


def parts_of(person: str) -> list[tuple[Session, str]]:
    """The sessions a person has a part in, with the part."""
    query = sa.select(SessionPerson).join(SessionPerson.person).where(Person.code == person)
    rows = session().scalars(query.options(joinedload(SessionPerson.session).joinedload(Session.event)))
    return [(row.session, row.part.value) for row in rows]


def _whole() -> sa.Select[Session]:
    named = (Person.code, Person.given_name, Person.family_name, Person.given_name_arabic, Person.family_name_arabic,
             Person.script, Person.mail)  # fmt: skip
    return sa.select(Session).options(
        joinedload(Session.theme),
        joinedload(Session.room),
        selectinload(Session.people).joinedload(SessionPerson.person).options(load_only(*named)),
        selectinload(Session.items)
        .selectinload(Item.speakers)
        .joinedload(ItemSpeaker.person)
        .options(load_only(*named)),
    )


def _place(row: Session) -> tuple[bool, object, object, int, str]:
    slot = draft.slot_of(row)
    place = row.room.position if row.room else -1
    if slot is None:
        return (True, row.day.isoformat() if row.day else "~", "", place, row.code)
    return (False, slot.day.isoformat(), slot.start.isoformat(), place, row.code)
