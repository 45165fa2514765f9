"""What this room knows of a person, for export."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import Person
from ..core.db import session
from .models import Credential, Preference, Registration


def data(person_code: str) -> dict[str, Any]:
    """The registrations of a person, with preferences and credentials, as plain JSON."""
    query = (
        sa.select(Registration)
        .join(Registration.person)
        .where(Person.code == person_code)
        .options(
            joinedload(Registration.event),
            joinedload(Registration.category),
            selectinload(Registration.preferences).joinedload(Preference.theme),
        )
        .order_by(Registration.id)
    )
    rows = session().scalars(query).all()
    issued: dict[int, list[Credential]] = {}
    ids = [row.id for row in rows]
    for each in session().scalars(sa.select(Credential).where(Credential.registration_id.in_(ids))):
        issued.setdefault(each.registration_id, []).append(each)
    return {"registrations": [_one(row, issued.get(row.id, [])) for row in rows]}


def _one(row: Registration, credentials: list[Credential]) -> dict[str, Any]:
    return {
        "event": row.event.title.to_json(),
        "category": row.category.name.to_json(),
        "state": row.state.value,
        "reason": row.reason,
        "note": row.note,
        "requested_at": row.requested_at.isoformat() if row.requested_at else None,
        "ranking": [each.theme.title.to_json() for each in row.preferences],
        "credentials": [
            {"issued_at": each.issued_at.isoformat(), "void_at": each.void_at.isoformat() if each.void_at else None}
            for each in credentials
        ],
    }
