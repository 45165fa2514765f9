"""A text in several languages, with the original marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

LANGUAGES: Mapping[str, str] = {
    "fr": "Français",
    "en": "English",
    "es": "Español",
    "ar": "العربية",
    "it": "Italiano",
    "pt": "Português",
}
"""The six languages of the product, each in its own name, in the order they are offered."""

RIGHT_TO_LEFT = frozenset({"ar"})


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True)
class Served:
    """A text as really served: its language may not be the one asked for."""

    value: str
    language: str

    @property
    def dir(self) -> str:
        return direction(self.language)


@dataclass(frozen=True)
class Text:
    """Language → string. Immutable: an edit makes a new one, so that the audit sees before and after."""

    values: Mapping[str, str]
    original: str = ""

    def __bool__(self) -> bool:
        return bool(self.values)

    def __hash__(self) -> int:
        return hash((self.original, tuple(sorted(self.values.items()))))

    def serve(self, wanted: str, main: str = "") -> Served:
        """The reader's language, else the event's main one, else the original, else any (in a fixed order)."""
        for language in (wanted, main, self.original, *LANGUAGES, *self.values):
            if self.values.get(language):
                return Served(self.values[language], language)
        return Served("", wanted)

    def in_(self, wanted: str, main: str = "") -> str:
        return self.serve(wanted, main).value

    def missing(self, languages: Iterable[str]) -> list[str]:
        return [language for language in languages if not self.values.get(language)]

    def to_json(self) -> dict[str, str]:
        return {**self.values, "original": self.original}

    @classmethod
    def of(cls, raw: Mapping[str, Any] | None) -> Text:
        """From JSON as stored; empty strings are left out. The original is the named one, else the first given."""
        given = {k: str(v) for k, v in (raw or {}).items() if k != "original" and v}
        original = str((raw or {}).get("original") or "")
        return cls(given, original if original in given else next(iter(given), ""))

    @classmethod
    def only(cls, language: str, value: str) -> Text:
        return cls({language: value} if value else {}, language if value else "")


EMPTY = Text({}, "")


def mark(served: Served, page_language: str) -> Markup:
    """Escaped text; where it is not in the page's language, wrapped so that its own language and direction hold."""
    if not served.value or served.language == page_language:
        return escape(served.value)
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(served.language, served.dir, served.value)


def clean_line(value: str) -> str:
    """One line of user text made safe for a header, a file name or a badge: no control characters, no line breaks,
    no direction overrides (safety rule 14). Letters, accents and joiners that names need are kept."""
    kept = (" " if char in _BREAKS or char == "\t" else char for char in value if _safe(char))
    return " ".join("".join(kept).split())


def clean_block(value: str) -> str:
    """User text of several lines: line breaks kept as \\n, control characters and direction overrides removed."""
    unified = value.replace("\r\n", "\n")
    return "".join("\n" if char in _BREAKS else char for char in unified if _safe(char)).strip()


_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
"""Every sign that ends a line somewhere: words on both sides of it stay two."""


def _safe(char: str) -> bool:
    return char == "\t" or char in _BREAKS or not _dangerous(char)


def _dangerous(char: str) -> bool:
    point = ord(char)
    return (
        point < 0x20
        or 0x7F <= point < 0xA0
        or 0x202A <= point <= 0x202E  # embeddings and overrides
        or 0x2066 <= point <= 0x2069  # isolates: the page sets its own
        or point == 0xFEFF
        or 0xFDD0 <= point <= 0xFDEF  # noncharacters, which XML and so office files and PDF refuse
        or point & 0xFFFE == 0xFFFE
        or 0xD800 <= point <= 0xDFFF
    )
