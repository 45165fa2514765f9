"""Reads about people and accounts."""

from __future__ import annotations

import sqlalchemy as sa

from ..core.db import session
from .models import Person, SignIn, User


def person(code: str) -> Person | None:
    return session().scalars(sa.select(Person).where(Person.code == code)).first()


def user(code: str) -> User | None:
    return session().scalars(sa.select(User).where(User.code == code)).first()


def people(codes: set[str]) -> dict[str, Person]:
    """Code → person, in one statement."""
    return {row.code: row for row in session().scalars(sa.select(Person).where(Person.code.in_(codes)))} if codes else {}


def sign_ins(user_code: str, *, limit: int = 50) -> list[SignIn]:
    """The browsers an account is signed in with, the latest first."""
    query = sa.select(SignIn).join(User, SignIn.user_id == User.id).where(User.code == user_code)
    return list(session().scalars(query.where(SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc()).limit(limit)))
