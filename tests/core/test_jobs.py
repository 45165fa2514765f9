"""The rows of jobs are the truth: taken by one, kept by a lease, tried again, given up in the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.core import actors, clock, jobs
from eventhub.core.audit import AuditRow
from eventhub.core.commands import CommandMisuse, command
from eventhub.core.db import db, session, writing
from eventhub.core.jobs import Job, JobState

done: list[str] = []


@jobs.handler("unit.note")
def _note(job: jobs.Running) -> str:
    done.append(job.payload["word"])
    return "made"


@jobs.handler("unit.fails")
def _fails(job: jobs.Running) -> None:
    raise RuntimeError("no")


@jobs.handler("unit.stops")
def _stops(job: jobs.Running) -> None:
    """The pool is asked to end while this runs."""
    raise KeyboardInterrupt


@jobs.handler("unit.cancelled")
def _cancelled(job: jobs.Running) -> None:
    job.progress(1, 3)
    jobs.cancel(job.code)
    job.progress(2, 3)
    done.append("went on")


@jobs.handler("unit.taken")
def _taken(job: jobs.Running) -> None:
    """Another worker has taken the job: this one was too slow to show a sign of life."""
    change(job.code, worker="another")
    job.progress(1, 1)
    done.append("went on")


@jobs.handler("unit.heavy", heavy=True)
def _heavy(job: jobs.Running) -> None:
    done.append("heavy")


@pytest.fixture(autouse=True)
def _nothing_done() -> Iterator[None]:
    done.clear()
    yield
    done.clear()


@command
def order(*, kind: str = "unit.note", word: str = "a", key: str | None = None, priority: int = 0) -> str:
    return jobs.enqueue(kind, {"word": word}, key=key, priority=priority).code


@command
def order_and_fail() -> None:
    jobs.enqueue("unit.note", {"word": "never"})
    session().flush()
    raise RuntimeError("in the middle")


def change(code: str, **values: object) -> None:
    with writing() as connection:
        connection.execute(sa.update(Job).where(Job.code == code).values(**values))


def row(code: str) -> Job:
    db.session.rollback()
    return session().scalars(sa.select(Job).where(Job.code == code)).one()


def test_work_is_ordered_in_the_transaction_of_its_command(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        order_and_fail()
    assert session().scalar(sa.select(sa.func.count()).select_from(Job)) == 0
    with pytest.raises(CommandMisuse):
        jobs.enqueue("unit.note", {})


def test_work_nobody_does_is_a_mistake_when_it_is_ordered(app: Flask) -> None:
    with pytest.raises(KeyError, match=r"unit\.nothing"):
        order(kind="unit.nothing")


def test_a_job_is_done_once_and_keeps_what_came_of_it(app: Flask) -> None:
    code = order(word="once")
    assert jobs.run(code) is True
    assert jobs.run(code) is False
    assert done == ["once"]
    found = row(code)
    assert (found.state, found.result, found.attempts, found.lease_until) == (JobState.DONE, "made", 1, None)


def test_two_workers_that_hear_the_same_bell_do_the_work_once(app: Flask) -> None:
    code = order(word="once")
    together = threading.Barrier(4)

    def worker() -> None:
        with app.app_context():
            together.wait()
            jobs.run(code)
            db.session.remove()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["once"]


def test_the_same_work_under_one_key_is_ordered_once(app: Flask) -> None:
    first = order(key="reminder-1")
    assert order(key="reminder-1") == first
    assert jobs.run_pending() == 1
    assert order(key="reminder-1") == first
    assert jobs.run_pending() == 0


def test_the_same_work_ordered_by_many_at_once_is_ordered_once(app: Flask) -> None:
    together, codes = threading.Barrier(6), list[str]()

    def client() -> None:
        with app.app_context():
            together.wait()
            codes.append(order(key="reminder-2"))
            db.session.remove()

    threads = [threading.Thread(target=client) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 6
    assert len(set(codes)) == 1


def test_urgent_work_comes_first_and_equal_work_in_its_order(app: Flask) -> None:
    for word, priority in (("first", 0), ("second", 0), ("urgent", 50)):
        order(word=word, priority=priority)
    jobs.run_pending()
    assert done == ["urgent", "first", "second"]


def test_work_that_fails_waits_longer_each_time_and_is_given_up_in_the_end(app: Flask) -> None:
    code = order(kind="unit.fails")
    waits = []
    for _ in range(jobs.ATTEMPTS):
        before = clock.real_now()
        jobs.run(code)
        waits.append(round((row(code).not_before - before).total_seconds()))
        change(code, not_before=before)
    assert waits[: len(jobs.BACKOFF)] == list(jobs.BACKOFF)
    found = row(code)
    assert found.state is JobState.FAILED
    assert found.error
    assert found.finished_at is not None


def test_work_that_failed_is_not_taken_before_its_time(app: Flask) -> None:
    code = order(kind="unit.fails")
    jobs.run(code)
    assert jobs.run(code) is False
    assert row(code).attempts == 1
    assert jobs.sweep() == 0


def test_what_a_dead_worker_left_is_taken_up_when_its_lease_is_over(app: Flask) -> None:
    code = order(word="again")
    now = clock.real_now()
    change(code, state=JobState.RUNNING, worker="dead", lease_until=now + timedelta(seconds=5), attempts=1)
    assert jobs.run(code) is False
    change(code, lease_until=now - timedelta(seconds=1))
    assert jobs.run(code) is True
    assert (done, row(code).attempts) == (["again"], 2)


def test_work_that_killed_its_worker_too_often_is_given_up(app: Flask) -> None:
    code = order()
    change(
        code, state=JobState.RUNNING, worker="dead", lease_until=clock.real_now() - timedelta(seconds=1),
        attempts=jobs.ATTEMPTS,
    )  # fmt: skip
    assert jobs.run(code) is False
    assert (row(code).state, done) == (JobState.FAILED, [])


def test_a_worker_that_was_taken_for_dead_stops_without_a_trace(app: Flask) -> None:
    code = order(kind="unit.taken")
    assert jobs.run(code) is False
    found = row(code)
    assert (found.worker, found.state, done) == ("another", JobState.RUNNING, [])


def test_a_pool_that_ends_gives_back_what_it_has_begun(app: Flask) -> None:
    code = order(kind="unit.stops")
    with pytest.raises(KeyboardInterrupt):
        jobs.run(code)
    found = row(code)
    assert (found.state, found.attempts, found.lease_until) == (JobState.QUEUED, 0, None)
    assert jobs.sweep() == 1


def test_work_nobody_has_begun_is_cancelled_at_once(app: Flask) -> None:
    code = order()
    jobs.cancel(code)
    assert row(code).state is JobState.CANCELLED
    assert jobs.run(code) is False
    assert done == []


def test_work_that_runs_is_cancelled_at_its_next_step(app: Flask) -> None:
    code = order(kind="unit.cancelled")
    assert jobs.run(code) is True
    found = row(code)
    assert (found.state, found.done, found.total, done) == (JobState.CANCELLED, 2, 3, [])


def test_what_is_over_cannot_be_cancelled(app: Flask) -> None:
    code = order()
    jobs.run(code)
    jobs.cancel(code)
    assert row(code).state is JobState.DONE


def test_long_work_never_takes_the_last_free_worker(app: Flask) -> None:
    running, waiting, mail = order(kind="unit.heavy"), order(kind="unit.heavy"), order(word="mail")
    soon = clock.real_now() + timedelta(minutes=1)
    change(running, state=JobState.RUNNING, worker="other", lease_until=soon, attempts=1)
    assert app.config["EVENTHUB"].job_workers == 2
    assert jobs.run(waiting) is False
    assert jobs.run(mail) is True
    change(running, state=JobState.DONE, lease_until=None)
    assert jobs.run(waiting) is True


def test_the_sweep_rings_for_what_was_left_and_only_for_that(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setitem(app.extensions, "eventhub-bell", lambda code, priority: rung.append(code))
    fresh, lost, dead, later = order(), order(), order(), order()
    rung.clear()
    now = clock.real_now()
    long_ago = now - jobs.RING_AGAIN * 2
    change(lost, rung_at=long_ago)
    change(dead, rung_at=long_ago, state=JobState.RUNNING, lease_until=now - timedelta(seconds=1))
    change(later, rung_at=long_ago, not_before=now + timedelta(minutes=1))
    jobs.sweep()
    assert set(rung) == {lost, dead}
    assert jobs.sweep() == 0
    assert row(fresh).state is JobState.QUEUED


def test_a_bell_that_cannot_ring_does_not_undo_what_was_decided(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(code: str, priority: int) -> None:
        raise OSError("the queue is away")

    monkeypatch.setitem(app.extensions, "eventhub-bell", broken)
    assert row(order()).state is JobState.QUEUED


def test_work_is_done_in_the_name_of_the_system_and_knows_who_asked(app: Flask) -> None:
    with actors.acting(actors.Actor(actors.ActorKind.ACCOUNT, code="NADIA")):
        code = order()
    assert row(code).asked_by == "account:NADIA"
    jobs.run(code)
    assert session().scalar(sa.select(sa.func.count()).select_from(AuditRow)) == 0
