"""Work that is not done while somebody waits. Rows written in a command's transaction are the truth; huey is the bell
and the pool of processes. A killed worker's work is taken up again when its lease ends, and ends done once.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from . import actors, audit, clock, commands
from .db import Base, Code, Json, Key, Ref, Word, db, session, words, writing
from .registry import Registry

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
"""A worker that has not been heard of for this long is taken for dead."""
ATTEMPTS = 6
BACKOFF = (5, 30, 120, 600, 1800)
"""Seconds before the next attempt, after each failed one."""
RING_AGAIN = timedelta(seconds=10)
"""A queued row nobody took within this is rung for again by the sweep."""

HEAVY_LOCK = 7_264_012
"""Any number, the same in every process: on PostgreSQL one worker at a time takes heavy work."""


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """One piece of work and how far it is. `key` makes a second request for the same work harmless."""

    __tablename__ = "job"
    __audited__ = False
    __table_args__ = (sa.Index("ix_job_waiting", "state", "not_before"),)

    id: Mapped[Key]
    code: Mapped[Code]
    kind: Mapped[Word]
    key: Mapped[str | None] = mapped_column(sa.String(120), unique=True, info={"retention": "not personal"})
    payload: Mapped[Json]
    state: Mapped[JobState] = mapped_column(words(JobState), default=JobState.QUEUED)
    priority: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    rung_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[Word] = mapped_column(default="")
    cancel: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[Ref] = mapped_column(default="")
    """The code of the file or row that came of it."""
    error: Mapped[Word] = mapped_column(default="")
    """The reference of the failure in the log."""
    asked_by: Mapped[Word] = mapped_column(default="")
    about: Mapped[Ref] = mapped_column(default="", index=True)
    """The code of what the job is about (an event, a batch): its pages list it by this."""
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Cancelled(Exception):
    """Somebody asked to cancel; raised inside the handler by `progress`."""


class LeaseLost(Exception):
    """This process was taken for dead and another has the job; it must stop without a trace."""


@dataclass(frozen=True)
class Handler:
    kind: str
    run: Callable[[Running], str | None]
    heavy: bool


handlers: Registry[Handler] = Registry("kind of job")


def handler(kind: str, *, heavy: bool = False) -> Callable[[Callable[[Running], str | None]], Callable[..., Any]]:
    """Register the function that does this kind of work. It may be begun again after a crash, so what it does twice
    must count once. It returns the code of its result, if any. `heavy` ones never take the last free worker."""

    def register(function: Callable[[Running], str | None]) -> Callable[..., Any]:
        handlers.add(kind, Handler(kind, function, heavy))
        return function

    return register


def enqueue(kind: str, payload: dict[str, Any], *, priority: int = 0, key: str | None = None, about: str = "") -> Job:
    """Write the row, inside a command; the bell rings after the commit. Under a `key` that is known already nothing
    is written, and the job that has it is returned, whatever became of it."""
    if kind not in handlers:
        raise KeyError(f"nobody does {kind!r}")
    now = clock.real_now()
    actor = actors.current()
    job = Job(
        kind=kind, payload=payload, key=key, priority=priority, about=about, not_before=now, rung_at=now,
        created_at=now, state=JobState.QUEUED, asked_by=f"{actor.kind}:{actor.code}"[:80],
    )  # fmt: skip
    kept = commands.add(job) if key is None else _once(job)
    if kept.code == (code := job.code):
        commands.after_commit(lambda: ring(code, priority))
    return kept


def _once(job: Job) -> Job:
    """The job, written unless its key is known; else the one that has it. Whoever orders the same at the same time
    waits in the index until we have committed."""
    running = session()
    kind = postgresql if running.get_bind().dialect.name == "postgresql" else sqlite
    values = {name: value for name, value in sa.inspect(job).dict.items() if name in Job.__table__.columns}
    audit.count(kind.insert(Job).values(**values).on_conflict_do_nothing(index_elements=["key"]))
    return running.scalars(sa.select(Job).where(Job.key == job.key)).one()


def ring(code: str, priority: int = 0) -> None:
    """Wake a worker. A bell that cannot ring is only logged: the sweep finds the row."""
    bell = current_app.extensions.get("eventhub-bell")
    if bell is None:
        return
    try:
        bell(code, priority)
    except Exception:
        log.exception("the bell could not ring for job %s", code)


def cancel(code: str) -> None:
    """Ask a job to stop: at once if nobody has begun, else at its next step."""
    now = clock.real_now()
    with writing() as connection:
        waiting = sa.update(Job).where(Job.code == code, Job.state == JobState.QUEUED)
        connection.execute(waiting.values(state=JobState.CANCELLED, finished_at=now, cancel=True))
        running = sa.update(Job).where(Job.code == code, Job.state == JobState.RUNNING)
        connection.execute(running.values(cancel=True))


class Running:
    """What a handler sees of its job."""

    def __init__(self, code: str, kind: str, payload: dict[str, Any], worker: str) -> None:
        self.code, self.kind, self.payload, self._worker = code, kind, payload, worker

    def progress(self, done: int, total: int) -> None:
        """Say how far it is. Raises Cancelled when somebody asked to, LeaseLost when the job is no longer ours."""
        with writing() as connection:
            own = sa.update(Job).where(Job.code == self.code, Job.worker == self._worker)
            mark = own.values(done=done, total=total, lease_until=clock.real_now() + LEASE)
            wanted = connection.execute(mark.returning(Job.cancel)).scalar_one_or_none()
        if wanted is None:
            raise LeaseLost
        if wanted:
            raise Cancelled


def run(code: str) -> bool:
    """Take the job and do it, if nobody else has it. True when it was ours and is over."""
    worker = f"{os.getpid()}-{secrets.token_hex(6)}"
    taken = _claim(code, worker)
    if taken is None:
        return False
    kind, payload, attempts = taken
    running = Running(code, kind, payload, worker)
    with actors.acting(actors.system(f"job {kind} {code}")), _heartbeat(code, worker):
        try:
            result = handlers[kind].run(running)
        except Cancelled:
            _close(code, worker, JobState.CANCELLED)
        except LeaseLost:
            log.warning("job %s was taken over by another worker", code)
            return False
        except Exception:
            _failed(code, worker, attempts)
            return False
        except BaseException:  # the pool ends before the work does
            _give_back(code, worker)
            raise
        else:
            _close(code, worker, JobState.DONE, result=result or "")
        finally:
            session().rollback()
            if handlers[kind].heavy:
                _ring_next_heavy()
    return True


def due(now: datetime | None = None, limit: int = 200) -> list[tuple[str, int]]:
    """Jobs that wait for a worker or whose worker is dead, most urgent first."""
    at = now or clock.real_now()
    waiting = sa.and_(Job.state == JobState.QUEUED, Job.not_before <= at)
    dead = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < at)
    query = sa.select(Job.code, Job.priority).where(waiting | dead).order_by(Job.priority.desc(), Job.id).limit(limit)
    with db.engine.connect() as connection:
        return [(row.code, row.priority) for row in connection.execute(query)]


def sweep() -> int:
    """Ring for every job that was left: a lost bell, a dead worker, a time that has come."""
    now = clock.real_now()
    stale = sa.or_(
        sa.and_(Job.state == JobState.QUEUED, Job.not_before <= now, Job.rung_at < now - RING_AGAIN),
        sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now, Job.rung_at < now - RING_AGAIN),
    )
    chosen = sa.select(Job.id).where(stale).order_by(Job.priority.desc(), Job.id).limit(200)
    with writing() as connection:
        update = sa.update(Job).where(Job.id.in_(chosen)).values(rung_at=now).returning(Job.code, Job.priority)
        left = [(row.code, row.priority) for row in connection.execute(update)]
    for code, priority in left:
        ring(code, priority)
    return len(left)


def run_pending(limit: int = 1000) -> int:
    """Do everything that is due, here and now (tests and the command line). Returns how many were done."""
    count = 0
    while count < limit:
        codes_due = due()
        finished = [code for code, _ in codes_due if run(code)]
        if not finished:
            return count
        count += len(finished)
    return count


def of(about: str, kind: str, *, limit: int = 20) -> list[Job]:
    """The latest jobs of a kind about something, newest first."""
    query = sa.select(Job).where(Job.about == about, Job.kind == kind).order_by(Job.id.desc()).limit(limit)
    return list(session().scalars(query))


def get(code: str) -> Job | None:
    return session().scalars(sa.select(Job).where(Job.code == code)).first()


def _claim(code: str, worker: str) -> tuple[str, dict[str, Any], int] | None:
    now = clock.real_now()
    free = sa.or_(
        sa.and_(Job.state == JobState.QUEUED, Job.not_before <= now),
        sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now),
    )
    with writing() as connection:
        kind = connection.execute(sa.select(Job.kind).where(Job.code == code)).scalar_one_or_none()
        if kind is None or kind not in handlers:
            return None
        if handlers[kind].heavy and _heavy_running(connection, now) >= _heavy_allowed():
            return None
        stopped = sa.update(Job).where(Job.code == code, free, Job.cancel)  # its worker died or failed before it saw
        if connection.execute(stopped.values(state=JobState.CANCELLED, finished_at=now, lease_until=None)).rowcount:
            return None
        killers = sa.update(Job).where(Job.code == code, free, Job.attempts >= ATTEMPTS)
        if connection.execute(killers.values(state=JobState.FAILED, finished_at=now, lease_until=None)).rowcount:
            log.error("job %s ended its worker %d times and is given up", code, ATTEMPTS)
            return None
        take = sa.update(Job).where(Job.code == code, free).values(
            state=JobState.RUNNING, worker=worker, lease_until=now + LEASE, attempts=Job.attempts + 1
        )  # fmt: skip
        row = connection.execute(take.returning(Job.payload, Job.attempts)).first()
    return None if row is None else (kind, dict(row.payload), row.attempts)


def _heavy_running(connection: sa.Connection, now: datetime) -> int:
    """How many run now; the count holds until this transaction ends, so that two workers never take the last two."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(HEAVY_LOCK)))
    query = sa.select(sa.func.count()).where(
        Job.kind.in_(_heavy_kinds()), Job.state == JobState.RUNNING, Job.lease_until >= now
    )
    return int(connection.execute(query).scalar_one())


