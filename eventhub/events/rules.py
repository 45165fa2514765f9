"""The life of an event: which step may follow which, and what stands in the way. Pure: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..core.folding import fold
from .models import EventState

TRANSITIONS: Mapping[EventState, frozenset[EventState]] = {
    EventState.DRAFT: frozenset({EventState.ANNOUNCED}),
    EventState.ANNOUNCED: frozenset({EventState.REGISTRATION_OPEN, EventState.DRAFT}),
    EventState.REGISTRATION_OPEN: frozenset({EventState.CLOSED, EventState.ANNOUNCED}),
    EventState.CLOSED: frozenset({EventState.RUNNING, EventState.REGISTRATION_OPEN}),
    EventState.RUNNING: frozenset({EventState.FINISHED, EventState.CLOSED}),
    EventState.FINISHED: frozenset({EventState.ARCHIVED, EventState.RUNNING}),
    EventState.ARCHIVED: frozenset({EventState.FINISHED}),
}
"""One step forward, or one back where a step was taken too early."""

ORDER = tuple(EventState)
SCOPES_OF_OTHERS = frozenset({"site", "new"})
"""Words that mean something else in addresses or among the scopes of public pages."""
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
SLUG_MOST = 60


class Obstacle(StrEnum):
    """Why a step that the life of an event permits cannot be taken today."""

    DEADLINE_PASSED = "deadline_passed"
    HAS_PARTICIPANTS = "has_participants"


@dataclass(frozen=True)
class Standing:
    """What a step is decided on."""

    state: EventState
    taken: int
    registration_until: datetime | None


def may_become(current: EventState, wanted: EventState) -> bool:
    return wanted in TRANSITIONS[current]


def goes_back(current: EventState, wanted: EventState) -> bool:
    return ORDER.index(wanted) < ORDER.index(current)


def obstacle(standing: Standing, wanted: EventState, now: datetime) -> Obstacle | None:
    """What stands in the way of a permitted step, or None."""
    if wanted is EventState.REGISTRATION_OPEN and standing.registration_until and standing.registration_until <= now:
        return Obstacle.DEADLINE_PASSED
    if wanted is EventState.DRAFT and standing.taken:
        return Obstacle.HAS_PARTICIPANTS
    return None


def path(start: EventState, goal: EventState) -> list[EventState]:
    """The steps from one state to a later one, the goal included; empty when it is not later."""
    return list(ORDER[ORDER.index(start) + 1 : ORDER.index(goal) + 1])


def slug_of(title: str) -> str:
    """A public name made from a title in Latin letters; empty when it has none."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(title), re.ASCII))[:SLUG_MOST].strip("-")


def slug_is_good(slug: str) -> bool:
    return bool(SLUG.fullmatch(slug)) and len(slug) <= SLUG_MOST and slug not in SCOPES_OF_OTHERS
