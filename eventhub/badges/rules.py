"""Which badges go on the paper. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

COLOURS = {
    "sea": "#14506b",
    "terracotta": "#a8432b",
    "olive": "#47611f",
    "amber": "#7a5200",
    "plum": "#6b2f5b",
    "slate": "#3f4a54",
    "teal": "#0f6b66",
    "indigo": "#3b4a9c",
    "sand": "#6f5a34",
}
"""The badge colours by name, each dark enough for white words (contrast at least 5:1)."""


class Choice(StrEnum):
    """Whom a batch is for."""

    NEW = "new"
    """Everyone whose valid badge is on no earlier paper."""
    ALL = "all"


@dataclass(frozen=True)
class Candidate:
    """A registration as the press sees it. `credential` is empty when none is valid."""

    registration: str
    credential: str
    category: str
    sort_key: str
    approved: bool
    printed: bool


def to_print(candidates: Iterable[Candidate], choice: Choice, categories: Iterable[str] = ()) -> list[Candidate]:
    """Approved people with a valid credential, in the order they are handed out: by name, then by code so that two
    runs never differ. `categories` narrows; none means all of them."""
    wanted = frozenset(categories)
    chosen = (
        each
        for each in candidates
        if each.approved
        and each.credential
        and (not wanted or each.category in wanted)
        and (choice is Choice.ALL or not each.printed)
    )
    return sorted(chosen, key=lambda each: (each.sort_key, each.registration))


def colour(name: str) -> str:
    """`#rrggbb` of a category's colour; an unknown name gets the first, since a badge is always printed."""
    return COLOURS.get(name, COLOURS["sea"])
