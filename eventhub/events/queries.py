"""Reads about events; each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core.db import session
from ..network.models import City
from .models import Event, EventState, Room, TeamMember, TeamRole


def event_for_work(event: str) -> Event | None:
    """The event with this code, for `requires(load=…)` of every page of its workplace."""
    return session().scalars(_with_city().where(Event.code == event)).first()


def public_event(slug: str) -> Event | None:
    """The event with this public name, unless it is a draft: a draft is unknown to the public."""
    return session().scalars(_with_city().where(Event.slug == slug, Event.state != EventState.DRAFT)).first()


def room_for_work(event: str, room: str) -> Room | None:
    """A room, found within its event."""
    query = sa.select(Room).join(Room.event).options(joinedload(Room.event))
    return session().scalars(query.where(Event.code == event, Room.code == room)).first()


def member_for_work(event: str, member: str) -> TeamMember | None:
    """A member of the team, found within its event."""
    query = sa.select(TeamMember).join(TeamMember.event).options(joinedload(TeamMember.event))
    return session().scalars(query.where(Event.code == event, TeamMember.code == member)).first()


def rooms(event: Event) -> Sequence[Room]:
    """The rooms of an event, in the order of the venue."""
    return session().scalars(sa.select(Room).where(Room.event_id == event.id).order_by(Room.position, Room.code)).all()


def team(event: Event) -> Sequence[TeamMember]:
    query = sa.select(TeamMember).where(TeamMember.event_id == event.id).options(joinedload(TeamMember.user))
    return session().scalars(query.order_by(TeamMember.role.desc(), TeamMember.id)).all()


def member(code: str) -> TeamMember | None:
    query = sa.select(TeamMember).options(joinedload(TeamMember.event)).where(TeamMember.code == code)
    return session().scalars(query).first()


def events_of_user(user: str, *, every: bool) -> Sequence[Event]:
    """The events in whose team an account is, the nearest to come first; `every` one of them for an administrator."""
    query = _with_city().order_by(Event.starts_on.desc(), Event.code)
    if not every:
        mine = sa.select(TeamMember.event_id).join(User).where(User.code == user)
        query = query.where(Event.id.in_(mine))
    return session().scalars(query).all()


def public_events(today: date) -> tuple[list[Event], list[Event]]:
    """(events to come or under way, soonest first; past ones, latest first)."""
    rows = session().scalars(_with_city().where(Event.state != EventState.DRAFT).order_by(Event.starts_on, Event.code))
    coming: list[Event] = []
    past: list[Event] = []
    for row in rows:
        over = row.ends_on < today or row.state in (EventState.FINISHED, EventState.ARCHIVED)
        (past if over else coming).append(row)
    return coming, past[::-1]


def cities() -> Sequence[City]:
    """The cities an event may be held in."""
    return session().scalars(sa.select(City).order_by(City.slug)).all()


def counts_of_rooms(event: Event) -> tuple[int, int]:
    """(rooms, rooms without a capacity)."""
    query = sa.select(sa.func.count(), sa.func.count(Room.capacity)).where(Room.event_id == event.id)
    total, known = session().execute(query).one()
    return int(total), int(total) - int(known)


def has_desk(event: Event) -> bool:
    """Whether somebody of the team is at the desk."""
    query = sa.select(TeamMember.id).where(TeamMember.event_id == event.id, TeamMember.role == TeamRole.DESK).limit(1)
    return session().scalar(query) is not None


def _with_city() -> sa.Select[Event]:
    return sa.select(Event).options(joinedload(Event.city))
