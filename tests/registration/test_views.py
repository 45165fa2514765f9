"""The pages of the room, as each of their readers sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventhub.accounts.models import Person, PersonalLink
from eventhub.core import jobs
from eventhub.core.db import session
from eventhub.mail import transport
from eventhub.registration import commands
from eventhub.registration.models import Category, Registration, State

from ..factories import accounts
from ..factories import registration as make
from ..hostile import CORPUS, LINES, harm_in
from ..queries import counting


@dataclass
class House:
    app: Flask
    meeting: make.Meeting
    organiser: FlaskClient

    def self_of(self, code: str) -> FlaskClient:
        """The browser of the person of a registration, by the personal link."""
        person = make.row(code).person.code
        session().rollback()
        return accounts.by_link(
            self.app, person, "registration", {"event": self.meeting.event, "registration": code}
        )

    def lead_of(self, city: str, mail: str = "") -> FlaskClient:
        """The browser of the lead of a delegation, by the delegation's link."""
        code = self.meeting.delegations[city]
        person = commands.set_lead(
            event=self.meeting.event, delegation=code, mail=mail or f"lead@{city}.example.org", name="La Cheffe"
        )
        return accounts.by_link(self.app, person, "delegation", {"event": self.meeting.event, "delegation": code})

    @property
    def work(self) -> str:
        return f"/fr/work/events/{self.meeting.event}"


@pytest.fixture
def house(light_app: Flask) -> Iterator[House]:
    meeting = make.meeting()
    organiser = accounts.organiser(roles=("organiser", "administrator"))
    return House(light_app, meeting, accounts.sign_in(light_app, organiser))


def form_of(meeting: make.Meeting, **values: Any) -> dict[str, Any]:
    """What a browser sends from the registration form, all of it filled in."""
    ranking = {f"ranking-{code}": str(at) for at, code in enumerate(meeting.themes, start=1)}
    return {
        "form_of_address": "Mme", "given_name": "Amina", "family_name": "Trabelsi", "given_name_arabic": "آمنة",
        "family_name_arabic": "الطرابلسي", "script": "arabic", "function": "Point focal", "organisation": "Tunis",
        "phone": "+216 71 000 000", "language": "ar", "languages-ar": "native", "languages-fr": "fluent",
        "food_needs": ["halal"], "food_note": "", "access_needs": "", "note": "", "revision": "1", "step": "review",
        **ranking, **values,
    }  # fmt: skip


