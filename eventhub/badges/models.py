"""Print batches: what was printed, for whom, when."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, Code, Key, Ref, Word
from ..events.models import Event


class Batch(Base):
    """One print run of badges. The job does it; the rows of `BatchBadge` remember what is on the paper."""

    __tablename__ = "badge_batch"

    id: Mapped[Key]
    code: Mapped[Code]
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), index=True)
    event: Mapped[Event] = relationship()
    stock: Mapped[Word]
    job: Mapped[Ref]
    file: Mapped[Ref] = mapped_column(default="")
    """The code of the PDF, once it is made."""
    count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class BatchBadge(Base):
    """A badge on the paper of a batch, by its credential."""

    __tablename__ = "badge_printed"
    __table_args__ = (sa.UniqueConstraint("batch_id", "credential_code"),)

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("badge_batch.id", ondelete="CASCADE"), index=True)
    batch: Mapped[Batch] = relationship()
    credential_code: Mapped[Ref] = mapped_column(index=True)
    registration_code: Mapped[Ref] = mapped_column(index=True)
