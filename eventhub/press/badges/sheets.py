"""Sheets of badges: the art of each kind painted once, the people poured over it, the whole tagged (ISO 14289-1)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import pydyf
from weasyprint.document import Document
from weasyprint.draw import draw_page

from eventhub.press import engine, qr
from eventhub.press.badges import template
from eventhub.press.badges.model import Badge, Design, Stock
from eventhub.press.badges.places import Place
from eventhub.press.badges.template import Kind
from eventhub.press.text import printable

PIXELS: Final = 96 / 25.4
"""CSS pixels to the millimetre."""

MARK_LENGTH: Final = 5.0
MARK_DISTANCE: Final = 2.0
MARK_WIDTH: Final = 0.1

Progress = Callable[[int, int], None]


def print_sheets(
    design: Design, badges: Sequence[Badge], stock: Stock, *, title: str, language: str, progress: Progress | None
) -> bytes:
    """See `print_badges`."""
    kinds = list(dict.fromkeys(map(Kind.of, badges)))
    laid_out = engine.lay_out(template.page(design, kinds, language), template.css(design, stock), design.assets)
    arts = {kind: Art(page) for kind, page in zip(kinds, laid_out.pages, strict=True)}
    starts = range(0, len(badges), stock.per_sheet)
    sheets = [Sheet(badges[at : at + stock.per_sheet], arts, stock, _heard(progress, at, len(badges))) for at in starts]
    document = laid_out.copy(sheets)
    engine.describe(document, title=printable(title), language=language, created=None)
    written = engine.write(document, finisher=_tag)
    if progress is not None:
        progress(len(badges), len(badges))
    return written


def _heard(progress: Progress | None, done: int, total: int) -> Callable[[], None]:
    return (lambda: progress(done, total)) if progress is not None else (lambda: None)


class Art:
    """The design of one kind of badge: what stays, painted once per document, and the places for what changes."""

    def __init__(self, page: Any) -> None:
        self._page = page
        waiting = [box for box in page._page_box.descendants() if _is_place(box)]
        self.places = [Place(box) for box in waiting]
        self._forms: tuple[bytes, bytes] | None = None

    def forms(self, stream: Any) -> tuple[bytes, bytes]:
        """The operators that draw, on any page of the document, the art without words and the words on all badges."""
        if self._forms is None:
            art, words = self._group(stream), self._group(stream)
            draw_page(self._page._page_box, art)
            for place in self.places:
                if place.fixed is not None:
                    words.stream.append(_in_language(place, place.operators(words, printable(place.fixed))))
            self._forms = b"/%s Do" % art.id.encode(), b"/%s Do" % words.id.encode()
        return self._forms

    def _group(self, stream: Any) -> Any:
        group = stream.add_group(0, 0, self._page.width, self._page.height)
        del group.extra["Group"]
        return group


def _is_place(box: Any) -> bool:
    return box.element is not None and box.element_tag == "div" and box.element.get("data-place") is not None


class Sheet:
    """A page of badges; stands where WeasyPrint expects a page of its own."""

    bleed: Final = {"top": 0, "right": 0, "bottom": 0, "left": 0}
    bookmarks: Final[list[Any]] = []
    links: Final[list[Any]] = []
    anchors: Final[dict[str, Any]] = {}
    forms: Final[dict[Any, Any]] = {None: []}

    def __init__(self, badges: Sequence[Badge], arts: dict[Kind, Art], stock: Stock, heard: Callable[[], None]) -> None:
        self.badges = badges
        self.width, self.height = stock.sheet_width * PIXELS, stock.sheet_height * PIXELS
        self._arts, self._stock, self._heard = arts, stock, heard

    def paint(self, stream: Any, scale: float = 1) -> None:
        self._heard()
        with stream.stacked():
            stream.transform(a=scale, d=scale)
            if self._stock.cut_marks:
                stream.stream.append(_artifact(_cut_marks(self._stock)))
            for index, badge in enumerate(self.badges):
                left, top = self._stock.place(index)
                stream.stream.append(b"q 1 0 0 1 %.3f %.3f cm" % (left * PIXELS, top * PIXELS))
                _pour(stream, self._arts[Kind.of(badge)], badge, index)
                stream.stream.append(b"Q")


def _pour(stream: Any, art: Art, badge: Badge, number: int) -> None:
    drawing, words = art.forms(stream)
    texts = _texts(badge)
    said = [words]
    for place in art.places:
        if place.name == "qr" and badge.qr_text:
            drawing += b"\n" + _code(place, badge.qr_text)
        elif text := printable(texts.get(place.name, "")):
            said.append(_in_language(place, place.operators(stream, text)))
    stream.stream += [_artifact(drawing), b"/P <</MCID %d>> BDC" % number, *said, b"EMC"]


def _texts(badge: Badge) -> dict[str, str]:
    cities = [badge.city_latin, badge.city_arabic]
    return {
        "latin-name": badge.latin_name,
        "arabic-name": badge.arabic_name,
        "function": badge.function,
        "city": " · ".join(filter(None, cities if badge.latin_name else reversed(cities))),
        "lines": " · ".join(filter(None, badge.lines)),
    }


def _in_language(place: Place, operators: bytes) -> bytes:
    """Tell a screen reader the language of the glyphs (14.9.2.2 of ISO 32000-1).

    No ActualText: poppler and MuPDF put right-to-left text in order themselves and would turn it round again.
    """
    return b"/Span <</Lang (ar)>> BDC\n%s\nEMC" % operators if place.arabic else operators


def _artifact(operators: bytes) -> bytes:
    return b"/Artifact BMC\n%s\nEMC" % operators


def _code(place: Place, text: str) -> bytes:
    """The QR code, its modules filling the place; the design keeps the quiet zone white around it."""
    modules = qr.rows(text)
    side = place.width / len(modules)
    path = " ".join([f"{run.x} {run.y} {run.length} 1 re" for run in qr.runs(modules)])
    return b"q 0 g %.5f 0 0 %.5f %.3f %.3f cm %s f Q" % (side, side, place.x, place.y, path.encode())


def _cut_marks(stock: Stock) -> bytes:
    """Hairlines in the margins where every cut begins and ends."""
    left, top = stock.margin_left, stock.margin_top
    right, bottom = left + stock.columns * stock.width, top + stock.rows * stock.height
    near, far = MARK_DISTANCE, MARK_DISTANCE + MARK_LENGTH
    lines: list[tuple[float, float, float, float]] = []
    for column in range(stock.columns + 1):
        x = left + column * stock.width
        lines += [(x, top - far, x, top - near), (x, bottom + near, x, bottom + far)]
    for row in range(stock.rows + 1):
        y = top + row * stock.height
        lines += [(left - far, y, left - near, y), (right + near, y, right + far, y)]
    drawn = " ".join("{:.3f} {:.3f} m {:.3f} {:.3f} l".format(*(end * PIXELS for end in line)) for line in lines)
    return b"q 0 G %.3f w %s S Q" % (MARK_WIDTH * PIXELS, drawn.encode())


def _tag(document: Document, pdf: pydyf.PDF) -> None:
    """Build the structure: one paragraph per badge, in the order of the sheets. A finisher of `write_pdf`."""
    root = _added(pdf, {"Type": "/StructTreeRoot"})
    whole = _added(pdf, {"Type": "/StructElem", "S": "/Document", "P": root.reference})
    parents, paragraphs = pydyf.Array(), pydyf.Array()
    for number, (sheet, reference) in enumerate(zip(document.pages, pdf.page_references, strict=True)):
        pdf_page = pdf.objects[int(reference.split()[0])]
        pdf_page["StructParents"], pdf_page["Tabs"] = number, "/S"
        said = pydyf.Array()
        for index in range(len(sheet.badges)):
            paragraph = {"Type": "/StructElem", "S": "/P", "P": whole.reference, "Pg": reference, "K": index}
            said.append(_added(pdf, paragraph).reference)
        parents += [number, said]
        paragraphs += said
    whole["K"] = paragraphs
    root["K"] = whole.reference
    root["ParentTree"] = _added(pdf, {"Nums": parents}).reference
    pdf.catalog["StructTreeRoot"] = root.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
    document.metadata.include_in_pdf(pdf, "ua", 1, conformance=None, compress=True)


def _added(pdf: pydyf.PDF, values: dict[str, Any]) -> pydyf.Dictionary:
    added = pydyf.Dictionary(values)
    pdf.add_object(added)
    return added