def words(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


# One's own registration


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_a_person_registers_by_a_link_without_a_password(house: House, lang: str) -> None:
    code = house.meeting.invited("focal_point", "tunis", mail="amina@tunis.example.org", language=lang)
    browser = house.self_of(code)
    first = browser.get(f"/{lang}/registration/{code}")
    assert first.status_code == 303
    assert first.location.endswith(f"/{lang}/registration/{code}/form")
    page = words(browser.get(first.location))
    assert f'dir="{"rtl" if lang == "ar" else "ltr"}"' in page
    for name in ("given_name_arabic", "family_name_arabic"):
        assert re.search(rf'<input[^>]*dir="rtl"[^>]*name="{name}"|<input[^>]*name="{name}"[^>]*dir="rtl"', page)
    sent = browser.post(first.location, data=form_of(house.meeting))
    assert sent.status_code == 303
    review = words(browser.get(sent.location))
    assert "آمنة" in review
    assert "Logement" in review
    done = browser.post(sent.location)
    assert done.status_code == 303
    standing = words(browser.get(done.location))
    assert make.state(code) is State.PENDING
    assert f"/{lang}/registration/{code}/cancel" in standing


def test_half_a_form_is_kept_and_a_whole_one_is_asked_for_before_sending(house: House) -> None:
    code = house.meeting.invited("focal_point", "tunis")
    browser, url = house.self_of(code), f"/fr/registration/{code}/form"
    nothing = {"given_name": "", "family_name": "", "revision": "1"}
    refused = browser.post(url, data={**nothing, "step": "review"})
    assert refused.status_code == 422
    assert words(refused).count("wrong-words") >= 3, "name, languages and themes are each said beside their field"
    kept = browser.post(url, data={**nothing, "function": "Chargée de mission", "step": "save"})
    assert kept.status_code == 303
    assert make.row(code).person.function == "Chargée de mission"
    assert "Chargée de mission" in words(browser.get(url))
    assert make.state(code) is State.DRAFT


def test_a_ranking_with_a_place_twice_is_refused_beside_the_field_and_keeps_what_was_chosen(house: House) -> None:
    code = house.meeting.invited("focal_point", "tunis")
    first, second = house.meeting.themes[:2]
    answer = house.self_of(code).post(
        f"/fr/registration/{code}/form", data=form_of(house.meeting, **{f"ranking-{second}": "1"})
    )
    assert answer.status_code == 422
    assert "ranking-error" in words(answer)
    assert re.search(rf'name="ranking-{first}">.*?<option value="1" selected>', words(answer))


def test_a_returning_person_finds_what_we_know_and_a_category_without_themes_asks_for_none(house: House) -> None:
    house.meeting.approved("partner", mail="back@example.org")
    other = make.meeting(slug="madrid-2016")
    code = other.invited("partner", mail="back@example.org")
    browser = accounts.by_link(
        house.app, make.row(code).person.code, "registration", {"event": other.event, "registration": code}
    )
    page = words(browser.get(f"/en/registration/{code}/form"))
    assert "Welcome back" in page
    assert "ranking" not in page


def test_two_windows_on_one_registration_lose_nothing(house: House) -> None:
    code = house.meeting.invited("partner")
    browser, url = house.self_of(code), f"/en/registration/{code}/form"
    assert browser.post(url, data=form_of(house.meeting, function="One")).status_code == 303
    second = browser.post(url, data=form_of(house.meeting, function="Two"))
    assert second.status_code == 422
    page = words(second)
    assert "One" in page
    assert "Two" in page
    assert make.row(code).person.function == "One"
    revision = re.search(r'name="revision"[^>]*value="(\d+)"', page)
    assert revision
    session().rollback()
    again = browser.post(url, data=form_of(house.meeting, function="Two", revision=revision.group(1)))
    assert again.status_code == 303
    assert make.row(code).person.function == "Two"


def test_a_person_declines_and_comes_back(house: House) -> None:
    code = house.meeting.invited("partner")
    browser = house.self_of(code)
    assert "cannot come" in words(browser.get(f"/en/registration/{code}/cancel"))
    done = browser.post(f"/en/registration/{code}/cancel", data={"reason": "ill"})
    assert make.state(code) is State.DECLINED
    assert "I can come after all" in words(browser.get(done.location))
    assert browser.post(f"/en/registration/{code}/form", data=form_of(house.meeting)).status_code == 303
    assert browser.post(f"/en/registration/{code}/review").status_code == 303
    assert make.state(code) is State.PENDING


def test_who_gives_the_place_back_is_thanked_by_a_page_that_knows_nobody(house: House) -> None:
    code = house.meeting.approved("partner")
    browser = house.self_of(code)
    done = browser.post(f"/en/registration/{code}/cancel", data={})
    assert done.location.endswith("/en/registration-over")
    assert browser.get(done.location).status_code == 200
    assert make.state(code) is State.CANCELLED
    assert browser.get(f"/en/registration/{code}").status_code == 302, "the link has ended: who are you?"


def test_the_calendar_file_comes_from_the_own_page(house: House) -> None:
    code = house.meeting.approved("partner")
    answer = house.self_of(code).get(f"/fr/registration/{code}/calendar.ics")
    assert answer.content_type.startswith("text/calendar")
    assert b"STATUS:CONFIRMED" in answer.data
    assert "attachment" in answer.headers["Content-Disposition"]


def test_nothing_of_a_registration_is_stored_by_a_cache(house: House) -> None:
    code = house.meeting.approved("partner")
    answer = house.self_of(code).get(f"/fr/registration/{code}")
    assert "no-store" in answer.headers["Cache-Control"]


# Who may not


def test_a_forwarded_link_shows_nothing_and_nobody_is_asked_to_sign_in(house: House) -> None:
    code = house.meeting.sent("partner", mail="owner@example.org")
    house.self_of(code)  # the owner's browser has opened it
    token = _token(code)
    stranger = house.app.test_client()
    page = stranger.get(f"/fr/l/{token}")
    assert "owner@example.org" not in words(page)
    opened = stranger.post(f"/fr/l/{token}")
    assert opened.status_code == 403
    assert "Personne" not in words(opened)
    assert stranger.get(f"/fr/registration/{code}").status_code == 302


def _token(code: str) -> str:
    from eventhub.accounts import links
    from eventhub.core import tokens

    rows = session().scalars(sa.select(PersonalLink).order_by(PersonalLink.id.desc()))
    link = next(row.code for row in rows if row.about.get("registration") == code and row.browser)
    session().rollback()
    return tokens.make(links.TOKEN, link)


OWN = ("", "/form", "/review", "/cancel", "/calendar.ics")


@pytest.mark.parametrize("path", OWN)
def test_another_persons_registration_does_not_exist(house: House, path: str) -> None:
    mine, other = house.meeting.sent("partner"), house.meeting.sent("partner")
    browser = house.self_of(mine)
    assert browser.get(f"/fr/registration/{other}{path}").status_code == 404
    assert browser.get(f"/fr/registration/NOSUCHCODE{path}").status_code == 404


@pytest.mark.parametrize("act", ["approve", "readmit", "remind", "refuse"])
def test_nobody_decides_on_oneself(house: House, act: str) -> None:
    code = house.meeting.sent("focal_point", "tunis")
    answer = house.self_of(code).post(f"/fr/registration/{code}/{act}", data={"reason": "x"})
    assert answer.status_code == 404
    assert make.state(code) is State.PENDING


def test_a_lead_works_on_the_own_delegation_and_no_other_exists(house: House) -> None:
    ours = house.meeting.sent("focal_point", "tunis", mail="member@tunis.example.org")
    theirs = house.meeting.sent("focal_point", "lyon", mail="member@lyon.example.org")
    lead = house.lead_of("tunis")
    page = words(lead.get(f"/fr/delegation/{house.meeting.delegations['tunis']}"))
    assert "member@tunis.example.org" in page
    assert "member@lyon.example.org" not in page
    lyon = house.meeting.delegations["lyon"]
    assert lead.get(f"/fr/delegation/{lyon}").status_code == 404
    assert lead.get(f"/fr/delegation/{lyon}/nominate").status_code == 404
    for act in ("approve", "refuse", "cancel", "remind", "readmit"):
        assert lead.post(f"/fr/registration/{theirs}/{act}", data={"reason": "x"}).status_code == 404
    assert make.state(theirs) is State.PENDING
    done = lead.post(f"/fr/registration/{ours}/approve")
    assert done.location.endswith(f"/fr/delegation/{house.meeting.delegations['tunis']}")
    assert make.state(ours) is State.APPROVED


def test_the_link_to_ones_own_registration_gives_a_lead_no_power(house: House) -> None:
    member = house.meeting.sent("focal_point", "tunis")
    own = house.meeting.sent("focal_point", "tunis", mail="lead@tunis.example.org")
    lead = house.lead_of("tunis", mail="lead@tunis.example.org")
    weak = house.self_of(own)
    assert weak.get(f"/fr/delegation/{house.meeting.delegations['tunis']}").status_code == 404
    assert weak.post(f"/fr/registration/{member}/approve").status_code == 404
    assert lead.get(f"/fr/registration/{own}").status_code == 200, "the delegation's page leads to one's own place"


def test_a_former_lead_is_a_stranger(house: House) -> None:
    former = house.lead_of("tunis", mail="one@tunis.example.org")
    house.lead_of("tunis", mail="two@tunis.example.org")
    assert former.get(f"/fr/delegation/{house.meeting.delegations['tunis']}").status_code == 302


WORK = (
    "/registrations", "/registrations/registrations.csv", "/registrations/waiting", "/invite", "/invite/several",
    "/categories", "/categories/new", "/delegations",
)  # fmt: skip


@pytest.mark.parametrize("path", WORK)
def test_the_organisers_pages_are_for_the_organiser_of_this_event(house: House, path: str) -> None:
    code = house.meeting.sent("focal_point", "tunis")
    other = accounts.sign_in(house.app, accounts.organiser(mail="other@secretariat.example.org"))
    for browser in (other, house.self_of(code), house.lead_of("tunis")):
        assert browser.get(house.work + path).status_code == 404
    assert house.app.test_client().get(house.work + path).status_code == 302
    assert house.organiser.get(house.work + path).status_code == 200


# The lead


def test_a_lead_names_a_member_who_gets_an_own_link(house: House) -> None:
    lead = house.lead_of("tunis")
    url = f"/en/delegation/{house.meeting.delegations['tunis']}/nominate"
    given = {
        "name": "سامي بن علي", "mail": "sami@tunis.example.org", "function": "", "language": "ar",
        "category": house.meeting.categories["focal_point"],
    }  # fmt: skip
    assert lead.post(url, data=given).status_code == 303
    row = session().scalars(sa.select(Registration)).one()
    assert (row.state, row.person.arabic, row.delegation.city.slug) == (State.INVITED, "سامي بن علي", "tunis")
    session().rollback()
    again = lead.post(url, data=given)
    assert again.status_code == 422
    assert "already has a registration" in words(again)
    jobs.run_pending()
    letters = [m for _, m in transport.kept() if "sami@tunis.example.org" in str(m["To"])]
    assert len(letters) == 1
    assert lead.post(url, data={**given, "category": "NOSUCHCODE", "mail": "x@example.org"}).status_code == 422


def test_a_refusal_wants_a_reason_and_shows_it_to_the_person(house: House) -> None:
    code = house.meeting.sent("focal_point", "tunis")
    lead = house.lead_of("tunis")
    url = f"/en/registration/{code}/refuse"
    assert lead.get(url).status_code == 200
    assert lead.post(url, data={"reason": " "}).status_code == 422
    assert lead.post(url, data={"reason": "The city sends somebody else"}).status_code == 303
    assert "The city sends somebody else" in words(house.self_of(code).get(f"/en/registration/{code}"))


# The organiser


def test_the_list_is_filtered_searched_in_either_script_sorted_and_exported(house: House) -> None:
    one = house.meeting.sent("partner", name="Béatrice Müller")
    two = house.meeting.sent("focal_point", "tunis", name="آمنة الطرابلسي")
    commands.save(
        event=house.meeting.event, registration=two,
        answers=house.meeting.answers(given_name="=cmd|'/c calc'!A1", given_name_arabic="آمنة", phone="+216 71 000"),
    )  # fmt: skip

    def found(query: str) -> list[str]:
        page = words(house.organiser.get(f"{house.work}/registrations{query}"))
        return re.findall(r"/registrations/([A-Z0-9]{10})\"", page)

    assert set(found("")) == {one, two}
    assert found("?q=beatrice+muller") == [one]
    assert found("?q=امنه") == [two]
    assert found("?state=pending&category=" + house.meeting.categories["partner"]) == [one]
    assert found("?delegation=" + house.meeting.delegations["tunis"]) == [two]
    assert found("?state=nonsense&sort=nonsense&page=99") == found("")
    assert found("?sort=name") == list(reversed(found("?sort=-name")))
    of_tunis = f"?delegation={house.meeting.delegations['tunis']}"
    csv = house.organiser.get(f"{house.work}/registrations/registrations.csv{of_tunis}")
    text = csv.data.decode("utf-8-sig")
    assert "'=cmd|" in text
    assert "+216 71 000" in text
    assert "'+216" not in text
    assert "Béatrice" not in text


def _statements(browser: FlaskClient, url: str) -> int:
    """How many a page takes, apart from the look at what changed that a worker takes by the clock."""
    with counting() as seen:
        assert browser.get(url).status_code == 200
    return sum(1 for statement in seen.statements if "public_version" not in statement)


@pytest.mark.parametrize("path", ["/registrations", "/registrations/waiting", "/delegations", "/categories", ""])
def test_a_list_takes_as_many_statements_for_thirty_rows_as_for_one(house: House, path: str) -> None:
    house.meeting.capacity(0, "press")
    house.meeting.sent("press", "tunis")

    def statements() -> int:
        return _statements(house.organiser, house.work + path)

    statements()
    before = statements()
    for number in range(29):
        house.meeting.sent("press", ("tunis", "lyon")[number % 2])
    assert statements() == before


def test_the_delegations_page_takes_as_many_statements_for_ten_members_as_for_one(house: House) -> None:
    lead, url = house.lead_of("tunis"), f"/fr/delegation/{house.meeting.delegations['tunis']}"
    house.meeting.sent("press", "tunis")

    def statements() -> int:
        return _statements(lead, url)

    statements()
    before = statements()
    for _ in range(9):
        house.meeting.sent("press", "tunis")
    assert statements() == before


def test_one_registration_shows_answers_history_and_what_may_be_done(house: House) -> None:
    code = house.meeting.sent("focal_point", "tunis")
    page = words(house.organiser.get(f"/en/work/events/{house.meeting.event}/registrations/{code}"))
    assert "Gestion interculturelle" in page
    assert "Awaiting approval" in page
    assert f"/en/registration/{code}/approve" in page
    done = house.organiser.post(f"/en/registration/{code}/approve")
    assert done.location.endswith(f"/registrations/{code}")
    page = words(house.organiser.get(done.location))
    assert "Nadia Benali" in page, "the history names who approved"
    assert f"/en/registration/{code}/approve" not in page
    house.organiser.post(f"/en/registration/{code}/cancel", data={"reason": ""})
    assert make.state(code) is State.CANCELLED
    house.organiser.post(f"/en/registration/{code}/readmit")
    assert make.state(code) is State.APPROVED
    house.organiser.post(
        f"{house.work}/registrations/{code}/category", data={"category": house.meeting.categories["expert"]}
    )
    assert make.row(code).category.key == "expert"


def test_the_same_button_pressed_twice_says_so_and_does_it_once(house: House) -> None:
    code = house.meeting.sent("partner")
    house.organiser.post(f"/en/registration/{code}/approve")
    again = house.organiser.post(f"/en/registration/{code}/approve")
    assert "no longer possible" in words(house.organiser.get(again.location))


def test_the_waiting_list_explains_each_place(house: House) -> None:
    house.meeting.capacity(1, "partner")
    house.meeting.approved("partner")
    first, second = house.meeting.sent("partner"), house.meeting.sent("partner")
    page = words(house.organiser.get(f"/en/work/events/{house.meeting.event}/registrations/waiting"))
    assert page.index(first) < page.index(second)
    assert "the category is full" in page
    house.organiser.post(f"{house.work}/registrations/waiting/promote")
    assert make.state(first) is State.WAITLISTED


def test_one_person_is_invited_and_a_second_time_left_alone(house: House) -> None:
    given = {
        "mail": "amina@tunis.example.org", "name": "Amina Trabelsi", "language": "fr", "function": "",
        "category": house.meeting.categories["focal_point"], "delegation": house.meeting.delegations["tunis"],
    }  # fmt: skip
    done = house.organiser.post(f"{house.work}/invite", data=given)
    assert done.status_code == 303
    house.organiser.post(f"{house.work}/invite", data=given)
    jobs.run_pending()
    assert len(transport.kept()) == 1
    assert house.organiser.post(f"{house.work}/invite", data={**given, "mail": "not an address"}).status_code == 422


def test_many_lines_are_looked_at_before_anything_is_sent(house: House) -> None:
    house.meeting.invited(mail="there@example.org")
    text = "\n".join(
        [
            "new@example.org; Nouvelle Personne; Point focal; Tunis; fr",
            "ARABE@example.org; آمنة الطرابلسي; جهة تنسيق; ; العربية",
            "there@example.org; X; Presse", "new@example.org; Twice; Presse", "nonsense; X; Presse",
            "a@example.org; X; Nothing", "b@example.org; X; Presse; Atlantis",
            "c@example.org; X; Presse; ; klingon", "",
        ]
    )  # fmt: skip
    url = f"/en/work/events/{house.meeting.event}/invite/several"
    page = words(house.organiser.post(url, data={"lines": text, "step": "look", "category": ""}))
    for fate in (
        "will be invited", "left alone", "on an earlier line", "not an e-mail address", "no such category",
        "no delegation of this city", "not one of our six languages", "Invite 2 people",
    ):  # fmt: skip
        assert fate in page, fate
    assert session().scalar(sa.select(sa.func.count()).select_from(Registration)) == 1
    session().rollback()
    done = house.organiser.post(url, data={"lines": text, "step": "invite", "category": ""})
    assert done.status_code == 303
    rows = session().scalars(sa.select(Registration).order_by(Registration.id)).all()
    assert [row.person.mail for row in rows] == ["there@example.org", "new@example.org", "arabe@example.org"]
    assert rows[2].person.language == "ar"


def test_categories_are_edited_and_keep_room_for_the_places_taken(house: House) -> None:
    house.meeting.approved("partner")
    url = f"/en/work/events/{house.meeting.event}/categories/{house.meeting.categories['partner']}"
    given = {
        "name-fr": "Partenaire", "name-en": "Partner of the network", "capacity": "5", "priority": "3",
        "colour": "olive", "revision": "1",
    }  # fmt: skip
    assert house.organiser.post(url, data={**given, "capacity": "0"}).status_code == 422
    assert house.organiser.post(url, data=given).status_code == 303
    both = house.organiser.post(url, data={**given, "name-en": "Other"})
    assert both.status_code == 422
    assert "Partner of the network" in words(both)
    row = session().scalars(sa.select(Category).where(Category.key == "partner")).one()
    assert (row.name.in_("en"), row.capacity, row.open_to_public) == ("Partner of the network", 5, False)
    session().rollback()
    new = {**given, "key": "guest", "name-fr": "Invité", "open_to_public": "y"}
    assert house.organiser.post(f"{house.work}/categories/new", data=new).status_code == 303
    assert house.organiser.post(f"{house.work}/categories/new", data=new).status_code == 422


def test_delegations_are_edited_led_and_added(house: House) -> None:
    tunis = house.meeting.delegations["tunis"]
    focal = house.meeting.categories["focal_point"]
    url = f"{house.work}/delegations/{tunis}"
    assert house.organiser.get(url).status_code == 200
    assert house.organiser.post(url, data={"quota": "4", f"quota-{focal}": "x"}).status_code == 422
    assert house.organiser.post(url, data={"quota": "4", f"quota-{focal}": "3"}).status_code == 303
    assert house.organiser.post(f"{url}/lead", data={"mail": "nonsense", "language": "fr"}).status_code == 422
    lead = {"mail": "lead@tunis.example.org", "name": "Leïla Mansour", "language": "fr"}
    assert house.organiser.post(f"{url}/lead", data=lead).status_code == 303
    assert house.organiser.post(f"{url}/send").status_code == 303
    page = words(house.organiser.get(f"{house.work}/delegations"))
    assert "Leïla Mansour" in page
    assert "0 / 4" in page
    assert house.organiser.post(f"{url}/remove").status_code == 303
    assert house.organiser.post(f"{house.work}/delegations/confirmed").status_code == 303
    assert set(make.of(house.meeting.event).delegations) == {"tunis", "lyon"}


def test_the_dashboard_shows_the_funnel_and_what_is_missing(house: House) -> None:
    house.meeting.sent("focal_point", "tunis")
    house.meeting.invited("partner")
    page = words(house.organiser.get(f"/en/work/events/{house.meeting.event}"))
    for line in (
        "Tunis has no lead of its delegation", "Delegations with places left", "One registration awaits approval",
        "One invitation is not answered",
    ):  # fmt: skip
        assert line in page, line


# The public


def test_the_public_form_answers_the_same_for_known_and_unknown_addresses(house: House) -> None:
    _open(house, "observer")
    house.meeting.invited("partner", mail="known@example.org", name="Known Person")
    url = f"/en/events/{house.meeting.slug}/register"
    browser = house.app.test_client()
    given = {
        "category": house.meeting.categories["observer"], "given_name": "Olga", "family_name": "Serra",
        "language": "en",
    }  # fmt: skip
    answers = [browser.post(url, data={**given, "mail": mail}) for mail in ("known@example.org", "new@example.org")]
    assert {(each.status_code, each.location) for each in answers} == {(303, f"{url}/sent")}
    assert browser.get(f"{url}/sent").status_code == 200
    assert make.row(_code_of("known@example.org")).person.latin == "Known Person"
    assert make.row(_code_of("new@example.org")).state is State.DRAFT
    session().rollback()
    for _ in range(3):
        last = browser.post(url, data={**given, "mail": "new@example.org"})
    assert last.status_code == 429


def _code_of(mail: str) -> str:
    code = session().scalars(sa.select(Registration.code).join(Registration.person).where(Person.mail == mail)).one()
    session().rollback()
    return code


def _open(house: House, key: str) -> None:
    commands.edit_category(
        event=house.meeting.event, category=house.meeting.categories[key], revision=1, values={"open_to_public": True}
    )


def test_a_category_by_invitation_is_not_offered_and_a_closed_event_says_so(house: House) -> None:
    url = f"/en/events/{house.meeting.slug}/register"
    partner = house.meeting.categories["partner"]
    browser = house.app.test_client()
    assert partner not in words(browser.get(url))
    given = {"category": partner, "given_name": "O", "family_name": "S", "language": "en", "mail": "o@example.org"}
    assert browser.post(url, data=given).status_code == 422
    assert session().scalar(sa.select(sa.func.count()).select_from(Registration)) == 0
    assert browser.get("/en/events/no-such-event/register").status_code == 404


# Hostile words through every field


FIELDS = ("form_of_address", "given_name", "family_name", "given_name_arabic", "family_name_arabic", "script",
          "function", "organisation", "phone", "language", "languages-ar", "food_needs", "food_note", "access_needs",
          "note", "revision")  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_hostile_words_in_every_field_of_the_form_harm_no_page(house: House, name: str) -> None:
    code = house.meeting.invited("partner")
    browser, url, text = house.self_of(code), f"/fr/registration/{code}/form", CORPUS[name]
    whole = browser.post(url, data={**form_of(house.meeting), **dict.fromkeys(FIELDS, text)})
    assert whole.status_code in (303, 422)
    assert harm_in(whole.get_data(as_text=True)) == []
    for field in FIELDS:
        session().rollback()
        answer = browser.post(url, data={**form_of(house.meeting, revision="", step="save"), field: text})
        assert answer.status_code in (303, 422), field
        assert harm_in(answer.get_data(as_text=True)) == [], field
    for path in (url, f"/fr/registration/{code}/review", f"/fr/registration/{code}/cancel"):
        assert harm_in(browser.get(path).get_data(as_text=True)) == [], path
    for path in ("registrations", f"registrations/{code}", "delegations", f"registrations?q={text[:100]}"):
        page = house.organiser.get(f"{house.work}/{quote(path, safe='/?=')}")
        assert page.status_code in (200, 400)
        assert harm_in(page.get_data(as_text=True)) == [], path


@pytest.mark.parametrize("name", LINES)
def test_hostile_words_in_the_other_forms_harm_no_page(house: House, name: str) -> None:
    text, meeting = CORPUS[name], house.meeting
    code = meeting.sent("focal_point", "tunis")
    lead = house.lead_of("tunis")
    tunis = meeting.delegations["tunis"]
    _open(house, "observer")
    public = house.app.test_client()
    mail = {"mail": "x@example.org", "language": "fr"}
    focal, press, observer = (meeting.categories[key] for key in ("focal_point", "press", "observer"))
    asking = {"given_name": text, "family_name": text}
    posts: list[tuple[FlaskClient, str, dict[str, str]]] = [
        (lead, f"/fr/delegation/{tunis}/nominate", {**mail, "name": text, "function": text, "category": text}),
        (lead, f"/fr/delegation/{tunis}/nominate", {**mail, "name": text, "function": text, "category": focal}),
        (lead, f"/fr/registration/{code}/refuse", {"reason": text, "next": text}),
        (house.organiser, "/invite", {"mail": text, "name": text, "language": text, "category": text}),
        (house.organiser, "/invite", {**mail, "name": text, "category": press}),
        (house.organiser, "/invite/several", {"lines": f"y@example.org; {text}; {text}\n{text}", "step": "look"}),
        (house.organiser, "/categories/new", {"name-fr": text, "key": text, "priority": text, "capacity": text}),
        (house.organiser, "/delegations", {"whose": text, "quota": text}),
        (house.organiser, f"/delegations/{tunis}", {"quota": text, f"quota-{press}": text}),
        (house.organiser, f"/delegations/{tunis}/lead", {"mail": text, "name": text, "language": text}),
        (house.organiser, f"/delegations/{tunis}/lead", {**mail, "mail": "z@example.org", "name": text}),
        (public, f"/fr/events/{meeting.slug}/register", {"mail": text, **asking}),
        (public, f"/fr/events/{meeting.slug}/register", {**mail, **asking, "category": observer}),
    ]  # fmt: skip
    for browser, url, data in posts:
        answer = browser.post(url if url.startswith("/fr/") else house.work + url, data=data)
        assert answer.status_code in (200, 303, 422), (url, answer.status_code)
        assert harm_in(answer.get_data(as_text=True)) == [], url
        if answer.status_code == 303:
            assert answer.location.startswith("/"), answer.location
    for path in ("registrations", "delegations", "categories", f"registrations/{code}"):
        assert harm_in(house.organiser.get(f"{house.work}/{path}").get_data(as_text=True)) == [], path
    jobs.run_pending()
    assert all(message["Bcc"] is None for _, message in transport.kept())
