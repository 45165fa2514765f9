"""What a person says when registering: values that stand between the form, the command and the review page."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ..accounts.models import Person, Script
from .models import Registration

PERSON = (
    "form_of_address", "given_name", "family_name", "given_name_arabic", "family_name_arabic", "script", "function",
    "organisation", "phone", "access_needs", "food_note", "language",
)  # fmt: skip
"""The answers that are lines of the person, under the same name."""


@dataclass(frozen=True)
class Answers:
    """Everything the registration form asks. Names stand as their owner wrote them."""

    form_of_address: str = ""
    given_name: str = ""
    family_name: str = ""
    given_name_arabic: str = ""
    family_name_arabic: str = ""
    script: str = Script.LATIN.value
    """The script the name is shown in first."""
    function: str = ""
    organisation: str = ""
    phone: str = ""
    language: str = "fr"
    """The language we write in."""
    languages: tuple[tuple[str, str], ...] = ()
    """Working languages: (code, level)."""
    access_needs: str = ""
    food_needs: tuple[str, ...] = ()
    food_note: str = ""
    note: str = ""
    """To the organiser."""
    ranking: tuple[str, ...] = ()
    """Codes of the themes, first choice first."""

    @property
    def latin(self) -> str:
        return " ".join(filter(None, (self.given_name, self.family_name)))

    @property
    def arabic(self) -> str:
        return " ".join(filter(None, (self.given_name_arabic, self.family_name_arabic)))

    def differs(self, other: Answers) -> list[str]:
        """Names of the answers that are not the same."""
        return [each.name for each in fields(self) if getattr(self, each.name) != getattr(other, each.name)]


def of(row: Registration, ranking: tuple[str, ...]) -> Answers:
    """The answers as they are stored; the ranking is read apart."""
    person: Person = row.person
    lines = {name: getattr(person, name) or "" for name in PERSON}
    return Answers(
        **lines,
        languages=tuple((str(code), str(level)) for code, level in person.languages or ()),
        food_needs=tuple(person.food_needs or ()),
        note=row.note,
        ranking=ranking,
    )
