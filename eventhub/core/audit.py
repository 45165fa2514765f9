"""The audit log: who changed what from what to what, written by the session itself so that nobody can forget it.

Rows are append-only. Values of personal columns are not in them: they stand beside, in `audit_value`, referred to by
the row, so that erasing a person leaves the record that something was decided (safety rule 19).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import InstanceState, Mapped, Mapper, ORMExecuteState, Session, UOWTransaction, mapped_column
from sqlalchemy.orm.attributes import History

from . import actors, clock, codes
from .db import COMMAND, Base, Code, Json, Key, Line, Ref, Retention, Word, kept, session
from .text import Text

SECRET_COLUMNS = frozenset(
    {"password", "tf_totp_secret", "us_totp_secrets", "mf_recovery_codes", "fs_uniquifier", "browser", "secret"}
)
"""Columns whose values are masked: that they changed is recorded, never to what."""

EXEMPT = "eventhub_exempt"
AUDITED = "eventhub_audited"


class Unaudited(RuntimeError):
    """Somebody wrote outside a command, or in bulk without the helper. A fault of ours, never shown to a reader."""


class AuditRow(Base):
    """One change of one row by one actor."""

    __tablename__ = "audit"
    __audited__ = False
    __append_only__ = True
    __table_args__ = (sa.Index("ix_audit_entity", "entity", "entity_code"),)

    id: Mapped[Key]
    code: Mapped[Code]
    at: Mapped[datetime] = mapped_column(index=True)
    actor_kind: Mapped[Word]
    actor_code: Mapped[Line]
    command: Mapped[Word]
    action: Mapped[Word]
    entity: Mapped[Word]
    entity_code: Mapped[Ref]
    changes: Mapped[Json]


class AuditValue(Base):
    """A personal value before and after, apart from the row it belongs to: this table may be erased from."""

    __tablename__ = "audit_value"
    __audited__ = False

    id: Mapped[Key]
    audit_code: Mapped[Ref] = mapped_column(index=True)
    entity: Mapped[Word]
    entity_code: Mapped[Ref] = mapped_column(index=True)
    column: Mapped[Word]
    before: Mapped[Any] = mapped_column(sa.JSON, nullable=True, info=kept(Retention.LOG))
    after: Mapped[Any] = mapped_column(sa.JSON, nullable=True, info=kept(Retention.LOG))


@contextmanager
def exempt(name: str) -> Iterator[None]:
    """Writes of a library that commits by itself (named), or of the machine's own counters. Still audited."""
    info = session().info
    before, info[EXEMPT] = info.get(EXEMPT), name
    try:
        yield
    finally:
        info[EXEMPT] = before


def write(statement: sa.Executable, *, entity: str, entity_code: str, what: dict[str, Any]) -> sa.CursorResult[Any]:
    """Run a bulk or Core write inside a command and write it down. `what` says the change in plain values."""
    running = session()
    if running.info.get(COMMAND) is None and running.info.get(EXEMPT) is None:
        raise Unaudited("only a command writes")
    result = running.execute(statement, execution_options={AUDITED: True})
    _insert(running, [_row(running, "bulk", entity, entity_code, {k: [None, _plain(v)] for k, v in what.items()})], [])
    return result  # type: ignore[return-value]


def count(statement: sa.Executable) -> sa.CursorResult[Any]:
    """Run a write of a counter or a lease, which is not a domain change and leaves no audit row."""
    return session().execute(statement, execution_options={AUDITED: True})  # type: ignore[return-value]


@event.listens_for(Session, "do_orm_execute")
def _refuse_unaudited(state: ORMExecuteState) -> None:
    writes = state.is_insert or state.is_update or state.is_delete or _writes_by_hand(state.statement)
    if writes and not state.execution_options.get(AUDITED):
        raise Unaudited("bulk writes go through core.audit.write (or core.audit.count for counters)")


def _writes_by_hand(statement: sa.Executable) -> bool:
    """Whether a statement written as text does more than read."""
    if not isinstance(statement, sa.TextClause):
        return False
    return not statement.text.lstrip().upper().startswith(("SELECT", "PRAGMA", "EXPLAIN", "SHOW"))


@event.listens_for(Session, "before_flush")
def _refuse_outside_command(running: Session, _flush: UOWTransaction, _objects: object) -> None:
    if running.info.get(COMMAND) is None and running.info.get(EXEMPT) is None:
        for obj in (*running.new, *running.dirty, *running.deleted):
            if isinstance(obj, Base) and not obj.__written_by__ and running.is_modified(obj):
                raise Unaudited(f"a {type(obj).__name__} is written outside a command")
    for obj in (*running.dirty, *running.deleted):
        if isinstance(obj, Base) and obj.__append_only__ and (obj in running.deleted or running.is_modified(obj)):
            raise Unaudited(f"{type(obj).__name__} is append-only")
    for obj in running.deleted:
        if isinstance(obj, Base) and sa.inspect(obj).expired_attributes:
            running.refresh(obj)  # the record says what was deleted


