"""Reads of the workplace: lists of everything, with drafts and invited cities, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, lazyload, selectinload

from ..accounts.models import Person
from ..core import clock, i18n
from ..core.db import Base, Instant, session
from ..core.lists import PAGE_SIZE, Page, Wanted, matches, page
from ..core.text import LANGUAGES, Text
from . import queries
from .models import (
    City,
    CityStatus,
    Contact,
    ContactKind,
    Expertise,
    ExpertiseKind,
    Mission,
    News,
    Partner,
    PartnerRole,
    Shore,
    Tag,
    Theme,
    ThemeStatus,
)


def said(column: Any) -> sa.ColumnElement[str]:
    """A multilingual column as a list sorts it: in the reader's language, else in the next that has it."""
    json = sa.type_coerce(column, sa.JSON)
    order = (i18n.language(), *(code for code in LANGUAGES if code != i18n.language()))
    return sa.func.lower(sa.func.coalesce(*(json[code].as_string() for code in order), ""))


@dataclass(frozen=True)
class Listing:
    """How one table is listed. `filters`: name → its values and the condition each stands for."""

    query: Callable[[], sa.Select[Any]]
    tie: Any
    sorts: Callable[[], Mapping[str, Any]]
    search: Sequence[Any] = ()
    filters: Mapping[str, tuple[Sequence[str], Callable[[str], Any]]] = field(default_factory=dict)


def rows(listing: Listing, asked: Wanted, *, size: int = PAGE_SIZE) -> Page[Any]:
    """One page of a list."""
    query = listing.query()
    if asked.search:
        query = query.where(sa.or_(*(matches(column, asked.search) for column in listing.search)))
    for name, value in asked.filters.items():
        if value:
            query = query.where(listing.filters[name][1](value))
    return page(query, asked, columns=listing.sorts(), tie=listing.tie, size=size)


def _is(column: Any, kind: Any) -> tuple[Sequence[str], Callable[[str], Any]]:
    return [each.value for each in kind], lambda value: column == kind(value)


def _news_state(value: str) -> Any:
    now = clock.now()
    return {
        "draft": News.published_at.is_(None),
        "scheduled": News.published_at > now,
        "published": News.published_at <= now,
    }[value]


def _of_city(model: Any) -> sa.Select[Any]:
    return sa.select(model).join(model.city).options(contains_eager(model.city))


def _contacts() -> sa.Select[Any]:
    return _of_city(Contact).join(Contact.person).options(contains_eager(Contact.person))


def _expertise() -> sa.Select[Any]:
    return _of_city(Expertise).join(Expertise.theme).options(contains_eager(Expertise.theme))


def _news() -> sa.Select[Any]:
    return sa.select(News).options(selectinload(News.tags), lazyload(News.cities), lazyload(News.themes))


FAR = sa.literal(date(9999, 12, 31), sa.Date)
"""Where a day that is not known stands among those that are."""
AGES = timedelta(days=36_500)
"""Drafts stand above what is published."""

