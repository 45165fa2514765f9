"""For migrations: keep the rows of a table as they were written, or let go of them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from eventhub.core.db import install_triggers


def keep(*tables: str) -> None:
    """Install the triggers of append-only tables. A migration that rebuilds such a table on SQLite calls it again:
    the triggers go with the old one."""
    for name in tables:
        install_triggers(op.get_bind(), sa.table(name))  # type: ignore[arg-type]


def release(*tables: str) -> None:
    """Take the triggers away, before the tables go."""
    bind = op.get_bind()
    for name in tables:
        if bind.dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER IF EXISTS keep_{name}_update")
            op.execute(f"DROP TRIGGER IF EXISTS keep_{name}_delete")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS keep_{name} ON {name}")
            op.execute(f"DROP FUNCTION IF EXISTS keep_{name}()")
