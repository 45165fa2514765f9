"""Two times: the product's, which a demo moves, and the wall's, which nobody moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.core import access, clock, demo_clock, public_version, tokens
from eventhub.core.access import public
from eventhub.core.db import db, session
from eventhub.core.demo_clock import DemoClock
from eventhub.core.pages import public_page
from tests.core.conftest import Another

MEETING = datetime(2016, 3, 9, 8, tzinfo=UTC)
EVE = datetime(2016, 3, 8, 17, tzinfo=UTC)


@pytest.fixture
def demo(app: Flask) -> Iterator[Flask]:
    """The application, living in the time of its demo clock."""

    def read() -> timedelta:
        with app.app_context():
            return demo_clock.read()

    clock.use_offset(read)
    yield app
    clock.use_offset(None)


def about(at: datetime) -> bool:
    return abs((clock.now() - at).total_seconds()) < 5


def test_without_a_demo_the_products_time_is_the_walls(app: Flask) -> None:
    assert abs((clock.now() - clock.real_now()).total_seconds()) < 1
    assert clock.now().utcoffset() == timedelta(0)


def test_a_demo_lives_in_its_own_time_and_its_clock_ticks(demo: Flask) -> None:
    demo_clock.move(to=MEETING)
    first = clock.now()
    assert about(MEETING)
    time.sleep(0.02)
    assert clock.now() > first
    assert clock.today() == MEETING.date()
    assert clock.real_now().year > 2016


def test_moving_the_clock_again_leaves_one_row(demo: Flask) -> None:
    for at in (EVE, MEETING, EVE):
        demo_clock.move(to=at)
        assert about(at)
    assert session().scalar(sa.select(sa.func.count()).select_from(DemoClock)) == 1


def test_another_worker_follows_within_a_second(demo: Flask) -> None:
    demo_clock.move(to=EVE)
    assert about(EVE)
    with db.engine.begin() as connection:  # as another process would
        offset = round((MEETING - clock.real_now()).total_seconds())
        connection.execute(sa.update(DemoClock).values(offset_seconds=offset))
    time.sleep(clock.KEEP_SECONDS + 0.1)
    assert about(MEETING)


def test_signatures_keep_the_walls_time(demo: Flask) -> None:
    demo_clock.move(to=MEETING)
    token = tokens.make("invitation", "CODE")
    demo_clock.move(to=MEETING + timedelta(days=400))
    assert tokens.read("invitation", token, max_age=60) == "CODE"


def test_a_reader_during_the_move_does_not_keep_the_old_time(demo: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread that looks between the writing and the commit reads, and would keep, the old offset."""
    demo_clock.move(to=EVE)
    real = public_version._raise

    def look_meanwhile(scope: str) -> None:
        real(scope)
        clock.forget()
        with demo.app_context():
            thread = threading.Thread(target=clock.now)
            thread.start()
            thread.join()

    monkeypatch.setattr(public_version, "_raise", look_meanwhile)
    demo_clock.move(to=MEETING)
    assert about(MEETING)


def test_no_page_is_made_with_the_old_time_under_the_new_version(demo: Flask, another: Another) -> None:
    """A worker that learns of the move from the version must not use the offset it still trusts."""

    def wire(made: Flask) -> None:
        @made.get("/t/next")
        @public
        @public_page()
        def show() -> str:
            return clock.now().date().isoformat()

        access.check(made)

    demo_clock.move(to=EVE)
    client = another(demo, wire).test_client()
    assert client.get("/t/next").data == b"2016-03-08"
    time.sleep(public_version.LOOK_SECONDS + 0.1)
    clock.now()  # this worker reads the offset just before the move
    kept = clock._kept
    demo_clock.move(to=MEETING)
    clock._kept = kept  # in this process the move made it forget; in another it would not have
    assert client.get("/t/next").data == b"2016-03-09"


def test_time_held_still_is_held_and_let_go(app: Flask) -> None:
    with clock.frozen(MEETING):
        assert clock.now() == MEETING
        with clock.frozen(EVE):
            assert clock.now() == EVE
        assert clock.now() == MEETING
    assert clock.now().year > 2016
    with pytest.raises(ValueError, match="zone"), clock.frozen(datetime(2016, 3, 9)):
        pass
