"""The demonstration: its mailbox, clock, people and components; and that none of it exists elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from eventhub import create_app
from eventhub.accounts.models import Person, PersonalLink, User
from eventhub.core import clock, demo_clock
from eventhub.core.audit import AuditRow
from eventhub.core.commands import add, command, load
from eventhub.core.db import Base, db, session
from eventhub.core.settings import SettingsError
from eventhub.core.settings import load as load_settings
from eventhub.demo import commands, queries
from eventhub.demo.commands import OnlyInDemo
from eventhub.demo.queries import DoorKind
from eventhub.events.models import Event, TeamMember, TeamRole
from eventhub.mail import transport
from eventhub.registration.models import Delegation
from tests.conftest import empty
from tests.factories import accounts as make
from tests.factories import registration as make_registration
from tests.factories.registration import Meeting
from tests.queries import Counted, counting

BASE = "http://127.0.0.1:8000"
LANGUAGES = ["fr", "en", "es", "ar", "it", "pt"]


@pytest.fixture(scope="module")
def demo_install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(load_settings({"EVENTHUB_MODE": "demo", "EVENTHUB_INSTANCE": str(folder)}))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        Base.metadata.create_all(db.engine)
    yield app
    clock.use_offset(None)


@pytest.fixture
def demo(demo_install: Flask) -> Iterator[Flask]:
    """A demonstration on an empty database, inside its context."""
    empty(demo_install)
    clock.use_offset(demo_clock.read)
    for kept in (demo_install.config["EVENTHUB"].instance / "mail").glob("*.eml"):
        kept.unlink()
    with demo_install.app_context():
        yield demo_install
        db.session.remove()
        db.engine.dispose()
    clock.use_offset(None)


@pytest.fixture
def browser(demo: Flask) -> FlaskClient:
    return demo.test_client(use_cookies=True)


def get(browser: FlaskClient, path: str, **more: object):
    return browser.get(path, base_url=BASE, **more)


def post(browser: FlaskClient, path: str, **data: str):
    return browser.post(path, data=data, base_url=BASE)


def letter(text: str = "Bonjour", html: str = "", subject: str = "Invitation", number: int = 1, files=()) -> str:
    """Keep one mail; its name in the mailbox."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "EventHub <no-reply@example.org>", f"Amina Trabelsi <amina{number}@example.org>"
    message["Subject"], message["Message-ID"] = subject, f"<mail{number}@example.org>"
    message["Date"] = "Mon, 15 Feb 2016 09:00:00 +0000"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, data, kind in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    message["Content-Language"] = "ar"
    transport.deliver(message)
    return f"mail{number}"


# What must not be possible.


@pytest.mark.parametrize("mode", ["production", "test"])
def test_no_route_of_the_demonstration_exists_elsewhere(tmp_path, mode: str) -> None:
    environ = {
        "EVENTHUB_MODE": mode, "EVENTHUB_INSTANCE": str(tmp_path), "EVENTHUB_SECRET_KEY": "k" * 40,
        "EVENTHUB_BASE_URL": "http://localhost",
    }  # fmt: skip
    app = create_app(load_settings(environ))
    assert not [rule.rule for rule in app.url_map.iter_rules() if "demo" in rule.endpoint or "/demo" in rule.rule]


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "192.0.2.1:8000", "[::]:80", ":8000", "eventhub.example.org:443"])
def test_a_demonstration_that_others_could_reach_does_not_start(tmp_path, bind: str) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        load_settings({"EVENTHUB_MODE": "demo", "EVENTHUB_INSTANCE": str(tmp_path), "EVENTHUB_BIND": bind})


def test_nobody_enters_as_somebody_else_where_people_are_real(light_app: Flask) -> None:
    meeting = make_registration.meeting()
    code = meeting.invited("partner")
    links_before = session().scalar(sa.select(sa.func.count()).select_from(PersonalLink))
    with pytest.raises(OnlyInDemo):
        commands.open_link(kind=DoorKind.REGISTRATION, code=code, browser="b")
    assert session().scalar(sa.select(sa.func.count()).select_from(PersonalLink)) == links_before


# The mailbox.


@pytest.mark.parametrize("path", ["mail/", "people", "components", "banner", "mail/x"])
def test_addresses_without_a_language_lead_to_the_readers(browser: FlaskClient, path: str) -> None:
    answer = get(browser, f"/demo/{path}", headers={"Accept-Language": "ar"})
    assert (answer.status_code, answer.location) == (302, f"/ar/demo/{path}")


def test_an_empty_mailbox_says_what_to_do(browser: FlaskClient) -> None:
    page = get(browser, "/en/demo/mail/")
    assert "No mail yet" in page.text


def test_every_mail_is_listed_and_found_by_recipient_or_subject(browser: FlaskClient, demo: Flask) -> None:
    for number in range(1, 4):
        letter(number=number, subject=f"Béyrouth {number}")
    everything = get(browser, "/fr/demo/mail/").text
    assert all(f"/fr/demo/mail/mail{number}" in everything for number in range(1, 4))
    found = get(browser, "/fr/demo/mail/?q=beyrouth+2").text
    assert "mail2" in found
    assert "mail1" not in found
    assert "amina3@" in get(browser, "/fr/demo/mail/?q=amina3").text


