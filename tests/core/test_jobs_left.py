"""Jobs somebody ended while nobody was there to hear it, and looking that disturbs no writer."""

from __future__ import annotations

import time
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from eventhub.core import clock, jobs
from eventhub.core.commands import command
from eventhub.core.db import db, session, writing
from eventhub.core.jobs import Job, JobState

begun: list[str] = []


@jobs.handler("left.quick")
def _quick(job: jobs.Running) -> None:
    begun.append(job.code)


@command
def order() -> str:
    return jobs.enqueue("left.quick", {}).code


def change(code: str, **values: object) -> None:
    with writing() as connection:
        connection.execute(sa.update(Job).where(Job.code == code).values(**values))


def state(code: str) -> JobState:
    session().rollback()
    return session().scalars(sa.select(Job.state).where(Job.code == code)).one()


def test_a_job_cancelled_while_its_worker_was_dead_is_not_begun_again(app: Flask) -> None:
    code = order()
    ago = clock.real_now() - timedelta(minutes=1)
    change(code, state=JobState.RUNNING, worker="dead", lease_until=ago, attempts=1)
    jobs.cancel(code)
    assert jobs.run(code) is False
    assert state(code) is JobState.CANCELLED
    assert code not in begun


def test_a_job_cancelled_before_its_attempt_failed_is_not_tried_again(app: Flask) -> None:
    code = order()
    change(code, state=JobState.QUEUED, cancel=True, attempts=1)
    jobs.run_pending()
    assert state(code) is JobState.CANCELLED
    assert code not in begun


def test_looking_for_work_waits_for_no_writer(app: Flask) -> None:
    code = order()
    with writing() as connection:
        connection.execute(sa.update(Job).values(priority=1))
        began = time.monotonic()
        assert [found for found, _ in jobs.due()] == [code]
        assert time.monotonic() - began < 2


@command
def order_all(count: int) -> None:
    for n in range(count):
        jobs.enqueue("left.quick", {"n": n}, key=f"letter-{n}")


def test_a_mailing_of_thousands_of_keyed_jobs_is_one_command(app: Flask) -> None:
    """A lock for each key would fill PostgreSQL's table of locks."""
    order_all(200)
    order_all(201)
    locks = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")

    @command
    def order_and_count() -> int:
        jobs.enqueue("left.quick", {}, key="one")
        return int(session().execute(locks).scalar_one()) if db.engine.dialect.name == "postgresql" else 0

    assert order_and_count() == 0
    assert session().scalar(sa.select(sa.func.count()).select_from(Job)) == 202
