"""Whether this install can do its work, asked of what it works with, and figures of it for a monitoring system."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version

import sqlalchemy as sa
from flask import Flask, current_app

from ..core import bell, clock, files
from ..core.db import db
from ..core.jobs import Job, JobState
from ..registration.models import Registration, State

log = logging.getLogger(__name__)
KEEP_SECONDS = 1.0
"""How long an answer holds, so that asking often costs little."""
PROBE = "readyz-"


def database() -> None:
    """Raises unless the database answers."""
    with db.engine.connect() as connection:
        connection.execute(sa.select(1)).scalar_one()


def queue() -> None:
    """Raises unless the bell of the workers can be reached."""
    bell.depth(current_app._get_current_object())  # type: ignore[attr-defined]


def storage() -> None:
    """Raises unless a tiny object can be written, read back and taken away."""
    import obstore

    name, said = PROBE + secrets.token_hex(8), secrets.token_bytes(16)
    store = files.store()
    obstore.put(store, name, said)
    try:
        if bytes(obstore.get(store, name).bytes()) != said:
            raise OSError("the store gives back other bytes than it was given")
    finally:
        obstore.delete(store, name)


CHECKS: dict[str, Callable[[], None]] = {"database": database, "queue": queue, "storage": storage}


class Readiness:
    """The checks, run at most once a second per worker."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._at = float("-inf")
        self._found: dict[str, bool] = {}

    def look(self) -> dict[str, bool]:
        """Name of each check → whether it passed. Why one failed is in the log, not in the answer."""
        with self._guard:
            if time.monotonic() - self._at > KEEP_SECONDS:
                self._found = {name: _passes(name, check) for name, check in CHECKS.items()}
                self._at = time.monotonic()
            return self._found

    def forget(self) -> None:
        self._at = float("-inf")


def _passes(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:
        log.exception("not ready: %s", name)
        return False
    return True


def init(app: Flask) -> None:
    app.extensions["eventhub-readiness"] = Readiness()


def built() -> str:
    """The version of the installed package."""
    try:
        return version("eventhub")
    except PackageNotFoundError:
        return "unknown"


def metrics() -> str:
    """Prometheus text format 0.0.4: jobs by state, the oldest one waiting, registrations by state, the build."""
    with db.engine.connect() as connection:
        jobs = dict(connection.execute(sa.select(Job.state, sa.func.count()).group_by(Job.state)).all())
        due = sa.select(sa.func.min(Job.not_before)).where(Job.state == JobState.QUEUED)
        oldest = connection.execute(due).scalar_one_or_none()
        by_state = sa.select(Registration.state, sa.func.count()).group_by(Registration.state)
        registrations = dict(connection.execute(by_state).all())
    waited = max(0.0, (clock.real_now() - oldest).total_seconds()) if oldest else 0.0
    lines = [
        *_family("eventhub_build_info", "The running version.", [(f'version="{built()}"', 1)]),
        *_family("eventhub_jobs", "Jobs by state.", ((f'state="{s.value}"', jobs.get(s, 0)) for s in JobState)),
        *_family("eventhub_job_oldest_waiting_seconds", "How long the oldest job waits.", [("", round(waited, 3))]),
        *_family(
            "eventhub_registrations", "Registrations by state.",
            ((f'state="{s.value}"', registrations.get(s, 0)) for s in State),
        ),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _family(name: str, words: str, values: Iterable[tuple[str, float]]) -> list[str]:
    rows = [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values]
    return [f"# HELP {name} {words}", f"# TYPE {name} gauge", *rows]
