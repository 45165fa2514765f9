"""What the forms of the network say, and what its commands take: one frozen value per editable thing.

Other rows are named by their codes. A value made `of` a row is what the row says now: so two saves can be compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from ..core.codes import Code
from ..core.db import Base
from ..core.text import EMPTY, Text
from .models import (
    City,
    CityStatus,
    Contact,
    ContactKind,
    Expertise,
    ExpertiseKind,
    Mission,
    Network,
    News,
    Partner,
    PartnerRole,
    Shore,
    Tag,
    Theme,
    ThemeStatus,
)

V = TypeVar("V", bound="Values")


@dataclass(frozen=True, kw_only=True)
class Values:
    """The editable columns of a row."""

    @classmethod
    def of(cls: type[V], row: Base) -> V:
        """What a row says now."""
        return cls(**{field.name: _named(getattr(row, field.name)) for field in fields(cls)})

    def items(self) -> Iterable[tuple[str, Any]]:
        return ((field.name, getattr(self, field.name)) for field in fields(self))


def _named(value: Any) -> Any:
    if isinstance(value, Base):
        return value.code  # type: ignore[attr-defined]
    if isinstance(value, list):
        return tuple(sorted(each.code for each in value))
    return value


@dataclass(frozen=True, kw_only=True)
class NetworkValues(Values):
    title: Text
    short_title: Text = EMPTY
    summary: Text = EMPTY
    description: Text = EMPTY
    funding: Text = EMPTY
    target_europe: int = 5
    target_south: int = 5


@dataclass(frozen=True, kw_only=True)
class CityValues(Values):
    """`longitude` and `latitude` in degrees, east and north positive; `zone` an IANA name; `country_code` ISO 3166-1
    alpha-2. `slug` empty: made from the name."""

    name: Text
    shore: Shore
    status: CityStatus = CityStatus.EXPECTED
    country: Text = EMPTY
    country_code: str = ""
    longitude: float | None = None
    latitude: float | None = None
    zone: str = ""
    text: Text = EMPTY
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class PartnerValues(Values):
    name: Text
    role: PartnerRole
    short_name: Text = EMPTY
    text: Text = EMPTY
    website: str = ""
    position: int = 0
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class ThemeValues(Values):
    title: Text
    summary: Text = EMPTY
    status: ThemeStatus = ThemeStatus.CANDIDATE
    position: int = 0
    hue: int = 1
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class MissionValues(Values):
    """`city` a city's code. Dates may be unknown, of a mission done as well."""

    city: Code
    done: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    text: Text = EMPTY


@dataclass(frozen=True, kw_only=True)
class ContactValues(Values):
    """How a person answers for a city. Who the person is stands apart: PersonValues."""

    city: Code
    kind: ContactKind
    function: Text = EMPTY


@dataclass(frozen=True, kw_only=True)
class PersonValues(Values):
    """A contact as a person. `languages`: ((code, level), …), levels native, fluent, working; `script` is the one the
    name is shown in first."""

    mail: str = ""
    form_of_address: str = ""
    given_name: str = ""
    family_name: str = ""
    given_name_arabic: str = ""
    family_name_arabic: str = ""
    script: str = "latin"
    phone: str = ""
    language: str = "fr"
    languages: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, row: Any) -> PersonValues:
        columns = {field.name: getattr(row, field.name) for field in fields(cls)}
        languages = tuple((str(code), str(level)) for code, level in row.languages or ())
        return cls(**{**columns, "mail": row.mail or "", "languages": languages})

    @property
    def fingerprint(self) -> str:
        """Two values are alike if and only if their fingerprints are."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:20]


@dataclass(frozen=True, kw_only=True)
class ExpertiseValues(Values):
    city: Code
    theme: Code
    kind: ExpertiseKind
    title: Text
    text: Text = EMPTY


@dataclass(frozen=True, kw_only=True)
class TagValues(Values):
    name: Text
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class NewsValues(Values):
    """`published_at` None is a draft, a moment to come is scheduled. `tags`, `cities`, `themes` are codes."""

    title: Text
    body: Text = EMPTY
    published_at: datetime | None = None
    tags: tuple[Code, ...] = ()
    cities: tuple[Code, ...] = ()
    themes: tuple[Code, ...] = ()
    slug: str = ""


OF: dict[type[Base], type[Values]] = {
    Network: NetworkValues,
    City: CityValues,
    Partner: PartnerValues,
    Theme: ThemeValues,
    Mission: MissionValues,
    Contact: ContactValues,
    Expertise: ExpertiseValues,
    Tag: TagValues,
    News: NewsValues,
}
"""Which value a table is edited by."""


def of(row: Base) -> Values:
    """What a row of any table of the network says now."""
    return OF[type(row)].of(row)
