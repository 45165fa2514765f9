"""Saves that lose nothing: a save on an older revision is refused and shows both versions (safety rule 16)."""

from __future__ import annotations

from typing import Any, Protocol

from ..core.errors import Changed


class Revised(Protocol):
    revision: Any


def save(row: Revised, given: int, values: dict[str, Any]) -> None:
    """Put values on a row if `given` is its revision, and count the save. A save that changes nothing counts none.

    Raises Changed with `mine`, `theirs` and the present `revision` when somebody has saved another version since.
    """
    theirs = {name: getattr(row, name) for name in values}
    if row.revision != given and theirs != values:
        raise Changed(mine=values, theirs=theirs, revision=row.revision)
    if theirs == values:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.revision += 1
