"""Redirects within our own site, error pages with a reference, and headers of every answer."""

from __future__ import annotations

import json
import logging
import re

import pytest
import sqlalchemy as sa
from flask import Flask, abort, request
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core import access, logs, web
from eventhub.core.access import public
from eventhub.core.errors import Changed, NotAllowedNow, NotFound, Refused, TooMany
from eventhub.core.web import absolute, safe_path
from tests.core.conftest import Another

OURS = (
    "/",
    "/fr/",
    "/fr/events/lyon?day=2#now",
    "/ar/ليون",
    "/fr/a:b",
    "/fr/@x",
    "/fr/a//b",
    "/fr/?next=https://x.example",
)
NOT_OURS = (
    None,
    "",
    "fr",
    "https://evil.example",
    "http:/evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " /fr",
    "/fr x",
    "\t//evil.example",
    "javascript:alert(1)",
    "/fr\r\nSet-Cookie: a=b",
    "/fr\0",
    "//[",
    "https:evil.example",
    "?next=/",
    "#x",
    "@evil.example",
    "/" + "x" * 3000,
    "\u2028//evil.example",
    "／／evil.example",
    "data:text/html,x",
    "/fr/\x7f\\",
)


@pytest.mark.parametrize("target", OURS)
def test_a_path_of_our_own_is_followed(target: str) -> None:
    assert safe_path(target) == target


@pytest.mark.parametrize("target", NOT_OURS, ids=ascii)
def test_no_other_target_is_followed(target: str | None) -> None:
    assert safe_path(target) is None


@given(st.text(alphabet="/\\.:@?#[]%\t\n\r evilhttps\u2028", max_size=20))
def test_whatever_is_followed_stays_here(target: str) -> None:
    from urllib.parse import urljoin, urlsplit

    kept = safe_path(target)
    if kept is not None:
        assert urlsplit(urljoin("https://eventhub.example/fr/x", kept)).netloc == "eventhub.example"
        assert not re.match(r"[/\\]{2}", kept)


def test_an_absolute_address_is_made_from_the_settings_and_never_from_the_request(
    light_app: Flask, another: Another
) -> None:
    made = another(light_app, EVENTHUB_BASE_URL="https://villes.example", EVENTHUB_TRUSTED_HOSTS="proxy.internal")
    with made.test_request_context("/ar/", base_url="http://proxy.internal:81"):
        assert absolute("site.home", lang="ar") == "https://villes.example/ar/"
    with made.app_context():  # a letter is written where there is no request
        assert absolute("site.home", lang="ar") == "https://villes.example/ar/"
        assert absolute("site.home").startswith("https://villes.example/")


# Errors ---------------------------------------------------------------------------------------------------------------


class Full(Refused):
    message = "Only %(places)d places are left."


FAULTS = {
    "403": lambda: abort(403),
    "429": lambda: abort(429),
    "503": lambda: abort(503),
    "fault": lambda: 1 / 0,
    "refused": lambda: (_ for _ in ()).throw(Full(places=2)),
    "not-found": lambda: (_ for _ in ()).throw(NotFound()),
    "not-now": lambda: (_ for _ in ()).throw(NotAllowedNow()),
    "changed": lambda: (_ for _ in ()).throw(Changed(mine="<a>", theirs="b")),
    "too-many": lambda: (_ for _ in ()).throw(TooMany()),
    "database": lambda: (_ for _ in ()).throw(sa.exc.OperationalError("SELECT secret", {"a": "Amina"}, Exception("x"))),
}
STATUS = {
    "403": 403,
    "429": 429,
    "503": 503,
    "fault": 500,
    "refused": 409,
    "not-found": 404,
    "not-now": 409,
    "changed": 409,
    "too-many": 429,
    "database": 500,
}


def wire(app: Flask) -> None:
    @app.route("/<lang:lang>/t/<name>", methods=["GET", "POST"])
    @public
    def fails(name: str) -> str:
        return str(FAULTS[name]() or "")

    @app.post("/<lang:lang>/t/upload")
    @public
    def upload() -> str:
        return str(len(request.get_data()))

    access.check(app)


@pytest.fixture
def house(light_app: Flask, another: Another) -> Flask:
    return another(light_app, wire)


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("name", FAULTS)
def test_every_error_is_a_page_with_a_reference_that_is_found_in_the_log(
    house: Flask, caplog: pytest.LogCaptureFixture, name: str, language: str
) -> None:
    caplog.set_level(logging.INFO, "eventhub")
    answer = house.test_client().get(f"/{language}/t/{name}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == STATUS[name]
    assert f'lang="{language}"' in page
    reference = re.search(r">([0-9a-f]{12})<", page)
    assert reference is not None
    assert any(reference[1] in record.getMessage() for record in caplog.records)
    for trace in ("Traceback", "ZeroDivisionError", "SELECT", "Amina", ".py", "/work", "sqlalchemy"):
        assert trace not in page
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_refusal_says_its_words(house: Flask) -> None:
    assert "Only 2 places are left." in house.test_client().get("/fr/t/refused").get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/fr/nothing-here", "GET", 404),
        ("/xx/", "GET", 404),
        ("/fr/t/fault", "DELETE", 405),
        ("/fr/events/%00", "GET", 400),
        ("/fr/?q=%00", "GET", 400),
        ("/%ff%fe", "GET", 404),
        ("/" + "x" * 5000, "GET", 404),
        ("/fr/../../etc/passwd", "GET", 404),
        ("/fr/<script>alert(1)</script>", "GET", 404),
    ],
)
def test_a_strange_address_is_an_error_page(house: Flask, path: str, method: str, status: int) -> None:
    answer = house.test_client().open(path, method=method)
    assert answer.status_code == status
    assert b"<script>alert" not in answer.data
    if method == "GET" and path.startswith("/fr/"):
        assert b'lang="fr"' in answer.data