def test_a_long_mailbox_has_pages(browser: FlaskClient, demo: Flask) -> None:
    for number in range(60):
        letter(number=number)
    assert get(browser, "/fr/demo/mail/").text.count("/fr/demo/mail/mail") == 50
    assert get(browser, "/fr/demo/mail/?page=2").text.count("/fr/demo/mail/mail") == 10
    assert get(browser, "/fr/demo/mail/?page=99").status_code == 200


def test_a_mail_is_shown_in_its_own_language_with_links_to_this_install_only(browser: FlaskClient, demo: Flask) -> None:
    name = letter(f"سيدي\n\n{BASE}/ar/l/abc\n\nhttps://evil.example/{BASE}/x javascript:alert(1)")
    page = get(browser, f"/fr/demo/mail/{name}").text
    assert f'<a href="{BASE}/ar/l/abc">' in page
    assert 'href="https://evil.example' not in page
    assert 'href="javascript:' not in page
    assert '<div class="letter-text" lang="ar" dir="rtl">' in page


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{x}",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='https://evil.example/'>x</a>",
    "<iframe src='/fr/'></iframe>",
    "<style>body{display:none}</style>",
    f"<a href='{BASE}.evil.example/'>x</a>",
    "<form action='/fr/leave'><button>x</button></form>",
    "<p style='color:red' onclick='x'>x</p>",
    "\u202egpj.exe",
)


@pytest.mark.parametrize("evil", HOSTILE)
def test_nothing_in_a_mail_runs_or_leads_away(browser: FlaskClient, demo: Flask, evil: str) -> None:
    name = letter(evil, html=f"<html><body onload=x><p>{evil}</p></body></html>", subject=evil)
    for path in ("/fr/demo/mail/", f"/fr/demo/mail/{name}"):
        page = get(browser, path).text
        inside = page[page.index('id="main"') : page.index("</main>")]
        assert not re.search(r"<(img|script|iframe|style|object|embed|link|meta|base)\b", inside)
        assert not re.search(r"<[a-z]+[^>]*\s(on\w+|style)=", inside)
        assert "49" not in inside
        assert "\u202e" not in inside
        for target in re.findall(r'(?:href|action|src)="([^"]*)"', inside):
            assert target.startswith(("/fr/demo/", f"{BASE}/", "#")), target


def test_attachments_come_as_downloads(browser: FlaskClient, demo: Flask) -> None:
    name = letter(files=[("رزنامة.ics", b"BEGIN:VCALENDAR", "text/calendar"), ("a.html", b"<script>", "text/html")])
    page = get(browser, f"/fr/demo/mail/{name}").text
    assert f"/fr/demo/mail/{name}/0" in page
    for number, data in ((0, b"BEGIN:VCALENDAR"), (1, b"<script>")):
        file = get(browser, f"/fr/demo/mail/{name}/{number}")
        assert file.data.strip() == data
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in file.headers["Content-Security-Policy"]
    assert get(browser, f"/fr/demo/mail/{name}/2").status_code == 404


@pytest.mark.parametrize("name", ["nothing", "..", "..%2F..%2Fsecret-key", "%2Fetc%2Fpasswd", "mail1.eml"])
def test_only_mails_of_the_mailbox_are_read(browser: FlaskClient, demo: Flask, name: str) -> None:
    letter()
    assert get(browser, f"/fr/demo/mail/{name}").status_code == 404


# The clock.


@pytest.mark.parametrize(
    ("to", "moment"),
    [
        ("start", datetime(2016, 2, 15, 8, 0, tzinfo=UTC)),
        ("eve", datetime(2016, 3, 8, 17, 0, tzinfo=UTC)),
        ("morning", datetime(2016, 3, 9, 7, 30, tzinfo=UTC)),
        ("after", datetime(2016, 6, 13, 10, 0, tzinfo=UTC)),
    ],
)
def test_the_clock_moves_and_ticks_on_from_there(browser: FlaskClient, demo: Flask, to: str, moment: datetime) -> None:
    answer = browser.post(
        "/ar/demo/clock", data={"to": to}, base_url=BASE, headers={"Referer": f"{BASE}/ar/demo/people?x=1"}
    )
    assert (answer.status_code, answer.location) == (303, "/ar/demo/people?x=1")
    assert abs((clock.now() - moment).total_seconds()) < 5
    assert clock.real_now().year > 2020  # signatures and sessions keep the wall's time


@pytest.mark.parametrize("referrer", ["https://evil.example/fr/", "", f"{BASE}.evil.org/", f"{BASE}/fr/demo/banner"])
def test_after_a_move_the_reader_stays_inside(browser: FlaskClient, demo: Flask, referrer: str) -> None:
    answer = browser.post("/fr/demo/clock", data={"to": "eve"}, base_url=BASE, headers={"Referer": referrer})
    assert answer.location == "/fr/"


