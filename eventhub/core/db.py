"""The database: one declarative base, the column kinds, and how a transaction begins on SQLite and PostgreSQL."""

from __future__ import annotations

import enum
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.pool import ConnectionPoolEntry

from . import codes
from .text import Text

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 20
"""How long a writer on SQLite waits for its turn before it gives up."""


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, in UTC. A naive value is a mistake and is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant carries its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TextColumn(sa.types.TypeDecorator[Text]):
    """A text in several languages, stored as JSON."""

    impl = sa.JSON
    cache_ok = True

    def process_bind_param(self, value: Text | None, dialect: sa.Dialect) -> dict[str, str] | None:
        return None if value is None else value.to_json()

    def process_result_value(self, value: dict[str, str] | None, dialect: sa.Dialect) -> Text | None:
        return None if value is None else Text.of(value)


class Retention(enum.StrEnum):
    """How long a personal value is kept. Every column of text says one, or says that it is not personal."""

    NOT_PERSONAL = "not personal"
    WHILE_IN_NETWORK = "while the person works with the network"
    EVENT_PLUS_YEAR = "one year after the event"
    EVENT_PLUS_MONTH = "one month after the event"
    LOG = "ninety days"


def kept(retention: Retention) -> dict[str, Any]:
    """The `info` of a column that says how long it is kept."""
    return {"retention": retention}


_plain = kept(Retention.NOT_PERSONAL)
Key = Annotated[int, mapped_column(primary_key=True)]
Code = Annotated[str, mapped_column(sa.String(16), unique=True, info=_plain)]
"""The public identifier of a row: random, unique in its table."""
Ref = Annotated[str, mapped_column(sa.String(16), info=_plain)]
"""The code of a row elsewhere, where a foreign key cannot be."""
Word = Annotated[str, mapped_column(sa.String(80), info=_plain)]
"""A short technical word that describes no person: a key, a kind, a language code, a zone."""
Line = Annotated[str, mapped_column(sa.String(500), info=_plain)]
"""A line that describes no person."""
Prose = Annotated[str, mapped_column(sa.Text, info=_plain)]
"""A long text that describes no person."""
Multilingual = Annotated[Text, mapped_column(TextColumn, info=_plain)]
"""A text in several languages that describes no person."""
Json = Annotated[Any, mapped_column(sa.JSON, info=_plain)]
"""Structured values that describe no person."""


def words(kind: type[enum.StrEnum]) -> sa.Enum:
    """A column type for a StrEnum: its values as text with a check, alike on both databases."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


_registry = registry(
    metadata=sa.MetaData(naming_convention=NAMING), type_annotation_map={datetime: Instant, Text: TextColumn}
)


class Base(DeclarativeBase):
    """Every table. A row with a `code` gets it at birth, so that audit and outbox can name it before the flush."""

    registry = _registry
    metadata = _registry.metadata

    __audited__: ClassVar[bool] = True
    """False only for sessions, leases, counters and the records themselves."""
    __written_by__: ClassVar[str] = ""
    """The library that writes the rows outside our commands, by name; they are audited like any other."""
    __append_only__: ClassVar[bool] = False
    """True where a row, once written, stays as it is (safety rule 19)."""
    __lock_order__: ClassVar[int] = 0
    """Commands lock rows of lower order first, so that no two wait for each other in a ring."""

    def __init__(self, **values: Any) -> None:
        if hasattr(type(self), "code") and "code" not in values:
            values["code"] = codes.new()
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no column {name!r}")
            setattr(self, name, value)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def session() -> Session:
    """The session of the present request, job or command."""
    return db.session()


def tables() -> Iterable[sa.Table]:
    return Base.metadata.sorted_tables


WRITE = "eventhub_write"
COMMAND = "eventhub_command"
"""Under this name a session's `info` holds the command that is running in it."""


class WriteWithinCommand(RuntimeError):
    """A second writer inside a command: on SQLite it would wait for its own command to end. A fault of ours."""


@contextmanager
def writing() -> Iterator[Connection]:
    """A short write transaction of the machine's own (leases, counters), apart from the session's; never inside a
    command, whose lock it would wait for."""
    if db.session.registry.has() and session().info.get(COMMAND):
        raise WriteWithinCommand(f"{session().info[COMMAND]} holds the database; count and lease before or after it")
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        yield connection


def prepare(engine: Engine, *, synchronous: str = "FULL") -> None:
    """Give an engine our way of beginning: on SQLite WAL, foreign keys, and BEGIN IMMEDIATE for a command; elsewhere a
    connection that lay idle is tried before it is used."""
    if engine.dialect.name != "sqlite":
        _try_idle_connections(engine)
        return
    if event.contains(engine, "begin", _begin):
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # sqlite3 must not begin by itself; `_begin` does
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")  # first: the next line may have to wait
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA recursive_triggers=ON")  # so that REPLACE cannot take an append-only row away
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    event.listen(engine, "begin", _begin)


IDLE_SECONDS = 5.0
"""A connection back in the pool for less than this is taken as it is: a ping each time costs a tenth of a request."""


def _try_idle_connections(engine: Engine) -> None:
    """After a restart of the database no request fails: a connection that died while it lay idle is replaced."""
    if engine.pool.dispatch.checkin:  # prepared before
        return

    @event.listens_for(engine, "checkin")
    def _laid_down(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["laid_down"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _taken_up(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("laid_down", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except Exception:
            alive = False
        if not alive:
            raise sa.exc.DisconnectionError("the connection died while it lay idle")  # the pool takes another


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def append_only_triggers(table: sa.Table) -> list[tuple[str, str]]:
    """(dialect, SQL) pairs that keep the rows of a table as they were written, whoever connects."""
    name = table.name
    return [
        *(
            (
                "sqlite",
                f"CREATE TRIGGER keep_{name}_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END",
            )
            for verb in ("UPDATE", "DELETE")
        ),
        (
            "postgresql",
            f"CREATE OR REPLACE FUNCTION keep_{name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{name} is append-only'; END $$",
        ),
        (
            "postgresql",
            f"CREATE TRIGGER keep_{name} BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION keep_{name}()",
        ),
    ]


def install_triggers(connection: Connection, table: sa.Table) -> None:
    for dialect, statement in append_only_triggers(table):
        if dialect == connection.dialect.name:
            connection.exec_driver_sql(statement)


@event.listens_for(Base.metadata, "after_create")
def _triggers_after_create(metadata: sa.MetaData, connection: Connection, **_: Any) -> None:
    for mapper in Base.registry.mappers:
        table = mapper.local_table
        if isinstance(table, sa.Table) and getattr(mapper.class_, "__append_only__", False):
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS keep_{table.name}_update")
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS keep_{table.name}_delete")
            else:
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS keep_{table.name} ON {table.name}")
            install_triggers(connection, table)


__all__ = ["Base", "Code", "Json", "Key", "Line", "Mapped", "Multilingual", "Prose", "Ref", "Retention", "Word", "db",
           "kept", "mapped_column", "session", "words"]  # fmt: skip
