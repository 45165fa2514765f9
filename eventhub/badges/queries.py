"""Reads about badges, each in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from ..core import jobs
from ..core.db import session
from ..core.files import StoredFile, of_owner
from ..events.models import Event
from ..network.models import City, Partner
from ..registration.models import Category, Credential, Delegation, Registration, State
from .models import Batch, BatchBadge
from .rules import Candidate, Choice, to_print

FILE_OF_BATCH = "badge_batch"


@dataclass(frozen=True)
class BatchLine:
    """A batch as its page lists it."""

    batch: Batch
    job: jobs.Job | None


def event_of_badges(event: str) -> Event | None:
    return session().scalars(sa.select(Event).where(Event.code == event)).first()


def batch(event: str, batch: str) -> Batch | None:
    """A batch within its event: one of another event is as unknown as a wrong code."""
    query = sa.select(Batch).join(Event).options(contains_eager(Batch.event))
    return session().scalars(query.where(Event.code == event, Batch.code == batch)).first()


def batches(event_row: Event, *, limit: int = 30) -> list[BatchLine]:
    """The latest print runs, newest first."""
    query = sa.select(Batch).where(Batch.event_id == event_row.id).order_by(Batch.id.desc()).limit(limit)
    found = list(session().scalars(query))
    known = session().scalars(sa.select(jobs.Job).where(jobs.Job.code.in_([each.job for each in found])))
    by_code = {job.code: job for job in known}
    return [BatchLine(each, by_code.get(each.job)) for each in found]


def categories(event_row: Event) -> list[Category]:
    query = sa.select(Category).where(Category.event_id == event_row.id).order_by(Category.position, Category.id)
    return list(session().scalars(query))


def candidates(event_row: Event) -> list[Candidate]:
    """Everyone with a registration, as the rule wants them."""
    printed = sa.select(BatchBadge.credential_code).where(BatchBadge.credential_code == Credential.code).exists()
    query = (
        sa.select(Registration, Credential.code, printed)
        .outerjoin(Credential, sa.and_(Credential.registration_id == Registration.id, Credential.void_at.is_(None)))
        .where(Registration.event_id == event_row.id)
        .options(joinedload(Registration.person), joinedload(Registration.category))
    )
    return [
        Candidate(
            registration=row.code,
            credential=credential or "",
            category=row.category.key,
            sort_key=row.person.folded,
            approved=row.state is State.APPROVED,
            printed=bool(was_printed),
        )
        for row, credential, was_printed in session().execute(query)
    ]


def counts(event_row: Event) -> Mapping[Choice, int]:
    """How many badges each choice would print now."""
    everyone = candidates(event_row)
    return {choice: len(to_print(everyone, choice)) for choice in Choice}


def on_paper(batch_row: Batch) -> list[tuple[Registration, str]]:
    """(registration, credential) of a batch that are still valid, in the order they were chosen."""
    query = (
        sa.select(Registration, Credential.code)
        .join(Credential, Credential.registration_id == Registration.id)
        .join(BatchBadge, BatchBadge.credential_code == Credential.code)
        .where(BatchBadge.batch_id == batch_row.id, Credential.void_at.is_(None), Registration.state == State.APPROVED)
        .options(
            joinedload(Registration.person),
            joinedload(Registration.category),
            joinedload(Registration.delegation).joinedload(Delegation.city),
            joinedload(Registration.delegation).joinedload(Delegation.partner),
        )
        .order_by(BatchBadge.id)
    )
    return [(row, code) for row, code in session().execute(query)]


def paper(batch_row: Batch) -> StoredFile | None:
    return of_owner(FILE_OF_BATCH, batch_row.code, batch_row.file) if batch_row.file else None


def partners(event_row: Event) -> list[Partner]:
    query = sa.select(Partner).where(Partner.network_id == event_row.network_id).order_by(Partner.position, Partner.id)
    return list(session().scalars(query))


def credential(code: str) -> Credential | None:
    """A credential with its registration, whatever its state."""
    query = sa.select(Credential).where(Credential.code == code.upper())
    loaded = query.options(
        joinedload(Credential.registration).joinedload(Registration.person),
        joinedload(Credential.registration).joinedload(Registration.event),
        joinedload(Credential.registration).joinedload(Registration.category),
    )
    return session().scalars(loaded).first()


def city_of(registration: Registration) -> City | None:
    return registration.delegation.city if registration.delegation else None
