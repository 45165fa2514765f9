"""The same house in Arabic, on a telephone: the public pages, a registration, the agenda."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import House, Walk
from .test_technical_meeting_fr import letter, personal_link, sign_in

pytestmark = pytest.mark.journey
PUBLIC = "/ar/events/technical-meeting-lyon"
MAIL = "hanan.jaber@amman.example.org"


def test_the_public_a_participant_and_the_agenda_in_arabic_on_a_telephone(
    walk: Callable[..., Walk], house: House
) -> None:
    visitor = walk("ar", phone=True)
    the_public_looks_around(visitor)
    organiser = walk("fr")
    sign_in(organiser, "Nadia Berrada")
    participant = walk("ar", phone=True)
    a_participant_is_invited_and_registers(organiser, participant)
    the_lead_of_the_delegation_approves(walk("ar", phone=True), participant)
    the_agenda_is_read(visitor)


def the_public_looks_around(visitor: Walk) -> None:
    page = visitor.goto("/")
    expect(page).to_have_url(re.compile("/ar/$"))  # by what the browser asks for
    visitor.check()
    visitor.picture("home-ar-phone")
    for path, words in (
        ("/ar/", "حوار"), ("/ar/cities", "بيروت"), ("/ar/cities/beirut", "لبنان"), ("/ar/themes", "السكن"),
        ("/ar/themes/housing", "السكن"), ("/ar/news", "ليون"), ("/ar/events", "ليون"), (PUBLIC, "ليون"),
    ):  # fmt: skip
        expect(visitor.goto(path).locator("body")).to_contain_text(words)
    page = visitor.goto("/ar/cities/beirut")
    page.locator("a[hreflang=fr], a[lang=fr]").last.click()
    expect(page).to_have_url(re.compile("/fr/cities/beirut"))
    visitor.check()


def a_participant_is_invited_and_registers(organiser: Walk, participant: Walk) -> None:
    page = organiser.goto("/fr/mine")
    organiser.follow("Des thèmes aux axes de travail")
    event = page.url.rsplit("/", 1)[1]
    organiser.goto(f"/fr/work/events/{event}/invite")
    page.fill("[name=mail]", MAIL)
    page.fill("[name=name]", "حنان جابر")
    page.select_option("[name=category]", label="Expert")
    page.select_option("[name=delegation]", label="Amman")
    page.select_option("[name=language]", "ar")
    organiser.press("Envoyer l’invitation")
    mail = letter(organiser, MAIL, "دعوة")
    expect(mail.locator("main")).to_contain_text("حنان")
    page = participant.goto(personal_link(mail))
    expect(page).to_have_url(re.compile("/ar/l/"))
    page.locator("main form button").first.click()
    participant.check()
    participant.picture("registration-ar-phone")
    expect(page.locator("[name=given_name_arabic]")).to_have_attribute("dir", "rtl")
    expect(page.locator("[name=given_name]")).to_have_attribute("dir", "ltr")
    page.fill("[name=given_name_arabic]", "حنان")
    page.fill("[name=family_name_arabic]", "جابر")
    page.fill("[name=given_name]", "")
    page.fill("[name=family_name]", "")
    page.locator("button[name=step][value=review]").click()
    participant.check()
    expect(page.locator("[role=alert], .form-errors, .field.wrong").first).to_be_visible()  # no language said yet
    expect(page.locator("[name=given_name_arabic]")).to_have_value("حنان")
    page.select_option("[name=languages-ar]", "native")
    page.locator("button[name=step][value=review]").click()
    participant.check()
    expect(page.locator("main")).to_contain_text("حنان")
    page.locator("main form[method=post] button.main").first.click()
    participant.check()
    participant.picture("own-ar-phone")


def the_lead_of_the_delegation_approves(lead: Walk, participant: Walk) -> None:
    page = lead.goto("/ar/demo/people")
    page.get_by_role("button", name=re.compile("سامي عبيدات")).first.click()
    lead.check()
    lead.picture("lead-ar-phone")
    expect(page.locator("main")).to_contain_text("حنان")
    page.locator("form[action$='/approve'] button").first.click()
    lead.check()
    page = participant.page
    page.reload()
    participant.check()
    expect(page.locator("main")).to_contain_text(re.compile("تم|موافق|مقبول"))
    expect(page.locator("a[href$='calendar.ics']").first).to_be_visible()


def the_agenda_is_read(visitor: Walk) -> None:
    page = visitor.goto(f"{PUBLIC}/agenda")
    expect(page.locator("body")).to_contain_text("الحصول على السكن")
    visitor.picture("agenda-ar-phone")
    visitor.goto(f"{PUBLIC}/agenda/changes")
    page = visitor.goto(f"{PUBLIC}/agenda")
    page.locator("main a[href*='/agenda/']").filter(has_text="الحصول على العمل").first.click()
    visitor.check()
    expect(page.locator("body")).to_contain_text("الحصول على العمل")
    hours = page.locator("main").inner_text()
    assert not re.search("[٠-٩]", hours), "digits stay Latin, as on the papers"