LISTINGS: Mapping[str, Listing] = {
    "cities": Listing(
        lambda: sa.select(City),
        City.id,
        lambda: {"name": said(City.name), "country": said(City.country), "shore": City.shore, "status": City.status},
        [City.folded],
        {"status": _is(City.status, CityStatus), "shore": _is(City.shore, Shore)},
    ),
    "partners": Listing(
        lambda: sa.select(Partner),
        Partner.id,
        lambda: {"position": Partner.position, "name": said(Partner.name), "role": Partner.role},
        [Partner.folded],
        {"role": _is(Partner.role, PartnerRole)},
    ),
    "themes": Listing(
        lambda: sa.select(Theme),
        Theme.id,
        lambda: {"position": Theme.position, "title": said(Theme.title), "status": Theme.status},
        [Theme.folded],
        {"status": _is(Theme.status, ThemeStatus)},
    ),
    "missions": Listing(
        lambda: _of_city(Mission),
        Mission.id,
        lambda: {"city": said(City.name), "state": Mission.done, "starts": sa.func.coalesce(Mission.starts_on, FAR)},
        [City.folded],
        {"state": (["done", "planned"], lambda value: Mission.done.is_(value == "done"))},
    ),
    "contacts": Listing(
        _contacts,
        Contact.id,
        lambda: {"city": said(City.name), "person": sa.func.lower(Person.family_name), "kind": Contact.kind},
        [Person.folded, City.folded],
        {"kind": _is(Contact.kind, ContactKind)},
    ),
    "expertise": Listing(
        _expertise,
        Expertise.id,
        lambda: {
            "city": said(City.name),
            "theme": Theme.position,
            "kind": Expertise.kind,
            "title": said(Expertise.title),
        },
        [Expertise.folded, City.folded, Theme.folded],
        {"kind": _is(Expertise.kind, ExpertiseKind)},
    ),
    "tags": Listing(lambda: sa.select(Tag), Tag.id, lambda: {"name": said(Tag.name)}, [Tag.folded]),
    "news": Listing(
        _news,
        News.id.desc(),
        lambda: {
            "published": sa.func.coalesce(News.published_at, sa.literal(clock.now() + AGES, Instant())),
            "title": said(News.title),
        },
        [News.folded],
        {"state": (["draft", "scheduled", "published"], _news_state)},
    ),
}


# What forms choose from


def choices(model: Any, column: Any) -> list[tuple[str, str]]:
    """(code, words) of every row, in the reader's order."""
    query = sa.select(model.code, column).order_by(said(column), model.id)
    return [(code, i18n.plain_text(words)) for code, words in session().execute(query)]


def cities() -> list[tuple[str, str]]:
    return choices(City, City.name)


def themes() -> list[tuple[str, str]]:
    query = sa.select(Theme.code, Theme.title).order_by(Theme.position, Theme.id)
    return [(code, i18n.plain_text(title)) for code, title in session().execute(query)]


def tags() -> list[tuple[str, str]]:
    return choices(Tag, Tag.name)


# The overview


def counts() -> dict[str, int]:
    """Section → how many rows it has, in one statement."""
    models: Mapping[str, type[Base]] = {
        "cities": City, "partners": Partner, "themes": Theme, "missions": Mission, "contacts": Contact,
        "expertise": Expertise, "tags": Tag, "news": News,
    }  # fmt: skip
    each = [sa.select(sa.literal(name), sa.func.count()).select_from(model) for name, model in models.items()]
    return dict(session().execute(sa.union_all(*each)).all())


@dataclass(frozen=True)
class Untold:
    """A city nobody answers for in one of the two ways, or a text that is not in every language."""

    section: str
    code: str
    name: Text
    contact: ContactKind | None = None
    languages: Sequence[str] = ()


def missing() -> list[Untold]:
    """What an organiser still has to find out or to translate, in four statements."""
    found: list[Untold] = []
    confirmed = queries.cities(CityStatus.CONFIRMED)
    known = {(row.city_id, row.kind) for row in session().execute(sa.select(Contact.city_id, Contact.kind))}
    for kind in (ContactKind.TECHNICAL, ContactKind.POLITICAL):
        found += [Untold("contacts", row.code, row.name, kind) for row in confirmed if (row.id, kind) not in known]
    own = queries.network()
    texts: list[tuple[str, Any, Text, Sequence[Text]]] = []
    if own is not None:
        texts.append(("texts", own, own.title, [own.title, own.summary, own.description]))
    texts += [("cities", row, row.name, [row.name, row.country, row.text]) for row in queries.cities()]
    texts += [("themes", row, row.title, [row.title, row.summary]) for row in queries.themes()]
    for section, row, name, all_texts in texts:
        untold = [code for code in LANGUAGES if any(text and not text.values.get(code) for text in all_texts)]
        if untold:
            found.append(Untold(section, row.code, name, languages=untold))
    return found
