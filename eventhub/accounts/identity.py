"""Who acts in this request: the holder of a personal link, else the account that is signed in, else nobody."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import session as browser_session
from flask_login import current_user

from ..core import clock
from ..core.actors import NOBODY, Actor, ActorKind
from ..core.db import session
from . import links
from .models import SignIn, User

SEEN_EVERY = timedelta(minutes=10)


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
    """The account signed in here, if its sign-in was not ended from elsewhere."""
    if not current_user.is_authenticated or not current_user.active:
        return None
    code = browser_session.get("sign_in")
    found = session().scalars(sa.select(SignIn).where(SignIn.code == code)).first() if code else None
    user: User = current_user._get_current_object()
    if found is None or found.ended_at is not None or found.user_id != user.id:
        return None
    return user


def stale(sign_in: SignIn) -> bool:
    """Whether it is time to note that the browser was seen."""
    return clock.real_now() - sign_in.seen_at > SEEN_EVERY
