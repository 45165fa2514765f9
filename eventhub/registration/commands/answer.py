"""What the person does: answer, send, decline; or ask for a place where anyone may."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from ...accounts.commands import change_person
from ...core import audit, clock
from ...core.commands import add, command, load
from ...core.db import session
from ...core.errors import Changed, NotAllowedNow, NotFound
from ...events.models import Event
from ...network.models import Theme, ThemeStatus
from .. import answers as said
from .. import rules
from ..answers import Answers
from ..errors import Incomplete, NoAddress, NotARanking, NotOpenToPublic, RegistrationClosed
from ..models import Category, Delegation, Origin, Preference, Registration, State
from ..words import LACKING
from . import places, steps

RANKED = (ThemeStatus.CANDIDATE, ThemeStatus.VALIDATED)
"""Themes a participant ranks: those still in play."""


@dataclass(frozen=True)
class Submitted:
    """What came of sending a registration; `full` says what it waits for."""

    code: str
    state: State
    full: rules.Full | None = None


@command
def save(*, event: str, registration: str, answers: Answers, revision: int | None = None) -> int:
    """Keep the answers as they are, complete or not; one who was invited has then begun (draft). After sending, the
    same corrects what was said. Returns the new revision.

    Raises Changed (with `mine` and `theirs`) when somebody saved a newer revision meanwhile, NotARanking, and
    NotAllowedNow when the registration is over.
    """
    found = session().execute(sa.select(Event.id, Event.network_id).where(Event.code == event)).first()
    if found is None:
        raise NotFound()
    row = places.lock_registration(found.id, registration)
    if row.state not in rules.ANSWERING | rules.CORRECTING:
        raise NotAllowedNow()
    _apply(row, answers, themes_and_ranking(row, found.network_id), revision)
    if row.state is State.INVITED:
        steps.become(row, State.DRAFT)
    return row.revision


@command
def submit(
    *, event: str, registration: str, answers: Answers | None = None, revision: int | None = None
) -> Submitted:
    """Send the registration, with these answers or those saved before: it awaits approval, or goes straight to the
    waiting list when there is no place. The person is told.

    Raises Incomplete, NotARanking, Changed, RegistrationClosed, or NotAllowedNow when it was sent already.
    """
    event_row = places.lock_event(event)
    row = places.lock_registration(event_row.id, registration)
    if row.state not in rules.ANSWERING:
        raise NotAllowedNow()
    invited = row.origin is not Origin.REQUEST
    if not rules.registration_open(event_row.state, event_row.registration_until, clock.now(), invited=invited):
        raise RegistrationClosed()
    full = places.free_for(row).lacks(places.need_of(row))
    themes = themes_and_ranking(row, event_row.network_id)
    _check_complete(row, _apply(row, answers, themes, revision) if answers is not None else themes)
    row.requested_at = clock.now()
    steps.become(row, State.WAITLISTED if full else State.PENDING)
    steps.tell(row, "registration.waitlisted" if full else "registration.received")
    return Submitted(row.code, row.state, full)


@command
def decline(*, event: str, registration: str, reason: str = "") -> None:
    """The person does not come. The link stays: who thinks again may still answer. Raises NotAllowedNow."""
    row = places.lock_registration(load(Event, event).id, registration)
    steps.become(row, State.DECLINED, reason=reason)


@command
def ask(
    *, event: str, category: str, mail: str, given_name: str = "", family_name: str = "", language: str = "fr",
    delegation: str = "",
) -> str:  # fmt: skip
    """Somebody asks for a place in a category open to the public: a draft, and a personal link by mail to go on with.
    An address we know already gets its link again and nothing of what we know is shown or changed; where a decision
    has ended the registration, nothing happens, and the answer is the same. Returns the code.

    Raises RegistrationClosed, NotOpenToPublic, NoAddress.
    """
    if not mail.strip():
        raise NoAddress()
    event_row = places.lock_event(event)
    wanted = load(Category, category, event=event_row)
    city = load(Delegation, delegation, event=event_row) if delegation else None
    if not wanted.open_to_public:
        raise NotOpenToPublic()
    if not rules.registration_open(event_row.state, event_row.registration_until, clock.now(), invited=False):
        raise RegistrationClosed()
    person = steps.known_or_new(mail=mail, language=language, given_name=given_name, family_name=family_name)
    row = registration_of(event_row, person.id)
    if row is not None and row.state not in rules.ANSWERING | rules.CORRECTING:
        return row.code
    if row is None:
        row = add(
            Registration(
                event=event_row, person=person, category=wanted, delegation=city, state=State.DRAFT,
                origin=Origin.REQUEST, created_at=clock.now(),
            )
        )  # fmt: skip
    steps.new_link(row)
    steps.tell(row, "registration.link")
    return row.code


def registration_of(event: Event, person_id: int) -> Registration | None:
    """The registration of a person at an event, if there is one."""
    query = sa.select(Registration).where(Registration.event_id == event.id, Registration.person_id == person_id)
    return session().scalars(query).first()


@dataclass(frozen=True)
class Ranked:
    """The themes participants of an event rank (code → id, in the order of the network), and how one ranks them."""

    themes: dict[str, int]
    ranking: tuple[str, ...]


def themes_and_ranking(row: Registration, network_id: int) -> Ranked:
    """Both, in one statement."""
    query = (
        sa.select(Theme.code, Theme.id, Preference.rank)
        .outerjoin(Preference, sa.and_(Preference.theme_id == Theme.id, Preference.registration_id == row.id))
        .where(Theme.network_id == network_id, Theme.status.in_(RANKED))
        .order_by(Theme.position, Theme.id)
    )
    found = session().execute(query).all()
    ranked = sorted((rank, code) for code, _id, rank in found if rank is not None)
    return Ranked({code: theme_id for code, theme_id, _rank in found}, tuple(code for _rank, code in ranked))


def _apply(row: Registration, answers: Answers, known: Ranked, revision: int | None) -> Ranked:
    """Put answers into the rows, unless somebody was faster and said something else. Returns the ranking after it."""
    before = said.of(row, known.ranking)
    differs = answers.differs(before)
    if not differs:
        return known
    if revision is not None and revision != row.revision:
        raise Changed(mine=answers, theirs=before, revision=row.revision)
    if "ranking" in differs:
        _rank(row, answers.ranking, known)
    given = {name: getattr(answers, name) for name in said.PERSON if name in differs}
    if "languages" in differs:
        given["languages"] = [list(each) for each in answers.languages]
    if "food_needs" in differs:
        given["food_needs"] = list(answers.food_needs)
    if given:
        change_person(row.person, **given)
    row.note = answers.note
    row.revision += 1
    return Ranked(known.themes, answers.ranking)


def _rank(row: Registration, ranking: tuple[str, ...], known: Ranked) -> None:
    """Write a ranking, or take it back. Raises NotARanking."""
    if ranking and not rules.is_ranking(ranking, known.themes):
        raise NotARanking()
    if known.ranking or not ranking:
        audit.count(sa.delete(Preference).where(Preference.registration_id == row.id))
    if ranking:
        places_ = [
            {"registration_id": row.id, "theme_id": known.themes[code], "rank": at}
            for at, code in enumerate(ranking, start=1)
        ]
        insert = sa.insert(Preference.__table__).values(places_)  # type: ignore[arg-type]
        audit.write(insert, entity="registration", entity_code=row.code, what={"ranking": list(ranking)})


def _check_complete(row: Registration, known: Ranked) -> None:
    person = row.person
    missing = rules.lacking(
        latin=person.latin, arabic=person.arabic, languages=person.languages or [],
        ranking=known.ranking, themes=known.themes if row.category.ranks_themes else None,
    )  # fmt: skip
    if missing:
        raise Incomplete(what=", ".join(str(LACKING[each]) for each in missing))
