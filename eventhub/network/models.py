"""The network: its cities, partners, themes, missions, contacts, expertise and news."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..core.db import Base, Code, Key, Line, Multilingual, Prose, Word, kept, words
from ..core.db import Retention as _Retention
from ..core.text import EMPTY, Text

PLAIN = kept(_Retention.NOT_PERSONAL)


class Shore(enum.StrEnum):
    EUROPE = "europe"
    SOUTH = "south"


class CityStatus(enum.StrEnum):
    CONFIRMED = "confirmed"
    EXPECTED = "expected"
    INVITED = "invited"
    WITHDRAWN = "withdrawn"


class PartnerRole(enum.StrEnum):
    LEAD = "lead"
    PARTNER = "partner"
    FUNDER = "funder"


class ThemeStatus(enum.StrEnum):
    CANDIDATE = "candidate"
    VALIDATED = "validated"
    MERGED = "merged"
    SET_ASIDE = "set_aside"


class ContactKind(enum.StrEnum):
    POLITICAL = "political"
    TECHNICAL = "technical"


class ExpertiseKind(enum.StrEnum):
    OFFERED = "offered"
    ASKED = "asked"


class Network(Base):
    """A network of cities. One install may serve several; the first is the one the public home shows."""

    __tablename__ = "network"
    __lock_order__ = 5

    id: Mapped[Key]
    code: Mapped[Code]
    title: Mapped[Multilingual]
    short_title: Mapped[Multilingual] = mapped_column(default=EMPTY)
    """For the bar of every page and the head of a document; the title stands in where there is none."""
    summary: Mapped[Multilingual]
    description: Mapped[Multilingual]
    funding: Mapped[Multilingual]
    target_europe: Mapped[int] = mapped_column(default=5)
    target_south: Mapped[int] = mapped_column(default=5)
    revision: Mapped[int] = mapped_column(default=1)


class City(Base):
    """A city of the network, or a place kept open for one (status expected)."""

    __tablename__ = "city"
    __lock_order__ = 8

    id: Mapped[Key]
    code: Mapped[Code]
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"))
    slug: Mapped[Word] = mapped_column(unique=True)
    """Its name in public addresses."""
    name: Mapped[Multilingual]
    country: Mapped[Multilingual]
    country_code: Mapped[Word] = mapped_column(default="")
    shore: Mapped[Shore] = mapped_column(words(Shore))
    status: Mapped[CityStatus] = mapped_column(words(CityStatus))
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    zone: Mapped[Word] = mapped_column(default="")
    text: Mapped[Multilingual]
    folded: Mapped[Prose] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)


class Partner(Base):
    """An organisation that builds, joins or funds the network; shown on every document."""

    __tablename__ = "partner"

    id: Mapped[Key]
    code: Mapped[Code]
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"))
    slug: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Multilingual]
    short_name: Mapped[Multilingual]
    role: Mapped[PartnerRole] = mapped_column(words(PartnerRole))
    text: Mapped[Multilingual]
    website: Mapped[Line] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    folded: Mapped[Prose] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)


class Theme(Base):
    """A theme of the network: candidate, then validated (a line of work), merged or set aside."""

    __tablename__ = "theme"

    id: Mapped[Key]
    code: Mapped[Code]
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"))
    slug: Mapped[Word] = mapped_column(unique=True)
    title: Mapped[Multilingual]
    summary: Mapped[Multilingual]
    status: Mapped[ThemeStatus] = mapped_column(words(ThemeStatus))
    position: Mapped[int] = mapped_column(default=0)
    hue: Mapped[int] = mapped_column(default=1)
    """1 to 7: which of the theme colours of the stylesheet."""
    folded: Mapped[Prose] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)


class Mission(Base):
    """A scoping mission to a city, planned or done."""

    __tablename__ = "mission"

    id: Mapped[Key]
    code: Mapped[Code]
    city_id: Mapped[int] = mapped_column(sa.ForeignKey("city.id"), index=True)
    city: Mapped[City] = relationship()
    done: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    text: Mapped[Multilingual]
    revision: Mapped[int] = mapped_column(default=1)


class Contact(Base):
    """A person who answers for a city, politically or technically."""

    __tablename__ = "contact"
    __table_args__ = (sa.UniqueConstraint("city_id", "person_id", "kind"),)

    id: Mapped[Key]
    code: Mapped[Code]
    city_id: Mapped[int] = mapped_column(sa.ForeignKey("city.id"), index=True)
    city: Mapped[City] = relationship()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    kind: Mapped[ContactKind] = mapped_column(words(ContactKind))
    function: Mapped[Text] = mapped_column(info=kept(_Retention.WHILE_IN_NETWORK))
    revision: Mapped[int] = mapped_column(default=1)


class Expertise(Base):
    """Expertise a city (or partner) offers or asks for, on a theme: offers and requests meet by theme."""

    __tablename__ = "expertise"

    id: Mapped[Key]
    code: Mapped[Code]
    city_id: Mapped[int] = mapped_column(sa.ForeignKey("city.id"), index=True)
    city: Mapped[City] = relationship()
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), index=True)
    theme: Mapped[Theme] = relationship()
    kind: Mapped[ExpertiseKind] = mapped_column(words(ExpertiseKind))
    title: Mapped[Multilingual]
    text: Mapped[Multilingual]
    folded: Mapped[Prose] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)


news_tag = sa.Table(
    "news_tag",
    Base.metadata,
    sa.Column("news_id", sa.ForeignKey("news.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("tag_id", sa.ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True),
)
news_city = sa.Table(
    "news_city",
    Base.metadata,
    sa.Column("news_id", sa.ForeignKey("news.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("city_id", sa.ForeignKey("city.id", ondelete="CASCADE"), primary_key=True),
)
news_theme = sa.Table(
    "news_theme",
    Base.metadata,
    sa.Column("news_id", sa.ForeignKey("news.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("theme_id", sa.ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True),
)


class Tag(Base):
    """A word news are found by."""

    __tablename__ = "tag"

    id: Mapped[Key]
    code: Mapped[Code]
    slug: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Multilingual]
    folded: Mapped[Prose] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)


class News(Base):
    """A news item of the public site. Related items are those that share tags, cities or themes."""

    __tablename__ = "news"

    id: Mapped[Key]
    code: Mapped[Code]
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"))
    slug: Mapped[Word] = mapped_column(unique=True)
    title: Mapped[Multilingual]
    body: Mapped[Multilingual]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    """None is a draft; a moment to come is not shown before it."""
    folded: Mapped[Prose] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=1)
    tags: Mapped[list[Tag]] = relationship(secondary=news_tag, lazy="selectin", order_by="Tag.slug")
    cities: Mapped[list[City]] = relationship(secondary=news_city, lazy="selectin", order_by="City.slug")
    themes: Mapped[list[Theme]] = relationship(secondary=news_theme, lazy="selectin", order_by="Theme.position")
