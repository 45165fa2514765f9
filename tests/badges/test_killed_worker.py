"""A real worker is killed in the middle of a print run: started again, the run ends done, with one paper."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from eventhub.badges import commands, queries
from eventhub.badges.rules import Choice
from eventhub.core import files
from eventhub.core.commands import command
from eventhub.core.db import db, session
from eventhub.core.jobs import Job, JobState

from ..core.test_workers import Workplace
from ..factories import badges as make
from ..installs import install

PEOPLE = 1200
"""Enough sheets that the run is still going when the worker is killed."""
SECONDS = 60


@command
def _people(*, event: str) -> None:
    for number in range(PEOPLE):
        make.seat(event_code=event, number=number)


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end, "this never came about"
        time.sleep(0.02)


def row(code: str) -> Job:
    db.session.rollback()
    return session().scalars(sa.select(Job).where(Job.code == code)).one()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], ids=str)
def test_a_print_run_whose_worker_was_killed_ends_done_once(database: str, tmp_path: Path) -> None:
    with install(tmp_path, database) as (app, environ), app.app_context():
        event = make.event()
        _people(event=event)
        ordered = commands.order_batch(event=event, choice=Choice.ALL, stock="a4-8")
        db.session.rollback()
        works = Workplace(app, environ)
        works.start()
        try:
            until(lambda: 0 < row(ordered.job).done < PEOPLE)
            for process in [*works.family(), works.process.pid if works.process else 0]:
                os.kill(process, signal.SIGKILL)
            if works.process is not None:
                works.process.wait()
            broken = row(ordered.job)
            assert broken.state is JobState.RUNNING, "killed in the middle, or this test shows nothing"
            assert not queries.batch(event, ordered.batch).file  # type: ignore[union-attr]
            works.start()
            until(lambda: row(ordered.job).over)
            done = row(ordered.job)
            assert (done.state, done.attempts) == (JobState.DONE, 2)
            papers = session().scalar(sa.select(sa.func.count()).select_from(files.StoredFile))
            assert papers == 1
            paper = queries.paper(queries.batch(event, ordered.batch))  # type: ignore[arg-type]
            assert paper is not None
            assert files.read(paper).startswith(b"%PDF")
        finally:
            works.end()


