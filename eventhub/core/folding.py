"""One normaliser for search: what a person types on a phone finds what an official wrote."""

from __future__ import annotations

import re
import unicodedata

_ARABIC = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",  # alef with hamza, madda, wasla
        "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ء": None, "ـ": None,  # maqsura, hamza seats, ta marbuta, tatweel
        "گ": "ك", "ک": "ك", "ی": "ي",  # Persian forms that keyboards produce
    }
)  # fmt: skip
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d"})
_APART = re.compile(r"[^\w@.+]+")


def fold(text: str) -> str:
    """Case, accents, Arabic diacritics and alef forms, digits of any script and punctuation made alike.

    >>> fold("Béyrouth") == fold("BEYROUTH"), fold("بَيْرُوت") == fold("بيروت")
    (True, True)
    """
    # Twice, since a compatibility form may come apart into capitals (Unicode, 3.13, toNFKC_Casefold).
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    lowered = lowered.translate(_ARABIC).translate(_LATIN)
    bare = "".join(_plain(char) for char in lowered)
    return " ".join(_APART.sub(" ", bare).split())


def fold_all(*texts: str | None) -> str:
    """Several texts folded into one searchable string."""
    return " ".join(filter(None, (fold(text) for text in texts if text)))


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Mn" or category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    return char
