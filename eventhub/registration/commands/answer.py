"""What the person does: answer, send, decline; or ask for a place where anyone may."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from ...accounts.commands import change_person, new_person, person_by_mail
from ...core import audit, clock
from ...core.commands import add, command, load
from ...core.db import session
from ...core.errors import Changed, NotAllowedNow
from ...events.models import Event
from ...network.models import Theme, ThemeStatus
from .. import answers as said
from .. import rules
from ..answers import Answers
from ..errors import AlreadyRegistered, Incomplete, NoAddress, NotARanking, NotOpenToPublic, RegistrationClosed
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
    event_row = load(Event, event)
    row = places.lock_registration(event_row, registration)
    if row.state not in rules.ANSWERING | rules.CORRECTING:
        raise NotAllowedNow()
    _apply(row, answers, revision)
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
    row = places.lock_registration(event_row, registration)
    if row.state not in rules.ANSWERING:
        raise NotAllowedNow()
    invited = row.origin is not Origin.REQUEST
    if not rules.registration_open(event_row.state, event_row.registration_until, clock.now(), invited=invited):
        raise RegistrationClosed()
    full = places.free_for(row).lacks(places.need_of(row))
    ranking = _apply(row, answers, revision) if answers is not None else ranking_of(row)
    _check_complete(row, ranking)
    row.requested_at = clock.now()
    steps.become(row, State.WAITLISTED if full else State.PENDING)
    steps.tell(row, "registration.waitlisted" if full else "registration.received")
    return Submitted(row.code, row.state, full)


@command
def decline(*, event: str, registration: str, reason: str = "") -> None:
    """The person does not come. The link stays: who thinks again may still answer. Raises NotAllowedNow."""
    row = places.lock_registration(load(Event, event), registration)
    steps.become(row, State.DECLINED, reason=reason)


@command
def ask(
    *, event: str, category: str, mail: str, given_name: str = "", family_name: str = "", language: str = "fr",
    delegation: str = "",
) -> str:  # fmt: skip
    """Somebody asks for a place in a category open to the public: a draft, and a personal link by mail to go on with.
    An address we know already gets its link again and nothing of what we know is shown or changed. Returns the code.

    Raises RegistrationClosed, NotOpenToPublic, NoAddress, AlreadyRegistered (only inside: the page says the same).
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
    person = person_by_mail(mail) or new_person(
        mail=mail, language=language, given_name=given_name, family_name=family_name
    )
    session().flush()
    row = registration_of(event_row, person.id)
    if row is not None and row.state not in rules.ANSWERING | rules.CORRECTING:
        raise AlreadyRegistered()
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


def ranking_of(row: Registration) -> tuple[str, ...]:
    """Codes of the themes as a registration ranks them, first choice first; empty while it ranks none."""
    query = sa.select(Theme.code).join(Preference, Preference.theme_id == Theme.id)
    return tuple(session().scalars(query.where(Preference.registration_id == row.id).order_by(Preference.rank)))


def ranked_themes(event: Event) -> dict[str, int]:
    """Code → id of the themes participants of an event rank, in the order of the network."""
    query = sa.select(Theme.code, Theme.id).where(Theme.network_id == event.network_id, Theme.status.in_(RANKED))
    return {row.code: row.id for row in session().execute(query.order_by(Theme.position, Theme.id))}


def _apply(row: Registration, answers: Answers, revision: int | None) -> tuple[str, ...]:
    """Put answers into the rows, unless somebody was faster and said something else. Returns the ranking."""
    before = said.of(row, ranking_of(row))
    differs = answers.differs(before)
    if not differs:
        return before.ranking
    if revision is not None and revision != row.revision:
        raise Changed(mine=answers, theirs=before, revision=row.revision)
    if "ranking" in differs:
        _rank(row, answers.ranking)
    given = {name: getattr(answers, name) for name in said.PERSON if name in differs}
    if "languages" in differs:
        given["languages"] = [list(each) for each in answers.languages]
    if "food_needs" in differs:
        given["food_needs"] = list(answers.food_needs)
    if given:
        change_person(row.person, **given)
    row.note = answers.note
    row.revision += 1
    return answers.ranking


def _rank(row: Registration, ranking: tuple[str, ...]) -> None:
    """Write a ranking, or take it back, in two statements. Raises NotARanking."""
    themes = ranked_themes(row.event)
    if ranking and not rules.is_ranking(ranking, themes):
        raise NotARanking()
    before: sa.Executable = sa.delete(Preference).where(Preference.registration_id == row.id)
    what = {"ranking": list(ranking)}
    audit.write(before, entity="registration", entity_code=row.code, what=what)
    if ranking:
        rows = [
            {"registration_id": row.id, "theme_id": themes[code], "rank": at} for at, code in enumerate(ranking, start=1)
        ]
        audit.count(sa.insert(Preference.__table__).values(rows))  # type: ignore[arg-type]


def _check_complete(row: Registration, ranking: tuple[str, ...]) -> None:
    themes = ranked_themes(row.event) if row.category.ranks_themes else None
    person = row.person
    missing = rules.lacking(
        latin=person.latin, arabic=person.arabic, languages=person.languages or [],
        ranking=ranking, themes=themes,
    )  # fmt: skip
    if missing:
        raise Incomplete(what=", ".join(str(LACKING[each]) for each in missing))