def test_a_body_beyond_the_limit_is_a_413(light_app: Flask, another: Another) -> None:
    house = another(light_app, wire, EVENTHUB_UPLOAD_LIMIT="2048")
    assert house.test_client().post("/fr/t/upload", data=b"x" * 3000).status_code == 413


def test_when_even_the_error_page_fails_there_is_a_bare_one_with_its_reference(
    house: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("the template is broken: <b>secret</b>")

    monkeypatch.setattr(web, "render_template", fail)
    answer = house.test_client().get("/fr/t/fault")
    assert answer.status_code == 500
    assert b"secret" not in answer.data
    reference = re.search(rb">([0-9a-f]{12})<", answer.data)
    assert reference is not None
    assert reference[1].decode() in caplog.text


def test_a_transaction_that_failed_does_not_spoil_the_error_page(app: Flask, another: Another) -> None:
    """On PostgreSQL nothing more is answered in it; the page asks for the name of the network."""

    def wire_bad(made: Flask) -> None:
        @made.get("/fr/t/bad")
        @public
        def bad() -> str:
            from eventhub.core.db import session

            return str(session().execute(sa.text("SELECT no_such_column FROM no_such_table")).all())

    answer = another(app, wire_bad).test_client().get("/fr/t/bad")
    assert answer.status_code == 500
    assert "<header" in answer.get_data(as_text=True), "the whole page, and not the bare one"


# Logs -----------------------------------------------------------------------------------------------------------------

SAYS_NOTHING = (
    "GET /fr/l/eyJhbGciOi.abc-DEF_123 reference 0123456789ab",
    "GET /fr/sign-in?token=eyJhbGciOi.abc-DEF_123&next=/fr/",
    "form {'mail': 'x', 'password': 'eyJhbGciOi.abc-DEF_123', 'csrf_token': \"eyJhbGciOi.abc-DEF_123\"}",
    '{"tf_totp_secret": "eyJhbGciOi.abc-DEF_123"}',
    "Cookie: eventhub=eyJhbGciOi.abc-DEF_123; other=1",
    "Authorization: Bearer eyJhbGciOi.abc-DEF_123",
    "connect postgresql://eventhub:eyJhbGciOi.abc-DEF_123@db.internal/eventhub",
    "smtp+starttls://mailer:eyJhbGciOi.abc-DEF_123@smtp.example.org:587",
    "new_password=eyJhbGciOi.abc-DEF_123, mf_recovery_codes=eyJhbGciOi.abc-DEF_123",
    "(psycopg.errors.UniqueViolation) DETAIL:  Key (mail)=(eyJhbGciOi.abc-DEF_123) already exists.",
    "[SQL: INSERT INTO person VALUES (?)]\n[parameters: ('eyJhbGciOi.abc-DEF_123', ']', 1)]\n(Background on this",
    "SECRET_KEY=eyJhbGciOi.abc-DEF_123",
    "(psycopg.errors.NotNullViolation) DETAIL:  Failing row contains (1, null, eyJhbGciOi.abc-DEF_123, (x)).",
)


@pytest.mark.parametrize("line", SAYS_NOTHING)
def test_no_line_of_the_log_opens_a_door(line: str) -> None:
    masked = logs.mask(line)
    assert "eyJ" not in masked
    assert "abc-DEF" not in masked
    assert "•" in masked


@pytest.mark.parametrize(
    "line",
    [
        "http 404 GET /fr/events/lyon reference 0123456789ab",
        "job mail ABCDEFGHJK failed (attempt 2), reference 0123456789ab",
        "refused Full('Full', {'places': 2}) POST /fr/work/events/LYON reference 0123456789ab",
        "https://example.org:8000/fr/",
    ],
)
def test_what_an_operator_needs_stays(line: str) -> None:
    assert logs.mask(line) == line


def test_a_record_is_one_line_of_json_with_its_trace_masked() -> None:
    try:
        raise RuntimeError("password=hunter2\nsecond line")
    except RuntimeError:
        import sys

        record = logging.LogRecord("eventhub.x", logging.ERROR, "f", 1, "bad\nline %s", ("token=abc",), sys.exc_info())
    line = logs.OneLine().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert said["says"] == "bad\nline token=•"
    assert "hunter2" not in line
    assert "RuntimeError" in said["trace"]
    assert said["level"] == "ERROR"
    assert said["at"].endswith("+00:00")


# Headers --------------------------------------------------------------------------------------------------------------


def test_every_answer_has_the_strict_policy_and_what_is_not_public_is_never_stored(light_app: Flask) -> None:
    client = light_app.test_client()
    for path in ("/", "/fr/sign-in", "/fr/mine", "/fr/nothing", "/static/nothing.js"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-store", path


def test_a_file_of_the_design_has_the_policy_too(light_app: Flask) -> None:
    answer = light_app.test_client().get("/static/js/app.js")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
