"""Public pages: kept as bytes, given before Flask wakes up, and never a second too old."""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import brotli
import pytest
import sqlalchemy as sa
from flask import Flask, Response, abort, request
from flask import session as browser_session

from eventhub.core import access, actors, clock, pages, public_version
from eventhub.core.access import public
from eventhub.core.commands import command
from eventhub.core.db import db, session
from eventhub.core.i18n import language, switch_url
from eventhub.core.pages import public_page
from tests.core.conftest import Another

LONG = "a line of the agenda, " * 100


@dataclass
class Shown:
    """What the views of these tests show, and how often each was asked to make its page."""

    words: str = "first"
    published: bool = True
    made: list[str] = field(default_factory=list)
    meanwhile: Any = None
    """Called by the slow view between its reading and its end."""


shown_now = Shown()


def wire(app: Flask) -> None:
    @app.get("/<lang:lang>/t/<slug>")
    @public
    @public_page(filters=("day", "q"), scope="slug")
    def board(slug: str) -> str:
        shown_now.made.append(request.url)
        if not shown_now.published:
            abort(404)
        return (
            f"{slug} {shown_now.words} {language()} {sorted(request.args.items(multi=True))} {switch_url('ar')} {LONG}"
        )

    @app.get("/<lang:lang>/t/<slug>/today")
    @public
    @public_page(scope="slug", daily=True)
    def today(slug: str) -> str:
        shown_now.made.append("today")
        return f"{clock.today()} {LONG}"

    @app.get("/<lang:lang>/t/<slug>/slow")
    @public
    @public_page(scope="slug")
    def slow(slug: str) -> str:
        read = shown_now.words
        shown_now.made.append(read)
        if shown_now.meanwhile is not None:
            shown_now.meanwhile()
        return f"{read} {LONG}"

    @app.get("/t/<slug>.ics")
    @public
    @public_page(scope="slug", media_type="text/calendar; charset=utf-8")
    def calendar(slug: str) -> Response:
        shown_now.made.append("ics")
        browser_session["trace"] = "of this reader"
        answer = Response(f"{language()} {LONG}")
        answer.set_cookie("mine", "personal")
        answer.headers["Content-Disposition"] = "attachment; filename=agenda.ics"
        return answer

    @app.get("/<lang:lang>/t/fault")
    @public
    @public_page()
    def fault() -> str:
        shown_now.made.append("fault")
        raise RuntimeError("a fault")

    @app.route("/<lang:lang>/t/form", methods=["POST"])
    @public
    def form() -> str:
        return "posted"

    access.check(app)


@pytest.fixture
def shown() -> Shown:
    shown_now.__init__()
    return shown_now


@pytest.fixture
def worker(light_app: Flask, another: Another, shown: Shown) -> Flask:
    """A web worker whose pages show `shown`."""
    return another(light_app, wire)


@command
def change(shown: Shown, scope: str, **values: Any) -> None:
    for name, value in values.items():
        setattr(shown, name, value)
    public_version.touch(scope)


def in_a_second() -> None:
    time.sleep(public_version.LOOK_SECONDS + 0.1)


# Kept bytes -----------------------------------------------------------------------------------------------------------


