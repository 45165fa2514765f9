"""The design of a badge as HTML: one page for each category and kind of person, with places left for their text.

Lengths are in `rem`, and one rem is a millimetre of a badge of 90 by 54; on a larger badge it grows with the paper.
"""

from dataclasses import dataclass
from html import escape
from typing import Final

from eventhub.press.assets import asset_url
from eventhub.press.badges.model import Badge, Category, Design, Stock
from eventhub.press.fonts import FAMILY

SEA: Final = "#0c2c3e"
SAND: Final = "#f4eee3"
TERRACOTTA: Final = "#a8432b"
INK: Final = "#17242c"

EDGE: Final = 3.2
"""White all round: a cut that strays by a millimetre shows nothing of the neighbour, and it is the QR's quiet zone."""

BAND: Final = 9.4
STRIP: Final = 3.5
FOOT: Final = 17.2
GAP: Final = 3.2
CATEGORY: Final = 6.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides the layout of a badge: its category, the scripts of its name, whether it lists sessions."""

    category: str
    latin: bool
    arabic: bool
    lines: bool

    @classmethod
    def of(cls, badge: Badge) -> "Kind":
        return cls(badge.category, bool(badge.latin_name.strip()), bool(badge.arabic_name.strip()), any(badge.lines))


def ink_on(colour: str) -> str:
    """White or our ink, whichever stands out more on `#rrggbb` (WCAG 2.2, relative luminance); never below 4.5:1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= 4.5 else "#000000"


def page(design: Design, kinds: list[Kind], language: str) -> str:
    """The document with one page for each kind, in that order."""
    cards = "".join(_card(design, kind, language) for kind in kinds)
    return f'<!doctype html><html lang="{escape(language)}"><title>-</title><body>{cards}</body></html>'


def _card(design: Design, kind: Kind, language: str) -> str:
    category = design.categories[kind.category]
    classes = ["badge", f"category-{list(design.categories).index(kind.category)}"]
    classes += ["two-titles"] if design.title_latin.strip() and design.title_arabic.strip() else []
    classes += ["two-names"] if kind.latin and kind.arabic else []
    classes += ["with-lines"] if kind.lines else []
    parts = [
        '<div class="band"></div><div class="strip"></div>',
        _logos(design),
        _place("title-latin", language, fixed=design.title_latin, lines=2),
        _place("title-arabic", "ar", fixed=design.title_arabic, lines=2),
        _place("when-latin", language, fixed=design.when_latin),
        _place("when-arabic", "ar", fixed=design.when_arabic),
        _place("latin-name", language, lines=2) if kind.latin or not kind.arabic else "",
        _place("arabic-name", "ar", lines=2) if kind.arabic else "",
        _place("function", language, lines=1 if kind.lines else 2),
        _place("city", language),
        _place("lines", language, lines=2) if kind.lines else "",
        '<div class="category"></div>',
        _place("category-latin", language, fixed=category.latin),
        _place("category-arabic", "ar", fixed=category.arabic),
        '<div class="place qr" data-place="qr"></div>',
    ]
    return f'<div class="{" ".join(classes)}">{"".join(parts)}</div>'


def _logos(design: Design) -> str:
    logos = "".join(
        f'<img class="logo logo-{number}" src="{asset_url(name)}" alt="">' for number, name in enumerate(design.logos)
    )
    return f'<div class="plate"></div>{logos}' if logos else ""


def _place(name: str, language: str, *, lines: int = 1, fixed: str | None = None) -> str:
    """A place for text: each badge brings its own, unless it is `fixed`, the same on all badges of the kind."""
    if fixed is not None and not fixed.strip():
        return ""
    attributes = f' data-fixed="{escape(fixed)}"' if fixed is not None else ""
    way = ' dir="rtl"' if language == "ar" else ""
    attributes += f' data-place="{name}" data-lines="{lines}" lang="{escape(language)}"{way}'
    return f'<div class="place {name}"{attributes}>X</div>'


def css(design: Design, stock: Stock) -> str:
    """The style sheet of `page` for badges of that stock."""
    unit = min(stock.width / 90, stock.height / 54)
    wide, high = stock.width / unit, stock.height / unit
    rules = [
        f"@page {{ size: {stock.width}mm {stock.height}mm; margin: 0 }}",
        f"html {{ font: 400 {unit}mm/1.2 {FAMILY}; color: {INK} }} body {{ margin: 0 }}",
        ".badge { position: relative; break-after: page; overflow: hidden;"
        f" width: {stock.width}mm; height: {stock.height}mm }}",
        ".badge div, .badge img { position: absolute } .place { white-space: nowrap; line-height: 1.2 }",
        _head(wide, len(design.logos)),
        _names(wide, high),
        _foot(wide, high),
        *(_category(number, each) for number, each in enumerate(design.categories.values())),
        design.css,
    ]
    return "\n".join(rules)


