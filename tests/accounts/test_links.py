"""Personal links: one person, one purpose, one browser from first use; a GET never uses one up."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, url_for
from flask.testing import FlaskClient
from flask_babel import refresh

from eventhub.accounts import commands, links
from eventhub.accounts.links import Standing
from eventhub.accounts.models import Person, PersonalLink
from eventhub.core import clock, jobs
from eventhub.core.audit import AuditRow
from eventhub.core.commands import command, load
from eventhub.core.db import db, session
from eventhub.mail import transport
from tests.factories import accounts as make

NAME = "Amina Trabelsi"
MAIL = "amina@tunis.example.org"
PURPOSE = "test-purpose"


@pytest.fixture(autouse=True)
def _purpose() -> Iterator[None]:
    """A purpose of the tests' own, whose target is one's own page."""
    links.targets.add(PURPOSE, lambda about: url_for("site.mine", about=about.get("registration")))
    yield
    links.targets._entries.pop(PURPOSE)


@command
def _make(*, person: str, purpose: str, about: dict[str, str]) -> str:
    return links.create(load(Person, person), purpose, about).code


@command
def _change(*, link: str, **values: object) -> None:
    row = load(PersonalLink, link)
    for name, value in values.items():
        setattr(row, name, value)


def link_of(person: Person, purpose: str = PURPOSE) -> str:
    return _make(person=person.code, purpose=purpose, about={"registration": "R1"})


def path_of(app: Flask, code: str, language: str = "fr") -> str:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        return links.address(code).removeprefix("http://localhost")


def row(code: str) -> PersonalLink:
    session().rollback()
    session().expire_all()
    return session().scalars(sa.select(PersonalLink).where(PersonalLink.code == code)).one()


def acting_by(client: FlaskClient) -> str:
    with client.session_transaction() as browser:
        return str(browser.get("link", ""))


def links_in_mail() -> list[str]:
    """The paths of the links in the mails that were written, the newest first."""
    with_text = (message.get_body(("plain",)) for _name, message in transport.kept())
    found = (re.search(r"http://localhost(\S+)", part.get_content()) for part in with_text if part is not None)
    return [match.group(1) for match in found if match]


def test_the_page_of_a_link_is_a_button_and_says_nothing_personal(light_app: Flask) -> None:
    code = link_of(make.person())
    page = light_app.test_client().get(path_of(light_app, code))
    assert page.status_code == 200
    assert '<form method="post"' in page.text
    for secret in (NAME, "Amina", "Trabelsi", MAIL, "R1", code):
        assert secret not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_follows_the_link_never_uses_it_up(light_app: Flask, method: str) -> None:
    code = link_of(make.person())
    path = path_of(light_app, code)
    for _ in range(5):
        scanner = light_app.test_client()
        assert scanner.open(path, method=method).status_code == 200
        assert acting_by(scanner) == ""
    assert row(code).browser == ""
    assert row(code).used_at is None
    reader = light_app.test_client()
    assert reader.post(path).status_code == 303
    assert acting_by(reader) == code


def test_pressing_the_button_opens_the_link_and_binds_it_to_this_browser(light_app: Flask) -> None:
    code = link_of(make.person())
    client, path = light_app.test_client(), path_of(light_app, code)
    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, "/fr/mine?about=R1")
    assert row(code).browser != ""
    assert client.get(path).location == "/fr/mine?about=R1"


def test_the_key_of_a_browser_is_kept_as_a_hash_only(light_app: Flask) -> None:
    code = link_of(make.person())
    client = light_app.test_client()
    client.post(path_of(light_app, code))
    with client.session_transaction() as browser:
        key = browser["browser"]
    assert key not in row(code).browser
    masked = [audit.changes for audit in session().scalars(sa.select(AuditRow)) if "browser" in audit.changes]
    assert masked
    assert all(changes["browser"] == ["•", "•"] for changes in masked)


def test_a_forwarded_link_shows_nothing_personal_and_offers_a_fresh_one(light_app: Flask) -> None:
    code = link_of(make.person())
    path = path_of(light_app, code)
    light_app.test_client().post(path)
    stranger = light_app.test_client()
    for page in (stranger.get(path), stranger.post(path)):
        assert page.status_code == 403
        assert f"{path}/fresh" in page.text
        for secret in (NAME, "Amina", MAIL, "R1"):
            assert secret not in page.text
    assert acting_by(stranger) == ""


def test_a_fresh_link_goes_to_the_owner_only_and_ends_the_old_one_once_it_is_opened(light_app: Flask) -> None:
    old = link_of(make.person(language="ar"))
    path = path_of(light_app, old)
    owner_elsewhere, stranger = light_app.test_client(), light_app.test_client()
    owner_elsewhere.post(path)
    assert stranger.post(f"{path}/fresh").status_code == 303
    jobs.run_pending()
    [(_name, message)] = transport.kept()
    assert message["To"].addresses[0].addr_spec == MAIL
    assert owner_elsewhere.get(path).status_code == 302, "asking for a fresh link locks nobody out"
    [fresh] = links_in_mail()
    assert fresh.startswith("/ar/l/")
    assert stranger.post(fresh).status_code == 303
    assert owner_elsewhere.get(path).status_code == 410


def test_links_that_expired_were_ended_or_never_were_look_the_same(light_app: Flask) -> None:
    person = make.person()
    expired, ended, gone = link_of(person), link_of(person), link_of(person)
    _change(link=expired, expires_at=clock.real_now() - timedelta(seconds=1))
    _change(link=ended, ended_at=clock.real_now())
    with db.engine.begin() as connection:
        connection.execute(sa.delete(PersonalLink).where(PersonalLink.code == gone))
    paths = [path_of(light_app, code) for code in (expired, ended, gone)]
    paths += [paths[0][:-3] + "abc", "/fr/l/nothing-like-a-token", "/fr/l/" + "a" * 3000]
    client = light_app.test_client()
    answers = set()
    for path in paths:
        page = client.get(path)
        answers.add((page.status_code, page.text.replace(path.removeprefix("/fr/l/"), "")))
    assert len(answers) == 1
    assert {client.post(path).status_code for path in paths} == {410}
    sent = {(page.status_code, page.location) for path in paths for page in [client.post(f"{path}/fresh")]}
    assert sent == {(303, "/fr/l/sent")}


def test_an_ended_link_is_not_brought_back(light_app: Flask) -> None:
    code = link_of(make.person())
    _change(link=code, ended_at=clock.real_now())
    light_app.test_client().post(f"{path_of(light_app, code)}/fresh")
    jobs.run_pending()
    assert transport.kept() == []


def test_a_link_that_ends_while_it_is_open_stops_acting_at_once(light_app: Flask) -> None:
    code = link_of(make.person())
    client = light_app.test_client()
    client.post(path_of(light_app, code))
    assert NAME in client.get("/fr/l/sent").text
    _change(link=code, ended_at=clock.real_now())
    assert NAME not in client.get("/fr/l/sent").text
    assert acting_by(client) == ""


def test_leaving_a_link_shows_nothing_more_and_the_link_still_opens_here(light_app: Flask) -> None:
    code = link_of(make.person())
    client, path = light_app.test_client(), path_of(light_app, code)
    client.post(path)
    assert NAME in client.get("/fr/l/sent").text
    assert client.post("/fr/leave").status_code == 303
    assert NAME not in client.get("/fr/l/sent").text
    assert client.get(path).status_code == 200  # the button again, not the page behind it
    assert client.post(path).status_code == 303


def test_a_button_that_is_pressed_twice_opens_the_link_once_for_the_same_browser(light_app: Flask) -> None:
    """The second press may leave before the first one's answer has come: both carry the key that the page gave."""
    code = link_of(make.person())
    path, client = path_of(light_app, code), light_app.test_client()
    client.get(path)
    impatient = light_app.test_client()
    impatient.set_cookie("eventhub", client.get_cookie("eventhub").value)
    assert client.post(path).status_code == 303
    assert impatient.post(path).status_code == 303


