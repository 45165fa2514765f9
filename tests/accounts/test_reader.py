"""What templates learn of the reader: nothing before they ask, and nothing at all on a page that everyone shares."""

from __future__ import annotations

import pytest
from flask import Flask, g
from flask.globals import request_ctx

from eventhub.accounts.reader import AskedOnPublicPage, Reader
from tests.factories import accounts as make
from tests.queries import counting


def session_was_read() -> bool:
    """Asked without `flask.session`, which would read it."""
    return bool(request_ctx._session.accessed)


def test_a_reader_costs_nothing_until_somebody_asks(light_app: Flask) -> None:
    with light_app.test_request_context("/fr/"), counting() as statements:
        Reader()
        assert not session_was_read()
        assert "actor" not in g
    assert len(statements) == 0


def test_a_page_that_everyone_shares_cannot_ask_who_reads_it(light_app: Flask) -> None:
    with light_app.test_request_context("/fr/"):
        g.public_page = True
        for question in ("signed_in", "acting_by_link", "who", "is_staff"):
            with pytest.raises(AskedOnPublicPage):
                getattr(Reader(), question)


def test_a_public_page_touches_no_session_and_sets_no_cookie(light_app: Flask) -> None:
    client = make.sign_in(light_app, make.organiser())
    with client:
        page = client.get("/fr/")
        assert page.status_code == 200
        assert not session_was_read()
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")
    assert "Nadia" not in page.text


def test_an_account_is_named_and_known_as_staff(light_app: Flask) -> None:
    client = make.sign_in(light_app, make.organiser())
    with client:
        client.get("/fr/account")
        reader = Reader()
        assert (reader.signed_in, reader.acting_by_link, reader.who, reader.is_staff) == (
            True, False, "Nadia Benali", True,
        )  # fmt: skip


def test_nobody_is_nobody(light_app: Flask) -> None:
    with light_app.test_client() as client:
        client.get("/fr/sign-in")
        reader = Reader()
        assert (reader.signed_in, reader.acting_by_link, reader.who, reader.is_staff) == (False, False, "", False)
