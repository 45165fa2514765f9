"""The network's workplace: who may enter, what the forms keep, what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from eventhub.core import clock
from eventhub.core.db import session
from eventhub.network.forms import (
    CityForm,
    ContactForm,
    ExpertiseForm,
    MissionForm,
    NewsForm,
    PartnerForm,
    TagForm,
    ThemeForm,
)
from eventhub.network.models import (
    City,
    CityStatus,
    Contact,
    ExpertiseKind,
    Mission,
    Network,
    News,
    Partner,
    Tag,
    Theme,
)
from eventhub.network.sections import SECTIONS
from tests.factories import accounts, network
from tests.hostile import CORPUS, LINES, formulas_in, harm_in
from tests.queries import counting

NOW = datetime(2016, 2, 15, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def own(light_app: Flask) -> dict[str, str]:
    code = network.network()
    city = network.city(code)
    theme, tag = network.theme(code), network.tag()
    return {
        "network": code,
        "cities": city,
        "themes": theme,
        "tags": tag,
        "partners": network.partner(code, website="https://www.uclg.org/"),
        "missions": network.mission(city),
        "contacts": network.contact(city, mail="leila@tunis.example.org"),
        "expertise": network.expertise(city, theme),
        "news": network.news(code, tags=(tag,), cities=(city,), themes=(theme,)),
    }


@pytest.fixture
def desk(own, light_app: Flask) -> FlaskClient:
    """An organiser's browser."""
    return accounts.sign_in(light_app, accounts.organiser())


def all_of(model):
    session().expire_all()
    return session().scalars(sa.select(model).order_by(model.id)).all()


