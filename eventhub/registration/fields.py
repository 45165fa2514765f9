"""Fields of the registration form that WTForms does not know: an order of themes, languages with their level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import Field
from wtforms.validators import StopValidation

from ..core import i18n
from .rules import LEVELS, is_ranking
from .words import LEVELS as LEVEL_WORDS


@dataclass
class Label:
    text: Any


@dataclass
class Choice:
    """One <select> of a field that is made of several; the macros of `parts/forms.html` draw it."""

    id: str
    name: str
    label: Label
    options: Sequence[tuple[str, Any]]
    value: str
    errors: list[str] = field(default_factory=list)

    def __call__(self, **attributes: Any) -> Markup:
        attributes = {"id": self.id, "name": self.name, **attributes}
        given = Markup(" ").join(Markup('{}="{}"').format(name, value) for name, value in attributes.items())
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                value, Markup(" selected") if value == self.value else "", escape(words)
            )
            for value, words in self.options
        )
        return Markup("<select {}>{}</select>").format(given, options)


class RankingField(Field):  # type: ignore[misc]
    """Themes put in order: one <select> with the place of each (`name-CODE`). `data` names the themes, first choice
    first; empty while nothing is chosen. A place given twice, or to some themes only, is said so."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.choices: list[tuple[str, str]] = []
        self.places: dict[str, str] = {}

    def offer(self, themes: Sequence[tuple[str, str]], formdata: Any, data: Sequence[str]) -> None:
        """Which themes there are (code, title), and what is known of their order."""
        self.choices = list(themes)
        if formdata and any(f"{self.name}-{code}" in formdata for code, _title in themes):
            self.places = {code: str(formdata.get(f"{self.name}-{code}", "")).strip()[:3] for code, _title in themes}
        else:
            self.places = {code: str(at) for at, code in enumerate(data, start=1)}
        given = [(int(place), code) for code, place in self.places.items() if place.isascii() and place.isdigit()]
        self.data = tuple(code for _place, code in sorted(given))

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        self.data = ()

    def pre_validate(self, form: Any) -> None:
        given = [place for place in self.places.values() if place]
        if not given:
            return
        if sorted(given) != sorted(str(at + 1) for at in range(len(self.choices))) or not self.complete:
            raise StopValidation(_("Please give each theme a place of its own, from the first to the last."))

    @property
    def complete(self) -> bool:
        """Every theme has a place of its own."""
        return is_ranking(self.data, [code for code, _title in self.choices])

    @property
    def rows(self) -> list[Choice]:
        places = [("", "–"), *((str(at + 1), str(at + 1)) for at in range(len(self.choices)))]
        return [
            Choice(f"{self.id}-{code}", f"{self.name}-{code}", Label(title), places, self.places.get(code, ""))
            for code, title in self.choices
        ]


class LevelsField(Field):  # type: ignore[misc]
    """Working languages: one <select> with the level of each (`name-fr`). `data` is (code, level) pairs; languages we
    do not offer stay as they were."""

    def __init__(
        self, label: Any = None, validators: Sequence[Any] = (), *, languages: Sequence[str], **kwargs: Any
    ) -> None:
        self.languages = tuple(languages)
        super().__init__(label, validators, **kwargs)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        self.data = tuple((str(code), str(level)) for code, level in data or ())
        if not formdata or not any(f"{self.name}-{code}" in formdata for code in self.languages):
            return
        known = {code: str(formdata.get(f"{self.name}-{code}", "")) for code in self.languages}
        kept = tuple(each for each in self.data if each[0] not in known)
        self.data = tuple((code, level) for code, level in known.items() if level in LEVELS) + kept

    @property
    def rows(self) -> list[Choice]:
        levels = [("", _("I do not speak it")), *((level, LEVEL_WORDS[level]) for level in LEVELS)]
        chosen = dict(self.data or ())
        shown = [*self.languages, *(code for code in chosen if code not in self.languages)]
        return [
            Choice(f"{self.id}-{code}", f"{self.name}-{code}", Label(name), levels, chosen.get(code, ""))
            for code, name in ((code, i18n.language_name(code)) for code in shown)
        ]


NOT_COMPLETE = _l("Please put every theme in its place.")
