"""What WeasyPrint 70 leaves out of PDF/UA-1 (ISO 14289-1), added before the file is written."""

from collections.abc import Iterator
from typing import Any

import pydyf
from weasyprint.document import Document, Page
from weasyprint.draw import draw_stacking_context
from weasyprint.formatting_structure import boxes
from weasyprint.stacking import StackingContext

_PRINT = 4  # annotation flag, ISO 32000-1 table 165


def with_artifacts(document: Document) -> Document:
    """The document with its running heads and page numbers as artifacts, not read out on every page (7.8)."""
    return document.copy([_FurnishedPage(page) for page in document.pages])


def finish_tags(document: Document, pdf: pydyf.PDF) -> None:
    """Give header cells their scope (7.5) and let links be printed (7.18.1). A finisher of `write_pdf`."""
    for page in document.pages:
        for box in page._page_box.descendants(placeholders=True):
            cell = getattr(box, "mark", None)
            if cell is None or cell["S"] not in ("/TH", "/TD"):
                continue
            if box.element_tag == "th":
                cell["A"]["Scope"] = "/Row" if box.element.get("scope") in ("row", "rowgroup") else "/Column"
            elif not cell["A"].get("Headers", True):
                del cell["A"]["Headers"]
    for annotation in _links(pdf):
        annotation["F"] = _PRINT


def _links(pdf: pydyf.PDF) -> Iterator[Any]:
    return (each for each in pdf.objects if isinstance(each, pydyf.Dictionary) and each.get("Subtype") == "/Link")


class _FurnishedPage(Page):  # type: ignore[misc]
    """A page whose margin boxes are drawn apart from its content and outside the tags."""

    def __init__(self, page: Page) -> None:
        self.__dict__.update(page.__dict__)
        content = [box for box in page._page_box.children if not isinstance(box, boxes.MarginBox)]
        margins = [box for box in page._page_box.children if isinstance(box, boxes.MarginBox)]
        self._page_box = page._page_box.copy_with_children(content)
        self._margins = page._page_box.copy_with_children(margins)

    def paint(self, stream: Any, scale: float = 1) -> None:
        super().paint(stream, scale)
        tags, stream._tags = stream._tags, None
        stream.begin_marked_content("Artifact", pydyf.Dictionary({"Type": "/Pagination"}))
        with stream.stacked():
            stream.transform(a=scale, d=scale)
            draw_stacking_context(stream, StackingContext.from_page(self._margins))
        stream.end_marked_content()
        stream._tags = tags
