"""The network of the facts: cities, partners, themes, missions, expertise, news, contacts."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from ..accounts.commands import person_by_mail
from ..core import public_version
from ..core.commands import add, command
from ..core.db import session
from ..core.text import EMPTY
from ..network.models import (
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
from ..network.saving import refold
from .facts_file import Facts, text

EXPERTISE = {"offer": ExpertiseKind.OFFERED, "request": ExpertiseKind.ASKED}


@command
def network(*, facts: Facts) -> None:
    """Everything of the network but its people."""
    raw = facts.network["network"]
    row = add(
        Network(
            title=text(raw["title"]),
            short_title=text(raw["short_title"]),
            summary=text(raw["summary"]),
            description=text(raw["description"]),
            funding=text(raw["funding_note"]),
            target_europe=raw["target"]["europe"],
            target_south=raw["target"]["south"],
        )
    )
    session().flush()
    _partners(facts, row)
    cities = _cities(facts, row)
    themes = _themes(facts, row)
    _missions(facts, cities)
    for each in facts.network["expertise"]:
        add(
            Expertise(
                city=cities[each["city"]],
                theme=themes[each["theme"]],
                kind=EXPERTISE[each["kind"]],
                title=text(each["title"]),
                text=EMPTY,
            )
        )
    _news(facts, row, cities, themes)
    for each in list(session().new):
        refold(each)
    public_version.touch(public_version.SITE)


def _partners(facts: Facts, network_row: Network) -> None:
    for each in facts.network["partners"]:
        add(
            Partner(
                network_id=network_row.id,
                slug=each["key"],
                name=text(each["name"]),
                short_name=text(each["short_name"]),
                role=PartnerRole(each["role"]),
                text=text(each["role_text"]),
                website=each["website"],
                position=each["order"],
            )
        )


def _cities(facts: Facts, network_row: Network) -> dict[str, City]:
    cities = {}
    for each in facts.network["cities"]:
        cities[each["key"]] = add(
            City(
                network_id=network_row.id,
                slug=each["key"],
                name=text(each["name"]),
                country=text(each["country"]),
                country_code=each["country_code"] or "",
                shore=Shore(each["shore"]),
                status=CityStatus(each["status"]),
                longitude=each["lon"],
                latitude=each["lat"],
                zone=each["timezone"] or "",
                text=text(each["text"]),
            )
        )
    return cities


def _themes(facts: Facts, network_row: Network) -> dict[str, Theme]:
    return {
        each["key"]: add(
            Theme(
                network_id=network_row.id,
                slug=each["key"],
                title=text(each["title"]),
                summary=text(each["summary"]),
                status=ThemeStatus(each["status"]),
                position=each["order"],
                hue=each["hue"],
            )
        )
        for each in facts.network["themes"]
    }


def _missions(facts: Facts, cities: dict[str, City]) -> None:
    for each in facts.network["missions"]:
        add(Mission(city=cities[each["city"]], done=each["status"] == "done", text=text(each["text"])))


def _news(facts: Facts, network_row: Network, cities: dict[str, City], themes: dict[str, Theme]) -> None:
    tags = {each["key"]: add(Tag(slug=each["key"], name=text(each["name"]))) for each in facts.news["tags"]}
    for each in facts.news["news"]:
        add(
            News(
                network_id=network_row.id,
                slug=each["key"],
                title=text(each["title"]),
                body=text(each["body"]),
                published_at=datetime.fromisoformat(each["date"]).replace(hour=9, tzinfo=UTC),
                tags=[tags[key] for key in each["tags"]],
                cities=[cities[key] for key in each["cities"]],
                themes=[themes[key] for key in each["themes"]],
            )
        )


@command
def contacts(*, facts: Facts) -> None:
    """Who answers for each city, politically and technically."""
    cities = {city.slug: city for city in session().scalars(sa.select(City))}
    for each in facts.network["contacts"]:
        add(
            Contact(
                city=cities[each["city"]],
                person=person_by_mail(each["mail"]),
                kind=ContactKind(each["kind"]),
                function=text(each["function"]),
            )
        )
