"""Who may enter, and who is next. Pure: values in, values out."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from ..events.models import EventState
from .models import State

Key = TypeVar("Key")

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.INVITED: frozenset({State.DRAFT, State.PENDING, State.WAITLISTED, State.DECLINED, State.CANCELLED}),
    State.DRAFT: frozenset({State.PENDING, State.WAITLISTED, State.DECLINED, State.CANCELLED}),
    State.PENDING: frozenset({State.APPROVED, State.WAITLISTED, State.REFUSED, State.CANCELLED}),
    State.WAITLISTED: frozenset({State.APPROVED, State.REFUSED, State.CANCELLED}),
    State.APPROVED: frozenset({State.CANCELLED, State.REPLACED}),
    State.DECLINED: frozenset({State.INVITED, State.PENDING, State.APPROVED, State.WAITLISTED}),
    State.REFUSED: frozenset({State.APPROVED, State.WAITLISTED}),
    State.CANCELLED: frozenset({State.INVITED, State.APPROVED, State.WAITLISTED}),
    State.REPLACED: frozenset(),
}
"""State → the states it may become. A state is never followed by itself: doing a thing twice is refused."""

UNANSWERED = frozenset({State.INVITED, State.DRAFT})
"""Those we wait for."""
ANSWERING = frozenset({State.INVITED, State.DRAFT, State.DECLINED})
"""The person may send the registration; one who declined may think again."""
CORRECTING = frozenset({State.PENDING, State.WAITLISTED, State.APPROVED})
"""Sent already; the person may still correct what it says."""
WITHDRAWN = frozenset({State.DECLINED, State.REFUSED, State.CANCELLED})
"""Out, but may be admitted again."""


def may_become(current: State, wanted: State) -> bool:
    """Whether the one may follow the other."""
    return wanted in TRANSITIONS[current]


def admission(state: State, *, answered: bool) -> State | None:
    """What admitting again comes to: one who had answered is given a place if there is one, another is invited anew.
    None where there is nothing to admit."""
    if state not in WITHDRAWN:
        return None
    return State.APPROVED if answered else State.INVITED


def registration_open(state: EventState, until: datetime | None, now: datetime, *, invited: bool) -> bool:
    """Whether a registration may be sent: until the deadline, while registration is open; those invited may answer as
    soon as the event is announced."""
    open_states = {EventState.REGISTRATION_OPEN} | ({EventState.DRAFT, EventState.ANNOUNCED} if invited else set())
    return state in open_states and (until is None or now <= until)


# Places


class Full(enum.StrEnum):
    """Which of its limits leaves a registration without a place."""

    EVENT = "event"
    CATEGORY = "category"
    DELEGATION = "delegation"
    QUOTA = "quota"
    """The places of the delegation in this category."""


@dataclass(frozen=True)
class Need:
    """What a registration takes a place of: always the event and a category, a delegation if it has one."""

    category: str
    delegation: str = ""


@dataclass(frozen=True)
class Free:
    """Places left. None, or no entry at all, is no limit. Codes name categories and delegations; a quota is named by
    (delegation, category)."""

    event: int | None = None
    categories: Mapping[str, int | None] = field(default_factory=dict)
    delegations: Mapping[str, int | None] = field(default_factory=dict)
    quotas: Mapping[tuple[str, str], int | None] = field(default_factory=dict)

    def lacks(self, need: Need) -> Full | None:
        """The first limit that leaves no place, widest first; None when there is one."""
        limits = (
            (Full.EVENT, self.event),
            (Full.CATEGORY, self.categories.get(need.category)),
            (Full.DELEGATION, self.delegations.get(need.delegation) if need.delegation else None),
            (Full.QUOTA, self.quotas.get((need.delegation, need.category)) if need.delegation else None),
        )
        return next((which for which, left in limits if left is not None and left <= 0), None)

    def without(self, need: Need) -> Free:
        """What is left after one such place is taken."""
        return replace(
            self,
            event=_one_less(self.event),
            categories=_less(self.categories, need.category),
            delegations=_less(self.delegations, need.delegation),
            quotas=_less(self.quotas, (need.delegation, need.category)),
        )


def left(capacity: int | None, taken: int) -> int | None:
    """Places left of a capacity; None where there is no limit."""
    return None if capacity is None else capacity - taken


def may_have_capacity(capacity: int | None, taken: int) -> bool:
    """Nobody who has a place loses it: a capacity or a quota is never set below the places taken."""
    return capacity is None or capacity >= max(taken, 0)


def may_nominate(places: int | None, taken: int, on_the_way: int) -> bool:
    """A lead nominates as long as the delegation has a place for everyone already invited or awaiting approval."""
    return places is None or taken + on_the_way < places


def _one_less(places: int | None) -> int | None:
    return None if places is None else places - 1


def _less(places: Mapping[Key, int | None], key: Key) -> Mapping[Key, int | None]:
    return {**places, key: _one_less(places[key])} if key in places else places


# The waiting list


@dataclass(frozen=True)
class Waiting:
    """One registration on the waiting list. A lower priority is promoted first."""

    code: str
    need: Need
    priority: int
    requested_at: datetime


def promotion_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Total order: priority of the category, then time of request, then code, so that two runs never differ."""
    return sorted(waiting, key=lambda each: (each.priority, each.requested_at, each.code))


