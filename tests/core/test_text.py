"""Texts in several languages, and user text made harmless without damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core.text import LANGUAGES, Text, clean_block, clean_line, direction, mark

ANY = st.text(max_size=200)
HARMFUL = set(map(chr, [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)])) | {
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ufffe",
    "\uffff",
}


# Cleaning -------------------------------------------------------------------------------------------------------------


@given(ANY)
def test_a_line_is_one_line_without_anything_harmful(raw: str) -> None:
    line = clean_line(raw)
    assert not HARMFUL & set(line)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    line.encode()


@given(ANY)
def test_a_block_keeps_its_lines_and_nothing_harmful(raw: str) -> None:
    block = clean_block(raw)
    assert not (HARMFUL - set("\n\t")) & set(block)
    assert block == block.strip()
    block.encode()


@given(ANY)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    assert clean_line(clean_line(raw)) == clean_line(raw)
    assert clean_block(clean_block(raw)) == clean_block(raw)


@given(st.lists(st.text(st.characters(whitelist_categories=["L", "N", "P"]), min_size=1), min_size=1, max_size=5))
def test_words_are_never_changed_nor_joined(words: list[str]) -> None:
    for between in (" ", "\t", "\r\n", "\n", "\u2028", "\x85", "\x0b", " \u202e \u2066"):
        assert clean_line(between.join(words)).split() == words
        assert clean_block(between.join(words)).split() == words


@pytest.mark.parametrize(
    "name",
    ["Amina Trabelsi", "نادية بن علي", "Nuñez-O’Brien", "Zoë 🌊", "می‌خواهم", "ལྷ་ས", "Jean  Luc".replace("  ", " ")],
)
def test_names_stand_as_their_owner_wrote_them(name: str) -> None:
    assert clean_line(name) == name
    assert clean_block(name) == name


def test_line_breaks_of_every_system_become_one_kind() -> None:
    assert clean_block("a\r\nb\rc\u2028d\x85e\n\nf") == "a\nb\nc\nd\ne\n\nf"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\0", "\x1b", "\ufeff", "\ud800", "\ufffe", "\ufdd0"])
def test_signs_that_deceive_or_break_a_file_are_taken_out(sign: str) -> None:
    assert clean_line(f"gpj{sign}exe") == "gpjexe"
    assert clean_block(f"gpj{sign}exe") == "gpjexe"


# Languages ------------------------------------------------------------------------------------------------------------

TEXTS = st.dictionaries(st.sampled_from([*LANGUAGES, "de"]), st.text(max_size=5)).map(Text.of)


def test_a_text_is_served_in_the_readers_language_else_the_events_else_the_original_else_any() -> None:
    text = Text.of({"ar": "بحر", "fr": "Mer", "it": "Mare", "original": "it"})
    assert text.serve("ar", "fr").language == "ar"
    assert text.serve("en", "fr").language == "fr"
    assert text.serve("en", "es").language == "it"
    assert Text.of({"de": "Meer", "pt": "Mar"}).serve("en").language == "de"
    assert Text({"de": "Meer", "pt": "Mar"}, "").serve("en").language == "pt"


@given(TEXTS, st.sampled_from([*LANGUAGES]), st.sampled_from(["", *LANGUAGES]))
def test_whatever_is_there_is_served_and_says_its_language(text: Text, wanted: str, main: str) -> None:
    served = text.serve(wanted, main)
    if text:
        assert served.value == text.values[served.language] != ""
        assert served.dir == direction(served.language)
    else:
        assert (served.value, served.language) == ("", wanted)
    assert text.serve(wanted, main) == served


@given(TEXTS)
def test_a_text_is_the_same_after_it_was_stored(text: Text) -> None:
    assert Text.of(text.to_json()) == text
    assert hash(Text.of(text.to_json())) == hash(text)


def test_an_original_that_is_not_there_is_not_believed() -> None:
    assert Text.of({"fr": "Mer", "original": "ar"}).original == "fr"
    assert Text.of({"fr": "", "original": "fr"}) == Text({}, "")
    assert not Text.of(None)


def test_what_is_missing_is_known() -> None:
    assert Text.of({"fr": "Mer", "ar": "بحر"}).missing(LANGUAGES) == ["en", "es", "it", "pt"]


def test_a_text_in_another_language_is_marked_and_escaped() -> None:
    text = Text.only("ar", "<بحر>")
    assert mark(text.serve("fr"), "fr") == '<bdi lang="ar" dir="rtl">&lt;بحر&gt;</bdi>'
    assert mark(text.serve("ar"), "ar") == "&lt;بحر&gt;"
    assert mark(Text.of({}).serve("fr"), "ar") == ""
