"""Limits per address and per link, counted in a table so that they hold over all workers and restarts."""

from __future__ import annotations

import time
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import tokens
from .db import Base, Retention, Word, db, kept, writing
from .errors import TooMany


class LimitCount(Base):
    """How often something happened in one window of time, under a keyed hash of whom it concerns."""

    __tablename__ = "limit_count"
    __audited__ = False

    bucket: Mapped[Word] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(sa.String(64), primary_key=True, info=kept(Retention.LOG))
    window: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True)
class Limit:
    """At most `most` in each window of `seconds`. Windows begin at fixed times, so that one row counts each: around
    the end of one, twice as many can pass."""

    bucket: str
    most: int
    seconds: int

    def hit(self, who: str) -> None:
        """Count one. Raises TooMany when the window is full. Counted even if the request fails afterwards."""
        window = int(time.time()) // self.seconds
        values = {"bucket": self.bucket, "who": tokens.digest(self.bucket, who), "window": window, "count": 1}
        kind = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        insert = kind.insert(LimitCount).values(**values)
        upsert = insert.on_conflict_do_update(
            index_elements=["bucket", "who", "window"], set_={"count": LimitCount.count + 1}
        )
        with writing() as connection:
            count = connection.execute(upsert.returning(LimitCount.count)).scalar_one()
        if count > self.most:
            raise TooMany()


def forget_old(older_than_seconds: int = 86_400) -> None:
    """Drop windows that are over."""
    with writing() as connection:
        for bucket, seconds in _windows():
            oldest = (int(time.time()) - older_than_seconds) // seconds
            connection.execute(sa.delete(LimitCount).where(LimitCount.bucket == bucket, LimitCount.window < oldest))


_known: dict[str, Limit] = {}


def declare(bucket: str, *, most: int, seconds: int) -> Limit:
    """A limit under a name of its own."""
    _known[bucket] = limit = Limit(bucket, most, seconds)
    return limit


def _windows() -> list[tuple[str, int]]:
    return [(limit.bucket, limit.seconds) for limit in _known.values()]
