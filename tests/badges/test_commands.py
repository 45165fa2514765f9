"""Print runs: what is chosen, what is on the paper, what a crash leaves."""

import re
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.badges import commands, printing, queries
from eventhub.badges.models import Batch, BatchBadge
from eventhub.badges.rules import Choice
from eventhub.core import files, jobs
from eventhub.core.commands import command
from eventhub.core.db import session
from eventhub.registration.models import Credential, State

from ..factories import badges as make


def words(pdf: bytes, folder: Path) -> str:
    paper = folder / "badges.pdf"
    paper.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(paper), "-"], check=True, capture_output=True, text=True).stdout


def order(event: str, choice: Choice = Choice.NEW) -> commands.Ordered:
    return commands.order_batch(event=event, choice=choice, stock="a4-8")


@command
def void(*, credential: str) -> None:
    row = session().scalars(sa.select(Credential).where(Credential.code == credential)).one()
    row.void_at = make.NOW


def paper_of(event: str, batch: str) -> bytes:
    row = queries.batch(event, batch)
    assert row is not None
    file = queries.paper(row)
    assert file is not None
    return files.read(file)


def test_cancelled_and_pending_people_are_not_printed(app: Flask, tmp_path: Path) -> None:
    event = make.event()
    make.person(event_code=event, number=1)
    make.person(event_code=event, number=2, state=State.PENDING)
    make.person(event_code=event, number=3, state=State.CANCELLED, void=True)
    done = order(event)
    assert done.count == 1
    jobs.run_pending()
    text = words(paper_of(event, done.batch), tmp_path)
    assert "N0001" in text
    assert "N0002" not in text
    assert "N0003" not in text


def test_a_credential_voided_after_the_order_is_left_out_of_the_paper(app: Flask, tmp_path: Path) -> None:
    event = make.event()
    make.person(event_code=event, number=1)
    _, credential = make.person(event_code=event, number=2)
    done = order(event)
    void(credential=credential)
    jobs.run_pending()
    text = words(paper_of(event, done.batch), tmp_path)
    assert "N0001" in text
    assert "N0002" not in text


def test_a_second_run_of_new_badges_prints_only_who_came_since(app: Flask) -> None:
    event = make.event()
    make.person(event_code=event, number=1)
    order(event)
    make.person(event_code=event, number=2)
    assert order(event).count == 1
    with pytest.raises(commands.NothingToPrint):
        order(event)
    assert order(event, Choice.ALL).count == 2


def test_nobody_to_print_is_a_named_refusal_and_leaves_no_batch(app: Flask) -> None:
    event = make.event()
    with pytest.raises(commands.NothingToPrint):
        order(event)
    assert session().scalar(sa.select(sa.func.count()).select_from(Batch)) == 0


def test_the_people_of_another_event_are_not_on_the_paper(app: Flask) -> None:
    event, other = make.event(), make.event(slug="tunis")
    make.person(event_code=event, number=1)
    make.person(event_code=other, number=2)
    done = order(event)
    assert done.count == 1
    assert queries.batch(other, done.batch) is None


def test_a_job_begun_again_keeps_one_paper(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    event = make.event()
    make.person(event_code=event, number=1)
    done = order(event)
    finish = commands.finish_batch

    def die_after(**values: object) -> str:
        finish(**values)  # type: ignore[arg-type]
        raise SystemExit("killed before the end was recorded")

    monkeypatch.setattr(commands, "finish_batch", die_after)
    with pytest.raises(SystemExit):
        jobs.run(done.job)
    monkeypatch.setattr(commands, "finish_batch", finish)
    first = paper_of(event, done.batch)
    assert jobs.run(done.job)
    assert paper_of(event, done.batch) == first
    count = sa.select(sa.func.count()).select_from(files.StoredFile)
    assert session().scalar(count) == 1


def test_a_cancelled_run_has_no_paper(app: Flask) -> None:
    event = make.event()
    for number in range(12):
        make.person(event_code=event, number=number)
    done = order(event)
    jobs.cancel(done.job)
    jobs.run_pending()
    row = queries.batch(event, done.batch)
    assert row is not None
    assert row.file == ""
    job = jobs.get(done.job)
    assert job is not None
    assert job.state is jobs.JobState.CANCELLED


def test_what_is_on_a_paper_is_remembered(app: Flask) -> None:
    event = make.event()
    registration, credential = make.person(event_code=event, number=1)
    order(event)
    row = session().scalars(sa.select(BatchBadge)).one()
    assert (row.registration_code, row.credential_code) == (registration, credential)


def test_the_code_on_a_badge_is_an_address_of_this_install_and_no_name(light_app: Flask) -> None:
    assert re.fullmatch(r"http://localhost/b/[A-Z2-9]+", printing.qr_text("ABCDEFGH23"))
