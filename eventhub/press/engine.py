"""The one place that calls WeasyPrint. Imported inside functions only: it costs a second and 60 MB."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration

from eventhub.press.assets import SCHEME, Asset
from eventhub.press.fetcher import AssetFetcher
from eventhub.press.fonts import FONT_FACES, RESERVED, font_assets

_FOLLOWED: Final = ("https:", "http:", "mailto:", "tel:")
_BASE: Final = SCHEME + "document"
"""Without a base WeasyPrint 70 breaks off on a relative `@import`; against this one it stays what it is, refused."""

_NOTHING: Final[Mapping[str, Asset]] = {}


def lay_out(page: str, css: str, assets: Mapping[str, Asset] = _NOTHING) -> Document:
    """Lay a whole HTML document out with our fonts, the given style sheet and nothing else from outside.

    Raises ValueError for an asset named like a font of ours.
    """
    if any(name.startswith(RESERVED) for name in assets):
        raise ValueError(f"names of assets may not begin with {RESERVED}")
    fetcher = AssetFetcher({**assets, **font_assets()})
    fonts = FontConfiguration()
    sheet = CSS(string=FONT_FACES + css, base_url=_BASE, url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=page, base_url=_BASE, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts)
    document.metadata.attachments.clear()
    for laid_out in document.pages:
        laid_out.links = [link for link in laid_out.links if _may_stay(*link[:2])]
    return document


def _may_stay(kind: str, target: str) -> bool:
    return kind == "internal" or (kind == "external" and target.lower().startswith(_FOLLOWED))


def describe(document: Document, *, title: str, language: str, created: datetime | None) -> None:
    """Write title, language and date into the metadata. `created` is an instant with a zone."""
    document.metadata.title = title
    document.metadata.lang = language
    document.metadata.generator = "EventHub"
    if created is not None:
        instant = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        document.metadata.created = document.metadata.modified = instant


def write(document: Document, *, finisher: Any = None, **options: Any) -> bytes:
    """The bytes of the PDF; the identifier comes from the content, so that the same pages give the same bytes."""
    written: bytes = document.write_pdf(finisher=finisher, pdf_identifier=True, **options)
    return written
