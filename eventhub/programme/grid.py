"""A day of the draft as a table: hours down, rooms across. Sessions that clash share a cell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Generic, TypeVar

from .rules.slots import Slot

S = TypeVar("S")


@dataclass
class Cell(Generic[S]):
    """What stands in one room from one hour on, over so many rows."""

    sessions: list[S] = field(default_factory=list)
    rows: int = 1


@dataclass
class Row(Generic[S]):
    begins: datetime
    ends: datetime
    cells: list[Cell[S] | None]
    """One for each room; None where a cell from above reaches down."""


@dataclass(frozen=True)
class Placed(Generic[S]):
    session: S
    slot: Slot
    column: int


def table(placed: Iterable[Placed[S]], columns: int) -> list[Row[S]]:
    """The rows of a day, from each hour at which something begins or ends to the next; hours in which nothing is on
    are left out."""
    known = list(placed)
    hours = sorted({hour for each in known for hour in (each.slot.begins, each.slot.ends)})
    rows: list[Row[S]] = [Row(begins, ends, [Cell[S]() for _ in range(columns)]) for begins, ends in pairwise(hours)]
    place = {hour: number for number, hour in enumerate(hours)}
    for column in range(columns):
        for group in _together([each for each in known if each.column == column]):
            first = min(place[each.slot.begins] for each in group)
            last = max(place[each.slot.ends] for each in group)
            rows[first].cells[column] = Cell([each.session for each in group], last - first)
            for below in rows[first + 1 : last]:
                below.cells[column] = None
    return [row for row in rows if any(cell is None or cell.sessions for cell in row.cells)]


def _together(placed: Sequence[Placed[S]]) -> list[list[Placed[S]]]:
    """Sessions of one room in runs that touch each other: each run is one cell."""
    groups: list[list[Placed[S]]] = []
    until = datetime.min
    for each in sorted(placed, key=lambda one: (one.slot.begins, one.slot.ends)):
        if groups and each.slot.begins < until:
            groups[-1].append(each)
            until = max(until, each.slot.ends)
        else:
            groups.append([each])
            until = each.slot.ends
    return groups
