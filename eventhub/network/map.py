"""The map of the cities: from longitude and latitude to marks and labels in an SVG view box. Pure.

The frame holds the Mediterranean from Lisbon to Amman and from Vienna to Agadir. A label is tried at eight positions
around its mark and never covers another label, a mark or the edge; a place that has no position, lies outside the
frame or finds no room for its label is named in the legend instead.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from eventhub.network.coastline import LAND

WEST, EAST, SOUTH, NORTH = -13.5, 41.0, 27.6, 50.2  # degrees; the coastline was cut to this frame
WIDTH = 400.0  # units of the view box; a phone shows about 0.9 pixel a unit


def _mercator(latitude: float) -> float:
    return math.degrees(math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)))


SCALE = WIDTH / (EAST - WEST)
HEIGHT = round((_mercator(NORTH) - _mercator(SOUTH)) * SCALE, 1)

LETTER = 13.5  # size of a label in units: 12 pixels on a screen of 360
LINE = 15.0  # height of a label's box
DOT = 4.2  # radius of a mark
GAP = 3.2  # between a mark and its label
AIR = 1.0  # kept free around a label

EDGE = 2.0  # between a label and the frame


@dataclass(frozen=True)
class Place:
    """A city, or a place still open: then it has no coordinates and only its status and label are shown."""

    code: str
    label: str
    status: str  # "confirmed" is a full mark, anything else a ring
    longitude: float | None = None
    latitude: float | None = None
    url: str = ""

    @property
    def confirmed(self) -> bool:
        return self.status == "confirmed"


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


FRAME = Box(EDGE, EDGE, WIDTH - EDGE, HEIGHT - EDGE)


@dataclass(frozen=True)
class Label:
    """Where the words stand: `x` by `anchor` (start, middle, end, always from left to right), `y` their middle."""

    x: float
    y: float
    anchor: str
    box: Box


@dataclass(frozen=True)
class Mark:
    place: Place
    x: float
    y: float
    label: Label | None = None

    @property
    def box(self) -> Box:
        return Box(self.x - DOT, self.y - DOT, self.x + DOT, self.y + DOT)


@dataclass(frozen=True)
class Drawing:
    """What the template draws. `named_below` are the places the legend has to name."""

    marks: tuple[Mark, ...]
    named_below: tuple[Place, ...]
    width: float = WIDTH
    height: float = HEIGHT
    letter: float = LETTER
    land: str = LAND


def position(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to units of the view box, by the Mercator projection; may lie outside the frame."""
    x = (longitude - WEST) * SCALE
    y = (_mercator(NORTH) - _mercator(max(-80.0, min(80.0, latitude)))) * SCALE
    return round(x, 1), round(y, 1)


def text_width(text: str) -> float:
    """An upper estimate, in units, of a line in the semi-bold of IBM Plex Sans, Latin or Arabic."""
    return round(LETTER * sum(_letter_width(char) for char in text), 1)


def _letter_width(char: str) -> float:
    if unicodedata.combining(char):
        return 0.0
    if "\u0600" <= char <= "\u06ff":
        return 0.62
    if char in "ijlI.,:;'’|!()[] ":
        return 0.34
    if char in "mwMWŒœ@%":
        return 0.95
    return 0.72 if char.isupper() else 0.6


def draw(places: Iterable[Place], *, rtl: bool = False) -> Drawing:
    """Place every mark and label. The same places give the same drawing, in whatever order they come.

    `rtl`: a label stands at the left of its mark first, as a reader of Arabic expects.
    """
    ordered = sorted(places, key=lambda place: place.code)
    marks = [mark for place in ordered if (mark := _mark(place)) is not None]
    labels = _arrange(marks, rtl)
    drawn = tuple(replace(mark, label=label) for mark, label in zip(marks, labels, strict=True))
    named = {mark.place.code for mark in drawn if mark.label}
    return Drawing(drawn, tuple(place for place in ordered if place.code not in named))


def _mark(place: Place) -> Mark | None:
    if place.longitude is None or place.latitude is None:
        return None
    x, y = position(place.longitude, place.latitude)
    return Mark(place, x, y) if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else None


def _arrange(marks: Sequence[Mark], rtl: bool) -> list[Label | None]:
    """The most hemmed-in mark chooses first; one that finds no room may push a single neighbour to another side."""
    choices = [_choices(mark, marks, rtl) for mark in marks]
    labels: list[Label | None] = [None] * len(marks)
    for one in sorted(range(len(marks)), key=lambda i: (len(choices[i]), marks[i].place.code)):
        labels[one] = _free(choices[one], labels)
        if labels[one] is None:
            _push(one, choices, labels)
    return labels


def _choices(mark: Mark, marks: Sequence[Mark], rtl: bool) -> list[Label]:
    others = [other.box for other in marks if other is not mark]
    return [
        label
        for label in _around(mark, rtl)
        if label.box.within(FRAME) and not any(label.box.overlaps(box) for box in others)
    ]


def _around(mark: Mark, rtl: bool) -> list[Label]:
    """The eight positions, the clearest to read first."""
    side, slant, rise = DOT + GAP, DOT * 0.7 + GAP, LINE * 0.72
    start, end = (1, "start"), (-1, "end")
    near, far = (end, start) if rtl else (start, end)
    spots = [(way * side, 0.0, anchor) for way, anchor in (near, far)]
    spots += [(way * slant, up * rise, anchor) for way, anchor in (near, far) for up in (-1, 1)]
    spots += [(0.0, up * (DOT + GAP * 0.6 + LINE / 2), "middle") for up in (-1, 1)]
    return [_label(mark, dx, dy, anchor) for dx, dy, anchor in spots]


def _label(mark: Mark, dx: float, dy: float, anchor: str) -> Label:
    x, y, width = round(mark.x + dx, 1), round(mark.y + dy, 1), text_width(mark.place.label)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return Label(x, y, anchor, Box(left - AIR, y - LINE / 2, left + width + AIR, y + LINE / 2))


def _free(choices: Sequence[Label], labels: Sequence[Label | None]) -> Label | None:
    taken = [label.box for label in labels if label]
    return next((each for each in choices if not any(each.box.overlaps(box) for box in taken)), None)


def _push(one: int, choices: Sequence[Sequence[Label]], labels: list[Label | None]) -> None:
    for wanted in choices[one]:
        blocking = [i for i, label in enumerate(labels) if label and label.box.overlaps(wanted.box)]
        if len(blocking) != 1:
            continue
        other = blocking[0]
        rest = [wanted if i == one else None if i == other else label for i, label in enumerate(labels)]
        moved = _free(choices[other], rest)
        if moved:
            labels[one], labels[other] = wanted, moved
            return
