"""Forms: what comes in is cleaned, measured, and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import lazy_gettext as _l
from hypothesis import given
from hypothesis import strategies as st
from wtforms.validators import DataRequired, InputRequired

from eventhub.core.forms import BlockField, ChecksField, ChoiceField, Form, LineField, TextField
from eventhub.core.text import LANGUAGES, Text
from tests.core.test_text import HARMFUL


class Card(Form):
    name = LineField(validators=[InputRequired()])
    town = LineField(validators=[DataRequired()], most=20)
    note = BlockField()
    title = TextField(required=True)
    body = TextField(block=True, languages=("fr", "ar"))
    choice = ChoiceField(choices=[("a", "A"), ("b", "B")], empty=_l("None of these (test)"))
    several = ChecksField(choices=[("x", "X"), ("y", "Y")])


GOOD = {"name": "Amina", "town": "Tunis", "title-fr": "Eau"}


def filled(app: Flask, data: dict[str, Any], obj: dict[str, Any] | None = None) -> Card:
    with app.test_request_context("/fr/", method="POST", data=data):
        form = Card(**(obj or {}))
        form.good = form.validate()
        return form


def test_a_form_that_is_right_says_what_was_given(light_app: Flask) -> None:
    form = filled(light_app, {**GOOD, "note": "a\r\nb", "choice": "b", "several": ["x", "y"], "next": "/fr/"})
    assert form.good, form.errors
    assert form.values() == {
        "name": "Amina",
        "town": "Tunis",
        "note": "a\nb",
        "title": Text.of({"fr": "Eau"}),
        "body": Text({}, ""),
        "choice": "b",
        "several": ["x", "y"],
    }


HOSTILE = (
    "a\0b",
    "a\r\nBcc: x@evil.example",
    "gpj.\u202efdp.exe",
    "\x1b[31m",
    "\u2066x",
    "é" * 5,
    "👩‍👩‍👧",
    "<img onerror=alert(1)>",
    "{{7*7}}",
    "=cmd|'/c calc'!A1",
)


@pytest.mark.parametrize("raw", HOSTILE, ids=ascii)
def test_lines_and_texts_are_cleaned_and_otherwise_kept(light_app: Flask, raw: str) -> None:
    form = filled(light_app, {**GOOD, "name": raw, "note": raw, "title-fr": raw, "body-ar": raw})
    assert not HARMFUL & set(form.name.data)
    assert not (HARMFUL - {"\n"}) & set(form.note.data)
    assert not HARMFUL & set(form.title.data.values["fr"])
    assert not (HARMFUL - {"\n"}) & set(form.body.data.values["ar"])
    bare = "".join(char for char in raw if char not in HARMFUL)
    assert form.name.data.replace(" ", "") == bare.replace(" ", "")


@pytest.mark.parametrize("nothing", ["", "   ", "\0", "\u202e", "\r\n", "\u2066\u2069"])
def test_what_is_required_is_not_given_by_signs_that_are_taken_out(light_app: Flask, nothing: str) -> None:
    form = filled(light_app, {"name": nothing, "town": nothing, "title-fr": nothing})
    assert not form.good
    assert set(form.errors) >= {"name", "town", "title"}


def test_nothing_is_longer_than_its_column(light_app: Flask) -> None:
    assert "name" in filled(light_app, {**GOOD, "name": "x" * 301}).errors
    assert "name" not in filled(light_app, {**GOOD, "name": "x" * 300}).errors
    assert "town" in filled(light_app, {**GOOD, "town": "x" * 21}).errors
    assert "title" in filled(light_app, {**GOOD, "title-ar": "x" * 301}).errors
    assert "body" in filled(light_app, {**GOOD, "body-ar": "x" * 20_001}).errors
    assert "note" in filled(light_app, {**GOOD, "note": "x" * 20_001}).errors
    padded = filled(light_app, {**GOOD, "town": " " * 100 + "Tunis" + "\0" * 100})
    assert padded.good
    assert padded.town.data == "Tunis"


def test_a_text_is_one_field_for_all_languages_with_its_original_marked(light_app: Flask) -> None:
    form = filled(light_app, {**GOOD, "title-ar": "ماء", "title-original": "ar"})
    assert form.title.data == Text.of({"fr": "Eau", "ar": "ماء", "original": "ar"})
    assert form.title.value("ar") == "ماء"
    assert form.title.value("en") == ""
    assert filled(light_app, {**GOOD, "title-original": "xx"}).title.data.original == "fr"


def test_languages_a_form_does_not_show_are_kept(light_app: Flask) -> None:
    before = Text.of({"fr": "Mer", "it": "Mare", "original": "it"})
    form = filled(light_app, {**GOOD, "body-fr": "Océan", "body-ar": ""}, {"body": before})
    assert form.body.data == Text.of({"fr": "Océan", "it": "Mare", "original": "it"})


def test_a_language_that_was_emptied_is_gone_and_the_original_moves_on(light_app: Flask) -> None:
    before = Text.of({"fr": "Mer", "ar": "بحر", "original": "fr"})
    form = filled(light_app, {**GOOD, "body-fr": "", "body-ar": "بحر"}, {"body": before})
    assert form.body.data == Text.of({"ar": "بحر"})


def test_a_form_that_was_not_sent_shows_what_there_is(light_app: Flask) -> None:
    with light_app.test_request_context("/fr/"):
        form = Card(name="Amina", title=Text.of({"fr": "Eau"}), choice="a")
        assert form.name.data == "Amina"
        assert form.title.value("fr") == "Eau"
        assert form.choice.data == "a"


def test_a_choice_may_be_none_in_words_but_nothing_unheard_of(light_app: Flask) -> None:
    assert filled(light_app, {**GOOD, "choice": ""}).good
    assert "choice" in filled(light_app, {**GOOD, "choice": "z"}).errors
    assert "several" in filled(light_app, {**GOOD, "several": ["x", "z"]}).errors
    with light_app.test_request_context("/fr/"):
        options = list(Card().choice.iter_choices())
    assert [value for value, *_ in options] == ["", "a", "b"]
    assert str(options[0][1]) == "None of these (test)"


def test_a_form_sent_a_second_time_with_faults_shows_what_was_typed(light_app: Flask) -> None:
    with light_app.test_request_context("/fr/", method="POST", data={"name": "<b>&\"'", "title-ar": "بحر"}):
        form = Card()
        assert not form.validate()
        assert 'value="&lt;b&gt;&amp;&#34;&#39;"' in str(form.name())
        assert form.title.value("ar") == "بحر"


@given(
    st.dictionaries(st.sampled_from([f"title-{code}" for code in (*LANGUAGES, "xx", "original")]), st.text(max_size=30))
)
def test_no_text_makes_a_field_of_texts_fail(light_app: Flask, data: dict[str, str]) -> None:
    data = {key: value.encode("utf-8", "ignore").decode() for key, value in data.items()}
    form = filled(light_app, {"name": "x", "town": "x", **data})
    assert set(form.title.data.values) <= set(LANGUAGES)
    assert form.title.data.original in ("", *form.title.data.values)
    assert all(form.title.data.values.values())


def test_every_form_asks_for_its_token_unless_a_test_says_otherwise(light_app: Flask) -> None:
    light_app.config["WTF_CSRF_ENABLED"] = True
    try:
        with light_app.test_request_context("/fr/", method="POST", data=GOOD):
            form = Card()
            assert not form.validate()
            assert "csrf_token" in form.errors
        assert light_app.test_client().post("/fr/sign-in", data={"mail": "a@example.org"}).status_code == 400
    finally:
        light_app.config["WTF_CSRF_ENABLED"] = False
