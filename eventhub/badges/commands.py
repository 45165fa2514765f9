"""Writes about badges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from ..core import clock, files, jobs
from ..core.commands import add, command, load, lock
from ..core.db import session
from ..core.errors import Refused
from ..events.models import Event
from . import queries
from .models import Batch, BatchBadge
from .rules import Choice, to_print

JOB = "badges.print"
PDF = "application/pdf"


class NothingToPrint(Refused):
    """Nobody approved is left for this choice."""

    message = _l("There is no badge to print for this choice.")


@dataclass(frozen=True)
class Ordered:
    batch: str
    job: str
    count: int


@command
def order_batch(*, event: str, choice: Choice, stock: str, categories: Sequence[str] = ()) -> Ordered:
    """Choose the badges of a print run, write down which, and have a worker print them.

    The event is locked, so that two orders of the new badges at once do not both print them. Raises NothingToPrint.
    """
    event_row = lock(Event, event)
    chosen = to_print(queries.candidates(event_row), choice, categories)
    if not chosen:
        raise NothingToPrint()
    batch = add(Batch(event=event_row, stock=stock, job="", count=len(chosen), created_at=clock.now()))
    session().flush()
    session().add_all(
        BatchBadge(batch=batch, credential_code=each.credential, registration_code=each.registration) for each in chosen
    )
    job = jobs.enqueue(JOB, {"event": event, "batch": batch.code}, about=batch.code)
    batch.job = job.code
    return Ordered(batch.code, job.code, len(chosen))


@command
def finish_batch(*, batch: str, pdf: bytes, count: int, name: str) -> str:
    """Keep the paper of a batch and return the code of its file. Harmless when the batch already has one: the job
    was taken up again after its end was not recorded."""
    row = load(Batch, batch)
    if row.file:
        return row.file
    file = files.keep(pdf, name=name, media_type=PDF, owner_kind=queries.FILE_OF_BATCH, owner_code=row.code)
    row.file, row.count = file.code, count
    return file.code
