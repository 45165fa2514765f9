"""Delegations, registrations, and what hangs on a registration: preferences and the credential of its badge."""

from __future__ import annotations

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..core.db import Base, Code, Key, Multilingual, Retention, Word, kept, words
from ..events.models import Event
from ..network.models import City, Partner, Theme


class State(enum.StrEnum):
    """Where a registration stands. `rules.TRANSITIONS` holds the graph."""

    INVITED = "invited"
    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    WAITLISTED = "waitlisted"
    DECLINED = "declined"
    """By the person."""
    REFUSED = "refused"
    """By us."""
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class Origin(enum.StrEnum):
    """How a registration began."""

    INVITATION = "invitation"
    NOMINATION = "nomination"
    """By the lead of the delegation."""
    REQUEST = "request"
    """By the person, in a category open to the public."""


class Category(Base):
    """A category of participant at one event, with its places and its colour on badges."""

    __tablename__ = "category"
    __lock_order__ = 15
    __table_args__ = (
        sa.UniqueConstraint("event_id", "key"),
        sa.CheckConstraint("capacity IS NULL OR taken <= capacity", name="within_capacity"),
        sa.CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[Key]
    code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    event: Mapped[Event] = relationship()
    key: Mapped[Word]
    name: Mapped[Multilingual]
    colour: Mapped[Word] = mapped_column(default="sea")
    """One of the badge colours of the press."""
    capacity: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int] = mapped_column(default=10)
    """Lower is promoted first from a waiting list."""
    open_to_public: Mapped[bool] = mapped_column(default=False)
    """Whether anyone may ask for a place, or only those invited or nominated."""
    ranks_themes: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)


class Delegation(Base):
    """A city (or a partner) at an event: its lead, its members within its quotas."""

    __tablename__ = "delegation"
    __lock_order__ = 20
    __table_args__ = (
        sa.UniqueConstraint("event_id", "city_id"),
        sa.UniqueConstraint("event_id", "partner_id"),
        sa.CheckConstraint("(city_id IS NULL) <> (partner_id IS NULL)", name="city_or_partner"),
        sa.CheckConstraint("quota IS NULL OR taken <= quota", name="within_quota"),
        sa.CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[Key]
    code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    event: Mapped[Event] = relationship()
    city_id: Mapped[int | None] = mapped_column(sa.ForeignKey("city.id"))
    city: Mapped[City | None] = relationship()
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partner.id"))
    partner: Mapped[Partner | None] = relationship()
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    lead: Mapped[Person | None] = relationship()
    quota: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)


class Quota(Base):
    """The places of a delegation in one category."""

    __tablename__ = "quota"
    __lock_order__ = 22
    __table_args__ = (
        sa.UniqueConstraint("delegation_id", "category_id"),
        sa.CheckConstraint("taken <= places", name="within_places"),
        sa.CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    id: Mapped[Key]
    delegation_id: Mapped[int] = mapped_column(sa.ForeignKey("delegation.id", ondelete="CASCADE"), index=True)
    delegation: Mapped[Delegation] = relationship()
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("category.id", ondelete="CASCADE"))
    category: Mapped[Category] = relationship()
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)


class Registration(Base):
    """A person at an event, in a category, in a delegation or not, in one state."""

    __tablename__ = "registration"
    __lock_order__ = 30
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id"),
        sa.Index("ix_registration_waiting", "event_id", "state", "requested_at"),
    )

    id: Mapped[Key]
    code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    event: Mapped[Event] = relationship()
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("category.id"), index=True)
    category: Mapped[Category] = relationship()
    delegation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("delegation.id"), index=True)
    delegation: Mapped[Delegation | None] = relationship()
    state: Mapped[State] = mapped_column(words(State))
    origin: Mapped[Origin] = mapped_column(words(Origin), default=Origin.INVITATION)
    reason: Mapped[str] = mapped_column(sa.String(1000), default="", info=kept(Retention.EVENT_PLUS_YEAR))
    """Why it was refused, declined or cancelled, in the words of who did it."""
    requested_at: Mapped[datetime | None]
    """When the person asked for a place: the order of the waiting list."""
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(sa.String(2000), default="", info=kept(Retention.EVENT_PLUS_YEAR))
    """What the person wrote to the organiser."""
    sequence: Mapped[int] = mapped_column(default=0)
    """SEQUENCE of the person's calendar entry (RFC 5545 3.8.7.4)."""
    revision: Mapped[int] = mapped_column(default=1)
    """Of the answers: a save on an older one is shown beside the newer."""
    created_at: Mapped[datetime]
    preferences: Mapped[list[Preference]] = relationship(
        order_by="Preference.rank", cascade="all, delete-orphan", back_populates="registration"
    )


class Preference(Base):
    """How a participant ranks one theme; 1 is the first choice."""

    __tablename__ = "preference"
    __table_args__ = (sa.UniqueConstraint("registration_id", "theme_id"),)

    id: Mapped[Key]
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    registration: Mapped[Registration] = relationship(back_populates="preferences")
    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"))
    theme: Mapped[Theme] = relationship()
    rank: Mapped[int]


class Credential(Base):
    """What the QR code of a badge carries: a random code that says nothing by itself. A void one opens no door."""

    __tablename__ = "credential"

    id: Mapped[Key]
    code: Mapped[Code]
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    registration: Mapped[Registration] = relationship()
    issued_at: Mapped[datetime]
    void_at: Mapped[datetime | None]
