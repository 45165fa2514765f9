"""Names as people write them: which script they are in, and which part is which."""

from __future__ import annotations

from typing import Any

from ..accounts.models import Script
from ..core.text import clean_line


def is_arabic(name: str) -> bool:
    """Whether a name is written in Arabic script: its first letter decides."""
    first = next((char for char in name if char.isalpha()), "")
    return "\u0600" <= first <= "\u06ff" or "\u0750" <= first <= "\u077f" or "\ufb50" <= first <= "\ufefc"


def split_name(name: str) -> dict[str, Any]:
    """A name given on one line as the columns of a person: the first word is taken for the given name, the rest for
    the family name, as the person can correct. No letter of it is changed."""
    given, _, family = clean_line(name).partition(" ")
    if is_arabic(name):
        return {"given_name_arabic": given[:120], "family_name_arabic": family[:120], "script": Script.ARABIC.value}
    return {"given_name": given[:120], "family_name": family[:120]}