def in_form(client: FlaskClient, path: str) -> dict[str, object]:
    """What a browser would send back from the form as it came: read from the page itself."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.values: dict[str, list[str]] = {}
            self.select = self.text = ""

        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            name = given.get("name") or ""
            if tag == "input" and name and given.get("type") not in ("checkbox", "radio", "submit"):
                self.values.setdefault(name, []).append(given.get("value") or "")
            if tag == "input" and given.get("type") in ("checkbox", "radio") and "checked" in given:
                self.values.setdefault(name, []).append(given.get("value") or "y")
            if tag == "select":
                self.select = name
            if tag == "option" and self.select and "selected" in given:
                self.values.setdefault(self.select, []).append(given.get("value") or "")
            if tag == "textarea":
                self.text = name
                self.values.setdefault(name, []).append("")

        def handle_endtag(self, tag):
            self.select = "" if tag == "select" else self.select
            self.text = "" if tag == "textarea" else self.text

        def handle_data(self, data):
            if self.text:
                self.values[self.text][-1] += data

    page = client.get(path)
    assert page.status_code == 200, path
    reader = Fields()
    reader.feed(page.text.partition('class="form')[2])
    return reader.values


# Who may


@pytest.mark.parametrize("path", ["", "texts", "expertise/matches", *SECTIONS, "cities/new", "cities/export.csv"])
def test_the_workplace_is_for_organisers(own, light_app, path):
    stranger = light_app.test_client()
    assert "/sign-in" in stranger.get(f"/fr/work/network/{path}").headers["Location"]
    someone = accounts.sign_in(light_app, accounts.organiser(mail="x@example.org", roles=()))
    assert someone.get(f"/fr/work/network/{path}").status_code == 404
    organiser = accounts.sign_in(light_app, accounts.organiser())
    assert organiser.get(f"/fr/work/network/{path}").status_code == 200


@pytest.mark.parametrize("section", SECTIONS)
def test_nobody_else_writes(own, light_app, section):
    someone = accounts.sign_in(light_app, accounts.organiser(mail="x@example.org", roles=()))
    before = len(all_of(SECTIONS[section].model))
    for path in ("new", own[section], f"{own[section]}/delete"):
        assert someone.post(f"/fr/work/network/{section}/{path}").status_code == 404
        assert light_app.test_client().post(f"/fr/work/network/{section}/{path}").status_code == 401
    assert len(all_of(SECTIONS[section].model)) == before


@pytest.mark.parametrize("code", ["NOSUCHCODE", "%27%3B--", "x" * 200])
def test_an_unknown_row_is_not_found(desk, code):
    assert desk.get(f"/fr/work/network/cities/{code}").status_code == 404


# Lists


@pytest.mark.parametrize("section", SECTIONS)
def test_every_list_sorts_filters_pages_and_exports(desk, section):
    here = SECTIONS[section]
    for _, order in here.columns:
        for sign in ("", "-") if order else ():
            assert desk.get(f"/fr/work/network/{section}?sort={sign}{order}").status_code == 200
    for name, (_, choices) in here.filters.items():
        for value in choices:
            assert desk.get(f"/ar/work/network/{section}?{name}={value}").status_code == 200
    assert desk.get(f"/fr/work/network/{section}?q=rien+du+tout&page=99").status_code == 200
    export = desk.get(f"/fr/work/network/{section}/export.csv?q=")
    assert export.mimetype == "text/csv"
    assert export.data.count(b"\r\n") == 2


def test_a_list_is_searched_in_any_spelling(desk, own):
    network.city(own["network"], network.text("Beyrouth", ar="بَيْرُوت"))
    for words in ("beyrouth", "BÉYROUTH", "بيروت"):
        page = desk.get(f"/fr/work/network/cities?q={quote(words)}").text
        assert "Beyrouth" in page
        assert ">Tunis<" not in page


def test_a_list_asks_as_often_with_thirty_rows_as_with_one(desk, own):
    watch = desk.application.extensions["eventhub-porch"].watch

    def asked() -> dict[str, int]:
        found = {}
        for section in SECTIONS:
            watch.looked_at = float("inf")  # the look at the public version depends on the clock alone
            with counting() as seen:
                assert desk.get(f"/fr/work/network/{section}").status_code == 200
            found[section] = len(seen)
        return found

    asked()
    few = asked()
    for number in range(30):
        city = network.city(own["network"], f"Ville {number}")
        theme, tag = network.theme(own["network"], f"Thème {number}"), network.tag(f"Mot {number}")
        network.partner(own["network"], f"Partenaire {number}")
        network.mission(city)
        network.contact(city, mail=f"p{number}@example.org")
        network.expertise(city, theme)
        network.news(own["network"], tags=(tag,))
    asked()
    assert asked() == few


def test_offers_and_requests_meet_by_theme(desk, own):
    lyon = network.city(own["network"], "Lyon")
    network.expertise(lyon, own["themes"], kind=ExpertiseKind.ASKED, title="Logement temporaire")
    page = desk.get("/en/work/network/expertise/matches").text
    assert "1 match" in page
    assert "Logement temporaire" in page


def test_the_overview_says_who_is_missing(desk, own):
    assert "Tunis has no political contact." in desk.get("/en/work/network/").text
    assert "has no technical contact" not in desk.get("/en/work/network/").text


# Forms


@pytest.mark.parametrize("section", SECTIONS)
def test_a_form_sent_back_as_it_came_changes_nothing(desk, own, section):
    path = f"/fr/work/network/{section}/{own[section]}"
    before = {key: str(value) for key, value in SECTIONS[section].fill(all_of(SECTIONS[section].model)[0]).items()}
    answer = desk.post(path, data=in_form(desk, path))
    assert answer.status_code == 303, answer.text
    after = {key: str(value) for key, value in SECTIONS[section].fill(all_of(SECTIONS[section].model)[0]).items()}
    assert after == before


def test_a_city_is_made_by_its_form_and_confirmed_there(desk, own):
    form = in_form(desk, "/en/work/network/cities/new")
    form |= {"name-fr": "Vienne", "name-ar": "فيينا", "status": "confirmed", "shore": "europe"}
    refused = desk.post("/en/work/network/cities/new", data=form)
    assert refused.status_code == 409
    assert "To confirm a city" in refused.text
    assert 'value="Vienne"' in refused.text
    form |= {"country-fr": "Autriche", "longitude": "16.37", "latitude": "48.21", "zone": "Europe/Vienna"}
    assert desk.post("/fr/work/network/cities/new", data=form).status_code == 303
    row = all_of(City)[-1]
    assert (row.slug, row.status, row.longitude, row.zone) == ("vienne", CityStatus.CONFIRMED, 16.37, "Europe/Vienna")
    assert row.name.values == {"fr": "Vienne", "ar": "فيينا"}


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ("cities", {"name-fr": ""}),
        ("cities", {"longitude": "east"}),
        ("cities", {"latitude": "91"}),
        ("cities", {"latitude": "nan"}),
        ("cities", {"status": "royal"}),
        ("cities", {"zone": "Europe/Atlantis"}),
        ("cities", {"country_code": "fr"}),
        ("cities", {"slug": "Not A Slug"}),
        ("partners", {"website": "javascript:alert(1)"}),
        ("partners", {"website": "ftp://example.org/"}),
        ("themes", {"hue": "99"}),
        ("themes", {"position": "-1"}),
        ("missions", {"starts_on": "2016-02-10", "ends_on": "2016-02-09"}),
        ("missions", {"starts_on": "soon"}),
        ("missions", {"city": "NOSUCHCITY"}),
        ("contacts", {"mail": "no address"}),
        ("contacts", {"given_name": "", "family_name": ""}),
        ("expertise", {"theme": "NOSUCHTHEME"}),
        ("tags", {"name-fr": ""}),
        ("news", {"tags": ["NOSUCHTAG"]}),
        ("news", {"published_on": "demain"}),
    ],
)
def test_a_wrong_value_is_said_beside_its_field_and_nothing_is_saved(desk, own, section, wrong):
    path = f"/fr/work/network/{section}/{own[section]}"
    answer = desk.post(path, data=in_form(desk, path) | wrong)
    assert answer.status_code in (409, 422)
    assert 'id="form-errors"' in answer.text
    assert all_of(SECTIONS[section].model)[0].revision == 1


def test_a_save_on_an_older_revision_shows_both_and_a_second_save_is_taken(desk, own):
    path = f"/en/work/network/news/{own['news']}"
    mine = in_form(desk, path) | {"body-fr": "Mon texte"}
    assert desk.post(path, data=in_form(desk, path) | {"body-fr": "Leur texte"}).status_code == 303
    both = desk.post(path, data=mine)
    assert both.status_code == 409
    assert "Mon texte" in both.text
    assert "Leur texte" in both.text
    assert all_of(News)[0].body.values["fr"] == "Leur texte"
    again = mine | {"revision": "2"}
    assert 'name="revision" type="hidden" value="2"' in both.text
    assert desk.post(path, data=again).status_code == 303
    assert all_of(News)[0].body.values["fr"] == "Mon texte"


def test_a_contact_saved_on_older_values_of_the_person_shows_both(desk, own):
    from eventhub.accounts.commands import change_person
    from eventhub.accounts.models import Person
    from eventhub.core.commands import command

    @command
    def rename() -> None:
        change_person(
            session().scalars(sa.select(Person).where(Person.family_name == "Mansour")).one(), family_name="Aziz"
        )

    path = f"/en/work/network/contacts/{own['contacts']}"
    mine = in_form(desk, path) | {"phone": "+216 71 000 000"}
    rename()
    both = desk.post(path, data=mine)
    assert both.status_code == 409
    assert "Aziz" in both.text


def test_the_texts_of_the_network_are_edited_and_made_where_there_are_none(light_app):
    desk = accounts.sign_in(light_app, accounts.organiser())
    assert "/texts" in desk.get("/fr/work/network/cities/new").headers["Location"]
    form = {"title-fr": "Notre réseau", "target_europe": "5", "target_south": "5", "revision": "0"}
    assert desk.post("/fr/work/network/texts", data=form).status_code == 303
    assert desk.post("/fr/work/network/texts", data={**form, "title-fr": "Autre", "revision": "1"}).status_code == 303
    assert [row.title.values["fr"] for row in all_of(Network)] == ["Autre"]
    assert "Notre réseau" in desk.post("/fr/work/network/texts", data={**form, "revision": "1"}).text


# Deleting


def test_deleting_says_what_will_happen_and_is_refused_while_something_refers_to_it(desk, own):
    page = desk.get(f"/en/work/network/themes/{own['themes']}/delete").text
    assert "This cannot be deleted, because it is still used:" in page
    assert "Expertise" in page
    assert desk.post(f"/en/work/network/themes/{own['themes']}/delete").status_code == 409
    assert len(all_of(Theme)) == 1


@pytest.mark.parametrize(
    ("section", "model"), [("news", News), ("partners", Partner), ("missions", Mission), ("contacts", Contact)]
)
def test_what_nothing_refers_to_is_deleted_after_a_question(desk, own, section, model):
    path = f"/fr/work/network/{section}/{own[section]}/delete"
    assert desk.get(path).status_code == 200
    assert len(all_of(model)) == 1, "the question alone deletes nothing"
    assert desk.post(path).status_code == 303
    assert all_of(model) == []


def test_a_city_is_withdrawn_by_the_same_question(desk, own):
    path = f"/en/work/network/cities/{own['cities']}/delete"
    assert "Nothing is deleted" in desk.get(path).text
    assert desk.post(path).status_code == 303
    assert all_of(City)[0].status is CityStatus.WITHDRAWN


# The hostile corpus

FORMS = {
    "cities": CityForm,
    "partners": PartnerForm,
    "themes": ThemeForm,
    "missions": MissionForm,
    "contacts": ContactForm,
    "expertise": ExpertiseForm,
    "news": NewsForm,
    "tags": TagForm,
}
PUBLIC = {
    "cities": ["cities", "network", ""],
    "partners": ["network", ""],
    "themes": ["themes", ""],
    "missions": ["network", ""],
    "contacts": ["cities"],
    "expertise": ["themes"],
    "news": ["news", ""],
    "tags": ["news"],
}
"""Where what a section holds is shown to everybody."""
STRICT = {
    "slug",
    "website",
    "mail",
    "longitude",
    "latitude",
    "position",
    "starts_on",
    "ends_on",
    "published_on",
    "country_code",
}
"""Fields that are refused what has not their form, and show it again beside the words that say so."""
KEPT = {"revision", "seen", "city", "kind", "theme", "status", "shore", "role", "hue", "script", "language", "zone"}
"""Fields with a fixed set of values; a wrong one is refused by a test above."""


@pytest.mark.parametrize("section", SECTIONS)
def test_hostile_text_in_every_field_harms_no_page(desk, own, section):
    path = f"/fr/work/network/{section}/{own[section]}"
    as_it_came = in_form(desk, path)
    fields = {name for name in as_it_came if name.split("-")[0] not in KEPT}
    free, strict = {name for name in fields if name not in STRICT}, fields & STRICT
    assert free, "the form was not read"

    def send(names: set[str], words: str) -> str:
        row = all_of(SECTIONS[section].model)[0]
        now = {"revision": str(row.revision), "seen": SECTIONS[section].fill(row).get("seen", "")}
        answer = desk.post(path, data=as_it_came | now | dict.fromkeys(names, words))
        assert answer.status_code in (303, 409, 422), name
        return answer.text

    for name in LINES:
        assert harm_in(send(free | strict, CORPUS[name])) == [], name
        send(free, CORPUS[name][:40])
        for page in (path, f"/ar/work/network/{section}", *(f"/fr/{each}" for each in PUBLIC[section])):
            shown = desk.get(page)
            assert shown.status_code == 200, (name, page)
            assert harm_in(shown.text) == [], (name, page)
        assert list(formulas_in(desk.get(f"/fr/work/network/{section}/export.csv").data)) == [], name
        assert desk.get(f"/fr/work/network/{section}?q={quote(CORPUS[name][:99])}").status_code in (200, 400), name
    for page in (f"{path}/delete", "/fr/work/network/", "/fr/work/network/expertise/matches"):
        assert harm_in(desk.get(page).text) == [], page


def test_every_field_of_a_form_stood_in_that_test(desk, own):
    for section, form in FORMS.items():
        sent = {name.split("-")[0] for name in in_form(desk, f"/fr/work/network/{section}/{own[section]}")}
        with desk.application.test_request_context():
            known = set(form()._fields) - {"csrf_token"}
        optional = {"tags", "cities", "themes", "native", "fluent", "working", "done"}
        assert known - sent <= optional, section


def test_the_corpus_reaches_the_pages_it_is_meant_to_test(desk, own):
    """Or the test above proves nothing: what is kept is shown as words."""
    path = f"/fr/work/network/cities/{own['cities']}"
    desk.post(path, data=in_form(desk, path) | {"name-fr": CORPUS["element"]})
    assert "&lt;img src=x onerror=alert(1)&gt;" in desk.get("/fr/cities").text
    assert harm_in("<p>" + CORPUS["element"]) == ["<img onerror>", "<img>"]
    assert harm_in('<a href=" java\tscript:x">') != []
    assert list(formulas_in(b"=1+1,+216 71\r\n")) == ["=1+1"]


def test_an_override_is_taken_out_and_a_name_keeps_its_letters(desk, own):
    path = f"/fr/work/network/cities/{own['cities']}"
    desk.post(path, data=in_form(desk, path) | {"name-fr": "L’Haÿ\u202e-les-Roses\x00"})
    assert all_of(City)[0].name.values["fr"] == "L’Haÿ-les-Roses"
    assert all_of(Tag)[0].slug == "villes"
