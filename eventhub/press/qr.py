"""QR codes (ISO/IEC 18004), as modules for sheets and as SVG for a page.

zxing-cpp makes the codes of a batch in 0.1 ms each; segno, whose search for the best mask takes 4 ms, makes the one
on a page. Both correct 15 % of errors (level M). Neither result holds the quiet zone unless it says so.
"""

from math import isqrt
from typing import Any, Final, NamedTuple

QUIET: Final = 4
"""Modules of white that the standard asks for on every side."""

LONGEST: Final = 500
"""Characters: what a phone still reads off a badge; beyond it the modules grow too small."""


class Run(NamedTuple):
    """Dark modules side by side: column and row of the first, from the top left, and how many."""

    x: int
    y: int
    length: int


def rows(data: str) -> list[bytes]:
    """The symbol as rows of modules from the top, 1 dark and 0 light, without quiet zone.

    Raises ValueError if the text is empty, longer than `LONGEST` or not ASCII.
    """
    import zxingcpp

    _check(data)
    symbol = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture: Any = zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False)
    modules = bytes(memoryview(picture)).translate(_DARK_IS_ONE)
    side = isqrt(len(modules))
    return [modules[start : start + side] for start in range(0, side * side, side)]


def runs(modules: list[bytes]) -> list[Run]:
    """The dark runs of a symbol, row by row: what a page has to paint."""
    found: list[Run] = []
    for y, row in enumerate(modules):
        x = row.find(1)
        while x >= 0:
            end = row.find(0, x)
            end = len(row) if end < 0 else end
            found.append(Run(x, y, end - x))
            x = row.find(1, end)
    return found


def svg(data: str, *, title: str = "") -> str:
    """The code as an inline `<svg>`, quiet zone included, sized by the page's style sheet (class `qr`).

    Colours are presentation attributes, so that no `style=` is needed; `title` is its text alternative, and without
    one the code is hidden from screen readers (give the same address as a link then).
    Raises ValueError if the text is empty, longer than `LONGEST` or not ASCII.
    """
    from html import escape

    import segno

    _check(data)
    modules = [bytes(row) for row in segno.make(data, error="m", micro=False).matrix]
    side = len(modules) + 2 * QUIET
    path = "".join(f"M{run.x + QUIET} {run.y + QUIET}h{run.length}v1h-{run.length}z" for run in runs(modules))
    name = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {side} {side}" {name} '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )


_DARK_IS_ONE: Final = bytes(0 if level else 1 for level in range(256))


def _check(data: str) -> None:
    # Readers guess the encoding of other letters, and guess wrong: an address is percent-encoded before it comes here.
    if not 0 < len(data) <= LONGEST or not data.isascii():
        raise ValueError(f"a QR code holds between 1 and {LONGEST} ASCII characters")
