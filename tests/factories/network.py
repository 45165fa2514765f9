"""A network for tests. Every function returns the code of what it made, by the commands a page would use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from eventhub.core.text import Text
from eventhub.network import commands
from eventhub.network.models import CityStatus, ContactKind, ExpertiseKind, PartnerRole, Shore, ThemeStatus
from eventhub.network.values import (
    CityValues,
    ContactValues,
    ExpertiseValues,
    MissionValues,
    NetworkValues,
    NewsValues,
    PartnerValues,
    PersonValues,
    TagValues,
    ThemeValues,
)


def text(value: str | Text, **others: str) -> Text:
    """French first, other languages by name: text("Tunis", ar="تونس")."""
    return value if isinstance(value, Text) else Text.of({"fr": value, **others, "original": "fr"})


def network(title: str = "Dialogue ville à ville", **values: Any) -> str:
    return commands.add_network(values=NetworkValues(title=text(title), **values))


def city(
    network: str,
    name: str | Text = "Tunis",
    *,
    shore: Shore = Shore.SOUTH,
    status: CityStatus = CityStatus.CONFIRMED,
    **values: Any,
) -> str:
    """A city, confirmed and on the map unless said otherwise."""
    known = {"country": text("Tunisie"), "longitude": 10.18, "latitude": 36.8, "zone": "Africa/Tunis"}
    return commands.add_city(
        network=network, values=CityValues(name=text(name), shore=shore, status=status, **{**known, **values})
    )


def partner(network: str, name: str = "CGLU", *, role: PartnerRole = PartnerRole.LEAD, **values: Any) -> str:
    return commands.add_partner(network=network, values=PartnerValues(name=text(name), role=role, **values))


def theme(
    network: str, title: str | Text = "Accès au logement", *, status: ThemeStatus = ThemeStatus.CANDIDATE, **values: Any
) -> str:
    return commands.add_theme(network=network, values=ThemeValues(title=text(title), status=status, **values))


def mission(city: str, *, done: bool = True, starts_on: date | None = None, **values: Any) -> str:
    return commands.add_mission(values=MissionValues(city=city, done=done, starts_on=starts_on, **values))


def expertise(
    city: str, theme: str, *, kind: ExpertiseKind = ExpertiseKind.OFFERED, title: str = "Guichet unique", **values: Any
) -> str:
    return commands.add_expertise(
        values=ExpertiseValues(city=city, theme=theme, kind=kind, title=text(title), **values)
    )


def contact(
    city: str,
    *,
    kind: ContactKind = ContactKind.TECHNICAL,
    mail: str = "",
    given: str = "Leïla",
    family: str = "Mansour",
    **person: Any,
) -> str:
    return commands.add_contact(
        values=ContactValues(city=city, kind=kind),
        person=PersonValues(mail=mail, given_name=given, family_name=family, **person),
    ).code


def tag(name: str = "Villes", **values: Any) -> str:
    return commands.add_tag(values=TagValues(name=text(name), **values))


PUBLISHED = datetime(2016, 1, 21, 9, tzinfo=UTC)


def news(
    network: str,
    title: str = "Premières missions",
    *,
    published_at: datetime | None = PUBLISHED,
    body: str = "Texte",
    **values: Any,
) -> str:
    return commands.add_news(
        network=network, values=NewsValues(title=text(title), body=text(body), published_at=published_at, **values)
    )
