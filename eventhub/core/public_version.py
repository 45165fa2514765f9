"""Versions of what the public sees. A command that changes it says so with `touch`; workers look at most every half
second and throw away what they kept of that scope."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .audit import count
from .commands import before_commit
from .db import Base, Word, db, session

EVERYTHING = "*"
"""The scope whose number is the newest of all: the one row a worker polls."""
SITE = "site"
"""The scope of what stands on every page: the network, its cities and its menu."""
LOOK_SECONDS = 0.5


class PublicVersion(Base):
    """The number of one scope ("site", or the code of an event)."""

    __tablename__ = "public_version"
    __audited__ = False

    scope: Mapped[Word] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)


def touch(scope: str) -> None:
    """Say, inside a command, that the public pages of this scope changed. The numbers are raised just before the
    commit: their rows are one queue for all writers, and nobody stands in it longer than needed."""
    before_commit(_raise, scope)


def _raise(scope: str) -> None:
    kind = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    session().flush()

    def raise_to(name: str, number: sa.ColumnElement[int] | int) -> int:
        insert = kind.insert(PublicVersion).values(scope=name, number=number)
        upsert = insert.on_conflict_do_update(index_elements=["scope"], set_={"number": number})
        return int(count(upsert.returning(PublicVersion.number)).scalar_one())

    newest = kind.insert(PublicVersion).values(scope=EVERYTHING, number=1)
    bump = newest.on_conflict_do_update(index_elements=["scope"], set_={"number": PublicVersion.number + 1})
    raise_to(scope, int(count(bump.returning(PublicVersion.number)).scalar_one()))


@dataclass
class Watch:
    """What one worker knows of the versions. Thread-safe; one query of one row per look."""

    newest: int = -1
    numbers: dict[str, int] = field(default_factory=dict)
    looked_at: float = float("-inf")
    guard: threading.Lock = field(default_factory=threading.Lock)

    def stamp(self, scope: str) -> tuple[int, int]:
        """The versions a page of this scope was or would be made from."""
        return (self.numbers.get(SITE, 0), self.numbers.get(scope, 0))

    def due(self) -> bool:
        return time.monotonic() - self.looked_at > LOOK_SECONDS

    def look(self) -> None:
        """Ask the database what changed since the last look."""
        with self.guard:
            if not self.due():
                return
            self.refresh()

    def refresh(self) -> None:
        asked_at = time.monotonic()
        with db.engine.connect() as connection:
            query = sa.select(PublicVersion.scope, PublicVersion.number)
            newest = connection.execute(query.where(PublicVersion.scope == EVERYTHING)).first()
            number = newest.number if newest else 0
            if number != self.newest:
                since = self.newest if number > self.newest else -1  # smaller after a restore: all are read anew
                for row in connection.execute(query.where(PublicVersion.number > since)):
                    self.numbers[row.scope] = row.number
                clock.forget()  # the change may be the demo clock's: no page is made with the old time
                self.newest = number
        self.looked_at = asked_at
