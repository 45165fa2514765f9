"""The technical meeting, in French, from the public home to the printed badge, in one go."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from .conftest import House, Walk

pytestmark = pytest.mark.journey
MEETING = "Des thèmes aux axes de travail"
PUBLIC = "/fr/events/technical-meeting-lyon"
INES = "ines.mabrouk@tunis.example.org"
THEMES = 7


def test_the_technical_meeting_from_the_first_look_to_the_printed_badge(
    walk: Callable[..., Walk], house: House, tmp_path: Path
) -> None:
    visitor, organiser = walk("fr"), walk("fr")
    the_public_looks_around(visitor)
    sign_in(organiser, "Nadia Berrada")
    a_city_is_confirmed_and_is_on_the_map_at_once(organiser, visitor)
    news_is_published(organiser, visitor)
    event = the_meeting_says_what_it_misses(organiser)
    a_third_event_is_made_from_a_kind(organiser)
    the_focal_point_of_tunis_is_invited(organiser, event)
    focal_point = walk("fr", phone=True)
    she_registers_without_a_password(focal_point, organiser)
    a_forwarded_link_shows_nothing(walk("fr"), focal_point)
    she_is_approved_and_gets_a_calendar_entry(organiser, event, focal_point)
    a_full_category_waits_and_a_cancellation_promotes(organiser, event)
    the_agenda_moves_from_release_to_release(organiser, event, visitor, house)
    the_badges_are_printed(organiser, event, tmp_path)


def sign_in(who: Walk, name: str) -> None:
    who.goto("/fr/demo/people")
    who.press(f"Entrer en tant que {name}")


def the_public_looks_around(visitor: Walk) -> None:
    page = visitor.goto("/fr/")
    visitor.picture("home-fr")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Profils migratoires")
    for name in ("Amman", "Beyrouth", "Lisbonne", "Lyon", "Madrid", "Tanger", "Tunis", "Turin"):
        expect(page.locator("figure.map a", has_text=name).first).to_be_visible()
    for words in (
        "Une ville algérienne",
        "Une ville européenne",
        "18 novembre 2015",
        "Commission européenne",
        "Vienne",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    for path, words in (
        ("/fr/network", "CGLU"), ("/fr/cities", "Tunis"), ("/fr/cities/tunis", "Tunisie"),
        ("/fr/themes", "Accès au logement"),
        ("/fr/themes/housing", "Accès au logement"), ("/fr/partners", "ICMPD"), ("/fr/news", "Huit villes"),
        ("/fr/news/eight-cities-confirmed", "Huit villes"), ("/fr/events", MEETING), (PUBLIC, "Lyon"),
        (f"{PUBLIC}/practical", "badges"), (f"{PUBLIC}/agenda", "Accès à l’emploi"),
    ):  # fmt: skip
        expect(visitor.goto(path).locator("body")).to_contain_text(words)
        with urlopen(visitor.house.url(path)) as answer:
            assert "Set-Cookie" not in answer.headers, f"{path} sets a cookie"


def a_city_is_confirmed_and_is_on_the_map_at_once(organiser: Walk, visitor: Walk) -> None:
    page = visitor.goto("/fr/")
    expect(page.locator("figure.map .map-place:not(.map-expected)")).to_have_count(8)
    page = organiser.goto("/fr/work/network/cities")
    organiser.follow("Modifier Une ville algérienne")
    page.fill("[name=name-fr]", "Alger")
    page.select_option("[name=status]", "confirmed")
    organiser.press("Enregistrer")
    page.wait_for_timeout(700)
    page = visitor.goto("/fr/")
    expect(page.locator("figure.map a", has_text="Alger").first).to_be_visible()
    expect(page.locator("figure.map .map-place:not(.map-expected)")).to_have_count(9)


def news_is_published(organiser: Walk, visitor: Walk) -> None:
    page = organiser.goto("/fr/work/network/news/new")
    page.fill("[name=title-fr]", "Alger rejoint le réseau")
    page.fill("[name=body-fr]", "La ville **d’Alger** a confirmé sa participation. <script>alert(1)</script>")
    page.fill("[name=published_on]", "2016-02-15")
    page.locator("[name=tags]").first.check()
    organiser.press("Enregistrer")
    page.wait_for_timeout(700)
    page = visitor.goto("/fr/news")
    visitor.follow("Alger rejoint le réseau")
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")


def the_meeting_says_what_it_misses(organiser: Walk) -> str:
    page = organiser.goto("/fr/mine")
    expect(page.locator("main")).to_contain_text("Conférence politique des maires")
    organiser.follow(MEETING)
    organiser.picture("dashboard-fr")
    expect(page.locator("main")).to_contain_text("Tunis n’a pas de point focal")
    expect(page.locator("main")).to_contain_text("Stratégies de co-développement")
    return page.url.rsplit("/", 1)[1]


def a_third_event_is_made_from_a_kind(organiser: Walk) -> None:
    page = organiser.goto("/fr/work/events/new/peer_meeting")
    page.fill("[name=title-fr]", "Logement : échange entre pairs")
    page.fill("[name=starts_on]", "2016-09-20")
    page.select_option("[name=zone]", "Africa/Tunis")
    organiser.press("Créer l’événement")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Logement")
    expect(page.locator("main")).to_contain_text("Ce qui manque")


def the_focal_point_of_tunis_is_invited(organiser: Walk, event: str) -> None:
    page = organiser.goto(f"/fr/work/events/{event}")
    page.locator("li", has_text="Tunis n’a pas de point focal").get_by_role("link").first.click()
    organiser.check()
    page.fill("[name=mail]", "ines.mabrouk@tunis")
    page.select_option("[name=category]", label="Point focal")
    organiser.press("Envoyer l’invitation")
    expect(page.locator("[aria-invalid=true]")).to_have_value("ines.mabrouk@tunis")
    page.fill("[name=mail]", INES)
    expect(page.locator("[name=delegation] option:checked")).to_have_text("Tunis")
    page.select_option("[name=language]", "fr")
    organiser.press("Envoyer l’invitation")
    expect(page.locator("main")).to_contain_text("Inès Mabrouk")


def letter(who: Walk, to: str, subject: str) -> Page:
    """The newest mail to somebody with these words in its subject, opened in the demo's mailbox."""
    for _ in range(60):
        page = who.page
        page.goto(who.house.url(f"/fr/demo/mail/?q={to}"))
        found = page.locator("table.list").get_by_role("link", name=re.compile(subject)).first
        if found.count():
            found.click()
            who.check()
            return page
        page.wait_for_timeout(500)
    raise AssertionError(f"no mail to {to} about {subject}")


