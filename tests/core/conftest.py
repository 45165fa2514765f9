"""What the tests of the mechanisms share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from eventhub import create_app
from eventhub.core.db import db
from eventhub.core.settings import load

Another = Callable[..., Flask]


@pytest.fixture(scope="session")
def others() -> dict[Any, Flask]:
    """Second applications that were made before: making one takes longer than most tests."""
    return {}


@pytest.fixture
def another(tmp_path_factory: pytest.TempPathFactory, others: dict[Any, Flask]) -> Iterator[Another]:
    """Give a second application on the database of the first, with nothing kept, to which `wire` has added routes:
    another worker of the same install. Asked for again in one test, it is yet another."""
    used: list[Flask] = []

    def make(app: Flask, wire: Callable[[Flask], None] | None = None, **environ: str) -> Flask:
        database = app.config["SQLALCHEMY_DATABASE_URI"]
        key = (database, wire, tuple(sorted(environ.items())), len(used))
        if key not in others:
            others[key] = _make(database, str(tmp_path_factory.mktemp("other")), environ)
            if wire is not None:
                wire(others[key])
        used.append(others[key])
        _forget(others[key])
        return others[key]

    yield make
    for each in used:
        with each.app_context():
            db.engine.dispose()


def _make(database: str, instance: str, environ: dict[str, str]) -> Flask:
    given = {
        "EVENTHUB_MODE": "test",
        "EVENTHUB_INSTANCE": instance,
        "EVENTHUB_BASE_URL": "http://localhost",
        "DATABASE_URL": database,
        **environ,
    }
    made = create_app(load(given))
    made.config["WTF_CSRF_ENABLED"] = False
    return made


def _forget(app: Flask) -> None:
    porch = app.extensions["eventhub-porch"]
    porch._entries.clear()
    porch._hosts.clear()
    porch._weight = 0
    porch.watch.newest, porch.watch.numbers, porch.watch.looked_at = -1, {}, float("-inf")
