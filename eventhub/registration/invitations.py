"""Many invitations at once: lines of text into invitees, each with its fate, before anything is done. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..core.folding import fold
from ..core.text import LANGUAGES, Text, clean_line

ADDRESS = re.compile(r"[^@\s;,<>\"]+@[^@\s;,<>\"]+\.[^@\s;,<>\"]{2,}")
MOST_LINES = 1000


class Fate(enum.StrEnum):
    NEW = "new"
    """A person we do not know yet."""
    KNOWN_PERSON = "known_person"
    """We know the person; what we know stays as it is."""
    REGISTERED = "registered"
    """Has a registration at this event: left alone."""
    TWICE = "twice"
    """The same address stands on an earlier line."""
    NO_ADDRESS = "no_address"
    NO_CATEGORY = "no_category"
    NO_CITY = "no_city"
    NO_LANGUAGE = "no_language"


GOOD = frozenset({Fate.NEW, Fate.KNOWN_PERSON})


@dataclass(frozen=True)
class Line:
    """One line as it was understood. `category` and `delegation` are codes, empty where there is none."""

    number: int
    mail: str
    name: str
    category: str
    delegation: str
    language: str
    fate: Fate
    said: str
    """The word that was not understood, if any."""

    @property
    def good(self) -> bool:
        return self.fate in GOOD


def parse(
    text: str,
    *,
    categories: Mapping[str, str],
    delegations: Mapping[str, str],
    people: Iterable[str],
    registered: Iterable[str],
    category: str = "",
    language: str = "fr",
) -> list[Line]:
    """Every line with its fate. `categories` and `delegations`: folded name → code (see `by_name`). `people` and
    `registered`: addresses we know. `category` and `language` hold where a line names none."""
    known, there, seen = set(people), set(registered), set[str]()
    lines: list[Line] = []
    for number, raw in enumerate(text.split("\n")[:MOST_LINES], start=1):
        if not raw.strip():
            continue
        cells = [clean_line(cell) for cell in re.split(r"[;\t]", raw)] + [""] * 5
        mail, name, category_word, city_word, language_word = cells[:5]
        mail = mail.lower()
        wanted = categories.get(fold(category_word), "") if category_word else category
        delegation = delegations.get(fold(city_word), "") if city_word else ""
        spoken = _language(language_word) if language_word else language
        fate, said = _fate(mail, known, there, seen), mail
        if fate in GOOD or fate is Fate.REGISTERED:
            for missing, word, found in (
                (Fate.NO_CATEGORY, category_word, wanted),
                (Fate.NO_CITY, city_word, delegation or not city_word),
                (Fate.NO_LANGUAGE, language_word, spoken),
            ):
                if not found:
                    fate, said = missing, word
                    break
        seen.add(mail)
        lines.append(Line(number, mail, name[:240], wanted, delegation, spoken, fate, said[:80]))
    return lines


def _fate(mail: str, known: set[str], registered: set[str], seen: set[str]) -> Fate:
    if not ADDRESS.fullmatch(mail) or len(mail) > 254:
        return Fate.NO_ADDRESS
    if mail in seen:
        return Fate.TWICE
    if mail in registered:
        return Fate.REGISTERED
    return Fate.KNOWN_PERSON if mail in known else Fate.NEW


def _language(word: str) -> str:
    if word.lower() in LANGUAGES:
        return word.lower()
    return next((code for code, name in LANGUAGES.items() if fold(name) == fold(word)), "")


def by_name(rows: Iterable[tuple[str, Text, str]]) -> dict[str, str]:
    """(code, name, short name) → folded name in any language → code."""
    found: dict[str, str] = {}
    for code, name, short in rows:
        for each in (*name.values.values(), short):
            if each:
                found.setdefault(fold(each), code)
    return found


def addresses(text: str) -> list[str]:
    """The addresses that stand first on the lines, to look up which we know."""
    firsts = (re.split(r"[;\t]", raw, maxsplit=1)[0].strip().lower() for raw in text.split("\n")[:MOST_LINES])
    return [each for each in firsts if each]
