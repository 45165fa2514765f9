"""One file out, one file in: every row of every table and every file of the store, for either kind of database.

A backup is a ZIP: `tables/<name>.jsonl` with one row a line, `files/<name>` with the bytes of the store, and last
`manifest.json` with what made it and the SHA-256 of every part. Nothing is held in memory whole. A restore fills an
empty install in one transaction, or leaves it as it was.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import obstore
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import clock, files
from .db import Base, Instant, TextColumn, db, writing

FORMAT = 1
CHUNK = 1000
"""Rows read and written at a time."""
BYTES = 1024 * 1024
STAYS = frozenset({"alembic_version"})


class BackupError(Exception):
    """A backup that cannot be made, read or taken in, in one sentence for the operator."""


@dataclass
class Summary:
    """What went in or out."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)
    """Files that a row names and the store has lost."""


def write(target: Path, *, revision: str) -> Summary:
    """Write the backup of this install. The database is read at one instant; the file appears whole or not at all.

    Raises BackupError if the target exists or cannot be written.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; a backup never replaces a file.")
    part = target.with_name(f".{target.name}.part")
    said, hashes = Summary(), dict[str, dict[str, Any]]()
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive, _snapshot() as connection:
            part.chmod(0o600)  # it holds what the database holds
            for table in Base.metadata.sorted_tables:
                hashes[f"tables/{table.name}.jsonl"] = entry = _write_table(archive, connection, table)
                said.tables, said.rows = said.tables + 1, said.rows + entry["rows"]
            for name in _names(connection):
                entry_of_file = _write_file(archive, name)
                if entry_of_file is None:
                    said.missing.append(name)
                else:
                    hashes[f"files/{name}"], said.files = entry_of_file, said.files + 1
            manifest = {
                "format": FORMAT,
                "made_by": version("eventhub"),
                "made_at": clock.real_now().isoformat(timespec="seconds"),
                "revision": revision,
                "missing": said.missing,
                "parts": hashes,
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
        part.rename(target)
    except OSError as fault:
        raise BackupError(f"{target} cannot be written: {fault}") from fault
    finally:
        part.unlink(missing_ok=True)
    return said


def read(source: Path, *, revision: str) -> Summary:
    """Fill this empty, migrated install. Every part is checked against its SHA-256 before anything is committed.

    Raises BackupError if the install is not empty, the backup is of other tables, or a part is not what it was.
    """
    said = Summary()
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive, revision)
            said.missing = list(manifest["missing"])
            with writing() as connection:
                _refuse_unless_empty(connection)
                for name in (name for name in manifest["parts"] if name.startswith("files/")):
                    _read_file(archive, name, manifest["parts"][name])
                    said.files += 1
                for table in Base.metadata.sorted_tables:
                    part = f"tables/{table.name}.jsonl"
                    said.rows += _read_table(archive, connection, table, part, manifest["parts"][part])
                    said.tables += 1
                _reset_sequences(connection)
    except zipfile.BadZipFile as fault:
        raise BackupError(f"{source} is not a whole backup: {fault}") from fault
    return said


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    options = {} if db.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _names(connection: Connection) -> Iterable[str]:
    return connection.scalars(
        sa.select(files.StoredFile.stored_as).order_by(files.StoredFile.stored_as).distinct()
    ).all()


# Rows ---------------------------------------------------------------------------------------------------------------


def _plain_type(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """The type beneath our own: JSON as JSON, so that a JSON null and no value stay two things."""
    if isinstance(column.type, sa.JSON | TextColumn):
        return sa.JSON(none_as_null=True)
    return sa.String() if isinstance(column.type, sa.Enum) else column.type


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: sa.Table) -> dict[str, Any]:
    columns = list(table.columns)
    values = [sa.type_coerce(column, _plain_type(column)).label(f"v{n}") for n, column in enumerate(columns)]
    absent = [column.is_(sa.null()).label(f"n{n}") for n, column in enumerate(columns)]
    query = sa.select(*values, *absent).order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK)
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as part:
        for row in connection.execute(query):
            present = {column.name: _to_json(row[n]) for n, column in enumerate(columns) if not row[len(columns) + n]}
            line = json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            part.write(line)
            rows += 1
    return {"sha256": digest.hexdigest(), "rows": rows}


def _read_table(
    archive: zipfile.ZipFile, connection: Connection, table: sa.Table, name: str, expected: dict[str, Any]
) -> int:
    insert = sa.insert(sa.table(table.name, *(sa.column(each.name, _plain_type(each)) for each in table.columns)))
    digest, rows, batch = hashlib.sha256(), 0, list[dict[str, Any]]()
    with archive.open(name) as part:
        for line in part:
            digest.update(line)
            present = json.loads(line)
            batch.append({each.name: _from_json(each, present) for each in table.columns})
            rows += 1
            if len(batch) == CHUNK:
                connection.execute(insert, batch)
                batch.clear()
    if batch:
        connection.execute(insert, batch)
    if digest.hexdigest() != expected["sha256"] or rows != expected["rows"]:
        raise BackupError(f"{name} is not what was written; nothing was restored.")
    return rows


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, Decimal) else value


def _from_json(column: sa.Column[Any], present: dict[str, Any]) -> Any:
    """The value of a column, from a line in which what is NULL is absent."""
    if column.name not in present:
        return None
    value, kind = present[column.name], column.type
    if isinstance(kind, sa.JSON | TextColumn):
        return sa.JSON.NULL if value is None else value
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    for plain, parse in _PARSERS:
        if isinstance(kind, plain):
            return parse(value)
    return value


_PARSERS: tuple[tuple[type[sa.types.TypeEngine[Any]], Any], ...] = (
    (sa.Date, date.fromisoformat),
    (sa.Time, time.fromisoformat),
    (sa.DateTime, datetime.fromisoformat),
    (sa.LargeBinary, base64.b64decode),
    (sa.Float, float),
    (sa.Numeric, Decimal),
)


def _refuse_unless_empty(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise BackupError(f"This install is not empty (the table {table.name} has rows): restore into a new one.")


def _reset_sequences(connection: Connection) -> None:
    """Rows came with their keys: the next one must come after them. SQLite sees to it by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        key = table.autoincrement_column
        if key is None:
            continue
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(f'"{table.name}"', key.name)))
        if sequence is not None:
            connection.execute(sa.select(sa.func.setval(sequence, sa.select(sa.func.max(key)).scalar_subquery())))


