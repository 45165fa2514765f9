"""Who acts in this request: the holder of a personal link, else the account that is signed in, else nobody."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import session as browser_session
from flask_login import current_user

from ..core import clock
from ..core.actors import NOBODY, Actor, ActorKind
from ..core.db import session, writing
from . import links
from .models import SignIn, User
from .rules import sign_in_is_good

SEEN_EVERY = timedelta(minutes=10)
"""How often it is noted that a signed-in browser was seen."""


def identify() -> Actor:
    """A link that was opened in this browser speaks before the account, until its holder leaves it: what is done then
    is done as that person, and the record says so."""
    by_link = links.actor_of_browser()
    if by_link is not None:
        return by_link
    user = account()
    if user is None:
        return NOBODY
    roles = frozenset(role.name for role in user.roles)
    return Actor(ActorKind.ACCOUNT, code=user.code, person=user.person.code, roles=roles)


def account() -> User | None:
    """The account signed in here, whether or not a link speaks before it."""
    if not current_user.is_authenticated:
        return None
    user: User = current_user._get_current_object()
    return user


def signed_in_here(user: User) -> bool:
    """Whether this browser's sign-in to the account still holds. A browser that was left alone or ended from
    elsewhere is nobody again, on our pages and on the library's."""
    code = browser_session.get("sign_in")
    found = session().scalars(sa.select(SignIn).where(SignIn.code == code)).first() if code else None
    if found is None or found.user_id != user.id:
        return False
    now = clock.real_now()
    if not sign_in_is_good(ended_at=found.ended_at, seen_at=found.seen_at, staff=user.staff, now=now):
        return False
    if now - found.seen_at > SEEN_EVERY:
        _note_seen(found.code)
    return True


def _note_seen(code: str) -> None:
    """A note of the machine's own, apart from the reader's transaction."""
    with writing() as connection:
        connection.execute(sa.update(SignIn).where(SignIn.code == code).values(seen_at=clock.real_now()))