@event.listens_for(Session, "after_flush")
def _record(running: Session, _flush: UOWTransaction) -> None:
    rows: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    for action, objects in (("create", running.new), ("update", running.dirty), ("delete", running.deleted)):
        for obj in objects:
            if isinstance(obj, Base) and obj.__audited__:
                _describe(running, action, obj, rows, values)
    _insert(running, rows, values)


def _describe(
    running: Session, action: str, obj: Base, rows: list[dict[str, Any]], values: list[dict[str, Any]]
) -> None:
    mapper = sa.inspect(type(obj))
    state = sa.inspect(obj)
    changes: dict[str, Any] = {}
    personal: list[tuple[str, Any, Any]] = []
    for column in mapper.columns:
        if column.primary_key:
            continue
        name = mapper.get_property_by_column(column).key
        change = _change(action, state.attrs[name].history, state.dict.get(name))
        if change is None:
            continue
        before, after = change
        if name in SECRET_COLUMNS:
            changes[name] = ["•", "•"]
        elif column.info.get("retention", Retention.NOT_PERSONAL) is not Retention.NOT_PERSONAL:
            changes[name] = ["personal", "personal"]
            personal.append((name, _plain(before), _plain(after)))
        else:
            changes[name] = [_plain(before), _plain(after)]
    changes |= _links(mapper, state)
    if action == "update" and not changes:
        return
    entity, entity_code = mapper.local_table.name, str(getattr(obj, "code", "") or "")  # type: ignore[attr-defined]
    row = _row(running, action, entity, entity_code, changes)
    row["command"] = row["command"] or obj.__written_by__
    rows.append(row)
    values.extend(
        {
            "audit_code": row["code"],
            "entity": entity,
            "entity_code": entity_code,
            "column": name,
            "before": before,
            "after": after,
        }
        for name, before, after in personal
    )


def _links(mapper: Mapper[Any], state: InstanceState[Any]) -> dict[str, list[list[str]]]:
    """What was linked to or unlinked from the row in tables that hold links alone: names before, names after."""
    links: dict[str, list[list[str]]] = {}
    for relation in mapper.relationships:
        if relation.secondary is None or relation.viewonly or relation.key not in state.dict:
            continue
        history = state.attrs[relation.key].history
        if history.added or history.deleted:
            kept = [_name(each) for each in history.unchanged or ()]
            before, after = ([_name(each) for each in some or ()] for some in (history.deleted, history.added))
            links[relation.key] = [sorted(kept + before), sorted(kept + after)]
    return links


def _name(obj: Any) -> str:
    """What the public calls a row: its code, its slug, its name."""
    return str(next(filter(None, (getattr(obj, each, "") for each in ("code", "slug", "name"))), type(obj).__name__))


def _change(action: str, history: History, present: Any) -> tuple[Any, Any] | None:
    if action == "create":
        return None if present in (None, "") else (None, present)
    if action == "delete":
        return None if present is None else (present, None)
    if not history.has_changes():
        return None
    before = history.deleted[0] if history.deleted else None
    after = history.added[0] if history.added else None
    return None if before == after else (before, after)


def _row(running: Session, action: str, entity: str, entity_code: str, changes: dict[str, Any]) -> dict[str, Any]:
    actor = running.info.get("actor") or actors.current()
    return {
        "code": codes.new(16),
        "at": clock.real_now(),
        "actor_kind": str(actor.kind),
        "actor_code": actor.code[:500],
        "command": running.info.get(COMMAND) or running.info.get(EXEMPT) or "",
        "action": action,
        "entity": entity,
        "entity_code": entity_code,
        "changes": changes,
    }


def _insert(running: Session, rows: list[dict[str, Any]], values: list[dict[str, Any]]) -> None:
    if rows:
        running.connection().execute(_INSERT_ROW, rows)
    if values:
        running.connection().execute(_INSERT_VALUE, values)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Text):
        return value.to_json()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return "•"
    if isinstance(value, set | frozenset | tuple):
        return [_plain(each) for each in value]
    return value


_INSERT_ROW = sa.insert(AuditRow.__table__)  # type: ignore[arg-type]
_INSERT_VALUE = sa.insert(AuditValue.__table__)  # type: ignore[arg-type]