def test_a_link_speaks_before_the_account_until_it_is_left(light_app: Flask) -> None:
    client = make.sign_in(light_app, make.organiser())
    client.post(path_of(light_app, link_of(make.person())))
    assert NAME in client.get("/fr/l/sent").text
    assert client.get("/fr/account").status_code == 302  # a link is not an account
    client.post("/fr/leave")
    assert "Nadia Benali" in client.get("/fr/account").text


def test_the_address_of_a_link_carries_no_code_that_can_be_altered(light_app: Flask) -> None:
    mine, other = link_of(make.person()), link_of(make.person("b@tunis.example.org", "Bilel", "Zaouali"))
    path = path_of(light_app, mine)
    assert mine not in path
    head, _, signature = path.rpartition(".")
    forged = path_of(light_app, other).rpartition(".")[0] + "." + signature
    assert head != forged
    assert light_app.test_client().get(forged).status_code == 410


def test_of_two_browsers_that_open_a_link_at_once_exactly_one_is_bound(app: Flask) -> None:
    for _ in range(5):
        code = link_of(make.person(mail=None))
        outcomes = _race(app, code)
        assert sorted(outcomes) == [*[Standing.ELSEWHERE] * 3, Standing.HERE]


@pytest.mark.control
def test_without_its_lock_the_race_goes_wrong(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without a lock all four read before one writes. PostgreSQL then binds more than one; SQLite binds
    one, and the others meet an error of the database instead of our words."""
    barrier = threading.Barrier(4)

    def careless(code: str) -> PersonalLink | None:
        found = session().scalars(sa.select(PersonalLink).where(PersonalLink.code == code)).first()
        barrier.wait(timeout=5)
        return found

    monkeypatch.setattr(commands, "_link", careless)
    if db.engine.dialect.name == "sqlite":
        monkeypatch.setattr("eventhub.core.commands.WRITE", "nothing")
    code = link_of(make.person(mail=None))
    outcomes = _race(app, code)
    assert outcomes.count(Standing.ELSEWHERE) < 3
    assert outcomes.count(Standing.HERE) > 1 or None in outcomes


def _race(app: Flask, code: str, browsers: int = 4) -> list[Standing | None]:
    session().rollback()
    outcomes: list[Standing | None] = [None] * browsers
    start = threading.Barrier(browsers)

    def open_in(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes[number] = commands.open_link(code=code, browser=f"browser-{number}").result
            except sa.exc.OperationalError:
                outcomes[number] = None
            finally:
                db.session.remove()

    threads = [threading.Thread(target=open_in, args=(number,)) for number in range(browsers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_limits_of_links_hold(light_app: Flask) -> None:
    code = link_of(make.person())
    path, client = path_of(light_app, code), light_app.test_client()
    answers = [client.post(path).status_code for _ in range(21)]
    assert answers == [303] * 20 + [429]
    fresh = [light_app.test_client().post(f"{path}/fresh").status_code for _ in range(4)]
    assert fresh == [303] * 3 + [429]
    refresh()
    assert "Too many attempts" in light_app.test_client().post(f"{path.replace('/fr/', '/en/')}/fresh").text


def test_the_limit_of_fresh_links_is_per_person_not_per_link(light_app: Flask) -> None:
    person = make.person()
    paths = [path_of(light_app, link_of(person)) for _ in range(4)]
    assert [light_app.test_client().post(f"{path}/fresh").status_code for path in paths] == [303] * 3 + [429]


# Links to sign in with.


def ask(client: FlaskClient, mail: str, **values: str) -> None:
    answer = client.post("/fr/sign-in", data={"mail": mail, **values})
    assert (answer.status_code, answer.location) == (303, "/fr/sign-in/sent")
    jobs.run_pending()


@pytest.fixture
def member(light_app: Flask) -> str:
    """An account that is not one of the secretariat's; its code."""
    return commands.add_user(mail=MAIL, name=NAME, staff=False)


def test_the_answer_is_the_same_for_an_address_that_is_known_and_one_that_is_not(
    light_app: Flask, member: str
) -> None:
    client = light_app.test_client()
    known = client.post("/fr/sign-in", data={"mail": MAIL})
    unknown = client.post("/fr/sign-in", data={"mail": "nobody@example.org"})
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    jobs.run_pending()
    assert [message["To"].addresses[0].addr_spec for _, message in transport.kept()] == [MAIL]


def test_a_mailed_link_signs_in_once(light_app: Flask, member: str) -> None:
    client = light_app.test_client()
    ask(client, MAIL.upper())
    [path] = links_in_mail()
    assert client.get(path).status_code == 200
    answer = client.post(path)
    assert (answer.status_code, answer.location) == (303, "/fr/mine")
    assert NAME in client.get("/fr/account").text
    again = light_app.test_client()
    assert again.post(path).status_code == 410
    assert client.post(path).location == "/fr/mine"  # pressed twice: one's own page
    client.post("/fr/leave")
    assert client.post(path).status_code == 410


def test_a_used_link_to_sign_in_can_be_asked_for_anew(light_app: Flask, member: str) -> None:
    client = light_app.test_client()
    ask(client, MAIL)
    [path] = links_in_mail()
    client.post(path)
    elsewhere = light_app.test_client()
    elsewhere.post(f"{path}/fresh")
    jobs.run_pending()
    fresh = next(each for each in links_in_mail() if each != path)
    assert elsewhere.post(fresh).status_code == 303
    assert NAME in elsewhere.get("/fr/account").text


def test_a_link_to_sign_in_is_good_for_half_an_hour(light_app: Flask, member: str) -> None:
    client = light_app.test_client()
    ask(client, MAIL)
    [path] = links_in_mail()
    [found] = session().scalars(sa.select(PersonalLink))
    assert found.expires_at - found.created_at <= timedelta(minutes=30, seconds=5)
    _change(link=found.code, expires_at=clock.real_now() - timedelta(seconds=1))
    assert client.post(path).status_code == 410


def test_signing_in_comes_back_to_the_page_that_asked_for_it(light_app: Flask, member: str) -> None:
    client = light_app.test_client()
    sent_to = client.get("/fr/account").location
    assert sent_to == "/fr/sign-in?next=/fr/account"
    ask(client, MAIL, next="/fr/account")
    assert client.post(links_in_mail()[0]).location == "/fr/account"


@pytest.mark.parametrize("evil", ["https://evil.example", "//evil.example", "/\\evil.example", "/fr\r\nX: y"])
def test_an_address_to_come_back_to_that_is_not_ours_is_dropped(light_app: Flask, member: str, evil: str) -> None:
    client = light_app.test_client()
    ask(client, MAIL, next=evil)
    assert client.post(links_in_mail()[0]).location == "/fr/mine"


def test_staff_are_sent_no_link_and_told_nothing(light_app: Flask) -> None:
    make.organiser(mail="nadia@secretariat.example.org")
    ask(light_app.test_client(), "nadia@secretariat.example.org")
    assert transport.kept() == []


def test_a_link_that_was_sent_before_an_account_became_staff_signs_in_no_more(light_app: Flask, member: str) -> None:
    client = light_app.test_client()
    ask(client, MAIL)
    commands.add_user(mail=MAIL, name=NAME, roles=("organiser",), staff=True)
    assert client.post(links_in_mail()[0]).status_code == 410


def test_a_closed_account_gets_no_link(light_app: Flask, member: str) -> None:
    commands.set_active(user=member, active=False)
    ask(light_app.test_client(), MAIL)
    assert transport.kept() == []


def test_asking_for_links_is_limited_by_address_whatever_the_browser(light_app: Flask, member: str) -> None:
    answers = [
        light_app.test_client().post("/fr/sign-in", data={"mail": MAIL if n % 2 else MAIL.upper()}).status_code
        for n in range(6)
    ]
    assert answers == [303] * 5 + [429]


def test_the_mail_leads_to_pages_in_the_language_of_its_reader(light_app: Flask) -> None:
    commands.add_user(mail=MAIL, name=NAME, language="ar", staff=False)
    ask(light_app.test_client(), MAIL)
    assert links_in_mail()[0].startswith("/ar/l/")