def personal_link(page: Page) -> str:
    return str(page.locator("main a[href*='/l/']").first.get_attribute("href"))


def she_registers_without_a_password(focal_point: Walk, organiser: Walk) -> None:
    mail = letter(organiser, INES, "Invitation")
    expect(mail.locator("main")).to_contain_text("Mabrouk")
    focal_point.link = personal_link(mail)  # type: ignore[attr-defined]
    page = focal_point.goto(focal_point.link)  # type: ignore[attr-defined]
    assert "Mabrouk" not in page.content(), "before the button the page names nobody"
    page.locator("main form button").first.click()
    focal_point.check()
    focal_point.picture("registration-fr-phone")
    page.fill("[name=given_name]", "Inès")
    page.fill("[name=family_name]", "Mabrouk")
    page.fill("[name=given_name_arabic]", "إيناس")
    page.fill("[name=family_name_arabic]", "المبروك")
    page.select_option("[name=languages-fr]", "fluent")
    page.select_option("[name=languages-ar]", "native")
    page.locator("[name=food_needs]").first.check()
    page.fill("[name=access_needs]", "Place au premier rang")
    ranks = page.locator("select[name^=ranking-]")
    expect(ranks).to_have_count(THEMES)
    for number in range(THEMES):
        ranks.nth(number).evaluate(
            "(e, v) => { e.value = v; e.dispatchEvent(new Event('change', {bubbles: true})) }", str(THEMES - number)
        )
    page.locator("button[name=step][value=review]").click()
    focal_point.check()
    expect(page.locator("main")).to_contain_text("المبروك")
    page.locator("main form[method=post] button.main").first.click()
    focal_point.check()
    expect(page.locator("main")).to_contain_text("En attente d’approbation")


def a_forwarded_link_shows_nothing(stranger: Walk, focal_point: Walk) -> None:
    page = stranger.goto(focal_point.link)  # type: ignore[attr-defined]
    page.locator("main form button").first.click()
    stranger.check()
    assert "Mabrouk" not in page.content()
    assert "tunis.example.org" not in page.content()


def she_is_approved_and_gets_a_calendar_entry(organiser: Walk, event: str, focal_point: Walk) -> None:
    page = organiser.goto(f"/fr/work/events/{event}/registrations?q=mabrouk")
    organiser.follow(re.compile("Inès Mabrouk"))
    organiser.press(re.compile("^Approuver"))
    expect(page.locator("main")).to_contain_text("Approuvée")
    mail = letter(organiser, INES, "confirm")
    with mail.expect_download() as download:
        mail.get_by_role("link", name=re.compile(r"\.ics")).first.click()
    entry = Calendar.from_ical(Path(download.value.path()).read_bytes()).walk("VEVENT")[0]
    assert str(entry["DTSTART"].to_ical().decode()).startswith("20160309")
    page = focal_point.page
    page.reload()
    expect(page.locator("main")).to_contain_text("Approuvée")


