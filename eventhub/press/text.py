"""What may be printed, and which way it runs."""

import re
import unicodedata
from typing import Final

# Embeddings, overrides and isolates change how the text after them reads (U+202E shows "gpj.exe" as "exe.jpg").
# The marks U+200E and U+200F only help a neutral character find its side and stay, as do the joiners of Arabic.
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_UNPRINTABLE = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff{_DIRECTION}]")
_RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_SPACES = re.compile(r"[ \t\r\n\v\f\u2028\u2029]+")


def without_controls(text: str) -> str:
    """The text without control characters, lone surrogates and direction overrides; line ends and tabs stay."""
    return _UNPRINTABLE.sub("", text)


def printable(text: str, *, limit: int = 300) -> str:
    """One line that can be drawn: composed (NFC), no controls or overrides, runs of white space made one space.

    A text longer than `limit` characters ends in an ellipsis: nothing that long is read on a badge, and shaping
    ten thousand characters to scale them away costs a second.
    """
    line = _SPACES.sub(" ", unicodedata.normalize("NFC", without_controls(text[: limit * 4]))).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def language_tag(language: str) -> str:
    """The language as given if it has the form of a BCP 47 tag; raises ValueError otherwise (it goes into markup)."""
    if not _LANGUAGE.fullmatch(language):
        raise ValueError(f"not a language tag: {language!r}")
    return language


def direction(language: str) -> str:
    """`rtl` or `ltr`: how the language is written, by its primary subtag."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
