"""The badge press: people poured into a design that is laid out once.

Plain WeasyPrint lays out every badge and prints about a hundred a second. Here it lays out one badge per category,
what stays the same is painted once and referred to, and names go through the same text drawing into the places that
the layout left for them: more than a thousand a second, each line shaped and kerned as in any document of the house.
"""

from collections.abc import Callable, Sequence

from eventhub.press.badges.model import A4_4, A4_8, A4_8_CARD, A4_8_FULL, A6, STOCKS, Badge, Category, Design, Stock
from eventhub.press.text import language_tag

__all__ = [
    "A4_4",
    "A4_8",
    "A4_8_CARD",
    "A4_8_FULL",
    "A6",
    "STOCKS",
    "Badge",
    "Category",
    "Design",
    "Stock",
    "print_badges",
]


def print_badges(
    design: Design,
    badges: Sequence[Badge],
    stock: Stock = A4_8,
    *,
    title: str,
    language: str,
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """The badges as a tagged PDF, in the order given, rows first.

    `title` and `language` (BCP 47) describe the document; `language` is also that of the Latin text. `progress` hears
    before every sheet and after the last how many badges are done and how many there are; what it raises ends the
    printing and reaches the caller. The same arguments give the same bytes.

    Raises ValueError for no badges at all, a language that is no tag, a category the design does not know, a logo that
    is no asset, or a QR text too long to be read (`eventhub.press.qr`).
    """
    from eventhub.press.badges.sheets import print_sheets

    if not badges:
        raise ValueError("no badges to print")
    if unknown := {badge.category for badge in badges} - set(design.categories):
        raise ValueError(f"categories the design does not know: {', '.join(sorted(unknown))}")
    if missing := set(design.logos) - set(design.assets):
        raise ValueError(f"logos that are no assets: {', '.join(sorted(missing))}")
    language = language_tag(language)
    return print_sheets(design, badges, stock, title=title, language=language, progress=progress)
