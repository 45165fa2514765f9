"""What a sheet of badges is made of. All lengths in millimetres."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from eventhub.press.assets import Asset

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stock:
    """A sheet of paper and the badges cut from it.

    The block of badges is centred unless `left` and `top` say where it begins. Cut marks stand in the margins, so a
    stock that reaches the edges has none. Raises ValueError if the badges do not fit on the sheet.
    """

    name: str
    sheet_width: float
    sheet_height: float
    columns: int
    rows: int
    width: float
    height: float
    left: float | None = None
    top: float | None = None
    cut_marks: bool = True

    def __post_init__(self) -> None:
        if min(self.columns, self.rows) < 1 or min(self.width, self.height) <= 0:
            raise ValueError(f"no badges on stock {self.name}")
        right = self.sheet_width - self.margin_left - self.columns * self.width
        bottom = self.sheet_height - self.margin_top - self.rows * self.height
        if min(self.margin_left, self.margin_top, right, bottom) < -0.01:
            raise ValueError(f"badges reach over the edge of stock {self.name}")

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows

    @property
    def margin_left(self) -> float:
        return (self.sheet_width - self.columns * self.width) / 2 if self.left is None else self.left

    @property
    def margin_top(self) -> float:
        return (self.sheet_height - self.rows * self.height) / 2 if self.top is None else self.top

    def place(self, index: int) -> tuple[float, float]:
        """Where the top left corner of the badge of that index lies on its sheet; rows fill first."""
        row, column = divmod(index, self.columns)
        return self.margin_left + column * self.width, self.margin_top + row * self.height


A4_8: Final = Stock("a4-8", 210, 297, 2, 4, 90, 54)
A4_8_CARD: Final = Stock("a4-8-card", 210, 297, 2, 4, 85, 54)
A4_8_FULL: Final = Stock("a4-8-full", 210, 297, 2, 4, 105, 74.25, cut_marks=False)
A4_4: Final = Stock("a4-4", 210, 297, 2, 2, 105, 148.5, cut_marks=False)
A6: Final = Stock("a6", 105, 148, 1, 1, 105, 148, cut_marks=False)
STOCKS: Final[Mapping[str, Stock]] = {each.name: each for each in (A4_8, A4_8_CARD, A4_8_FULL, A4_4, A6)}
"""The stocks we know, by name."""


@dataclass(frozen=True, slots=True)
class Category:
    """How a category shows: its word in both scripts and its colour, `#rrggbb`; the word is always there.

    Raises ValueError for anything that is not such a colour: it goes into a style sheet.
    """

    latin: str
    arabic: str = ""
    colour: str = "#14506b"

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.colour):
            raise ValueError(f"not a colour: {self.colour!r}")


@dataclass(frozen=True, slots=True)
class Design:
    """What all badges of an event share.

    `when` is the line of place and dates. `logos` names assets of `assets`, in the order of precedence. `css` is added
    after the house's sheet and can use the same class names; it reaches the given assets and nothing else.
    """

    title_latin: str
    categories: Mapping[str, Category]
    title_arabic: str = ""
    when_latin: str = ""
    when_arabic: str = ""
    logos: tuple[str, ...] = ()
    assets: Mapping[str, Asset] = field(default_factory=dict)
    css: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """One person's badge. A field left empty is not printed; a single name is given the room of both.

    `category` is a key of the design's categories. `qr_text` is what a scan reads. `lines` are the own sessions, short.
    """

    category: str
    latin_name: str = ""
    arabic_name: str = ""
    function: str = ""
    city_latin: str = ""
    city_arabic: str = ""
    qr_text: str = ""
    lines: tuple[str, ...] = ()
