"""Writes about an event: made from a kind, edited, taken through its life; its rooms and its team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from ..accounts.models import User
from ..core import actors, clock, public_version, registry, times
from ..core.commands import add, command, load, lock, remove
from ..core.db import session
from ..core.errors import NotAllowedNow, NotFound, Refused
from ..core.text import EMPTY, LANGUAGES, Text
from ..mail import letters
from ..network.models import City, Network
from . import parts, rules
from .kinds import KINDS, Kind
from .models import Event, EventKind, EventState, Room, TeamMember, TeamRole
from .revisions import save


class SlugTaken(Refused):
    message = _l("Another event has this short name already. Please choose another one.")


class SlugNotGood(Refused):
    message = _l("The short name is made of small letters, digits and hyphens, for example lyon-2016.")


class DaysNotInOrder(Refused):
    message = _l("The last day cannot be before the first.")


class CapacityBelowTaken(Refused):
    message = _l("%(taken)s people already have a place: the capacity cannot be lower.")


class StepNotPossible(NotAllowedNow):
    message = _l("This step does not follow the present state of the event.")


class DeadlinePassed(NotAllowedNow):
    message = _l("The registration deadline has passed. Please set a later one first.")


class HasParticipants(NotAllowedNow):
    message = _l("People are already registered: the event can no longer go back to draft.")


class RoomInUse(Refused):
    message = _l("Sessions of the agenda take place in this room. Please move them first.")


class NoSuchAccount(Refused):
    message = _l("Nobody has an account with this e-mail address.")


class AlreadyInTeam(Refused):
    message = _l("This person has this role in the team already.")


class LastOrganiser(Refused):
    message = _l("An event keeps at least one organiser. Please add another one first.")


OBSTACLES: dict[rules.Obstacle, type[NotAllowedNow]] = {
    rules.Obstacle.DEADLINE_PASSED: DeadlinePassed,
    rules.Obstacle.HAS_PARTICIPANTS: HasParticipants,
}


@command
def create_event(
    *,
    kind: EventKind,
    title: Text,
    starts_on: date,
    zone: str,
    ends_on: date | None = None,
    slug: str = "",
    summary: Text = EMPTY,
    description: Text = EMPTY,
    practical: Text = EMPTY,
    outcome: Text = EMPTY,
    city: str | None = None,
    place: Text = EMPTY,
    venue: Text = EMPTY,
    address: Text = EMPTY,
    dates_confirmed: bool = True,
    main_language: str = "",
    languages: Sequence[str] = (),
    capacity: int | None = None,
    registration_until: datetime | None = None,
    organisers: Iterable[str] = (),
    bare: bool = False,
) -> str:
    """Make an event from a kind; what is not given comes from the kind. Returns its code.

    Who makes it is its organiser, as are the accounts whose mail addresses are in `organisers`. Every room lays its
    part (rooms, categories, first sessions) unless `bare`. `starts_on` and `ends_on` are days in `zone`.

    Raises DaysNotInOrder, SlugNotGood, SlugTaken, NoSuchAccount, and NotFound for a city that does not exist.
    """
    model = KINDS[kind]
    last = ends_on or starts_on + timedelta(days=model.days - 1)
    if last < starts_on:
        raise DaysNotInOrder()
    times.zone(zone)
    network = session().scalars(sa.select(Network).order_by(Network.id).limit(1)).first()
    if network is None:
        raise NotFound()
    spoken = _languages(main_language or model.languages[0], languages or model.languages)
    event = add(
        Event(
            slug=_free_slug(slug or _slug(title, kind, starts_on), chosen=bool(slug)),
            network_id=network.id, kind=kind, state=EventState.DRAFT, title=title,
            summary=summary or model.summary, description=description or model.description,
            practical=practical or model.practical, outcome=outcome,
            city=load(City, city) if city else None, place=place, venue=venue, address=address,
            starts_on=starts_on, ends_on=last, dates_confirmed=dates_confirmed, zone=zone,
            main_language=spoken[0], languages=spoken,
            capacity=capacity if capacity is not None or bare else model.capacity,
            taken=0, registration_until=registration_until, revision=1, created_at=clock.now(),
        )
    )  # fmt: skip
    session().flush()
    _first_team(event, organisers)
    if not bare:
        _furnish(event, model)
    return event.code


def _furnish(event: Event, model: Kind) -> None:
    """The rooms of the kind, and what every room of the house lays for a new event."""
    for position, room in enumerate(model.rooms, start=1):
        add(Room(event=event, name=room.name, capacity=room.capacity, booths=list(room.booths), position=position))
    session().flush()
    for part in registry.event_created:
        part(event, model)


@command
def edit_event(
    *,
    event: str,
    revision: int,
    title: Text,
    slug: str,
    starts_on: date,
    ends_on: date,
    dates_confirmed: bool,
    zone: str,
    city: str | None,
    place: Text,
    venue: Text,
    address: Text,
    main_language: str,
    languages: Sequence[str],
    capacity: int | None,
    registration_until: datetime | None,
) -> None:
    """Change the facts of an event.

    Raises Changed (with both versions) on an older revision, DaysNotInOrder, SlugNotGood, SlugTaken,
    CapacityBelowTaken.
    """
    row = lock(Event, event)
    if ends_on < starts_on:
        raise DaysNotInOrder()
    if capacity is not None and capacity < row.taken:
        raise CapacityBelowTaken(taken=row.taken)
    times.zone(zone)
    before = row.slug
    values = {
        "title": title, "slug": slug if slug == row.slug else _free_slug(slug, chosen=True), "starts_on": starts_on,
        "ends_on": ends_on, "dates_confirmed": dates_confirmed, "zone": zone,
        "city": load(City, city) if city else None, "place": place, "venue": venue, "address": address,
        "main_language": main_language, "languages": _languages(main_language, languages), "capacity": capacity,
        "registration_until": registration_until,
    }  # fmt: skip
    save(row, revision, values)
    _changed(row, before)


@command
def edit_texts(*, event: str, revision: int, summary: Text, description: Text, practical: Text, outcome: Text) -> None:
    """Change what the public pages of an event say. Raises Changed (with both versions) on an older revision."""
    row = lock(Event, event)
    values = {"summary": summary, "description": description, "practical": practical, "outcome": outcome}
    save(row, revision, values)
    _show(row)


@command
def set_state(*, event: str, to: EventState) -> None:
    """Take an event one step through its life. Raises StepNotPossible, DeadlinePassed, HasParticipants."""
    row = lock(Event, event)
    if not rules.may_become(row.state, to):
        raise StepNotPossible()
    standing = rules.Standing(row.state, row.taken, row.registration_until)
    obstacle = rules.obstacle(standing, to, clock.now())
    if obstacle is not None:
        raise OBSTACLES[obstacle]()
    row.state = to
    _changed(row, row.slug)


@command
def add_room(*, event: str, name: Text, capacity: int | None, booths: Sequence[str]) -> str:
    """Add a room to the venue. Returns its code. `capacity` in seats; `booths` are language codes."""
    row = lock(Event, event)
    last = session().scalar(sa.select(sa.func.max(Room.position)).where(Room.event == row)) or 0
    return add(Room(event=row, name=name, capacity=capacity, booths=_known(booths), position=last + 1)).code


@command
def edit_room(
    *, event: str, room: str, revision: int, name: Text, capacity: int | None, booths: Sequence[str], position: int
) -> None:
    """Change a room. Raises Changed (with both versions) on an older revision."""
    row = load(Room, room, event=lock(Event, event))
    save(row, revision, {"name": name, "capacity": capacity, "booths": _known(booths), "position": position})


@command
def remove_room(*, event: str, room: str) -> None:
    """Take a room out of an event. Raises RoomInUse while sessions are in it."""
    remove(load(Room, room, event=lock(Event, event)))
    try:
        session().flush()
    except IntegrityError as used:
        raise RoomInUse() from used


@command
def add_team_member(*, event: str, mail: str, role: TeamRole) -> str:
    """Give an account a role at an event and tell its owner. Returns the member's code. Raises NoSuchAccount,
    AlreadyInTeam."""
    row = lock(Event, event)
    user = _account(mail)
    same = sa.select(TeamMember.id).where(TeamMember.event == row, TeamMember.user == user, TeamMember.role == role)
    if session().scalar(same) is not None:
        raise AlreadyInTeam()
    member = add(TeamMember(event=row, user=user, role=role))
    letters.post("events.team", to=user.person.code, about={"event": row.code, "member": member.code})
    return member.code


@command
def remove_team_member(*, event: str, member: str) -> None:
    """Take a role away. Raises LastOrganiser."""
    row = lock(Event, event)
    gone = load(TeamMember, member, event=row)
    organisers = sa.select(sa.func.count()).where(TeamMember.event == row, TeamMember.role == TeamRole.ORGANISER)
    if gone.role is TeamRole.ORGANISER and session().scalar(organisers) == 1:
        raise LastOrganiser()
    remove(gone)


def _slug(title: Text, kind: EventKind, starts_on: date) -> str:
    """The title and the year; the kind where the title has no Latin letters."""
    return f"{rules.slug_of(title.in_('en')) or kind.value.replace('_', '-')}-{starts_on.year}"


def _free_slug(wanted: str, *, chosen: bool) -> str:
    """The slug if it is free; one that was made from the title is numbered until it is."""
    slug = wanted.strip("-")
    if not rules.slug_is_good(slug):
        if chosen:
            raise SlugNotGood()
        slug = f"event-{slug}"[: rules.SLUG_MOST].strip("-")
    taken = set(session().scalars(sa.select(Event.slug).where(Event.slug.startswith(slug, autoescape=True))))
    if slug in taken and chosen:
        raise SlugTaken()
    number = 2
    free = slug
    while free in taken:
        free, number = f"{slug[: rules.SLUG_MOST - 4]}-{number}", number + 1
    return free


def _first_team(event: Event, mails: Iterable[str]) -> None:
    actor = actors.current()
    users = [_account(mail) for mail in mails]
    if actor.signed_in:
        users.insert(0, load(User, actor.code))
    for user in dict.fromkeys(users):
        add(TeamMember(event=event, user=user, role=TeamRole.ORGANISER))


def _account(mail: str) -> User:
    user = session().scalars(sa.select(User).where(User.email == mail.strip().lower(), User.active)).first()
    if user is None:
        raise NoSuchAccount()
    return user


def _languages(main: str, all_of_them: Sequence[str]) -> list[str]:
    """Working languages, the main one first, each once."""
    return list(dict.fromkeys([main, *_known(all_of_them)]))


def _known(languages: Sequence[str]) -> list[str]:
    return [code for code in LANGUAGES if code in set(languages)]


def _changed(row: Event, slug_before: str) -> None:
    session().flush()
    for part in parts.changed:
        part(row)
    _show(row)
    if slug_before != row.slug:
        public_version.touch(slug_before)


def _show(row: Event) -> None:
    """Its own public pages and those that list events are made anew."""
    public_version.touch(row.slug)
    public_version.touch(public_version.SITE)