def test_the_second_reader_does_not_wake_the_view(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    first, second = client.get("/fr/t/lyon"), client.get("/fr/t/lyon")
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert first.headers.to_wsgi_list() == second.headers.to_wsgi_list()
    assert len(shown.made) == 1


def test_the_porch_gives_a_kept_page_without_flask(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = worker.test_client()
    client.get("/fr/t/lyon")

    def woken(*_: object) -> None:
        raise AssertionError("Flask was asked")

    monkeypatch.setattr(worker.extensions["eventhub-porch"], "_app", woken)
    assert client.get("/fr/t/lyon").status_code == 200


def test_each_language_and_each_declared_filter_has_its_own_page(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    pages_made = {client.get(path).data for path in ("/fr/t/lyon", "/ar/t/lyon", "/fr/t/lyon?day=2", "/fr/t/tunis")}
    assert len(pages_made) == len(shown.made) == 4


def test_parameters_nobody_declared_make_no_new_page_and_are_not_seen_by_the_view(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    first = client.get("/fr/t/lyon?utm_source=x&day=2&_scheme=javascript")
    assert b"utm_source" not in first.data
    for path in ("/fr/t/lyon?day=2", "/fr/t/lyon?day=2&utm_source=y", "/fr/t/lyon?q=&day=2&a[]=1"):
        assert client.get(path).data == first.data
    assert len(shown.made) == 1


def test_the_order_of_filters_makes_no_new_page(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    assert client.get("/fr/t/lyon?q=a&day=2").data == client.get("/fr/t/lyon?day=2&q=a").data
    assert len(shown.made) == 1


def test_one_address_written_in_two_ways_is_one_page(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    assert client.get("/fr/t/%D9%84%D9%8A%D9%88%D9%86").data == client.get("/fr/t/ليون").data
    assert client.get("/fr/t/l%79on").data == client.get("/fr/t/lyon").data
    assert len(shown.made) == 2


@pytest.mark.parametrize("query", ["q=%ff%fe", "q=%", "day=2&day=3&day=2", "&&&=", "q=" + "x" * 3000, "q=%0d%0aX:y"])
def test_a_strange_query_is_answered_like_any_other(worker: Flask, query: str) -> None:
    answer = worker.test_client().get(f"/fr/t/lyon?{query}")
    assert answer.status_code == 200
    assert "X" not in answer.headers


# What a reader's browser is told --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("br; q=0.0, gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("brotli-of-mine, gzipped", None),
    ],
)
def test_the_encoding_is_one_the_reader_takes(worker: Flask, accepted: str, encoding: str | None) -> None:
    answer = worker.test_client().get("/fr/t/lyon", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    body = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding](answer.data)
    assert body.startswith(b"lyon first")
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_each_encoding_has_its_own_strong_etag_and_answers_304_to_it_alone(worker: Flask) -> None:
    client = worker.test_client()
    etags = {}
    for encoding in ("br", "gzip", ""):
        etags[encoding] = client.get("/fr/t/lyon", headers={"Accept-Encoding": encoding}).headers["ETag"]
    assert len(set(etags.values())) == 3
    assert not any(etag.startswith("W/") for etag in etags.values())
    for wanted in etags:
        for held, etag in etags.items():
            answer = client.get("/fr/t/lyon", headers={"Accept-Encoding": wanted, "If-None-Match": etag})
            assert answer.status_code == (304 if held == wanted else 200)


def test_a_304_says_what_its_200_would_and_has_no_body(worker: Flask) -> None:
    client = worker.test_client()
    full = client.get("/fr/t/lyon", headers={"Accept-Encoding": "br"})
    none = client.get("/fr/t/lyon", headers={"Accept-Encoding": "br", "If-None-Match": full.headers["ETag"]})
    assert none.status_code == 304
    assert none.data == b""
    for name in ("Cache-Control", "ETag", "Vary", "Content-Security-Policy"):
        assert none.headers[name] == full.headers[name]
    assert "Content-Length" not in none.headers
    assert "Content-Encoding" not in none.headers


def test_if_none_match_is_read_as_a_list_and_not_as_a_string(worker: Flask) -> None:
    client = worker.test_client()
    etag = client.get("/fr/t/lyon").headers["ETag"]

    def status(if_none_match: str) -> int:
        return client.get("/fr/t/lyon", headers={"If-None-Match": if_none_match}).status_code

    assert status(f'"older", W/{etag}') == 304
    assert status("*") == 304
    assert status(f'"older-{etag[1:]}') == 200
    assert status(etag.strip('"')) == 200
    assert status(f'"x{etag}y"') == 200
    assert status('""') == 200


def test_head_is_the_same_without_its_body(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    head = client.head("/fr/t/lyon")
    full = client.get("/fr/t/lyon")
    assert head.data == b""
    assert head.headers.to_wsgi_list() == full.headers.to_wsgi_list()
    assert len(shown.made) == 1


def test_a_public_page_sets_no_cookie_whatever_the_reader_sends_or_the_view_does(worker: Flask) -> None:
    client = worker.test_client()
    with client.session_transaction() as browser:
        browser["_user_id"], browser["browser"] = "somebody", "a key"
    for _ in range(2):
        answer = client.get("/t/lyon.ics")
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers["Vary"]
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert answer.headers["Content-Disposition"] == "attachment; filename=agenda.ics"
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"


def test_a_page_without_a_language_in_its_address_does_not_depend_on_who_asks_first(worker: Flask) -> None:
    """Its key holds no language, so its bytes may hold none of the reader's."""
    page = worker.test_client().get("/t/lyon.ics", headers={"Accept-Language": "ar"}).get_data(as_text=True)
    assert page.startswith("fr ")


def test_a_public_page_carries_the_headers_of_every_page(worker: Flask, light_app: Flask, another: Another) -> None:
    answer = worker.test_client().get("/fr/t/lyon")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "'unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    secure = another(light_app, wire, EVENTHUB_BASE_URL="https://localhost")
    for _ in range(2):
        assert "max-age" in secure.test_client().get("/fr/t/lyon").headers["Strict-Transport-Security"]


# Never too old --------------------------------------------------------------------------------------------------------


def test_a_change_shows_in_every_worker_within_a_second(app: Flask, another: Another, shown: Shown) -> None:
    workers = [another(app, wire).test_client() for n in range(2)]
    for each in workers:
        assert b"first" in each.get("/fr/t/lyon").data
        assert b"first" in each.get("/fr/t/tunis").data
    change(shown, "lyon", words="second")
    in_a_second()
    before = len(shown.made)
    for each in workers:
        assert b"second" in each.get("/fr/t/lyon").data
        assert b"first" in each.get("/fr/t/tunis").data, "another event's pages are kept"
    assert len(shown.made) == before + 2


def test_a_change_of_the_site_reaches_the_pages_of_every_event(app: Flask, another: Another, shown: Shown) -> None:
    client = another(app, wire).test_client()
    client.get("/fr/t/lyon")
    change(shown, public_version.SITE, words="second")
    in_a_second()
    assert b"second" in client.get("/fr/t/lyon").data


def test_a_page_that_is_withdrawn_is_a_404_within_a_second_and_comes_back(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    assert client.get("/fr/t/lyon").status_code == 200
    change(shown, "lyon", published=False)
    in_a_second()
    gone = client.get("/fr/t/lyon")
    assert gone.status_code == 404
    assert "no-store" in gone.headers["Cache-Control"]
    assert "ETag" not in gone.headers
    shown.published = True
    assert client.get("/fr/t/lyon").status_code == 200, "a 404 is not kept"


def test_a_change_between_the_stamp_and_the_end_of_the_view_leaves_no_stale_page(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()

    def change_now() -> None:
        shown.meanwhile = None
        elsewhere = threading.Thread(target=in_another_thread, args=(worker, shown, "lyon", "second"))
        elsewhere.start()
        elsewhere.join()

    shown.meanwhile = change_now
    assert b"first" in client.get("/fr/t/lyon/slow").data
    in_a_second()
    assert b"second" in client.get("/fr/t/lyon/slow").data


def test_a_reading_transaction_that_began_before_the_stamp_leaves_no_stale_page(
    app: Flask, another: Another, shown: Shown
) -> None:
    """On SQLite a transaction sees the rows as they were when it began, which may be before the stamp is taken."""

    def wire(made: Flask) -> None:
        @made.before_request
        def _reads_something() -> None:
            session().scalar(sa.select(public_version.PublicVersion.number))
            if shown.meanwhile is not None:
                shown.meanwhile()

        @made.get("/number")
        @public
        @public_page()
        def number() -> str:
            query = sa.select(public_version.PublicVersion.number).where(public_version.PublicVersion.scope == "site")
            return str(session().scalar(query))

    change(shown, "site")
    worker = another(app, wire)
    client = worker.test_client()

    def change_now() -> None:
        shown.meanwhile = None
        elsewhere = threading.Thread(target=in_another_thread, args=(worker, shown, "site", "second"))
        elsewhere.start()
        elsewhere.join()

    shown.meanwhile = change_now
    first = client.get("/number").data
    in_a_second()
    assert client.get("/number").data == b"2", f"was {first!r} and stayed so"


def in_another_thread(worker: Flask, shown: Shown, scope: str, words: str) -> None:
    with worker.app_context():
        change(shown, scope, words=words)


def test_a_rolled_back_command_touches_nothing(app: Flask) -> None:
    @command
    def fails() -> None:
        public_version.touch("lyon")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fails()
    assert session().scalars(sa.select(public_version.PublicVersion)).all() == []


def test_touching_again_in_one_command_is_one_change(app: Flask) -> None:
    @command
    def touches() -> None:
        for _ in range(3):
            public_version.touch("lyon")
        public_version.touch("site")

    touches()
    rows = session().scalars(sa.select(public_version.PublicVersion)).all()
    assert {row.scope: row.number for row in rows} == {"lyon": 1, "site": 2, "*": 2}


def test_a_scope_may_be_as_long_as_an_events_slug(app: Flask) -> None:
    @command
    def touches() -> None:
        public_version.touch("l" * 80)

    touches()
    assert session().get(public_version.PublicVersion, "l" * 80) is not None


def test_changes_from_many_threads_each_raise_the_number(app: Flask) -> None:
    faults: list[BaseException] = []

    @command
    def touches(scope: str) -> None:
        public_version.touch(scope)

    def many(n: int) -> None:
        try:
            with app.app_context():
                for turn in range(5):
                    touches(f"event-{(n + turn) % 3}")
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=many, args=(n,)) for n in range(4)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    assert faults == []
    newest = session().get(public_version.PublicVersion, "*")
    assert newest is not None
    assert newest.number == 20


def test_after_a_restore_with_smaller_numbers_pages_are_made_anew(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    for _ in range(3):
        change(shown, "lyon")
    client.get("/fr/t/lyon")
    with worker.app_context(), db.engine.begin() as connection:
        connection.execute(sa.update(public_version.PublicVersion).values(number=1))
    shown.words = "restored"
    in_a_second()
    assert b"restored" in client.get("/fr/t/lyon").data


def test_a_daily_page_is_made_anew_on_the_next_day(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    with clock.frozen(clock.datetime(2016, 3, 8, 23, 59, tzinfo=clock.UTC)):
        assert b"2016-03-08" in client.get("/fr/t/lyon/today").data
        client.get("/fr/t/lyon/today")
    with clock.frozen(clock.datetime(2016, 3, 9, 0, 0, tzinfo=clock.UTC)):
        assert b"2016-03-09" in client.get("/fr/t/lyon/today").data
    assert shown.made == ["today", "today"]


# What is never kept ---------------------------------------------------------------------------------------------------


def test_errors_are_not_kept(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    assert client.get("/fr/t/fault").status_code == 500
    assert client.get("/fr/t/fault").status_code == 500
    assert shown.made == ["fault", "fault"]
    assert not worker.extensions["eventhub-porch"]._entries


def test_a_post_passes_the_porch(worker: Flask, shown: Shown) -> None:
    client = worker.test_client()
    client.get("/fr/t/lyon")
    assert client.post("/fr/t/form").data == b"posted"
    refused = client.post("/fr/t/lyon")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
    assert len(shown.made) == 1


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil", ""])
def test_a_foreign_host_neither_fills_the_cache_nor_is_given_from_it(worker: Flask, shown: Shown, host: str) -> None:
    client = worker.test_client()
    assert client.get("/fr/t/lyon", headers={"Host": host}).status_code == 400
    assert shown.made == []
    client.get("/fr/t/lyon")
    refused = client.get("/fr/t/lyon", headers={"Host": host})
    assert refused.status_code == 400
    assert b"first" not in refused.data
    assert "evil" not in refused.get_data(as_text=True)


def test_a_host_the_settings_trust_by_a_pattern_is_given_the_kept_page(
    light_app: Flask, another: Another, shown: Shown
) -> None:
    worker = another(light_app, wire, EVENTHUB_TRUSTED_HOSTS=".cities.example")
    for host in ("fr.cities.example", "ar.cities.example:443"):
        assert worker.test_client().get("/fr/t/lyon", headers={"Host": host}).status_code == 200
    assert len(shown.made) == 1


def test_many_foreign_hosts_fill_no_memory(worker: Flask) -> None:
    client = worker.test_client()
    client.get("/fr/t/lyon")
    for n in range(pages.MOST_HOSTS + 20):
        client.get("/fr/t/lyon", headers={"Host": f"{n}.evil.example"})
    assert len(worker.extensions["eventhub-porch"]._hosts) <= pages.MOST_HOSTS
    assert client.get("/fr/t/lyon").status_code == 200


# Memory and threads ---------------------------------------------------------------------------------------------------


def weight(porch: pages.Porch) -> int:
    return sum(entry.weight for entry in porch._entries.values())


def test_memory_is_bounded_in_pages_and_in_bytes(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client, porch = worker.test_client(), worker.extensions["eventhub-porch"]
    monkeypatch.setattr(pages, "MOST_BYTES", 60_000)
    for n in range(40):
        for encoding in ("", "gzip", "br"):
            client.get(f"/fr/t/lyon?q={n}", headers={"Accept-Encoding": encoding})
        assert weight(porch) == porch._weight <= 60_000
    monkeypatch.setattr(pages, "MOST_ENTRIES", 3)
    client.get("/fr/t/lyon?q=last")
    assert len(porch._entries) == 3
    assert weight(porch) == porch._weight


def test_the_page_asked_for_most_lately_stays_longest(
    worker: Flask, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_ENTRIES", 5)
    client = worker.test_client()
    for n in range(20):
        client.get("/fr/t/lyon")
        client.get(f"/fr/t/lyon?q={n}")
    assert len(shown.made) == 21, "a stream of strange addresses does not push out the page everyone reads"


def test_a_very_long_address_is_answered_but_not_kept(worker: Flask) -> None:
    assert worker.test_client().get("/fr/t/lyon?q=" + "x" * 5000).status_code == 200
    assert not worker.extensions["eventhub-porch"]._entries


def test_many_readers_at_once_get_whole_pages(worker: Flask, shown: Shown) -> None:
    faults: list[object] = []
    ready = threading.Barrier(8)

    def read(n: int) -> None:
        client = worker.test_client()
        ready.wait()
        for turn in range(30):
            encoding = ("br", "gzip", "")[(n + turn) % 3]
            answer = client.get(f"/fr/t/lyon?q={turn % 4}", headers={"Accept-Encoding": encoding})
            decoded = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding](answer.data)
            if answer.status_code != 200 or not decoded.endswith(LONG.encode()):
                faults.append((answer.status_code, decoded[:80]))

    threads = [threading.Thread(target=read, args=(n,)) for n in range(8)]
    [each.start() for each in threads]
    [each.join() for each in threads]
    porch = worker.extensions["eventhub-porch"]
    assert faults == []
    assert weight(porch) == porch._weight


def test_without_a_database_a_kept_page_becomes_an_error_page_with_a_reference(
    worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = worker.test_client()
    client.get("/fr/t/lyon")
    watch = worker.extensions["eventhub-porch"].watch

    def away() -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("the database is away"))

    monkeypatch.setattr(watch, "refresh", away)
    in_a_second()
    answer = client.get("/fr/t/lyon")
    assert answer.status_code == 500
    assert b"database is away" not in answer.data
    assert b"reference" in answer.data
    monkeypatch.undo()
    assert client.get("/fr/t/lyon").status_code == 200


def test_a_public_page_does_not_ask_who_reads_it(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setitem(worker.extensions, "eventhub-identify", lambda: asked.append(1) or actors.NOBODY)
    client = worker.test_client()
    for path in ("/fr/t/lyon", "/fr/t/lyon?x=1", "/t/lyon.ics"):
        client.get(path)
    assert asked == []


# Files of the design --------------------------------------------------------------------------------------------------


def test_a_file_is_kept_under_its_own_hash_and_under_no_other_name(worker: Flask) -> None:
    client, porch = worker.test_client(), worker.extensions["eventhub-porch"]
    with worker.test_request_context():
        address = worker.jinja_env.globals["static_url"]("js/app.js")
    good = client.get(address)
    assert good.status_code == 200
    assert "immutable" in good.headers["Cache-Control"]
    assert list(porch._entries) == [address]
    client.get("/static/js/app.js?v=000000000000")
    client.get("/static/js/app.js")
    assert list(porch._entries) == [address]


NOT_A_NAME = (
    "js/../js/app.js",
    "x/../js/app.js",
    "js/./app.js",
    "../eventhub/policy.py",
    "%2e%2e/policy.py",
    "js/",
    "js",
    "css/../../policy.py",
    "/etc/passwd",
    "js/app.js%00",
)


@pytest.mark.parametrize("path", NOT_A_NAME)
def test_a_file_has_one_name_and_none_outside_its_folder(worker: Flask, path: str) -> None:
    answer = worker.test_client().get(f"/static/{path}")
    assert answer.status_code in (308, 400, 404)
    if answer.status_code != 308:
        assert "no-store" in answer.headers["Cache-Control"], "an error is not kept by browsers"
