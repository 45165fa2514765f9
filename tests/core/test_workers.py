"""Real worker processes, killed at the worst moment: everything ends done, and done once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.accounts import commands as accounts
from eventhub.core import jobs
from eventhub.core.commands import command
from eventhub.core.db import db, session
from eventhub.core.jobs import Job, JobState
from eventhub.mail import letters
from tests.core import quick_worker
from tests.installs import install, process_environment

LETTERS = 30


class Workplace:
    """An install with its workers."""

    def __init__(self, app: Flask, environ: dict[str, str]) -> None:
        self.app, self.environ = app, environ
        self.folder = Path(environ["EVENTHUB_INSTANCE"])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the workers, unless they run."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.core.quick_worker", "worker"],
                env=process_environment(self.environ),
                process_group=0,
                stderr=(self.folder / "log").open("a"),
            )

    def kill(self) -> None:
        """Nobody is asked: the pool and its processes are gone at once."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(15)

    def family(self) -> list[int]:
        """The processes of the pool."""
        assert self.process is not None
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def steps(self, code: str) -> list[str]:
        """What a job has done, in order, whoever did it."""
        file = self.folder / "steps"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line.split()[1] for line in lines if line.startswith(code)]

    def worker_of(self, code: str) -> int:
        """The process that took the last step of a job."""
        lines = (self.folder / "steps").read_text().splitlines()
        return int([line.split()[2] for line in lines if line.startswith(code)][-1])

    def row(self, code: str) -> Job:
        db.session.rollback()
        return session().scalars(sa.select(Job).where(Job.code == code)).one()

    def state(self, code: str) -> JobState:
        return self.row(code).state


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def workplace(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    folder = tmp_path_factory.mktemp("workers")
    with install(folder, request.param) as (app, environ):
        place = Workplace(app, environ)
        with app.app_context():
            yield place
        if place.process is not None and place.process.poll() is None:
            place.end()


@pytest.fixture
def works(workplace: Workplace) -> Workplace:
    workplace.start()
    return workplace


@command
def order(*, kind: str, payload: dict[str, object], priority: int = 0) -> str:
    return jobs.enqueue(kind, payload, priority=priority).code


@command
def write_letters(*, mail: str, number: int) -> None:
    person = accounts.new_person(mail=mail, language="fr", given_name="Amina", family_name="Trabelsi")
    session().flush()
    for each in range(number):
        letters.post("accounts.sign_in", to=person.code, about={"link": f"LINK{each}"})


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds, looking now and then."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    """Whether a process has ended (a zombie nobody has buried yet counts)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_work_is_done_and_says_how_far_it_is(works: Workplace) -> None:
    code = order(kind="test.steps", payload={"steps": 6, "wait": 0.15})
    until(lambda: 0 < works.row(code).done < 6)
    assert works.row(code).total == 6
    until(lambda: works.state(code) is JobState.DONE)
    assert works.row(code).result == "result"
    assert works.steps(code) == [f"step{number}" for number in range(6)]


def test_work_can_be_cancelled_in_the_middle(works: Workplace) -> None:
    code = order(kind="test.steps", payload={"steps": 500, "wait": 0.05})
    until(lambda: len(works.steps(code)) > 2)
    jobs.cancel(code)
    until(lambda: works.state(code) is JobState.CANCELLED)
    assert len(works.steps(code)) < 500


def test_what_fails_is_tried_again_and_leaves_a_reference_that_is_in_the_log(works: Workplace) -> None:
    code = order(kind="test.failing", payload={"times": 2})
    until(lambda: works.state(code) is JobState.DONE)
    assert works.steps(code) == ["try"] * 3
    reference = works.row(code).error
    assert reference
    assert reference in (works.folder / "log").read_text()


def test_a_bell_nobody_heard_is_rung_again(works: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(code: str, priority: int) -> None:
        raise OSError("the queue is away")

    monkeypatch.setitem(works.app.extensions, "eventhub-bell", broken)
    code = order(kind="test.steps", payload={"steps": 1, "wait": 0})
    until(lambda: works.state(code) is JobState.DONE)


def test_heavy_work_never_delays_mail(works: Workplace) -> None:
    heavy = [order(kind="test.heavy", payload={"wait": 0.9}) for _ in range(3)]
    until(lambda: any(works.steps(code) for code in heavy))
    before = len(list((works.folder / "mail").glob("*.eml")))
    write_letters(mail="while.heavy@tunis.example.org", number=3)
    until(lambda: len(list((works.folder / "mail").glob("*.eml"))) == before + 3)
    assert any(works.state(code) is not JobState.DONE for code in heavy)
    until(lambda: all(works.state(code) is JobState.DONE for code in heavy))
    assert [works.steps(code) for code in heavy] == [["begin", "end"]] * 3


def test_a_worker_killed_in_the_middle_of_its_work_is_replaced_and_the_work_ends_done(works: Workplace) -> None:
    code = order(kind="test.steps", payload={"steps": 8, "wait": 0.1})
    until(lambda: len(works.steps(code)) == 3)
    killed = works.worker_of(code)
    os.kill(killed, signal.SIGKILL)
    until(lambda: works.state(code) is JobState.DONE)
    assert works.worker_of(code) != killed
    assert works.row(code).attempts == 2
    assert works.steps(code)[-8:] == [f"step{number}" for number in range(8)]


def test_work_that_always_kills_its_worker_is_given_up(works: Workplace) -> None:
    code = order(kind="test.deadly", payload={})
    until(lambda: works.state(code) is JobState.FAILED, 60)
    assert works.steps(code) == ["try"] * quick_worker.ATTEMPTS
    after = order(kind="test.steps", payload={"steps": 1, "wait": 0})
    until(lambda: works.state(after) is JobState.DONE)


def test_the_workers_are_killed_in_the_middle_of_a_mailing_and_every_letter_arrives_once(works: Workplace) -> None:
    mailbox = works.folder / "mail"
    before = {path.name for path in mailbox.glob("*.eml")}
    write_letters(mail="mailing@tunis.example.org", number=LETTERS)
    until(lambda: len({path.name for path in mailbox.glob("*.eml")} - before) >= 5)
    family = works.family()
    works.kill()
    until(lambda: all(gone(pid) for pid in family))
    sent = {path.name for path in mailbox.glob("*.eml")} - before
    assert len(sent) < LETTERS, "killed too late to prove anything"
    works.start()
    open_letters = sa.select(sa.func.count()).select_from(Job).where(Job.kind == "mail", Job.state != JobState.DONE)
    until(lambda: db.session.rollback() is None and session().scalar(open_letters) == 0)
    arrived = [path for path in mailbox.glob("*.eml") if path.name not in before]
    assert len(arrived) == LETTERS
    assert len({message_from_bytes(path.read_bytes())["Message-ID"] for path in arrived}) == LETTERS


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_workers_asked_to_end_give_back_what_they_have_begun_and_leave_nobody_behind(
    works: Workplace, how: signal.Signals
) -> None:
    code = order(kind="test.steps", payload={"steps": 40, "wait": 0.1})
    until(lambda: len(works.steps(code)) > 1)
    family = works.family()
    assert works.end(how) == 0
    assert all(gone(pid) for pid in family)
    assert (works.state(code), works.row(code).attempts) == (JobState.QUEUED, 0)
    jobs.cancel(code)
    assert works.state(code) is JobState.CANCELLED
