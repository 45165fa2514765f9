"""What WeasyPrint may load: registered assets and images inside the document itself, nothing else (safety rule 12).

WeasyPrint's own fetcher opens files and the network: a `<link rel=attachment href=file:///etc/passwd>` puts that file
into the PDF. This one never opens anything. It must be given to `HTML()` and to `CSS()`, both.
"""

from collections.abc import Mapping
from typing import Final
from urllib.request import DataHandler, Request

from weasyprint.urls import URLFetcher, URLFetcherResponse

from eventhub.press.assets import SCHEME, Asset, is_image

LONGEST_DATA_URL: Final = 8 * 1024 * 1024


class RefusedAddress(ValueError):
    """The document asked for something that is not its own."""


class AssetFetcher(URLFetcher):  # type: ignore[misc]
    """Answers `asset:` addresses from a mapping and `data:` images from themselves; refuses the rest by raising.

    WeasyPrint logs the refusal and prints the page without the image, sheet, font or attachment.
    """

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._assets = assets

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        if url.startswith(SCHEME):
            asset = self._assets.get(url.removeprefix(SCHEME))
            if asset is None:
                raise RefusedAddress(f"no such asset: {url[:200]}")
        elif url[:5].lower() == "data:":
            asset = _image_inside(url)
        else:
            raise RefusedAddress(f"neither an asset nor an image: {url[:200]}")
        return URLFetcherResponse(url, asset.body, {"Content-Type": asset.media_type})


def _image_inside(url: str) -> Asset:
    if len(url) > LONGEST_DATA_URL:
        raise RefusedAddress("data address too long")
    # The handler decodes what the address holds; nothing is opened.
    with DataHandler().data_open(Request(url)) as response:  # noqa: S310
        body = response.read()
        media_type = response.headers.get_content_type()
    if not is_image(body, media_type):
        raise RefusedAddress(f"data address is not an image: {media_type}")
    return Asset(body, media_type)
