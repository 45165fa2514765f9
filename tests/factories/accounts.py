"""People and accounts for tests."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from eventhub.accounts import commands, links
from eventhub.accounts.models import Person
from eventhub.core.commands import command
from eventhub.core.db import session


@command
def _person(*, mail: str | None, language: str, given: str, family: str, values: dict[str, object]) -> str:
    return commands.new_person(mail=mail, language=language, given_name=given, family_name=family, **values).code


def person(
    mail: str | None = "amina@tunis.example.org",
    given: str = "Amina",
    family: str = "Trabelsi",
    language: str = "fr",
    **values: object,
) -> Person:
    """A person in the database."""
    import sqlalchemy as sa

    code = _person(mail=mail, language=language, given=given, family=family, values=values)
    return session().scalars(sa.select(Person).where(Person.code == code)).one()


def organiser(mail: str = "nadia@secretariat.example.org", roles: tuple[str, ...] = ("organiser",)) -> str:
    """An account of the secretariat; its code."""
    return commands.add_user(mail=mail, name="Nadia Benali", roles=roles)


def sign_in(app: Flask, user_code: str) -> FlaskClient:
    """A browser in which this account is signed in."""
    from eventhub.accounts import queries

    client = app.test_client()
    user = queries.user(user_code)
    assert user is not None
    uniquifier, code = user.fs_uniquifier, commands.begin_sign_in(user=user_code, agent="test", address="127.0.0.1")
    with client.session_transaction() as browser:
        browser["_user_id"], browser["_fresh"], browser["sign_in"] = uniquifier, True, code
        browser["fs_cc"], browser["fs_paa"], browser["identity_at"] = "set", 0, 0
    return client


@command
def _link(*, person_code: str, purpose: str, about: dict[str, str]) -> str:
    import sqlalchemy as sa

    row = session().scalars(sa.select(Person).where(Person.code == person_code)).one()
    return links.create(row, purpose, about).code


def by_link(app: Flask, person_code: str, purpose: str, about: dict[str, str]) -> FlaskClient:
    """A browser that has opened a personal link of this person."""
    code = _link(person_code=person_code, purpose=purpose, about=about)
    client = app.test_client()
    with app.test_request_context():
        fingerprint = links.fingerprint("this-browser")
    commands.open_link(code=code, browser=fingerprint)
    with client.session_transaction() as browser:
        browser["browser"], browser["link"] = "this-browser", code
    return client
