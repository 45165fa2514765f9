"""An event: its kind and life, its days, rooms and team."""

from __future__ import annotations

import enum
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Code, Json, Key, Line, Multilingual, Word, words
from ..network.models import City


class EventKind(enum.StrEnum):
    TECHNICAL_MEETING = "technical_meeting"
    POLITICAL_CONFERENCE = "political_conference"
    PEER_MEETING = "peer_meeting"
    EXPERT_MEETING = "expert_meeting"


class EventState(enum.StrEnum):
    """The life of an event, in this order. Draft is seen by its team only."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    REGISTRATION_OPEN = "registration_open"
    CLOSED = "closed"
    RUNNING = "running"
    FINISHED = "finished"
    ARCHIVED = "archived"


class TeamRole(enum.StrEnum):
    """What a member of the team may do at one event."""

    ORGANISER = "organiser"
    DESK = "desk"


class Event(Base):
    """A meeting of the network. Its dates are days on the calendar of its own zone."""

    __tablename__ = "event"
    __lock_order__ = 10

    id: Mapped[Key]
    code: Mapped[Code]
    slug: Mapped[Word] = mapped_column(unique=True)
    """Its name in public addresses."""
    network_id: Mapped[int] = mapped_column(sa.ForeignKey("network.id"))
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    state: Mapped[EventState] = mapped_column(words(EventState), default=EventState.DRAFT)
    title: Mapped[Multilingual]
    summary: Mapped[Multilingual]
    description: Mapped[Multilingual]
    practical: Mapped[Multilingual]
    outcome: Mapped[Multilingual]
    """What came of it, published once it is finished."""
    city_id: Mapped[int | None] = mapped_column(sa.ForeignKey("city.id"))
    city: Mapped[City | None] = relationship()
    place: Mapped[Multilingual]
    """Town as shown to the public: an event may be held outside the network, or its place not yet be known."""
    venue: Mapped[Multilingual]
    address: Mapped[Multilingual]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    dates_confirmed: Mapped[bool] = mapped_column(default=True)
    zone: Mapped[Word]
    main_language: Mapped[Word] = mapped_column(default="fr")
    languages: Mapped[Json]
    """Working languages of the meeting, main one first."""
    capacity: Mapped[int | None]
    """Most approved registrations in all; None is no limit."""
    taken: Mapped[int] = mapped_column(default=0)
    """Places taken: kept by the registration room inside its locked transactions, bounded by the check below."""
    registration_until: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    """Counts the saves of its texts and facts (safety rule 16)."""
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        sa.CheckConstraint("capacity IS NULL OR taken <= capacity", name="within_capacity"),
        sa.CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    @property
    def days(self) -> list[date]:
        return [self.starts_on + timedelta(days=n) for n in range((self.ends_on - self.starts_on).days + 1)]

    @property
    def public(self) -> bool:
        return self.state is not EventState.DRAFT


class Room(Base):
    """A room of the venue, for one event."""

    __tablename__ = "room"

    id: Mapped[Key]
    code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    event: Mapped[Event] = relationship()
    name: Mapped[Multilingual]
    capacity: Mapped[int | None]
    booths: Mapped[Json]
    """Languages interpreted in the room, one booth each."""
    position: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)


class TeamMember(Base):
    """An account's role at one event."""

    __tablename__ = "team_member"
    __table_args__ = (sa.UniqueConstraint("event_id", "user_id", "role"),)

    id: Mapped[Key]
    code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    event: Mapped[Event] = relationship()
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    user: Mapped[User] = relationship()
    role: Mapped[TeamRole] = mapped_column(words(TeamRole))
    note: Mapped[Line] = mapped_column(default="")
