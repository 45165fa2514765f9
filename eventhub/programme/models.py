"""The agenda as the organisers work on it: sessions, their items, their people. What readers see is a release."""

from __future__ import annotations

import enum
from datetime import date, time

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import Person
from ..core.db import Base, Code, Json, Key, Multilingual, Prose, words
from ..events.models import Event, Room
from ..network.models import Theme


class SessionKind(enum.StrEnum):
    PLENARY = "plenary"
    THEMATIC = "thematic"
    STATEMENTS = "statements"
    BREAK = "break"
    SOCIAL = "social"
    VISIT = "visit"


class Part(enum.StrEnum):
    """What a person does in a session."""

    CHAIR = "chair"
    RAPPORTEUR = "rapporteur"
    SPEAKER = "speaker"


class Session(Base):
    """A session of the draft agenda. Its slot is local wall time on a day of the event; without one it is unplaced."""

    __tablename__ = "session"
    __lock_order__ = 50

    id: Mapped[Key]
    code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    event: Mapped[Event] = relationship()
    kind: Mapped[SessionKind] = mapped_column(words(SessionKind))
    title: Mapped[Multilingual]
    summary: Mapped[Multilingual]
    theme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("theme.id"))
    theme: Mapped[Theme | None] = relationship()
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id"))
    room: Mapped[Room | None] = relationship()
    day: Mapped[date | None]
    start: Mapped[time | None]
    minutes: Mapped[int] = mapped_column(default=60)
    languages: Mapped[Json]
    seats: Mapped[int | None]
    note: Mapped[Prose] = mapped_column(default="")
    """For the organisers only."""
    revision: Mapped[int] = mapped_column(default=1)
    items: Mapped[list[Item]] = relationship(
        order_by="Item.position", cascade="all, delete-orphan", back_populates="session"
    )
    people: Mapped[list[SessionPerson]] = relationship(
        order_by="SessionPerson.position", cascade="all, delete-orphan", back_populates="session"
    )


class Item(Base):
    """A numbered point of a session."""

    __tablename__ = "item"

    id: Mapped[Key]
    code: Mapped[Code]
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("session.id", ondelete="CASCADE"), index=True)
    session: Mapped[Session] = relationship(back_populates="items")
    position: Mapped[int]
    title: Mapped[Multilingual]
    minutes: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    speakers: Mapped[list[ItemSpeaker]] = relationship(
        order_by="ItemSpeaker.position", cascade="all, delete-orphan", back_populates="item"
    )

    @property
    def event(self) -> Event:
        return self.session.event


class ItemSpeaker(Base):
    """A person who speaks on an item."""

    __tablename__ = "item_speaker"
    __table_args__ = (sa.UniqueConstraint("item_id", "person_id"),)

    id: Mapped[Key]
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("item.id", ondelete="CASCADE"), index=True)
    item: Mapped[Item] = relationship(back_populates="speakers")
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    position: Mapped[int] = mapped_column(default=0)


class SessionPerson(Base):
    """A person's part in a session."""

    __tablename__ = "session_person"
    __table_args__ = (sa.UniqueConstraint("session_id", "person_id", "part"),)

    id: Mapped[Key]
    session_id: Mapped[int] = mapped_column(sa.ForeignKey("session.id", ondelete="CASCADE"), index=True)
    session: Mapped[Session] = relationship(back_populates="people")
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship()
    part: Mapped[Part] = mapped_column(words(Part))
    position: Mapped[int] = mapped_column(default=0)

    @property
    def event(self) -> Event:
        return self.session.event
