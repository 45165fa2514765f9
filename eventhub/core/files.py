"""Files: bytes in an object store under random names, and one row each that says whose they are."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import sqlalchemy as sa
from flask import Flask, Response, current_app
from sqlalchemy.orm import Mapped, mapped_column

from . import clock, commands
from .db import Base, Code, Key, Ref, Retention, Word, kept, session
from .errors import NotFound
from .text import clean_line

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class StoredFile(Base):
    """A file, reached only through the row that owns it."""

    __tablename__ = "stored_file"

    id: Mapped[Key]
    code: Mapped[Code]
    owner_kind: Mapped[Word]
    owner_code: Mapped[Ref] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(sa.String(200), info=kept(Retention.EVENT_PLUS_YEAR))
    stored_as: Mapped[Word]
    media_type: Mapped[Word]
    size: Mapped[int]
    sha256: Mapped[Word]
    created_at: Mapped[datetime]


def init(app: Flask, url: str, instance: Path) -> None:
    """Choose the store: the instance folder by default, any URL obstore knows (`s3://…`) by configuration."""
    app.extensions["eventhub-files"] = url or f"file://{instance / 'files'}"


def store() -> ObjectStore:
    """The object store of this install."""
    chosen = current_app.extensions["eventhub-files"]
    if isinstance(chosen, str):
        from obstore.store import LocalStore, from_url

        if chosen.startswith("file://"):
            folder = Path(chosen.removeprefix("file://"))
            folder.mkdir(parents=True, exist_ok=True)
            chosen = LocalStore(prefix=str(folder))
        else:
            chosen = from_url(chosen)
        current_app.extensions["eventhub-files"] = chosen
    return cast("ObjectStore", chosen)


def write_bytes(data: bytes) -> str:
    """Put bytes into the store under a fresh random name and return it. Before the row: a crash between the two
    leaves an object nobody names, never a row without its object."""
    import obstore

    stored_as = secrets.token_urlsafe(24)
    obstore.put(store(), stored_as, data)
    return stored_as


def keep(data: bytes, *, name: str, media_type: str, owner_kind: str, owner_code: str) -> StoredFile:
    """Store bytes and add their row; inside a command."""
    return commands.add(
        StoredFile(
            owner_kind=owner_kind,
            owner_code=owner_code,
            name=download_name(name),
            stored_as=write_bytes(data),
            media_type=media_type,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            created_at=clock.real_now(),
        )
    )


def read(file: StoredFile) -> bytes:
    """The bytes. Raises NotFound when the store has lost them."""
    import obstore

    try:
        return bytes(obstore.get(store(), file.stored_as).bytes())
    except FileNotFoundError as lost:
        raise NotFound() from lost


def remove(file: StoredFile) -> None:
    """Take a file away, inside a command: its row now, its bytes once that is committed. A crash between the two leaves
    bytes that nothing names, never a row without its bytes."""
    stored_as = file.stored_as
    commands.remove(file)
    commands.after_commit(lambda: _forget(stored_as))


def _forget(stored_as: str) -> None:
    import obstore

    with suppress(FileNotFoundError):  # somebody was here before us: what was wanted is so
        obstore.delete(store(), stored_as)


def of_owner(owner_kind: str, owner_code: str, code: str) -> StoredFile | None:
    """A file by code, within its owner: a foreign one is as unknown as a wrong one."""
    return session().scalars(
        sa.select(StoredFile).where(
            StoredFile.code == code, StoredFile.owner_kind == owner_kind, StoredFile.owner_code == owner_code
        )
    ).first()  # fmt: skip


def download_name(name: str) -> str:
    """A name a file may be saved under, in any script: one line, no folders, never empty."""
    return clean_line(name.replace("/", "-").replace("\\", "-").replace(":", "-"))[:200].strip(" .") or "file"


def send(file: StoredFile) -> Response:
    """As a download: never shown inside our origin, never sniffed."""
    return send_bytes(read(file), file.name, file.media_type)


def send_bytes(data: bytes, name: str, media_type: str) -> Response:
    """Bytes as a download under a name that may be in any script (RFC 6266)."""
    response = Response(data, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=download_name(name))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
