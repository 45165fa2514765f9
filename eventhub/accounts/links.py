"""Personal links: one person, one purpose, one browser from first use.

A GET never uses a link up (mail scanners follow GETs); a button posts. From any other browser than the first the link
shows nothing personal and offers to mail a fresh one to the address it belongs to.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import session as browser_session

from ..core import clock, tokens
from ..core.actors import Actor, ActorKind
from ..core.commands import add
from ..core.db import session
from ..core.registry import Registry
from ..core.web import absolute
from .models import Person, PersonalLink
from .rules import link_is_good

TOKEN = "personal-link"  # noqa: S105 — the name of a purpose
TOKEN_SECONDS = 400 * 86_400
"""How long a signature is read at all; the row's own end comes earlier."""
DAYS = 180


class Standing(StrEnum):
    """How a link stands to the browser that shows it."""

    HERE = "here"
    """It may be opened here: it is unused, or this is its browser."""
    ELSEWHERE = "elsewhere"
    OVER = "over"


targets: Registry[Callable[[Mapping[str, str]], str]] = Registry("purpose of a personal link")
"""Purpose → the path a link opens, from what it is about."""


def create(person: Person, purpose: str, about: Mapping[str, str], *, days: int = DAYS) -> PersonalLink:
    """A new link, inside a command. Its address is made when the letter is written: no token is ever stored."""
    targets[purpose]  # an unknown purpose is a mistake now, not in the reader's hands
    now = clock.real_now()
    return add(
        PersonalLink(
            person=person,
            purpose=purpose,
            about=dict(about),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )


def address(link_code: str) -> str:
    """The absolute address of a link, signed, in the language being spoken."""
    return absolute("accounts.link", token=tokens.make(TOKEN, link_code))


def find(token: str) -> PersonalLink | None:
    """The row behind a token, whatever its state; None for a token that was not made here."""
    try:
        code = tokens.read(TOKEN, token, max_age=TOKEN_SECONDS)
    except tokens.BadToken:
        return None
    return session().scalars(sa.select(PersonalLink).where(PersonalLink.code == code)).first()


def open_(link: PersonalLink, now: datetime) -> bool:
    """Whether the link may still be used by somebody."""
    return link_is_good(ended_at=link.ended_at, expires_at=link.expires_at, now=now)


def end_all(*, purpose: str, about: Mapping[str, str]) -> None:
    """End every link that reaches exactly this, inside a command (cancelled, replaced)."""
    now = clock.real_now()
    unended = sa.select(PersonalLink).where(PersonalLink.purpose == purpose, PersonalLink.ended_at.is_(None))
    for link in session().scalars(unended):
        if dict(link.about) == dict(about):
            link.ended_at = now


def browser_key() -> str:
    """The random key of this browser, made at its first need."""
    if "browser" not in browser_session:
        browser_session["browser"] = secrets.token_urlsafe(24)
        browser_session.permanent = True
    return str(browser_session["browser"])


def fingerprint(key: str) -> str:
    return tokens.digest("browser", key)


def belongs_here(link: PersonalLink) -> bool:
    """Whether this browser is the one the link is bound to."""
    key = browser_session.get("browser")
    return bool(key and link.browser and hmac.compare_digest(link.browser, fingerprint(str(key))))


def standing(link: PersonalLink | None) -> Standing:
    """What a reader in this browser may do with a link. One that is over and one that never was look the same."""
    if link is None or not open_(link, clock.real_now()):
        return Standing.OVER
    return Standing.ELSEWHERE if link.browser and not belongs_here(link) else Standing.HERE


def actor_of_browser() -> Actor | None:
    """The link this browser acts by, if it is still good."""
    code = browser_session.get("link")
    if not code:
        return None
    link = session().scalars(sa.select(PersonalLink).where(PersonalLink.code == code)).first()
    if link is None or not open_(link, clock.real_now()) or not belongs_here(link):
        browser_session.pop("link", None)
        return None
    about: dict[str, Any] = dict(link.about)
    return Actor(
        ActorKind.LINK,
        code=link.code,
        person=link.person.code,
        purpose=link.purpose,
        about=tuple((str(k), str(v)) for k, v in sorted(about.items())),
    )
