"""Reads of the network: what each public page shows, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from ..accounts.models import Person
from ..core import clock
from ..core.db import session
from ..core.lists import Page, Wanted, page
from . import rules
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
    Shore,
    Tag,
    Theme,
    ThemeStatus,
    news_city,
    news_tag,
    news_theme,
)

NEWS_SIZE = 10
LIGHT = (selectinload(News.tags), lazyload(News.cities), lazyload(News.themes))
"""A list of news shows its tags and nothing else that is linked."""


# What every page needs


def network() -> Network | None:
    """The network of this install that the public home shows: the first."""
    return session().scalars(sa.select(Network).order_by(Network.id).limit(1)).first()


def cities(*statuses: CityStatus) -> list[City]:
    """The cities with these statuses (by default the ones the public sees), in the order of their addresses."""
    wanted = statuses or tuple(rules.SHOWN)
    return list(session().scalars(sa.select(City).where(City.status.in_(wanted)).order_by(City.slug)))


def partners() -> list[Partner]:
    return list(session().scalars(sa.select(Partner).order_by(Partner.position, Partner.slug)))


def themes(*, all_of_them: bool = False) -> list[Theme]:
    """The themes the network works on; merged ones and those set aside only when asked for."""
    query = sa.select(Theme).order_by(Theme.position, Theme.slug)
    if not all_of_them:
        query = query.where(Theme.status.in_((ThemeStatus.CANDIDATE, ThemeStatus.VALIDATED)))
    return list(session().scalars(query))


def missions(city: City | None = None) -> list[Mission]:
    """Scoping missions of the cities the public sees: the done ones first, each half in the order of its days."""
    query = sa.select(Mission).join(City).options(joinedload(Mission.city)).where(City.status.in_(rules.SHOWN))
    if city is not None:
        query = sa.select(Mission).options(joinedload(Mission.city)).where(Mission.city_id == city.id)
    order = (Mission.done.desc(), Mission.starts_on.is_(None), Mission.starts_on, Mission.id)
    return list(session().scalars(query.order_by(*order)))


def skills(*, cities_with: Iterable[CityStatus] = rules.SHOWN) -> list[Expertise]:
    """All expertise of the cities the public sees, with city and theme."""
    query = (
        sa.select(Expertise)
        .join(Expertise.city)
        .join(Expertise.theme)
        .options(joinedload(Expertise.city), joinedload(Expertise.theme))
        .where(City.status.in_(tuple(cities_with)))
    )
    return list(session().scalars(query.order_by(Theme.position, City.slug, Expertise.id)))


def as_skill(row: Expertise) -> rules.Skill:
    return rules.Skill(row.code, row.city.code, row.theme.code, row.kind)


# A city


@dataclass(frozen=True)
class Answered:
    """One expertise of a city, and who answers it."""

    expertise: Expertise
    answers: Sequence[Expertise]


@dataclass(frozen=True)
class CityPage:
    city: City
    missions: Sequence[Mission]
    offered: Sequence[Answered]
    asked: Sequence[Answered]
    contacts: frozenset[ContactKind]
    """Which kinds of contact exist; who they are is not public."""
    news: Sequence[News]


def city_page(slug: str) -> CityPage | None:
    city = by_slug(City, slug)
    if city is None or city.status not in rules.PAGED:
        return None
    shown = [*rules.SHOWN] if city.status in rules.SHOWN else []
    everything = skills(cities_with=[*shown, city.status])
    by_code = {row.code: row for row in everything}
    plain = [as_skill(row) for row in everything]
    own = [
        Answered(by_code[skill.code], [by_code[other.code] for other in rules.answering(skill, plain)])
        for skill in plain
        if skill.city == city.code
    ]
    kinds = session().scalars(sa.select(Contact.kind).where(Contact.city_id == city.id).distinct())
    return CityPage(
        city=city,
        missions=missions(city),
        offered=[each for each in own if each.expertise.kind is ExpertiseKind.OFFERED],
        asked=[each for each in own if each.expertise.kind is ExpertiseKind.ASKED],
        contacts=frozenset(kinds),
        news=latest_news(linked=News.cities.any(City.id == city.id), most=5),
    )


def neighbours(city: City) -> list[City]:
    """The other cities of the network the public sees."""
    return [each for each in cities() if each.id != city.id]


# A theme


@dataclass(frozen=True)
class ThemePage:
    theme: Theme
    offered: Sequence[Expertise]
    asked: Sequence[Expertise]
    news: Sequence[News]
    others: Sequence[Theme]


def theme_page(slug: str) -> ThemePage | None:
    theme = by_slug(Theme, slug)
    if theme is None:
        return None
    here = [row for row in skills() if row.theme_id == theme.id]
    return ThemePage(
        theme=theme,
        offered=[row for row in here if row.kind is ExpertiseKind.OFFERED],
        asked=[row for row in here if row.kind is ExpertiseKind.ASKED],
        news=latest_news(linked=News.themes.any(Theme.id == theme.id), most=5),
        others=[each for each in themes() if each.id != theme.id],
    )


# News


def shown_news(now: datetime) -> sa.ColumnElement[bool]:
    """Published, and not for later."""
    return sa.and_(News.published_at.is_not(None), News.published_at <= now)


def latest_news(*, linked: sa.ColumnElement[bool] | None = None, most: int = 3) -> list[News]:
    """The newest items the public sees, perhaps only those linked to something."""
    query = sa.select(News).where(shown_news(clock.now())).options(*LIGHT)
    if linked is not None:
        query = query.where(linked)
    return list(session().scalars(query.order_by(News.published_at.desc(), News.id.desc()).limit(most)))


def tags() -> list[tuple[Tag, int]]:
    """The tags that public news have, with how many."""
    query = (
        sa.select(Tag, sa.func.count(News.id))
        .join(news_tag, news_tag.c.tag_id == Tag.id)
        .join(News, News.id == news_tag.c.news_id)
        .where(shown_news(clock.now()))
        .group_by(Tag.id)
        .order_by(Tag.slug)
    )
    return [(tag, number) for tag, number in session().execute(query)]


def news_page(asked: Wanted) -> Page[News]:
    """The newest first; `asked.filters["tag"]` is a tag's name in addresses."""
    query = sa.select(News).where(shown_news(clock.now())).options(*LIGHT)
    if asked.filters.get("tag"):
        query = query.where(News.tags.any(Tag.slug == asked.filters["tag"]))
    return page(query, asked, columns={"newest": News.published_at.desc()}, tie=News.id.desc(), size=NEWS_SIZE)


