"""What a person types on a phone finds what an official wrote."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eventhub.core.folding import fold, fold_all

ALIKE = [
    ("beyrouth", "Béyrouth", "BEYROUTH", "  beyrouth ", "Bey\u0301routh"),
    ("بيروت", "بَيْرُوت", "بـيـروت", "بيروت\u200f"),
    ("الاسكندرية", "الإسكندرية", "الأسكندريه", "ٱلاسكندرية"),
    ("علي", "على", "علی"),
    ("مسئول", "مسيول"),
    ("2016", "٢٠١٦", "۲۰۱۶", "２０１６"),
    ("saint etienne", "Saint-Étienne", "SAINT–ÉTIENNE", "saint, etienne"),
    ("l ocean", "L’Océan", "l'ocean"),
    ("strasse", "Straße", "STRASSE"),
    ("istanbul", "İstanbul", "ISTANBUL", "ıstanbul"),
    ("aix en provence", "Aix\u00a0en\u2011Provence"),
]


@pytest.mark.parametrize("forms", ALIKE, ids=lambda forms: ascii(forms[0]))
def test_these_are_found_by_each_other(forms: tuple[str, ...]) -> None:
    assert len({fold(form) for form in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [("تونس", "تونسي"), ("Lyon", "Lion"), ("1", "11"), ("ب", "ت")])
def test_these_are_not_the_same(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=100))
@example("㎅")
@example("ŉ")
@example("ﬃ ǰ ΐ")
@example("𝐀\u0345")
def test_folding_twice_is_folding_once(raw: str) -> None:
    assert fold(fold(raw)) == fold(raw)


@given(st.text(max_size=60))
def test_capitals_make_no_difference_in_latin_letters(raw: str) -> None:
    latin = "".join(char for char in raw if char.isascii())
    assert fold(latin.upper()) == fold(latin.lower())


@given(st.text(max_size=60))
def test_a_folded_text_is_a_row_of_words(raw: str) -> None:
    folded = fold(raw)
    assert folded == " ".join(folded.split())
    assert "\0" not in folded
    assert folded == folded.casefold()


def test_mail_addresses_and_numbers_keep_what_makes_them() -> None:
    assert fold("Amina@Tunis.example.org") == "amina@tunis.example.org"
    assert fold("+33 6 12") == "+33 6 12"


def test_several_texts_make_one_and_empty_ones_nothing() -> None:
    assert fold_all("Béja", None, "", "باجة", "—") == "beja باجه"
