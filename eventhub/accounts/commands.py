"""Writes about people, accounts and links."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.commands import add, command, load
from ..core.db import session
from ..core.text import clean_line
from ..mail import letters
from . import links
from .models import Person, PersonalLink, Role, SignIn, User

SIGN_IN = "sign_in"
SIGN_IN_MINUTES = 30


class Opened(StrEnum):
    """What came of opening a link."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    OVER = "over"


@dataclass(frozen=True)
class OpenedLink:
    result: Opened
    code: str = ""
    purpose: str = ""
    about: tuple[tuple[str, str], ...] = ()
    user: str = ""
    """The account to sign in, for a sign-in link."""


def person_by_mail(mail: str) -> Person | None:
    """The person with this address, for commands of this room and the ones above."""
    return session().scalars(sa.select(Person).where(Person.mail == mail.strip().lower())).first()


def new_person(*, mail: str | None, language: str, **values: Any) -> Person:
    """Add a person inside a command; the address is kept in lower case, names as they are given."""
    address = (mail or "").strip().lower() or None
    person = add(Person(mail=address, language=language, created_at=clock.real_now(), **values))
    person.refold()
    return person


def change_person(person: Person, **values: Any) -> None:
    """Change a person inside a command. Values that are not given stay."""
    for name, value in values.items():
        setattr(person, name, value)
    person.refold()


@command
def add_user(*, mail: str, name: str, language: str = "fr", roles: tuple[str, ...] = (), password_hash: str | None = None, staff: bool = True) -> str:  # fmt: skip
    """Create an account (and its person, unless the address is known). Returns the account's code. Roles are created
    when they are new; an existing account is given the roles and the password."""
    given, _, family = clean_line(name).partition(" ")
    person = person_by_mail(mail) or new_person(mail=mail, language=language, given_name=given, family_name=family)
    user = session().scalars(sa.select(User).where(User.email == (person.mail or ""))).first()
    now = clock.real_now()
    if user is None:
        user = add(
            User(
                person=person, email=person.mail, active=True, staff=staff, fs_uniquifier=secrets.token_hex(32),
                confirmed_at=now, create_datetime=now, update_datetime=now,
            )
        )  # fmt: skip
    if password_hash:
        user.password = password_hash
    user.roles = [_role(role) for role in sorted({*roles, *(known.name for known in user.roles or [])})]
    return user.code


def _role(name: str) -> Role:
    return session().scalars(sa.select(Role).where(Role.name == name)).first() or add(Role(name=name))


@command
def ask_for_sign_in_link(*, mail: str, demo: bool, next_path: str = "") -> None:
    """Mail a link to sign in with, if the address belongs to an account that may sign in so. Says nothing either way:
    nobody learns here whether an address is known."""
    user = session().scalars(sa.select(User).where(User.email == mail.strip().lower(), User.active)).first()
    if user is None or (user.staff and not demo):
        return
    link = links.create(user.person, SIGN_IN, {"next": next_path})
    link.expires_at = clock.real_now() + timedelta(minutes=SIGN_IN_MINUTES)
    letters.post("accounts.sign_in", to=user.person.code, about={"link": link.code})


@command
def open_link(*, code: str, browser: str) -> OpenedLink:
    """Bind a link to the browser that opens it first (`browser` is the fingerprint of its key). A sign-in link ends
    with its use; the others stay that browser's until they expire."""
    link = session().scalars(sa.select(PersonalLink).where(PersonalLink.code == code).with_for_update()).first()
    now = clock.real_now()
    if link is None or not links.open_(link, now):
        return OpenedLink(Opened.OVER)
    if link.browser and link.browser != browser:
        return OpenedLink(Opened.ELSEWHERE)
    if not link.browser:
        link.browser, link.used_at = browser, now
    if link.purpose == SIGN_IN:
        link.ended_at = now
    user = session().scalars(sa.select(User.code).where(User.person_id == link.person_id)).first() or ""
    about = tuple(sorted((str(k), str(v)) for k, v in dict(link.about).items()))
    return OpenedLink(Opened.HERE, link.code, link.purpose, about, user)


@command
def mail_fresh_link(*, code: str) -> None:
    """Mail a fresh link for the same purpose to the person the old one belongs to, and end the old one. Silent when
    there is none. An ended link (the registration was cancelled) is not brought back."""
    old = session().scalars(sa.select(PersonalLink).where(PersonalLink.code == code).with_for_update()).first()
    if old is None or old.ended_at is not None:
        return
    old.ended_at = clock.real_now()
    fresh = links.create(old.person, old.purpose, dict(old.about))
    if old.purpose == SIGN_IN:
        fresh.expires_at = clock.real_now() + timedelta(minutes=SIGN_IN_MINUTES)
    letters.post("accounts.fresh_link", to=old.person.code, about={"link": fresh.code})


@command
def begin_sign_in(*, user: str, agent: str, address: str) -> str:
    """Note that an account was signed in in a browser. Returns the code the browser keeps."""
    now = clock.real_now()
    row = add(SignIn(user=load(User, user), agent=clean_line(agent)[:300], address=address, created_at=now, seen_at=now))
    return row.code


@command
def end_sign_in(*, user: str, sign_in: str) -> None:
    """End one signed-in browser of an account; it is asked to sign in again at its next page."""
    row = load(SignIn, sign_in, user=load(User, user))
    row.ended_at = row.ended_at or clock.real_now()