@pytest.mark.parametrize("to", ["", "2030-01-01", "nowhere"])
def test_the_clock_moves_to_known_moments_only(browser: FlaskClient, demo: Flask, to: str) -> None:
    assert post(browser, "/fr/demo/clock", to=to).status_code == 400


def test_the_banner_is_a_fragment_for_the_module_and_a_page_for_the_link(browser: FlaskClient) -> None:
    fragment = get(browser, "/fr/demo/banner", headers={"X-Requested-With": "fragment"}).text
    assert "<html" not in fragment
    assert fragment.count('name="to"') == 4
    page = get(browser, "/fr/demo/banner").text
    assert "<html" in page
    assert page.count('name="to"') == 4


# The people.


@pytest.fixture
def meeting(demo: Flask) -> Meeting:
    made = make_registration.meeting()
    organiser = make.organiser()
    lead = make.person("sonia@tunis.example.org", "Sonia", "Ayari").code

    @command
    def team() -> None:
        event = load(Event, made.event)
        for role in TeamRole:
            add(TeamMember(event=event, user=load(User, organiser), role=role))
        load(Delegation, made.delegations["tunis"]).lead = load(Person, lead)

    team()
    return made


def door(browser: FlaskClient, kind: DoorKind, code: str):
    return post(browser, "/fr/demo/people", kind=kind.value, code=code)


def test_people_stand_by_role_with_a_door_each(browser: FlaskClient, meeting: Meeting) -> None:
    code = meeting.approved("partner", name="Amina Trabelsi")
    page = get(browser, "/en/demo/people").text
    for word in ("Organisers", "Desk", "Delegation leads", "Nadia Benali", "Sonia Ayari", "Amina Trabelsi"):
        assert word in page
    assert f'name="code" value="{code}"' in page


def test_the_page_of_people_takes_as_many_statements_for_thirty_as_for_one(
    browser: FlaskClient, meeting: Meeting
) -> None:
    meeting.invited("partner")
    get(browser, "/fr/demo/people")
    with counting() as few:
        get(browser, "/fr/demo/people")
    for _ in range(30):
        meeting.invited("partner", "tunis")
    session().expire_all()
    with counting() as many:
        get(browser, "/fr/demo/people")
    assert len(own(few)) == len(own(many))


def own(seen: Counted) -> list[str]:
    """Without the looks at changes and at the demo's clock that a worker takes every half second."""
    looks = ("FROM public_version", "FROM demo_clock")
    return [statement for statement in seen.statements if not any(look in statement for look in looks)]


def test_one_click_enters_as_an_organiser(browser: FlaskClient, meeting: Meeting) -> None:
    [organisers, _desk] = queries.secretariat()
    answer = door(browser, DoorKind.ACCOUNT, organisers.doors[0].code)
    assert (answer.status_code, answer.location) == (303, "/fr/mine")
    assert "Nadia Benali" in get(browser, "/fr/account").text


def test_one_click_enters_by_a_personal_link_bound_to_this_browser(browser: FlaskClient, meeting: Meeting) -> None:
    code = meeting.invited("partner", name="Amina Trabelsi")
    answer = door(browser, DoorKind.REGISTRATION, code)
    assert answer.status_code == 303
    page = get(browser, answer.location, follow_redirects=True)
    assert page.status_code == 200
    assert "Amina" in page.text
    [link] = session().scalars(sa.select(PersonalLink).order_by(PersonalLink.id.desc()).limit(1))
    assert link.browser


def test_one_click_enters_as_the_lead_of_a_delegation(browser: FlaskClient, meeting: Meeting) -> None:
    answer = door(browser, DoorKind.DELEGATION, meeting.delegations["tunis"])
    assert answer.status_code == 303
    assert get(browser, answer.location).status_code == 200


def test_a_door_that_is_none_opens_nothing(browser: FlaskClient, meeting: Meeting) -> None:
    assert door(browser, DoorKind.ACCOUNT, "NOBODY").status_code == 404
    assert door(browser, DoorKind.REGISTRATION, "NOBODY").status_code == 404
    assert door(browser, DoorKind.DELEGATION, meeting.delegations["lyon"]).status_code == 404  # it has no lead
    assert post(browser, "/fr/demo/people", kind="token", code="X").status_code == 400


def test_who_entered_is_written_down(browser: FlaskClient, meeting: Meeting) -> None:
    door(browser, DoorKind.REGISTRATION, meeting.invited("partner"))
    assert session().scalar(sa.select(sa.func.count()).where(AuditRow.command == "demo.open_link")) == 1


# The components, and every page in every language.


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["mail/", "people", "components", "banner"])
def test_every_page_stands_in_every_language_with_nothing_inline(
    browser: FlaskClient, language: str, path: str
) -> None:
    page = get(browser, f"/{language}/demo/{path}")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.text
    assert "style=" not in page.text
    assert not re.search(r"<script(?![^>]* src=)", page.text)


def test_the_form_of_the_components_comes_back_with_its_errors(browser: FlaskClient) -> None:
    page = post(browser, "/en/demo/components", name="", email="not an address")
    assert page.status_code == 422
    assert "Please give a complete address" in page.text
    assert 'value="not an address"' in page.text
