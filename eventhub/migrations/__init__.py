"""The schema, step by step: one module of `versions/` per change of the tables, run by Alembic through Flask-Migrate.

Alembic is imported when it is needed: a web worker never pays for it.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from flask import Flask

HERE = Path(__file__).parent


def upgrade(app: Flask, revision: str = "head") -> None:
    """Bring the database to a revision. Safe to run from several machines at once: the second finds nothing to do."""
    import flask_migrate

    with _prepared(app).app_context():
        flask_migrate.upgrade(str(HERE), revision)


def downgrade(app: Flask, revision: str) -> None:
    """Take the database back to a revision ("base" is an empty database)."""
    import flask_migrate

    with _prepared(app).app_context():
        flask_migrate.downgrade(str(HERE), revision)


def head() -> str:
    """The revision this code was written for."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(HERE)).get_current_head() or ""


def current(app: Flask) -> str:
    """The revision the database is at, an empty string where there is none. Raises OperationalError when the database
    cannot be reached."""
    from alembic.migration import MigrationContext

    from ..core.db import db

    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def know_all_tables() -> None:
    """Import every module that declares tables, so that the metadata is whole whatever the application has imported."""
    import eventhub

    for module in pkgutil.iter_modules(eventhub.core.__path__):
        importlib.import_module(f"eventhub.core.{module.name}")
    for room in pkgutil.iter_modules(eventhub.__path__):
        if room.ispkg and importlib.util.find_spec(f"eventhub.{room.name}.models"):
            importlib.import_module(f"eventhub.{room.name}.models")


def _prepared(app: Flask) -> Flask:
    from flask_migrate import Migrate

    from ..core.db import db

    Migrate(app, db, directory=str(HERE))
    return app
