"""Languages: in the address (`/fr/…`), chosen at the first visit by what the browser asks for, kept by the switcher."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel import dates, numbers
from flask import Flask, current_app, g, request, url_for
from flask_babel import Babel
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from . import times
from .text import LANGUAGES, Text, direction, mark

DEFAULT = "fr"
"""The language of the first network's secretariat, used where the browser asks for none of ours."""


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    dir: str


ALL = tuple(Language(code, name, direction(code)) for code, name in LANGUAGES.items())


class LanguageConverter(BaseConverter):
    """Matches the six languages and nothing else, so that `/xx/…` is a 404."""

    regex = "(?:" + "|".join(LANGUAGES) + ")"
    part_isolating = True


def language() -> str:
    """The language of this answer."""
    found = g.get("lang") if g else None
    return str(found) if found else DEFAULT


def preferred() -> str:
    """What the browser asks for, among ours; `fr-CH` is French, before an English that is asked for less."""
    wanted = (tag.lower().replace("_", "-").partition("-")[0] for tag, weight in request.accept_languages if weight > 0)
    return next((code for code in wanted if code in LANGUAGES), DEFAULT)


def _of_path() -> str | None:
    """The language of an address that leads nowhere: its error page speaks it as well."""
    first = request.path.partition("/")[2].partition("/")[0]
    return first if first in LANGUAGES else None


def init(app: Flask, translations: Path) -> None:
    app.url_map.converters["lang"] = LanguageConverter
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations)
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    Babel(app, locale_selector=language, timezone_selector=lambda: "UTC")

    @app.url_value_preprocessor
    def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = (values or {}).pop("lang", None) or _of_path() or preferred()

    @app.url_defaults
    def _give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()

    app.jinja_env.globals.update(languages=ALL, switch_url=switch_url, alternates=alternates)
    app.jinja_env.filters.update(
        text=text, plain_text=plain_text, day=day, long_day=long_day, clock=clock_time, daytime=daytime,
        daterange=daterange, number=number, language_name=language_name, joined=joined,
    )  # fmt: skip
    app.context_processor(lambda: {"lang": language(), "dir": direction(language())})


def switch_url(code: str) -> str:
    """This page in another language, its filters kept."""
    if request.endpoint is None or not current_app.url_map.is_endpoint_expecting(request.endpoint, "lang"):
        return f"/{code}/"
    path = url_for(request.endpoint, **{**(request.view_args or {}), "lang": code})
    query = urlencode(list(request.args.items(multi=True)))  # never through url_for, which takes `_scheme` for its own
    return f"{path}?{query}" if query else path


def alternates() -> list[tuple[str, str]]:
    """(language, absolute address) of this page in each language, for hreflang."""
    base = str(current_app.config["EVENTHUB"].base_url)
    return [(code, base + switch_url(code)) for code in LANGUAGES]


def text(value: Text | str | None, main: str = "") -> Markup:
    """A multilingual text for a page: reader's language, else the event's main one, else any, marked as what it is."""
    if value is None:
        return Markup("")
    if isinstance(value, str):
        return Markup.escape(value)
    return mark(value.serve(language(), main), language())


def plain_text(value: Text | str | None, main: str = "") -> str:
    """The same without markup: titles, attributes, files."""
    return value.in_(language(), main) if isinstance(value, Text) else (value or "")


AS_PRINTED = {"en": "en_GB", "pt": "pt_PT"}
"""Where a language prints dates in several ways: those of the network's correspondence (9 March 2016)."""


def locale() -> str:
    return AS_PRINTED.get(language(), language())


def day(value: date, form: str = "long") -> str:
    """9 mars 2016."""
    return dates.format_date(value, form, locale=locale())


def long_day(value: date) -> str:
    """mercredi 9 mars 2016."""
    return dates.format_date(value, "full", locale=locale())


def clock_time(value: time | datetime, zone: str = "") -> str:
    """09:00, in 24 hours in every language, as the agendas of the network are printed."""
    shown = times.wall(value, zone) if zone and isinstance(value, datetime) else value
    return f"{shown.hour:02d}:{shown.minute:02d}"


def daytime(value: datetime | None, zone: str = "Europe/Paris") -> str:
    """An instant as a day and an hour in a zone."""
    if value is None:
        return ""
    shown = times.wall(value, zone)
    comma = "،" if locale() == "ar" else ","
    return f"{dates.format_date(shown.date(), 'long', locale=locale())}{comma} {shown.hour:02d}:{shown.minute:02d}"


def daterange(first: date, last: date) -> str:
    """9–10 mars 2016; one day is one date, and days of two months stand in full."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return re.sub(rf"\b{last.day}\b", f"{first.day}–{last.day}", day(last), count=1)
    begin = dates.format_skeleton("MMMMd", first, locale=locale()) if first.year == last.year else day(first)
    return f"{begin} – {day(last)}"


def number(value: int | float | Decimal) -> str:
    return numbers.format_decimal(value, locale=locale())


def language_name(code: str) -> str:
    """The name of a language, in the reader's."""
    from babel import Locale

    return str(Locale.parse(locale()).languages.get(code, code))


def joined(items: Iterable[str]) -> str:
    """A, B and C, as the language joins them."""
    from babel.lists import format_list

    return format_list(list(items), locale=locale())