def a_full_category_waits_and_a_cancellation_promotes(organiser: Walk, event: str) -> None:
    page = organiser.goto(f"/fr/work/events/{event}/registrations/waiting")
    first = page.locator("table.list tbody tr").first
    expect(first).to_contain_text("Laurent Pasquier")
    organiser.goto(f"/fr/work/events/{event}/registrations?state=approved")
    with page.expect_navigation():
        page.select_option("[name=category]", label="Observateur")
    organiser.check()
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    page.locator("table.list tbody tr a").first.click()
    organiser.check()
    organiser.press(re.compile("^Annuler"), "link")
    page.locator("main form[method=post] button").first.click()
    organiser.check()
    organiser.goto(f"/fr/work/events/{event}/registrations?q=pasquier")
    expect(page.locator("table.list tbody")).to_contain_text("Approuvée")
    letter(organiser, "pasquier", "place|inscription")


def the_agenda_moves_from_release_to_release(organiser: Walk, event: str, visitor: Walk, house: House) -> None:
    page = organiser.goto(f"/fr/work/events/{event}/agenda")
    organiser.picture("draft-fr")
    page.get_by_role("link", name=re.compile("Stratégies de co-développement")).first.click()
    organiser.check()
    session = page.url
    organiser.follow(re.compile("^Déplacer"))
    page.fill("[name=start]", "14:15")
    page.locator("main form button.main").first.click()
    organiser.check()
    organiser.goto(f"/fr/work/events/{event}/agenda")
    expect(page.locator("main")).to_contain_text(re.compile("Salle Rhône"))
    expect(page.locator("main")).to_contain_text(re.compile("en même temps|conflit|occupée", re.IGNORECASE))
    organiser.picture("clash-fr")
    organiser.goto(session)
    organiser.follow(re.compile("^Déplacer"))
    page.fill("[name=start]", "16:30")
    page.locator("main form[method=post] button.main").first.click()
    organiser.check()
    before = calendar(house)
    organiser.goto(f"/fr/work/events/{event}/releases")
    page.locator("[name=note-fr]").fill("Une séance commence un quart d’heure plus tard.")
    page.locator("main form[method=post] button.main").first.click()
    organiser.check()
    expect(page.locator("main")).to_contain_text("Version 3")
    page.wait_for_timeout(700)
    visitor.goto(f"{PUBLIC}/agenda")
    expect(visitor.page.locator("main")).to_contain_text("16:30")
    visitor.picture("agenda-fr")
    visitor.goto(f"{PUBLIC}/agenda/changes")
    expect(visitor.page.locator("main")).to_contain_text("Stratégies de co-développement")
    after = calendar(house)
    moved = [uid for uid in before if before[uid] != after.get(uid)]
    assert len(moved) == 1
    assert after[moved[0]][0] > before[moved[0]][0], "the moved session has a higher SEQUENCE"
    with urlopen(house.url(f"{PUBLIC}/agenda.json")) as answer:
        assert "16:30" in json.dumps(json.load(answer))
    for language in ("en", "es", "ar", "it", "pt"):
        visitor.goto(f"{PUBLIC}/agenda/changes".replace("/fr/", f"/{language}/"))
        expect(visitor.page.locator("main")).to_contain_text("16:30")


def calendar(house: House) -> dict[str, tuple[int, str]]:
    """UID → (SEQUENCE, start) of the public calendar."""
    with urlopen(house.url(f"{PUBLIC}/agenda.ics")) as answer:
        parsed = Calendar.from_ical(answer.read())
    assert parsed.walk("VTIMEZONE")
    return {
        str(each["UID"]): (int(each["SEQUENCE"]), each["DTSTART"].to_ical().decode()) for each in parsed.walk("VEVENT")
    }


def the_badges_are_printed(organiser: Walk, event: str, folder: Path) -> None:
    page = organiser.goto(f"/fr/work/events/{event}/badges")
    organiser.press("Imprimer")
    page.get_by_role("link", name=re.compile("Télécharger le PDF")).wait_for(timeout=60_000)
    organiser.check()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Télécharger le PDF")).click()
    paper = folder / "badges.pdf"
    download.value.save_as(paper)
    words = subprocess.run(["pdftotext", str(paper), "-"], check=True, capture_output=True, text=True).stdout
    assert "Inès Mabrouk" in words
    assert "Laurent Pasquier" in words, "promoted, so printed"
    assert "Younes Akalay" not in words, "pending, so not printed"
    assert "Khaled Haddadin" not in words, "cancelled, so not printed"
