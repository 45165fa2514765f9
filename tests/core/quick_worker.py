"""`eventhub worker` with jobs of the tests and short leases. Run as a process, so that it can be killed.

Its jobs leave one line a step in the file `steps` of the instance folder: what was really done, and by which process.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from flask import current_app

from eventhub.core import bell, jobs
from eventhub.mail import send, transport

ATTEMPTS = 3


def write_down(job: jobs.Running, what: str) -> None:
    with (Path(current_app.config["EVENTHUB"].instance) / "steps").open("a") as file:
        file.write(f"{job.code} {what} {os.getpid()}\n")


@jobs.handler("test.steps")
def steps(job: jobs.Running) -> str:
    """As many steps as asked, each `wait` seconds."""
    total = int(job.payload["steps"])
    for number in range(total):
        job.progress(number, total)
        write_down(job, f"step{number}")
        time.sleep(float(job.payload["wait"]))
    job.progress(total, total)
    return "result"


@jobs.handler("test.heavy", heavy=True)
def heavy(job: jobs.Running) -> None:
    write_down(job, "begin")
    time.sleep(float(job.payload["wait"]))
    write_down(job, "end")


@jobs.handler("test.failing")
def failing(job: jobs.Running) -> None:
    """Fails as often as asked, then succeeds."""
    write_down(job, "try")
    done = (Path(current_app.config["EVENTHUB"].instance) / "steps").read_text().count(f"{job.code} try")
    if done <= int(job.payload["times"]):
        raise RuntimeError("as the test asked")


@jobs.handler("test.deadly")
def deadly(job: jobs.Running) -> None:
    """Takes its worker with it, every time."""
    write_down(job, "try")
    os.kill(os.getpid(), signal.SIGKILL)


def hurry() -> None:
    """Everything that waits seconds waits tenths, and a letter takes long enough to be interrupted."""
    jobs.ATTEMPTS = ATTEMPTS
    jobs.LEASE, jobs.RING_AGAIN, jobs.BACKOFF = timedelta(seconds=1.2), timedelta(seconds=0.6), (0.3,) * 5
    bell.SWEEP_SECONDS, bell.GRACE_SECONDS = 0.2, 1
    hand_over = transport.deliver

    def slowly(message: object) -> None:
        hand_over(message)  # type: ignore[arg-type]
        time.sleep(0.05)  # accepted, and not yet written down

    send.transport.deliver = slowly  # type: ignore[attr-defined]


if __name__ == "__main__":
    from eventhub.cli import main

    hurry()
    main(sys.argv[1:])
