"""Editions: everything published for good. A number, a canonical snapshot, its hash, and what changed since the last.

A snapshot refers to people by code; their names stand in the person table, outside the hash, so that erasing a person
leaves the edition true.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, defer, mapped_column

from . import clock, commands
from .db import Base, Code, Json, Key, Ref, Word, session
from .text import Text


class Edition(Base):
    """One published version of something. Written once, never changed."""

    __tablename__ = "edition"
    __append_only__ = True
    __audited__ = False  # it is itself the record; the command's audit row names it
    __table_args__ = (sa.UniqueConstraint("subject_kind", "subject_code", "number"),)

    id: Mapped[Key]
    code: Mapped[Code]
    subject_kind: Mapped[Word]
    subject_code: Mapped[Ref]
    number: Mapped[int]
    snapshot: Mapped[Json]
    sha256: Mapped[Word]
    changes: Mapped[Json]
    note: Mapped[Text] = mapped_column(info={"retention": "not personal"})
    made_at: Mapped[datetime]


def canonical(snapshot: Any) -> bytes:
    """One byte form per value, before and after it was stored: sorted keys, no spaces, UTF-8 (as RFC 8785 does for
    plain strings and integers). Raises ValueError for what JSON has no number for."""
    snapshot = json.loads(json.dumps(snapshot, allow_nan=False))  # keys are strings before they are sorted
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def fingerprint(snapshot: Any) -> str:
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def publish(*, kind: str, subject: str, snapshot: Any, changes: Any, note: Text) -> Edition:
    """Write the next edition; inside a command that holds the lock on the subject, so that two at once make two
    numbers and never one."""
    number = latest_number(kind, subject) + 1
    return commands.add(
        Edition(
            subject_kind=kind,
            subject_code=subject,
            number=number,
            snapshot=snapshot,
            sha256=fingerprint(snapshot),
            changes=changes,
            note=note,
            made_at=clock.now(),
        )
    )


def latest_number(kind: str, subject: str) -> int:
    """The number of the newest edition, 0 when there is none."""
    query = sa.select(sa.func.max(Edition.number)).where(
        Edition.subject_kind == kind, Edition.subject_code == subject
    )
    return session().scalar(query) or 0


def get(kind: str, subject: str, number: int | None = None) -> Edition | None:
    """That edition, or the newest."""
    query = sa.select(Edition).where(Edition.subject_kind == kind, Edition.subject_code == subject)
    if number is not None:
        query = query.where(Edition.number == number)
    return session().scalars(query.order_by(Edition.number.desc()).limit(1)).first()


def history(kind: str, subject: str, *, limit: int = 50) -> list[Edition]:
    """The newest editions without their snapshots, newest first."""
    query = sa.select(Edition).where(Edition.subject_kind == kind, Edition.subject_code == subject)
    return list(session().scalars(query.options(defer(Edition.snapshot)).order_by(Edition.number.desc()).limit(limit)))
