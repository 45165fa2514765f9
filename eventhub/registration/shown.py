"""A registration in the words of its reader: for the review, the organiser's page, the comparison of two versions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from flask_babel import gettext as _

from ..core import i18n
from ..core.errors import Changed
from ..core.text import LANGUAGES
from ..events.models import Event
from . import answers as said
from . import queries
from .answers import Answers
from .models import Registration
from .words import ANSWERS, FOOD, LEVELS

ARABIC = frozenset({"given_name_arabic", "family_name_arabic"})
LATIN = frozenset({"given_name", "family_name", "phone"})


@dataclass(frozen=True)
class Shown:
    """One answer: its label and its words, with language and direction where they are known."""

    name: str
    label: str
    words: str
    items: tuple[str, ...] = ()
    """For an ordered list."""
    lang: str = ""
    dir: str = "auto"


@dataclass(frozen=True)
class Difference:
    """One answer that differs: what was typed and what stands now."""

    label: str
    mine: str
    theirs: str


def lines(row: Registration) -> list[Shown]:
    """The answers that say something, in the order of the form."""
    answers = said.of(row, tuple(each.theme.code for each in row.preferences))
    titles = {each.theme.code: i18n.plain_text(each.theme.title) for each in row.preferences}
    found: list[Shown] = []
    for each in fields(Answers):
        if each.name == "script" and not (answers.latin and answers.arabic):
            continue
        shown = _shown(each.name, getattr(answers, each.name), titles)
        if shown.words or shown.items:
            found.append(shown)
    return found


def differences(refused: Changed, event: Event) -> list[Difference]:
    """What differs between what was typed and what stands, answer by answer."""
    mine, theirs = refused.values["mine"], refused.values["theirs"]
    titles = {code: i18n.plain_text(title) for code, title in queries.themes(event)}
    return [
        Difference(
            str(ANSWERS[name]),
            _flat(_shown(name, getattr(mine, name), titles)),
            _flat(_shown(name, getattr(theirs, name), titles)),
        )
        for name in mine.differs(theirs)
    ]


def _shown(name: str, value: Any, titles: dict[str, str]) -> Shown:
    label = str(ANSWERS[name])
    if name == "languages":
        words = (f"{i18n.language_name(code)} ({LEVELS.get(level, level)})" for code, level in value)
        return Shown(name, label, i18n.joined(words) if value else "")
    if name == "food_needs":
        return Shown(name, label, i18n.joined(str(FOOD.get(each, each)) for each in value) if value else "")
    if name == "ranking":
        return Shown(name, label, "", tuple(titles.get(code, code) for code in value))
    if name == "language":
        return Shown(name, label, LANGUAGES.get(value, value), lang=value)
    if name == "script":
        return Shown(name, label, _("Arabic script") if value == "arabic" else _("Latin script"))
    if name in ARABIC:
        return Shown(name, label, value, lang="ar", dir="rtl")
    return Shown(name, label, value, dir="ltr" if name in LATIN else "auto")


def _flat(shown: Shown) -> str:
    return shown.words or " · ".join(shown.items) or "—"
