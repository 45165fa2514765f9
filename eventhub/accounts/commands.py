"""Writes about people, accounts and links."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.commands import add, command, load
from ..core.db import session
from ..core.text import clean_line
from ..mail import letters
from . import links
from .links import Standing
from .models import Person, PersonalLink, Role, SignIn, User
from .rules import may_sign_in_by_mail

SIGN_IN = "sign_in"
SIGN_IN_MINUTES = 30


@dataclass(frozen=True)
class OpenedLink:
    """What came of opening a link."""

    result: Standing
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
def add_user(
    *,
    mail: str,
    name: str,
    language: str = "fr",
    roles: tuple[str, ...] = (),
    password_hash: str | None = None,
    staff: bool = True,
) -> str:
    """Create an account (and its person, unless the address is known). Returns the account's code. Roles are created
    when they are new; an existing account is given the roles and the password, and becomes staff if asked. A new
    password ends what the account was signed in with."""
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
        session().flush()
    user.staff = user.staff or staff
    if password_hash:
        user.password = password_hash
        _sign_out_everywhere(user)
    user.roles = [_role(role) for role in sorted({*roles, *(known.name for known in user.roles or [])})]
    return user.code


def _role(name: str) -> Role:
    return session().scalars(sa.select(Role).where(Role.name == name)).first() or add(Role(name=name))


@command
def reset_second_factor(*, user: str) -> None:
    """Forget the second factor and the recovery codes of an account, for someone who lost the telephone: the next
    sign-in sets it up anew. Whoever asks is to be known by other means."""
    row = load(User, user)
    row.tf_primary_method = row.tf_totp_secret = row.tf_last_counter = row.mf_recovery_codes = None
    _sign_out_everywhere(row)


@command
def set_active(*, user: str, active: bool) -> None:
    """Close an account, or open it again. A closed one is signed out everywhere and signs in nowhere."""
    row = load(User, user)
    row.active = active
    if not active:
        _sign_out_everywhere(row)


@command
def ask_for_sign_in_link(*, mail: str, demo: bool, next_path: str = "") -> None:
    """Mail a link to sign in with, if the address belongs to an account that may sign in so. Says nothing either way:
    nobody learns here whether an address is known."""
    user = session().scalars(sa.select(User).where(User.email == mail.strip().lower())).first()
    if user is not None and _by_mail(user, demo):
        _mail_sign_in_link(user, {"next": next_path})


@command
def open_link(*, code: str, browser: str, demo: bool = False) -> OpenedLink:
    """Bind a link to the browser that opens it first (`browser` is the fingerprint of its key). A sign-in link ends
    with its use, and signs in only whom `rules.may_sign_in_by_mail` lets; the others stay that browser's until they
    expire."""
    link = _link(code)
    now = clock.real_now()
    if link is None or not links.open_(link, now):
        return OpenedLink(Standing.OVER)
    if link.browser and link.browser != browser:
        return OpenedLink(Standing.ELSEWHERE)
    user = _account_of(link)
    if link.purpose == SIGN_IN:
        if user is None or not _by_mail(user, demo):
            return OpenedLink(Standing.OVER)
        link.ended_at = now
    if not link.browser:
        link.browser, link.used_at = browser, now
        _end_older(link)
    about = tuple(sorted((str(k), str(v)) for k, v in dict(link.about).items()))
    return OpenedLink(Standing.HERE, link.code, link.purpose, about, user.code if user else "")


def _end_older(fresh: PersonalLink) -> None:
    """A link that is opened for the first time takes the place of those that reached the same before it."""
    query = sa.select(PersonalLink).where(
        PersonalLink.person_id == fresh.person_id, PersonalLink.purpose == fresh.purpose,
        PersonalLink.ended_at.is_(None), PersonalLink.id < fresh.id,
    )  # fmt: skip
    for older in session().scalars(query):
        if dict(older.about) == dict(fresh.about):
            older.ended_at = fresh.used_at


@command
def mail_fresh_link(*, code: str, demo: bool = False) -> None:
    """Mail a fresh link for the same purpose to the person the old one belongs to. The old one goes on until the fresh
    one is opened: whoever holds a forwarded mail must not lock its owner out. Silent when there is none. A link that
    was ended (the registration was cancelled) is not brought back; a sign-in link, which ends by being used, is asked
    for anew like any other."""
    old = _link(code)
    if old is None:
        return
    if old.purpose == SIGN_IN:
        user = _account_of(old)
        if user is not None and _by_mail(user, demo):
            old.ended_at = old.ended_at or clock.real_now()
            _mail_sign_in_link(user, dict(old.about))
    elif old.ended_at is None:
        fresh = links.create(old.person, old.purpose, dict(old.about))
        letters.post("accounts.fresh_link", to=old.person.code, about={"link": fresh.code})


@command
def begin_sign_in(*, user: str, agent: str, address: str, instead_of: str = "") -> str:
    """Note that an account was signed in in a browser, and end what that browser was signed in as before. Returns the
    code the browser keeps."""
    now = clock.real_now()
    if instead_of:
        _end(SignIn.code == instead_of)
    account = load(User, user)
    row = SignIn(user=account, agent=clean_line(agent)[:300], address=address, created_at=now, seen_at=now)
    return add(row).code


@command
def end_sign_in(*, user: str, sign_in: str) -> None:
    """End one signed-in browser of an account; it is asked to sign in again at its next page."""
    row = load(SignIn, sign_in, user=load(User, user))
    row.ended_at = row.ended_at or clock.real_now()


@command
def end_other_sign_ins(*, user: str, but: str) -> int:
    """End every signed-in browser of an account but one. Returns how many were."""
    return _end(SignIn.user_id == load(User, user).id, SignIn.code != but)


def _sign_out_everywhere(user: User) -> None:
    user.fs_uniquifier = secrets.token_hex(32)
    _end(SignIn.user_id == user.id)


def _end(*which: sa.ColumnElement[bool]) -> int:
    rows = session().scalars(sa.select(SignIn).where(SignIn.ended_at.is_(None), *which)).all()
    for row in rows:
        row.ended_at = clock.real_now()
    return len(rows)


def _link(code: str) -> PersonalLink | None:
    """The link, locked: of two browsers that open it at once, one is first."""
    query = sa.select(PersonalLink).where(PersonalLink.code == code)
    locked = query.with_for_update(of=PersonalLink).execution_options(populate_existing=True)
    return session().scalars(locked).first()


def _account_of(link: PersonalLink) -> User | None:
    return session().scalars(sa.select(User).where(User.person_id == link.person_id)).first()


def _by_mail(user: User, demo: bool) -> bool:
    return may_sign_in_by_mail(active=user.active, staff=user.staff, demo=demo)


def _mail_sign_in_link(user: User, about: dict[str, str]) -> None:
    link = links.create(user.person, SIGN_IN, about)
    link.expires_at = clock.real_now() + timedelta(minutes=SIGN_IN_MINUTES)
    letters.post("accounts.sign_in", to=user.person.code, about={"link": link.code})
