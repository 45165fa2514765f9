"""huey: the bell that wakes the workers, and the pool of processes that do the work. One URL chooses where it rings."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from importlib.util import find_spec
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler

from . import jobs
from .db import db
from .processes import die_with_parent
from .settings import Mode, Settings, SettingsError

log = logging.getLogger(__name__)
_guard = threading.Lock()
SWEEP_SECONDS = 3.0
GRACE_SECONDS = 8
"""How long work in progress may go on when the pool is asked to end. What is not done then is given back."""
LAST_SECONDS = 2
"""How long a process that was interrupted has to give its work back."""


def init(app: Flask, settings: Settings) -> None:
    """Hang the bell. In tests there is none: work is done when the test says so."""
    if settings.mode is Mode.TEST and not settings.jobs_url:
        return
    if settings.jobs_url.startswith("redis") and find_spec("redis") is None:
        raise SettingsError(["EVENTHUB_JOBS_URL names Redis: install eventhub[redis]"])
    app.extensions["eventhub-bell"] = lambda code, priority: _ring(app, code, priority)


def queue(app: Flask) -> Huey:
    """The queue of this install, reached at the first need: pages are served while it is away."""
    with _guard:
        if "eventhub-huey" not in app.extensions:
            app.extensions["eventhub-huey"] = _with_task(make(app.config["EVENTHUB"]), app)
    huey: Huey = app.extensions["eventhub-huey"]
    return huey


def _ring(app: Flask, code: str, priority: int) -> None:
    huey = queue(app)
    huey.enqueue(huey.eventhub_run.s(code, priority=priority))


def _with_task(huey: Huey, app: Flask) -> Huey:
    """Nothing but the code of a job travels through the queue: the row is the truth."""

    def run(code: str) -> None:
        with app.app_context():
            jobs.run(code)

    huey.eventhub_run = huey.task(name="run")(run)
    return huey


def make(settings: Settings) -> Huey:
    """SQLite beside the database by default; `postgresql://…` or `redis://…` by EVENTHUB_JOBS_URL."""
    url = settings.jobs_url
    if url.startswith("redis"):
        return RedisHuey("eventhub", url=url, results=False)
    if url.startswith("postgres"):
        return PostgresHuey("eventhub", dsn=url.replace("postgresql+psycopg://", "postgresql://"), results=False)
    settings.instance.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("eventhub", filename=str(settings.instance / "queue.db"), results=False, fsync=False)


def work(app: Flask, settings: Settings) -> None:
    """Run the pool until a signal ends it: process workers, and beside them the sweep that hands over what was left.

    SIGTERM lets work in progress end, for GRACE_SECONDS; SIGINT does not wait. Either way what is not done goes back
    to the queue. A worker that dies is replaced.
    """
    huey = queue(app)
    parent = os.getpid()
    with app.app_context():
        db.engine.dispose()  # connections do not survive a fork

    def begin() -> None:
        """In each process of the pool, at its start."""
        die_with_parent(parent)
        with app.app_context():
            db.engine.dispose(close=False)

    huey.on_startup(name="begin")(begin)

    class Sweeper(Scheduler):  # type: ignore[misc]
        """In the place of huey's own schedule, which we do not use: times are in the rows."""

        def initialize(self) -> None:
            begin()

        def loop(self, now: Any = None) -> None:
            with app.app_context():
                try:
                    jobs.sweep()
                except Exception:
                    log.exception("the sweep failed; it goes on")
                finally:
                    db.session.remove()
            self.stop_flag.wait(SWEEP_SECONDS)

    class Pool(Consumer):  # type: ignore[misc]
        scheduler_class = Sweeper

    logging.getLogger("huey").handlers[:] = logging.getLogger("eventhub").handlers
    Pool(
        huey, workers=settings.job_workers, worker_type="process", periodic=False, initial_delay=0.05, max_delay=0.5,
        backoff=1.3, check_worker_health=True, health_check_interval=1, shutdown_timeout=GRACE_SECONDS,
        graceful_signal="TERM",
    ).run()  # fmt: skip
    for child in multiprocessing.active_children():
        child.join(LAST_SECONDS)
        child.kill()  # its lease runs out, and another takes its job up


def depth(app: Flask) -> int:
    """How many bells wait to be answered; raises when the queue cannot be reached."""
    return int(queue(app).pending_count()) if "eventhub-bell" in app.extensions else 0