# Files --------------------------------------------------------------------------------------------------------------


def _write_file(archive: zipfile.ZipFile, name: str) -> dict[str, Any] | None:
    try:
        found = obstore.get(files.store(), name)
    except FileNotFoundError:
        return None
    digest = hashlib.sha256()
    # Papers and pictures are compressed already.
    info = zipfile.ZipInfo(f"files/{name}", clock.real_now().timetuple()[:6])
    info.external_attr = 0o600 << 16
    with archive.open(info, "w", force_zip64=True) as part:
        for chunk in found.stream(min_chunk_size=BYTES):
            digest.update(bytes(chunk))
            part.write(bytes(chunk))
    return {"sha256": digest.hexdigest()}


def _read_file(archive: zipfile.ZipFile, name: str, expected: dict[str, Any]) -> None:
    digest = hashlib.sha256()

    def chunks() -> Iterator[bytes]:
        with archive.open(name) as part:
            while chunk := part.read(BYTES):
                digest.update(chunk)
                yield chunk

    stored_as = name.removeprefix("files/")
    if not stored_as.replace("-", "").replace("_", "").isalnum():
        raise BackupError(f"{name} is not a name a store of ours gives.")
    obstore.put(files.store(), stored_as, chunks(), use_multipart=True)
    if digest.hexdigest() != expected["sha256"]:
        obstore.delete(files.store(), stored_as)
        raise BackupError(f"{name} is not what was written; nothing was restored.")


def _manifest(archive: zipfile.ZipFile, revision: str) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    except (KeyError, ValueError):
        raise BackupError("This file is no backup of EventHub: it has no manifest.") from None
    if manifest.get("format") != FORMAT:
        raise BackupError(f"This backup has format {manifest.get('format')}; this version reads {FORMAT}.")
    if manifest["revision"] != revision:
        raise BackupError(
            f"This backup is of the tables at {manifest['revision']} (EventHub {manifest['made_by']}), this install is "
            f"at {revision}: restore with that version, then upgrade."
        )
    absent = {f"tables/{table.name}.jsonl" for table in Base.metadata.sorted_tables} - set(manifest["parts"])
    if absent:
        raise BackupError(f"This backup lacks {', '.join(sorted(absent))}.")
    return manifest