def _head(wide: float, logos: int) -> str:
    """The band with the partners' logos on a white plate and the event's titles; under it, place and dates on sand."""
    inner = wide - 2 * EDGE
    cell = min(11.5, inner * 0.42 / max(logos, 1))
    plate = cell * logos + 1.2 if logos else 0.0
    left = EDGE + (plate + 2.6 if logos else 2.2)
    text = wide - EDGE - 2.2 - left
    half = inner / 2 - 2.6
    return "\n".join(
        [
            _box(".band", EDGE, EDGE, inner, BAND, f"background: {SEA}; border-radius: 1rem 1rem 0 0"),
            _box(".strip", EDGE, EDGE + BAND, inner, STRIP, f"background: {SAND}; border-radius: 0 0 1rem 1rem"),
            f".strip {{ border-top: .5rem solid {TERRACOTTA}; height: {STRIP - 0.5}rem }}",
            _box(".plate", EDGE + 0.9, EDGE + 0.9, plate, BAND - 1.8, "background: #fff; border-radius: .6rem"),
            ".logo { object-fit: contain }",
            *(
                _box(f".logo-{number}", EDGE + 2.1 + number * cell, EDGE + 1.9, cell - 1.2, BAND - 3.8)
                for number in range(logos)
            ),
            _box(".title-latin", left, EDGE + 0.7, text, 8.0, _type(2.9, 700, "#fff")),
            _box(".title-arabic", left, EDGE + 0.7, text, 8.0, _type(3.1, 700, "#fff")),
            ".two-titles .title-latin { height: 3.8rem }",
            f".two-titles .title-arabic {{ top: {EDGE + 4.5}rem; height: 4.2rem }}",
            _box(".when-latin", EDGE + 2.2, EDGE + BAND + 0.5, half, STRIP - 0.5, _type(2.1, 600, SEA)),
            _box(".when-arabic", EDGE + inner / 2 + 0.4, EDGE + BAND + 0.5, half, STRIP - 0.5, _type(2.2, 600, SEA)),
        ]
    )


def _names(wide: float, high: float) -> str:
    """Between head and foot: both names one above the other, or the one name in the room of both."""
    inner = wide - 2 * EDGE
    top = EDGE + BAND + STRIP + 1.0
    room = high - EDGE - FOOT - 0.6 - top
    size = min(room * 0.39, 8.0)
    height = min(room, size * 2.9)
    top += (room - height) / 2
    upper = height * 0.48
    return "\n".join(
        [
            _box(".latin-name", EDGE, top, inner, height, _type(size * 1.2, 700, SEA) + "; text-align: center"),
            _box(".arabic-name", EDGE, top, inner, height, _type(size * 1.25, 700, SEA) + "; text-align: center"),
            f".two-names .latin-name {{ height: {upper}rem; font-size: {size}rem }}",
            f".two-names .arabic-name {{ font-size: {size * 1.04}rem }}",
            _box(".two-names .arabic-name", EDGE, top + upper, inner, height - upper),
        ]
    )


def _foot(wide: float, high: float) -> str:
    """Function, city and category at the start, the QR code at the end, its modules flush with the band above."""
    top = high - EDGE - FOOT
    column = wide - 2 * EDGE - FOOT - GAP
    band = high - EDGE - CATEGORY
    return "\n".join(
        [
            _box(".function", EDGE + 0.2, top - 0.4, column, 6.9, _type(2.9, 400, INK)),
            _box(".city", EDGE + 0.2, top + 6.5, column, 3.9, _type(3.1, 600, SEA)),
            f".with-lines .function {{ top: {top}rem; height: 3.6rem }} .with-lines .city {{ top: {top + 3.4}rem }}",
            _box(".lines", EDGE + 0.2, top + 7.2, column, 3.5, _type(2.2, 400, INK)),
            _box(".category", EDGE, band, column, CATEGORY, "border-radius: 1rem"),
            _box(".category-latin", EDGE + 2.2, band, column * 0.6 - 2.2, CATEGORY, _type(3.4, 700)),
            _box(".category-arabic", EDGE + column * 0.6, band, column * 0.4 - 2.2, CATEGORY, _type(3.5, 700)),
            _box(".qr", wide - EDGE - FOOT, top, FOOT, FOOT),
        ]
    )


def _category(number: int, category: Category) -> str:
    here = f".category-{number} "
    ink = ink_on(category.colour)
    return (
        f"{here}.category {{ background: {category.colour} }}"
        f" {here}.category-latin, {here}.category-arabic {{ color: {ink} }}"
    )


def _box(selector: str, left: float, top: float, width: float, height: float, more: str = "") -> str:
    return f"{selector} {{ left: {left}rem; top: {top}rem; width: {width}rem; height: {height}rem; {more} }}"


def _type(size: float, weight: int, colour: str = INK) -> str:
    return f"font-size: {size}rem; font-weight: {weight}; color: {colour}"