def _ring_next_heavy() -> None:
    """A worker is free for long work again: wake it for the one that was turned away, without waiting for a sweep."""
    with writing() as connection:
        waiting = sa.and_(
            Job.state == JobState.QUEUED, Job.not_before <= clock.real_now(), Job.kind.in_(_heavy_kinds())
        )
        query = sa.select(Job.code, Job.priority).where(waiting).order_by(Job.priority.desc(), Job.id).limit(1)
        following = connection.execute(query).first()
    if following is not None:
        ring(following.code, following.priority)


def _heavy_kinds() -> list[str]:
    return [name for name, each in handlers.items() if each.heavy]


def _heavy_allowed() -> int:
    """All workers but one: long work never delays mail."""
    return max(1, int(current_app.config["EVENTHUB"].job_workers) - 1)


@contextmanager
def _heartbeat(code: str, worker: str) -> Iterator[None]:
    stop = threading.Event()
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def beat() -> None:
        while not stop.wait(LEASE.total_seconds() / 3):
            try:
                with app.app_context(), writing() as connection:
                    own = sa.update(Job).where(Job.code == code, Job.worker == worker)
                    connection.execute(own.values(lease_until=clock.real_now() + LEASE))
            except sa.exc.DBAPIError:
                log.exception("the heartbeat of job %s could not be written; it goes on", code)

    thread = threading.Thread(target=beat, daemon=True, name=f"heartbeat {code}")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _close(code: str, worker: str, state: JobState, *, result: str = "") -> None:
    with writing() as connection:
        own = sa.update(Job).where(Job.code == code, Job.worker == worker)
        connection.execute(own.values(state=state, finished_at=clock.real_now(), result=result, lease_until=None))


