"""Six languages, in the address; the reader's at the first visit; the page kept when the language is switched."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask, request
from werkzeug.datastructures import MultiDict

from eventhub.core import access, i18n
from eventhub.core.access import public
from eventhub.core.text import LANGUAGES, Text
from tests.core.conftest import Another


def wire(app: Flask) -> None:
    @app.route("/<lang:lang>/t/<slug>", methods=["GET", "POST"])
    @public
    def page(slug: str) -> dict[str, object]:
        return {
            "lang": i18n.language(),
            "switch": {code: i18n.switch_url(code) for code in LANGUAGES},
            "alternates": i18n.alternates(),
            "form": request.form,
        }

    @app.get("/t/bare")
    @public
    def bare() -> dict[str, object]:
        return {"lang": i18n.language(), "switch": i18n.switch_url("ar")}

    access.check(app)


@pytest.fixture
def house(light_app: Flask, another: Another) -> Flask:
    return another(light_app, wire, EVENTHUB_BASE_URL="https://villes.example", EVENTHUB_TRUSTED_HOSTS="localhost")


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_of_the_six_languages_has_its_address(house: Flask, code: str) -> None:
    assert house.test_client().get(f"/{code}/t/lyon").get_json()["lang"] == code


@pytest.mark.parametrize("path", ["/xx/t/lyon", "/FR/t/lyon", "/frx/t/lyon", "/fr-FR/t/lyon", "/t/lyon"])
def test_any_other_language_is_a_404(house: Flask, path: str) -> None:
    assert house.test_client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("ar", "ar"),
        ("pt-BR,pt;q=0.9", "pt"),
        ("fr-CH, en;q=0.5", "fr"),
        ("de, it;q=0.7, en;q=0.8", "en"),
        ("zh", "fr"),
        ("", "fr"),
        ("*", "fr"),
        ("ar;q=0, es", "es"),
        ("x" * 5000, "fr"),
        ("\x7f;;q=,,", "fr"),
    ],
)
def test_the_first_visit_is_in_the_language_the_browser_asks_for(house: Flask, asked: str, given: str) -> None:
    answer = house.test_client().get("/", headers={"Accept-Language": asked})
    assert answer.status_code == 302
    assert answer.location == f"/{given}/"
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_address_that_leads_nowhere_speaks_its_own_language(house: Flask) -> None:
    answer = house.test_client().get("/ar/nothing/here", headers={"Accept-Language": "it"})
    assert answer.status_code == 404
    assert b'lang="ar"' in answer.data
    assert b'dir="rtl"' in answer.data
    assert b'lang="it"' in house.test_client().get("/nothing", headers={"Accept-Language": "it"}).data


def test_switching_keeps_the_page_and_its_filters(house: Flask) -> None:
    said = house.test_client().get("/fr/t/lyon?day=2&tag=a&tag=b%26c&q=%D9%85%D8%A7%D8%A1").get_json()
    assert said["switch"]["ar"] == "/ar/t/lyon?day=2&tag=a&tag=b%26c&q=%D9%85%D8%A7%D8%A1"


@pytest.mark.parametrize(
    "query",
    [
        "_scheme=javascript&_external=1",
        "_scheme=x",
        "_method=POST",
        "_anchor=x",
        "_external=1",
        "slug=other",
        "lang=xx",
        "endpoint=x",
    ],
)
def test_no_parameter_leads_the_switch_elsewhere(house: Flask, query: str) -> None:
    answer = house.test_client().get(f"/fr/t/lyon?{query}")
    assert answer.status_code == 200
    for code, url in answer.get_json()["switch"].items():
        assert url == f"/{code}/t/lyon?{query}"


def test_alternates_are_absolute_and_from_the_settings_whatever_the_host(house: Flask) -> None:
    said = house.test_client().get("/fr/t/lyon", headers={"Host": "localhost:8443"}).get_json()
    assert dict(said["alternates"]) == {code: f"https://villes.example/{code}/t/lyon" for code in LANGUAGES}


def test_what_was_posted_does_not_get_into_addresses(house: Flask) -> None:
    said = house.test_client().post("/fr/t/lyon", data=MultiDict({"secret": "x"})).get_json()
    assert said["switch"]["ar"] == "/ar/t/lyon"


def test_a_page_without_a_language_switches_to_the_front_page(house: Flask) -> None:
    said = house.test_client().get("/t/bare", headers={"Accept-Language": "es"}).get_json()
    assert said == {"lang": "es", "switch": "/ar/"}


# Filters of templates -------------------------------------------------------------------------------------------------


def speak(app: Flask, code: str, source: str, **values: object) -> str:
    with app.test_request_context(f"/{code}/"):
        app.preprocess_request()
        from flask import render_template_string

        return render_template_string(source, **values)


def test_dates_are_in_the_readers_language(light_app: Flask) -> None:
    first, last = date(2016, 3, 9), date(2016, 3, 10)
    assert speak(light_app, "fr", "{{ d|day }}", d=first) == "9 mars 2016"
    assert speak(light_app, "fr", "{{ d|long_day }}", d=first) == "mercredi 9 mars 2016"
    assert "9" in speak(light_app, "fr", "{{ a|daterange(b) }}", a=first, b=last)
    assert speak(light_app, "fr", "{{ a|daterange(a) }}", a=first) == "9 mars 2016"
    assert "مارس" in speak(light_app, "ar", "{{ d|day }}", d=first)


def test_hours_are_shown_in_the_events_zone_and_in_24_hours(light_app: Flask) -> None:
    at = datetime(2016, 3, 9, 20, 5, tzinfo=UTC)
    assert speak(light_app, "en", "{{ at|clock('Europe/Paris') }}", at=at) == "21:05"
    assert speak(light_app, "en", "{{ at|clock }}", at=time(9)) == "09:00"
    assert speak(light_app, "en", "{{ at|daytime('Asia/Beirut') }}", at=at).endswith("22:05")
    assert speak(light_app, "en", "{{ at|daytime }}", at=None) == ""


def test_texts_lists_and_numbers_follow_the_reader(light_app: Flask) -> None:
    text = Text.of({"ar": "<بحر>"})
    assert speak(light_app, "fr", "{{ t|text }}", t=text) == '<bdi lang="ar" dir="rtl">&lt;بحر&gt;</bdi>'
    assert speak(light_app, "fr", "{{ t|plain_text }}", t=text) == "&lt;بحر&gt;"
    assert speak(light_app, "fr", "{{ t|text }}{{ n|text }}", t="<b>", n=None) == "&lt;b&gt;"
    assert speak(light_app, "fr", "{{ x|joined }}", x=["A", "B", "C"]) == "A, B et C"
    assert speak(light_app, "fr", "{{ n|number }}", n=1234.5).replace("\u202f", " ") == "1 234,5"
    assert speak(light_app, "fr", "{{ c|language_name }}", c="ar") == "arabe"
    assert speak(light_app, "fr", "{{ c|language_name }}", c="xx") == "xx"


def test_every_template_knows_its_language_and_direction(light_app: Flask) -> None:
    for code in LANGUAGES:
        said = speak(light_app, code, "{{ lang }} {{ dir }} {{ languages|map(attribute='code')|join(',') }}")
        assert said == f"{code} {'rtl' if code == 'ar' else 'ltr'} {','.join(LANGUAGES)}"
