"""Reads about people and accounts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.db import session
from .models import Person, SignIn, User
from .rules import IDLE, IDLE_STAFF

OWN_DATA = (
    "mail", "form_of_address", "given_name", "family_name", "given_name_arabic", "family_name_arabic", "script",
    "function", "organisation", "phone", "language", "languages", "access_needs", "food_needs", "food_note",
)  # fmt: skip
"""Columns of a person that are theirs to take away."""


def person(code: str) -> Person | None:
    return session().scalars(sa.select(Person).where(Person.code == code)).first()


def user(code: str) -> User | None:
    return session().scalars(sa.select(User).where(User.code == code)).first()


def user_of(person_code: str) -> User | None:
    """The account of a person, if there is one."""
    query = sa.select(User).join(Person, User.person_id == Person.id).where(Person.code == person_code)
    return session().scalars(query).first()


def people(codes: set[str]) -> dict[str, Person]:
    """Code → person, in one statement."""
    if not codes:
        return {}
    return {row.code: row for row in session().scalars(sa.select(Person).where(Person.code.in_(codes)))}


def sign_ins(account: User, *, limit: int = 50) -> list[SignIn]:
    """The browsers an account is signed in with, the latest first."""
    since = clock.real_now() - (IDLE_STAFF if account.staff else IDLE)
    good = sa.select(SignIn).where(SignIn.user_id == account.id, SignIn.ended_at.is_(None), SignIn.seen_at >= since)
    return list(session().scalars(good.order_by(SignIn.seen_at.desc(), SignIn.id.desc()).limit(limit)))


def personal_data(person_code: str) -> dict[str, Any]:
    """What this room knows about a person, for them to take away. Nothing that opens a door."""
    found = person(person_code)
    if found is None:
        return {}
    account = user_of(person_code)
    return {
        "person": {name: getattr(found, name) for name in OWN_DATA},
        "account": account and {"mail": account.email, "roles": [role.name for role in account.roles]},
        "sign_ins": [
            {"browser": row.agent, "address": row.address, "since": row.created_at.isoformat()}
            for row in (sign_ins(account) if account else ())
        ],
    }