def to_promote(free: Free, waiting: Iterable[Waiting]) -> list[Waiting]:
    """Down the order, everyone for whom there is a place. One whose own category or delegation is full is passed over
    and holds nobody else up; when the event is full, nobody more is promoted."""
    promoted: list[Waiting] = []
    for each in promotion_order(waiting):
        lack = free.lacks(each.need)
        if lack is Full.EVENT:
            break
        if lack is None:
            promoted.append(each)
            free = free.without(each.need)
    return promoted


@dataclass(frozen=True)
class Explained:
    """A place on the waiting list with its reason: which limit holds this registration there."""

    waiting: Waiting
    place: int
    """Its place in the whole order, from 1."""
    place_in_category: int
    held_by: Full | None
    """None only in the moment before a promotion."""


def explain(free: Free, waiting: Iterable[Waiting]) -> list[Explained]:
    """The order, each with its places and what it waits for."""
    in_category: dict[str, int] = {}
    explained: list[Explained] = []
    for place, each in enumerate(promotion_order(waiting), start=1):
        own = in_category[each.need.category] = in_category.get(each.need.category, 0) + 1
        explained.append(Explained(each, place, own, free.lacks(each.need)))
    return explained


# Answers

LEVELS = ("native", "fluent", "working")
"""How well somebody speaks a working language."""
FOOD = ("vegetarian", "vegan", "halal", "kosher", "gluten_free", "lactose_free", "nut_free")


class Lacking(enum.StrEnum):
    """What a registration must say before it can be sent."""

    NAME = "name"
    LANGUAGES = "languages"
    RANKING = "ranking"


def is_ranking(ranking: Sequence[str], themes: Iterable[str]) -> bool:
    """A ranking names every theme once: a permutation of the themes."""
    wanted = set(themes)
    return len(ranking) == len(wanted) and set(ranking) == wanted


def lacking(
    *, latin: str, arabic: str, languages: Sequence[object], ranking: Sequence[str], themes: Iterable[str] | None
) -> list[Lacking]:
    """What is missing before the registration can be sent. `themes` is None where none are ranked. A name in one
    script is enough: nobody is made to invent a spelling."""
    missing: list[Lacking] = []
    if not latin and not arabic:
        missing.append(Lacking.NAME)
    if not languages:
        missing.append(Lacking.LANGUAGES)
    if themes is not None and not is_ranking(ranking, themes):
        missing.append(Lacking.RANKING)
    return missing
