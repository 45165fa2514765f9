"""`eventhub serve`: pages and work begin together and end together, whatever happens to one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from eventhub.accounts import commands as accounts
from eventhub.core.commands import command
from eventhub.core.db import db, session
from eventhub.core.jobs import Job, JobState
from eventhub.mail import letters
from tests.installs import install, process_environment


class Served:
    """A running `eventhub serve`."""

    def __init__(self, environ: dict[str, str], *words: str) -> None:
        self.environ = environ
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "eventhub.cli", "serve", *words],
            env={**process_environment(environ), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(self.environ["EVENTHUB_BASE_URL"] + "/healthz", timeout=2)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def family(self) -> list[int]:
        """Every process below, to the last."""
        found, look = [], [self.process.pid]
        while look:
            pid = look.pop()
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                children = [int(each) for each in task.read_text().split()]
                found += children
                look += children
        return found

    def part(self, name: str) -> int:
        """The direct child of this name."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(int(pid) for pid in own if Path(f"/proc/{pid}/comm").read_text().strip() == f"eventhub {name}"[:15])


def alive(pids: list[int]) -> list[int]:
    def runs(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    return [pid for pid in pids if runs(pid)]


def until(holds: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with install(tmp_path_factory.mktemp("served"), "sqlite") as (app, environ), app.app_context():
        yield environ


@pytest.fixture
def served(home: dict[str, str]) -> Iterator[Served]:
    running = Served(home)
    until(lambda: "EventHub answers at" in running.said or running.process.poll() is not None)
    assert running.process.poll() is None, running.said
    family = running.family()
    yield running
    for pid in [running.process.pid, *alive(family)]:
        if running.process.poll() is None or pid != running.process.pid:
            os.kill(pid, signal.SIGKILL)
    running.process.wait()


@command
def send_a_letter() -> None:
    person = accounts.new_person(mail="amina@tunis.example.org", language="fr", given_name="Amina")
    session().flush()
    letters.post("accounts.sign_in", to=person.code, about={"link": "LINK"})


def test_it_says_where_it_answers_and_does_the_work_too(served: Served) -> None:
    assert served.answers()
    assert served.environ["EVENTHUB_BASE_URL"] in served.said
    send_a_letter()
    undone = sa.select(sa.func.count()).select_from(Job).where(Job.state != JobState.DONE)
    until(lambda: db.session.rollback() is None and session().scalar(undone) == 0)
    assert len(list((Path(served.environ["EVENTHUB_INSTANCE"]) / "mail").glob("*.eml"))) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_everything_in_order(served: Served, how: signal.Signals) -> None:
    until(lambda: len(served.family()) == 2 + 2 + 3)  # two parts, two web processes, two workers and the sweep
    family = served.family()
    served.process.send_signal(how)
    assert served.process.wait(20) == 0, served.said
    assert alive(family) == []
    assert not served.answers()
    assert "Traceback" not in served.said


def test_ctrl_c_in_a_terminal_reaches_the_whole_group_and_ends_it_as_well(served: Served) -> None:
    family = served.family()
    os.killpg(served.process.pid, signal.SIGINT)
    assert served.process.wait(20) == 0, served.said
    assert alive(family) == []


def test_when_it_is_killed_nothing_is_left_running(served: Served) -> None:
    family = served.family()
    os.kill(served.process.pid, signal.SIGKILL)
    until(lambda: not alive(family))


@pytest.mark.parametrize(("word", "name"), [("web", "web server"), ("workers", "workers")])
def test_when_one_part_ends_by_itself_the_other_ends_and_it_is_said(served: Served, word: str, name: str) -> None:
    family = served.family()
    os.kill(served.part(word), signal.SIGKILL)
    assert served.process.wait(30) == 1
    until(lambda: not alive(family))
    until(lambda: f"The {name} ended unexpectedly" in served.said)


def test_a_web_process_that_dies_is_replaced(served: Served) -> None:
    server = served.part("web")
    children = Path(f"/proc/{server}/task/{server}/children")
    first = int(children.read_text().split()[0])
    os.kill(first, signal.SIGKILL)
    until(lambda: len(set(children.read_text().split()) - {str(first)}) == 2)
    until(served.answers)


def test_a_port_that_is_taken_is_said_and_nothing_is_left(served: Served) -> None:
    second = Served(served.environ)
    assert second.process.wait(40) == 1
    until(lambda: "EVENTHUB_BIND chooses another" in second.said)
    assert served.answers()


def test_the_web_server_alone_has_no_workers(home: dict[str, str]) -> None:
    alone = Served(home, "--web-only")
    try:
        until(alone.answers)
        assert len(alone.family()) == int(home.get("EVENTHUB_WEB_WORKERS", "2"))
    finally:
        alone.process.terminate()
        assert alone.process.wait(15) == 0
