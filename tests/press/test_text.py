import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.press.text import direction, language_tag, printable, without_controls


@given(st.text(st.characters(), max_size=400))
def test_printable_text_is_one_composed_line_without_controls_and_is_stable(text):
    line = printable(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert len(line) <= 300
    assert line == line.strip()
    assert printable(line) == line


def test_a_name_is_printed_as_its_owner_wrote_it():
    for name in ("O’Connor-Łukasz", "أمينة بن علي", "عبد\u200cالله", "María José", "😀"):
        assert printable(name) == name


def test_a_direction_override_cannot_turn_a_name_round():
    assert printable("Ali \u202egpj.exe") == "Ali gpj.exe"


def test_line_breaks_become_spaces_and_nul_vanishes():
    assert printable("A\r\nB\tC\x00D\u2028E") == "A B CD E"


def test_a_text_longer_than_any_badge_is_cut_with_an_ellipsis():
    assert printable("x" * 10_000, limit=10) == "x" * 9 + "…"


def test_markup_keeps_its_line_breaks():
    assert without_controls("<pre>a\n\tb\x00\u202e</pre>") == "<pre>a\n\tb</pre>"


def test_direction_follows_the_primary_subtag():
    assert [direction(each) for each in ("ar", "ar-TN", "fr", "fa", "pt-PT")] == ["rtl", "rtl", "ltr", "rtl", "ltr"]


@pytest.mark.parametrize("language", ["", "fr' onload=x", "f", "fr_FR", 'ar">', "fr\n"])
def test_what_is_no_language_tag_is_refused(language):
    with pytest.raises(ValueError, match="language tag"):
        language_tag(language)
