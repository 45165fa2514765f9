"""How a migration runs: in one transaction on both databases, one at a time, foreign keys checked at its end."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from eventhub.core.db import WRITE, Base, Instant, TextColumn, db
from eventhub.migrations import know_all_tables

LOCK = 7_264_011
"""Any number, the same everywhere: PostgreSQL lets one migration through at a time."""


def render(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Our column kinds as the plain ones beneath: a migration must not change its meaning with our code."""
    if kind == "type" and isinstance(value, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, TextColumn):
        return "sa.JSON()"
    return False


def run() -> None:
    know_all_tables()
    with db.engine.connect().execution_options(**{WRITE: True}) as connection:
        sqlite = connection.dialect.name == "sqlite"
        _foreign_keys(connection, on=False)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=current_app.extensions["migrate"].configure_args.get("render_as_batch", sqlite),
            render_item=render,
            compare_type=True,
            transactional_ddl=True,
        )
        with connection.begin():
            if not sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            context.run_migrations()
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"the migration would leave rows that point nowhere: {broken[:5]}")
        _foreign_keys(connection, on=True)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    """SQLite rebuilds a table to change it; with foreign keys on, dropping the old one would empty its children. Only
    outside a transaction does the switch work, hence the driver's own connection."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


run()
