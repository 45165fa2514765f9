"""A demo is there wholly or not at all, however it was stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub import create_app, migrations
from eventhub.accounts import commands as accounts
from eventhub.accounts.models import Person
from eventhub.cli import run
from eventhub.core import clock
from eventhub.core.db import db, session
from eventhub.core.settings import load
from tests.installs import environment


class Loader:
    """Loads two people; stopped between them as often as asked."""

    def __init__(self, stops: int) -> None:
        self.stops = stops

    def load(self) -> None:
        accounts.add_user(mail="first@example.org", name="First One")
        if self.stops:
            self.stops -= 1
            raise KeyboardInterrupt
        accounts.add_user(mail="second@example.org", name="Second One")

    def who(self) -> list[tuple[str, str, str]]:
        return [("organiser", "First One", "http://127.0.0.1/")]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The settings of a demo that is not there yet."""
    with environment(tmp_path, "sqlite", EVENTHUB_MODE="demo") as environ:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("DATABASE_URL", raising=False)
        app = create_app(load(environ))
        yield app
        with app.app_context():
            db.engine.dispose()
        clock.use_offset(None)


def people(app: Flask) -> list[str | None]:
    with app.app_context():
        found = list(session().scalars(sa.select(Person.mail).order_by(Person.id)))
        db.session.remove()
    return found


def test_an_empty_demo_is_migrated_and_loaded_and_says_who_there_is(
    demo: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_loader", lambda: Loader(stops=0))
    assert run._make_ready(True) == [("organiser", "First One", "http://127.0.0.1/")]
    assert people(demo) == ["first@example.org", "second@example.org"]


def test_a_demo_that_is_there_is_left_as_it_is(demo: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_loader", lambda: Loader(stops=0))
    run._make_ready(True)
    with demo.app_context():
        accounts.add_user(mail="mine@example.org", name="Mine Own")
    run._make_ready(True)
    assert people(demo) == ["first@example.org", "second@example.org", "mine@example.org"]


def test_a_demo_whose_loading_was_stopped_is_begun_again(demo: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = Loader(stops=1)
    monkeypatch.setattr(run, "_loader", lambda: loader)
    with pytest.raises(KeyboardInterrupt):
        run._make_ready(True)
    assert people(demo) == ["first@example.org"]
    run._make_ready(True)
    assert people(demo) == ["first@example.org", "second@example.org"]


def test_nothing_but_a_demo_is_ever_thrown_away(demo: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark of a half loaded demo means nothing to an install in production."""
    migrations.upgrade(demo)
    with demo.app_context():
        accounts.add_user(mail="real@example.org", name="Real One")
    (tmp_path / "demo-is-loading").touch()
    monkeypatch.setenv("EVENTHUB_MODE", "production")
    run._make_ready(True)
    assert people(demo) == ["real@example.org"]
