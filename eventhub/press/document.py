"""HTML to a tagged PDF that a screen reader, a printer and an archive can all use."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Final

from eventhub.press.assets import Asset
from eventhub.press.text import direction, language_tag, printable, without_controls

_NOTHING: Final[Mapping[str, Asset]] = {}
_COUNTER = re.compile(r"%\((page|pages)\)s")


def pdf(
    html: str,
    *,
    title: str,
    language: str,
    css: str = "",
    assets: Mapping[str, Asset] = _NOTHING,
    created: datetime | None = None,
    page_words: str = "%(page)s / %(pages)s",
    footer: str = "",
) -> bytes:
    """The PDF/UA-1 document of `html`, the content of a body, in the house's print style.

    `language` is a BCP 47 tag and decides direction, hyphenation and letter size. `css` comes after the house's own
    sheet. `html` and `css` refer to `assets` by `asset_url(name)`. `page_words` stands at the foot of every page, such
    as "Page %(page)s of %(pages)s"; `footer` stands opposite it. Headings become bookmarks. Pictures need an `alt`.
    The same arguments give the same bytes; `created`, an instant with a zone, is the date of the document, and without
    it there is none.

    Raises ValueError for a language that is no tag. Anything the document asks for that is neither an asset nor a
    `data:` image is left out and logged.
    """
    from eventhub.press import engine, tagging

    title, language = printable(title), language_tag(language)
    page = _page(without_controls(html), title, language)
    sheet = "\n".join([print_css(), _footers(language, page_words, footer), without_controls(css)])
    document = tagging.with_artifacts(engine.lay_out(page, sheet, assets))
    engine.describe(document, title=title, language=language, created=created)
    return engine.write(document, finisher=tagging.finish_tags, pdf_variant="pdf/ua-1")


@lru_cache(maxsize=1)
def print_css() -> str:
    """The house's style sheet for paper."""
    return files(__package__).joinpath("print.css").read_text(encoding="utf-8")


def _page(body: str, title: str, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}" dir="{direction(language)}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head><body>{body}</body></html>"
    )


def _footers(language: str, page_words: str, footer: str) -> str:
    """Margin boxes are left or right whatever the direction, so the sides are chosen here."""
    start, end = ("right", "left") if direction(language) == "rtl" else ("left", "right")
    return (
        f"@page {{ @bottom-{start} {{ content: {_css_string(printable(footer))} }}"
        f" @bottom-{end} {{ content: {_counted(printable(page_words))} }} }}"
    )


def _counted(words: str) -> str:
    parts = _COUNTER.split(words)
    return " ".join(f"counter({part})" if index % 2 else _css_string(part) for index, part in enumerate(parts))


def _css_string(text: str) -> str:
    """A CSS string (css-syntax-3, 4.3.5): everything but letters, digits and spaces is escaped by its number."""
    return '"' + "".join(char if char.isalnum() or char == " " else f"\\{ord(char):x} " for char in text) + '"'
