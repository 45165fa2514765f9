"""The only files a document can reach: bytes registered under a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SCHEME: Final = "asset:"
_NAME = re.compile(r"[a-z0-9][a-z0-9._/-]*", re.ASCII)

IMAGE_SIGNATURES: Final[Mapping[str, tuple[bytes, ...]]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "image/svg+xml": (b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE svg"),
}
"""The kinds of image a document may hold, each with how its bytes begin."""

FONT_TYPES: Final = frozenset({"font/ttf", "font/otf", "font/woff", "font/woff2"})


@dataclass(frozen=True, slots=True)
class Asset:
    """A file given to the press by the caller: its bytes and its media type."""

    body: bytes
    media_type: str

    def __post_init__(self) -> None:
        if self.media_type not in FONT_TYPES and not is_image(self.body, self.media_type):
            raise ValueError(f"not an image or font the press knows: {self.media_type}")


def is_image(body: bytes, media_type: str) -> bool:
    """Whether the bytes begin as an image of that type does.

    A declared type is not believed: Pillow would open forty formats under the name of PNG.
    """
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(IMAGE_SIGNATURES.get(media_type, ()))


def asset_url(name: str) -> str:
    """The address under which a document refers to the asset registered as `name`, for `src` and `url()`.

    Raises ValueError for a name that is not lower-case letters, digits and `. _ / -`.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name of an asset: {name!r}")
    return SCHEME + name
