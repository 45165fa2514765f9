"""The public pages of the network."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventhub.core import clock
from eventhub.core.i18n import ALL
from eventhub.network import commands
from eventhub.network.models import City, CityStatus, ContactKind, ExpertiseKind, Shore
from eventhub.network.queries import by_code
from eventhub.network.values import CityValues
from tests.factories import network
from tests.hostile import harm_in
from tests.queries import counting

NOW = datetime(2016, 2, 15, 8, tzinfo=UTC)
PAGES = ("network", "cities", "cities/tunis", "themes", "themes/housing", "news", "news/missions")


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def own(light_app: Flask) -> dict[str, str]:
    """A small network with one of everything."""
    code = network.network()
    tunis = network.city(code, network.text("Tunis", ar="تونس"))
    lyon = network.city(code, "Lyon", shore=Shore.EUROPE, longitude=4.8, latitude=45.7, country=network.text("France"))
    open_ = network.city(
        code, "Une ville européenne", shore=Shore.EUROPE, status=CityStatus.EXPECTED, longitude=None, latitude=None
    )
    theme, tag = network.theme(code, slug="housing"), network.tag()
    network.partner(code)
    network.mission(tunis)
    network.expertise(lyon, theme, title="Intermédiation locative")
    network.expertise(tunis, theme, kind=ExpertiseKind.ASKED, title="Logement des arrivants")
    network.contact(tunis, kind=ContactKind.TECHNICAL, mail="leila@tunis.example.org", phone="+216 71 123 456")
    news = network.news(code, slug="missions", tags=(tag,), cities=(tunis,), themes=(theme,))
    network.news(code, "Une autre", slug="other", tags=(tag,))
    return {"network": code, "tunis": tunis, "lyon": lyon, "open": open_, "theme": theme, "tag": tag, "news": news}


@pytest.mark.parametrize("language", [each.code for each in ALL])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_served_in_every_language_and_carries_nothing_of_a_reader(own, client, language, page):
    answer = client.get(f"/{language}/{page}")
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text
    assert harm_in(answer.text) == []
    assert len(answer.data) < 60_000


def test_a_page_says_which_language_a_text_that_is_not_translated_is_in(own, client):
    assert '<bdi lang="fr" dir="ltr">Accès au logement</bdi>' in client.get("/ar/themes/housing").text
    assert "تونس" in client.get("/ar/cities/tunis").text


def test_the_map_has_confirmed_cities_full_and_expected_places_open(own, client):
    page = client.get("/fr/cities").text
    assert 'aria-label="Tunis"' in page
    assert re.search(r'<span class="key"></span><a href="/fr/cities/une-ville-europeenne">', page)


def test_a_city_shows_who_answers_what_it_asks_for(own, client):
    page = client.get("/fr/cities/tunis").text
    assert "Logement des arrivants" in page
    assert '<a href="/fr/cities/lyon">Lyon</a>' in page


def test_who_answers_for_a_city_is_never_on_a_public_page(own, client):
    for page in (*PAGES, ""):
        text = client.get(f"/en/{page}").text
        assert not any(secret in text for secret in ("Mansour", "leila@", "71 123"))
    assert "Technical contact" in client.get("/en/cities/tunis").text


@pytest.mark.parametrize("status", [CityStatus.INVITED])
def test_a_city_that_was_only_invited_is_nobodys_business(own, client, status):
    network.city(own["network"], "Oran", status=status)
    assert client.get("/fr/cities/oran").status_code == 404
    assert "Oran" not in client.get("/fr/cities").text


def test_a_city_that_left_keeps_its_address_and_leaves_every_list(own, client):
    commands.set_city_status(city=own["tunis"], status=CityStatus.WITHDRAWN)
    assert "This city has left the network." in client.get("/en/cities/tunis").text
    for page in ("cities", "themes/housing", "network"):
        assert ">Tunis<" not in client.get(f"/fr/{page}").text


@pytest.mark.parametrize("path", ["cities/nowhere", "themes/nothing", "news/none", "news/x%27;", "cities/A"])
def test_an_unknown_name_is_not_found(own, client, path):
    assert client.get(f"/fr/{path}").status_code == 404


@pytest.mark.parametrize("published_at", [None, NOW + timedelta(hours=1)])
def test_drafts_and_news_for_later_are_not_shown(own, client, published_at):
    network.news(own["network"], "Secret", slug="secret", published_at=published_at, tags=(own["tag"],))
    assert client.get("/fr/news/secret").status_code == 404
    assert "Secret" not in client.get("/fr/news").text + client.get("/fr/news/missions").text


def test_news_are_found_by_tag_and_an_unknown_tag_shows_all(own, client):
    other = network.tag("Thèmes")
    network.news(own["network"], "Sept thèmes", tags=(other,))
    assert "Sept thèmes" in client.get("/fr/news?tag=themes").text
    assert "Premières missions" not in client.get("/fr/news?tag=themes").text
    assert "Premières missions" in client.get("/fr/news?tag=%27nothing").text


def test_news_that_share_a_tag_are_related(own, client):
    assert '<a href="/fr/news/other">' in client.get("/fr/news/missions").text


def test_news_are_paged(own, client):
    for number in range(12):
        network.news(own["network"], f"Nouvelle {number}")
    assert 'rel="next"' in client.get("/fr/news").text
    assert "Premières missions" in client.get("/fr/news?page=2").text


def test_partners_stand_on_the_page_of_the_network(own, client):
    answer = client.get("/fr/partners")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/fr/network#partners")


def test_an_edited_city_is_on_the_public_page_within_a_second(own, light_app, monkeypatch):
    client: FlaskClient = light_app.test_client()
    before = client.get("/fr/cities/tunis")
    assert client.get("/fr/cities/tunis").headers["ETag"] == before.headers["ETag"]
    with light_app.app_context():
        values = CityValues.of(by_code(City, own["tunis"]))
        commands.edit_city(city=own["tunis"], revision=1, values=replace(values, text=network.text("Nouveau texte")))
    porch = light_app.extensions["eventhub-porch"]
    porch.watch.looked_at -= 1.0  # a second later
    after = client.get("/fr/cities/tunis", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "Nouveau texte" in after.text


def test_a_city_that_is_confirmed_is_on_the_map_at_once(own, light_app):
    client = light_app.test_client()
    assert "<circle" in client.get("/fr/cities").text
    full = client.get("/fr/").text.count("map-place map-expected")
    with light_app.app_context():
        code = network.city(own["network"], "Alger", status=CityStatus.EXPECTED, longitude=3.0, latitude=36.7)
    light_app.extensions["eventhub-porch"].watch.looked_at -= 1.0
    assert client.get("/fr/").text.count("map-place map-expected") == full + 1
    with light_app.app_context():
        commands.set_city_status(city=code, status=CityStatus.CONFIRMED)
    light_app.extensions["eventhub-porch"].watch.looked_at -= 1.0
    page = client.get("/fr/").text
    assert page.count("map-place map-expected") == full
    assert 'aria-label="Alger"' in page


def test_a_page_asks_as_often_with_thirty_rows_as_with_one(own, light_app):
    client = light_app.test_client()

    def asked() -> dict[str, int]:
        light_app.extensions["eventhub-porch"].watch.looked_at = float("-inf")
        client.get("/fr/")  # the name of the network is asked for once per public version
        light_app.extensions["eventhub-porch"]._entries.clear()
        found = {}
        for page in (*PAGES, ""):
            light_app.extensions["eventhub-porch"].watch.looked_at = float("-inf")
            with counting() as seen:
                assert client.get(f"/fr/{page}").status_code == 200
            found[page] = len(seen)
        return found

    few = asked()
    for number in range(30):
        city = network.city(own["network"], f"Ville {number}")
        theme = network.theme(own["network"], f"Thème {number}")
        network.mission(city)
        network.expertise(city, own["theme"], kind=ExpertiseKind.ASKED if number % 2 else ExpertiseKind.OFFERED)
        network.contact(own["tunis"], mail=f"p{number}@example.org")
        network.partner(own["network"], f"Partenaire {number}")
        tags = (own["tag"], network.tag(f"Mot {number}"))
        network.news(own["network"], tags=tags, cities=(own["tunis"],), themes=(theme, own["theme"]))
    assert asked() == few
