"""Who stands how to an event. `thing` is an Event, or anything that has an `event`."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import g

from ..accounts.access import is_administrator
from ..accounts.models import User
from ..core.actors import Actor
from ..core.db import session
from .models import Event, TeamMember, TeamRole


class Permission(StrEnum):
    EVENT_CREATE = "event.create"
    EVENT_SEE = "event.see"
    EVENT_EDIT = "event.edit"


def event_of(thing: Any) -> Event | None:
    """The event a thing belongs to: itself, or by its `event`."""
    if isinstance(thing, Event):
        return thing
    found = getattr(thing, "event", None)
    return found if isinstance(found, Event) else None


def roles_at(actor: Actor, event: Event) -> frozenset[TeamRole]:
    """The actor's roles at an event, asked once per request."""
    if not actor.signed_in:
        return frozenset()
    known: dict[tuple[str, int], frozenset[TeamRole]] = g.setdefault("team_roles", {})
    key = (actor.code, event.id)
    if key not in known:
        query = sa.select(TeamMember.role).join(User).where(User.code == actor.code, TeamMember.event_id == event.id)
        known[key] = frozenset(session().scalars(query))
    return known[key]


def is_organiser_of_event(actor: Actor, thing: Any) -> bool:
    """An organiser of this event, or an administrator of the install."""
    event = event_of(thing)
    return event is not None and (is_administrator(actor, thing) or TeamRole.ORGANISER in roles_at(actor, event))


def is_in_team(actor: Actor, thing: Any) -> bool:
    event = event_of(thing)
    return event is not None and (is_administrator(actor, thing) or bool(roles_at(actor, event)))