@dataclass(frozen=True)
class NewsItem:
    news: News
    related: Sequence[News]


def news_item(slug: str) -> NewsItem | None:
    """A public item with what is related to it."""
    row = by_slug(News, slug)
    now = clock.now()
    if row is None or rules.news_state(row.published_at, now) is not rules.NewsState.PUBLISHED:
        return None
    akin = rules.related(_linked_to(row), _linked_news(now))
    return NewsItem(row, _news_in_order([each.code for each in akin]))


def _linked_to(row: News) -> rules.Linked:
    assert row.published_at is not None
    return rules.Linked(
        row.code,
        row.published_at.date(),
        frozenset(each.code for each in row.tags),
        frozenset(each.code for each in row.cities),
        frozenset(each.code for each in row.themes),
    )


def _linked_news(now: datetime) -> list[rules.Linked]:
    """Every public item by its links, in four statements."""
    query = sa.select(News.id, News.code, News.published_at).where(shown_news(now))
    rows = session().execute(query).all()
    tags_of, cities_of, themes_of = _links(news_tag, Tag), _links(news_city, City), _links(news_theme, Theme)
    nothing: frozenset[str] = frozenset()
    return [
        rules.Linked(
            row.code,
            row.published_at.date(),
            tags_of.get(row.id, nothing),
            cities_of.get(row.id, nothing),
            themes_of.get(row.id, nothing),
        )
        for row in rows
    ]


def _links(table: sa.Table, model: Any) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    other = table.c.keys()[1]
    query = sa.select(table.c.news_id, model.code).join(model, model.id == table.c[other])
    for news_id, code in session().execute(query):
        found.setdefault(news_id, set()).add(code)
    return {key: frozenset(codes) for key, codes in found.items()}


def _news_in_order(codes: Sequence[str]) -> list[News]:
    rows = {row.code: row for row in session().scalars(sa.select(News).where(News.code.in_(codes)).options(*LIGHT))}
    return [rows[code] for code in codes]


# The map


def located(rows: Iterable[City], label: Any, url: Any) -> list[rules.Located]:
    """Cities for the map: `label` and `url` say each city's in the reader's language."""
    return [rules.Located(row.code, label(row), row.status, row.longitude, row.latitude, url(row)) for row in rows]


def on_shores(network_row: Network, rows: Iterable[City]) -> list[rules.OnShore]:
    targets = {Shore.EUROPE: network_row.target_europe, Shore.SOUTH: network_row.target_south}
    return rules.shores(((row.shore, row.status) for row in rows), targets)


# By name or code


def by_slug(model: Any, slug: str) -> Any:
    """The row with this name in addresses, or None; anything that is no such name is not asked for."""
    if len(slug) > 80 or not rules.SLUG.fullmatch(slug):
        return None
    return session().scalars(sa.select(model).where(model.slug == slug)).first()


def by_code(model: Any, code: str) -> Any:
    if not code.isascii() or not code.isalnum() or len(code) > 16:
        return None
    return session().scalars(sa.select(model).where(model.code == code)).first()


def personal_data(person_code: str) -> dict[str, Any]:
    """What the network room keeps of a person: for which cities they answer."""
    query = sa.select(Contact).join(Contact.person).options(joinedload(Contact.city)).where(Person.code == person_code)
    return {
        "contacts": [
            {"city": row.city.name.to_json(), "kind": row.kind.value, "function": row.function.to_json()}
            for row in session().scalars(query)
        ]
    }


def title() -> Any:
    """The network's short title, for the bar of every page."""
    row = session().scalars(
        sa.select(Network).options(load_only(Network.title, Network.short_title)).order_by(Network.id).limit(1)
    ).first()  # fmt: skip
    return (row.short_title or row.title) if row is not None else None
