"""The clock of a demo: how far the product's time is from the wall's, kept in one row for all workers."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from . import clock, public_version
from .commands import add, after_commit, command
from .db import Base, Key, db, session


class DemoClock(Base):
    """One row, present in a demo only."""

    __tablename__ = "demo_clock"
    __audited__ = False

    id: Mapped[Key]
    offset_seconds: Mapped[int]


def read() -> timedelta:
    """The offset of this install, zero where no demo was loaded."""
    with db.engine.connect() as connection:
        seconds = connection.execute(sa.select(DemoClock.offset_seconds).limit(1)).scalar_one_or_none()
    return timedelta(seconds=seconds or 0)


@command
def move(*, to: datetime) -> None:
    """Set the product's time; it ticks on from there. Pages that show what is next are made anew."""
    offset = round((to - clock.real_now()).total_seconds())
    row = session().scalars(sa.select(DemoClock).limit(1)).first()
    if row is None:
        add(DemoClock(offset_seconds=offset))
    else:
        row.offset_seconds = offset
    public_version.touch(public_version.SITE)
    after_commit(clock.forget)
