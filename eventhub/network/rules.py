"""Decisions of the network as pure functions: what the public sees, who can help whom, what is related to what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum

from ..core.folding import fold
from ..core.text import LANGUAGES, Text
from .map import Place
from .models import CityStatus, ExpertiseKind, Shore

SHOWN = frozenset({CityStatus.CONFIRMED, CityStatus.EXPECTED})
"""A city that was only invited is nobody's business yet; one that withdrew is no longer of the network."""
PAGED = SHOWN | {CityStatus.WITHDRAWN}
"""Whose page answers: a city that withdrew keeps its address, which says so."""
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_MOST = 60


# Cities


class Lacking(StrEnum):
    """What a city needs before it can be confirmed, or what is wrong with it."""

    COUNTRY = "country"
    POSITION = "position"
    HALF_POSITION = "half a position"
    OUT_OF_RANGE = "out of range"


def wrong_position(longitude: float | None, latitude: float | None) -> Lacking | None:
    """A position has both parts or neither; degrees, WGS 84."""
    if (longitude is None) != (latitude is None):
        return Lacking.HALF_POSITION
    if longitude is not None and latitude is not None and not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return Lacking.OUT_OF_RANGE
    return None


def lacking_to_confirm(country: Text, longitude: float | None, latitude: float | None) -> list[Lacking]:
    """A confirmed city appears on the map with its country: it needs both."""
    found = [] if country else [Lacking.COUNTRY]
    return found if longitude is not None and latitude is not None else [*found, Lacking.POSITION]


@dataclass(frozen=True)
class OnShore:
    """How many cities one shore has, of how many it is to have."""

    shore: Shore
    confirmed: int
    expected: int
    target: int

    @property
    def free(self) -> int:
        """Places nobody is expected for yet."""
        return max(0, self.target - self.confirmed - self.expected)


def shores(statuses: Iterable[tuple[Shore, CityStatus]], targets: Mapping[Shore, int]) -> list[OnShore]:
    """The count of each shore, in the order of the shores."""
    given = list(statuses)
    return [
        OnShore(
            shore,
            confirmed=given.count((shore, CityStatus.CONFIRMED)),
            expected=given.count((shore, CityStatus.EXPECTED)),
            target=targets.get(shore, 0),
        )
        for shore in Shore
    ]


@dataclass(frozen=True)
class Located:
    """A city as the map needs it, its label and address in the reader's language."""

    code: str
    label: str
    status: CityStatus
    longitude: float | None
    latitude: float | None
    url: str = ""


def places(cities: Iterable[Located]) -> list[Place]:
    """What the map draws: confirmed cities as full marks, expected ones as rings, nobody else. A place that has no
    position yet is named below the map."""
    return [
        Place(
            code=city.code,
            label=city.label,
            status=city.status.value,
            longitude=city.longitude,
            latitude=city.latitude,
            url=city.url,
        )
        for city in cities
        if city.status in SHOWN
    ]


# Expertise


@dataclass(frozen=True)
class Skill:
    """Expertise a city offers or asks for, on a theme; all by code."""

    code: str
    city: str
    theme: str
    kind: ExpertiseKind

    def answers(self, other: Skill) -> bool:
        """One offers what the other asks for, on the same theme; a city does not answer itself."""
        return self.theme == other.theme and self.kind is not other.kind and self.city != other.city


@dataclass(frozen=True)
class Meeting:
    """One theme: what is offered, what is asked, and the pairs (offer, request) of different cities."""

    theme: str
    offered: Sequence[Skill]
    asked: Sequence[Skill]
    pairs: Sequence[tuple[Skill, Skill]]


def meetings(skills: Iterable[Skill], themes: Iterable[str]) -> list[Meeting]:
    """Offers and requests brought together theme by theme, in the order of the themes."""
    given = sorted(skills, key=lambda skill: (skill.theme, skill.city, skill.code))
    found = []
    for theme in themes:
        offered = [skill for skill in given if skill.theme == theme and skill.kind is ExpertiseKind.OFFERED]
        asked = [skill for skill in given if skill.theme == theme and skill.kind is ExpertiseKind.ASKED]
        pairs = [(offer, request) for request in asked for offer in offered if offer.answers(request)]
        found.append(Meeting(theme, offered, asked, pairs))
    return found


def answering(skill: Skill, others: Iterable[Skill]) -> list[Skill]:
    """Who offers what this one asks for, or asks for what it offers; in a fixed order."""
    return sorted((other for other in others if skill.answers(other)), key=lambda other: (other.city, other.code))


# News


class NewsState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"


def news_state(published_at: datetime | None, now: datetime) -> NewsState:
    """None is a draft; a moment to come is not shown before it."""
    if published_at is None:
        return NewsState.DRAFT
    return NewsState.PUBLISHED if published_at <= now else NewsState.SCHEDULED


def published_at(day: date | None, before: datetime | None, now: datetime) -> datetime | None:
    """The moment an item is public from: the beginning of its day in UTC, now for today, as before where the day is
    the same. Public pages are made anew each day, so no finer moment is offered."""
    if day is None:
        return None
    if before is not None and before.date() == day:
        return before
    return now if day == now.date() else datetime.combine(day, time(), UTC)


@dataclass(frozen=True)
class Linked:
    """A news item by what it is linked to; all by code."""

    code: str
    published: date
    tags: frozenset[str] = field(default_factory=frozenset)
    cities: frozenset[str] = field(default_factory=frozenset)
    themes: frozenset[str] = field(default_factory=frozenset)


def kinship(one: Linked, other: Linked) -> float:
    """How much two items have in common, 0 to 3: for tags, cities and themes each, the share of what either has that
    both have (Jaccard 1901). So an item about all ten cities is no closer to each of them than one about two."""
    pairs = ((one.tags, other.tags), (one.cities, other.cities), (one.themes, other.themes))
    return sum(len(a & b) / len(a | b) for a, b in pairs if a & b)


def related(item: Linked, others: Iterable[Linked], *, most: int = 4) -> list[Linked]:
    """The items most akin, the newer first among equals, then by code, so that two readers never see two orders. What
    shares nothing is not related, however few are left."""
    ranked = [(kinship(item, other), other) for other in others if other.code != item.code]
    ranked = [pair for pair in ranked if pair[0] > 0]
    ranked.sort(key=lambda pair: (-pair[0], -pair[1].published.toordinal(), pair[1].code))
    return [other for _, other in ranked[:most]]


# Names in addresses


def slug_of(text: Text, taken: Collection[str], fallback: str) -> str:
    """A name for public addresses: the first of English, French and the other languages that Latin letters can
    write, made unique by a number. `fallback` (a code) where none can."""
    for language in ("en", "fr", *LANGUAGES):
        made = "-".join(re.findall("[a-z0-9]+", fold(text.values.get(language, "")).replace("'", "")))
        if made:
            break
    else:
        made = fallback.lower()
    short = made[:SLUG_MOST].strip("-")
    return next(name for name in _numbered(short) if name not in taken)


def _numbered(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
