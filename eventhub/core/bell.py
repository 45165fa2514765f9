"""huey: the bell that wakes the workers, and the pool of processes that do the work. One URL chooses where it rings."""

from __future__ import annotations

import logging
import time
from multiprocessing import get_context
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey

from . import jobs
from .db import db
from .settings import Mode, Settings

log = logging.getLogger(__name__)
SWEEP_SECONDS = 3


def init(app: Flask, settings: Settings) -> None:
    """Hang the bell. In tests there is none: work is done when the test says so."""
    if settings.mode is Mode.TEST and not settings.jobs_url:
        return
    huey = make(settings)

    @huey.task(name="run")  # type: ignore[untyped-decorator]
    def run(code: str) -> None:
        """Nothing but the code travels through the queue: the row is the truth."""
        with app.app_context():
            jobs.run(code)

    app.extensions["eventhub-huey"] = huey
    app.extensions["eventhub-bell"] = lambda code, priority: huey.enqueue(run.s(code, priority=priority))


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
    """Run the pool until a signal ends it: process workers, and beside them the sweep that hands over what was left."""
    huey: Huey = app.extensions["eventhub-huey"]
    with app.app_context():
        db.engine.dispose()

    @huey.on_startup()  # type: ignore[untyped-decorator]
    def _own_connections() -> None:
        with app.app_context():
            db.engine.dispose(close=False)

    sweeper = get_context("fork").Process(target=_sweep_forever, args=(app,), daemon=True, name="sweep")
    sweeper.start()
    try:
        consumer = huey.create_consumer(
            workers=settings.job_workers, worker_type="process", periodic=False, initial_delay=0.05, max_delay=0.5,
            backoff=1.3, check_worker_health=True, health_check_interval=1,
        )  # fmt: skip
        consumer.run()
    finally:
        sweeper.terminate()
        sweeper.join(5)


def _sweep_forever(app: Flask, seconds: float = SWEEP_SECONDS) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with app.app_context():
        db.engine.dispose(close=False)
        while True:
            try:
                jobs.sweep()
            except Exception:
                log.exception("the sweep failed; it goes on")
            time.sleep(seconds)


def depth(app: Flask) -> Any:
    """How many bells wait to be answered; raises when the queue cannot be reached."""
    huey = app.extensions.get("eventhub-huey")
    return 0 if huey is None else huey.pending_count()