def _give_back(code: str, worker: str) -> None:
    """Put a job that was begun back into the queue, as if this attempt had not been: the next pool takes it at once."""
    now = clock.real_now()
    session().rollback()
    with writing() as connection:
        own = sa.update(Job).where(Job.code == code, Job.worker == worker)
        connection.execute(
            own.values(
                state=JobState.QUEUED,
                attempts=Job.attempts - 1,
                lease_until=None,
                worker="",
                rung_at=now - 2 * RING_AGAIN,
            )
        )


def _failed(code: str, worker: str, attempts: int) -> None:
    reference = secrets.token_hex(6)
    log.exception("job %s failed (attempt %d), reference %s", code, attempts, reference)
    now = clock.real_now()
    again = attempts < ATTEMPTS
    values: dict[str, Any] = {"error": reference, "lease_until": None, "rung_at": now}
    if again:
        wait = timedelta(seconds=BACKOFF[min(attempts, len(BACKOFF)) - 1])
        values |= {"state": JobState.QUEUED, "not_before": now + wait, "rung_at": now + wait - RING_AGAIN}
    else:
        values |= {"state": JobState.FAILED, "finished_at": now}
    session().rollback()
    with writing() as connection:
        connection.execute(sa.update(Job).where(Job.code == code, Job.worker == worker).values(**values))
