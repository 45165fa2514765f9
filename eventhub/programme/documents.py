"""The agenda as a document: one PDF per release and language, made by a job, kept as a file of its release.

The names of people stand in it, so its file says from which names it was made: when one changes or is erased, the
document of before is no longer found, and a new one is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from ..core import jobs
from ..core.db import session
from ..core.files import StoredFile
from .queries import AGENDA, Name
from .released import Release

JOB = "agenda_document"
MEDIA_TYPE = "application/pdf"


def ask(edition: str, language: str) -> None:
    """Have the document of a release made, inside a command."""
    jobs.enqueue(JOB, {"edition": edition, "language": language}, about=edition)


def waiting(edition: str, language: str) -> jobs.Job | None:
    """The latest job for this document, whatever came of it."""
    return next((job for job in jobs.of(edition, JOB) if job.payload.get("language") == language), None)


def file_name(release: Release, language: str, names: Mapping[str, Name]) -> str:
    """The name a document is kept under: release, language, and a stamp of the names that stand in it."""
    shown = "\n".join(f"{code} {names[code].in_(language)}" for code in sorted(names))
    stamp = hashlib.sha256(f"{release.code}\n{shown}".encode()).hexdigest()[:12]
    return f"agenda-{release.number}-{language}-{stamp}.pdf"


def find(release: Release, language: str, names: Mapping[str, Name]) -> StoredFile | None:
    """The document of a release in a language, made with these names; None while it is not there."""
    query = sa.select(StoredFile).where(
        StoredFile.owner_kind == AGENDA, StoredFile.owner_code == release.code,
        StoredFile.name == file_name(release, language, names),
    )  # fmt: skip
    return session().scalars(query.order_by(StoredFile.id.desc()).limit(1)).first()


def older(release: Release, language: str) -> Iterable[StoredFile]:
    """Documents of this release and language made with other names."""
    query = sa.select(StoredFile).where(StoredFile.owner_kind == AGENDA, StoredFile.owner_code == release.code)
    return session().scalars(query.where(StoredFile.name.startswith(f"agenda-{release.number}-{language}-"))).all()
