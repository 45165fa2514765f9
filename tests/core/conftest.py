"""What the tests of the mechanisms share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from eventhub import create_app
from eventhub.core.db import db
from eventhub.core.settings import load

Another = Callable[..., Flask]


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Another]:
    """Make a second application on the database of the first, not yet used, so that `wire` may add routes to it:
    another worker of the same install."""
    made: list[Flask] = []

    def make(app: Flask, wire: Callable[[Flask], None] | None = None, **environ: str) -> Flask:
        given = {
            "EVENTHUB_MODE": "test",
            "EVENTHUB_INSTANCE": str(tmp_path / str(len(made))),
            "EVENTHUB_BASE_URL": "http://localhost",
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            **environ,
        }
        fresh = create_app(load(given))
        fresh.config["WTF_CSRF_ENABLED"] = False
        if wire is not None:
            wire(fresh)
        made.append(fresh)
        return fresh

    yield make
    for each in made:
        with each.app_context():
            db.engine.dispose()
