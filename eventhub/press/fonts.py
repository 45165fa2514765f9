"""The letters of every paper: IBM Plex Sans Arabic, and IBM Plex Sans for what it lacks.

The Arabic family holds the Latin letters of the six languages too, in the same drawing, as static files, which embed
three times faster than variable ones. The variable Latin family stands behind it for what it lacks: č, ğ, ā, Greek,
Cyrillic, true italics. Faces are registered by name; no path comes from anywhere else.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from eventhub.press.assets import Asset, asset_url

WEIGHTS: Final[Mapping[int, str]] = {400: "Regular", 600: "SemiBold", 700: "Bold"}
FAMILY: Final = '"IBM Plex Sans Arabic", "IBM Plex Sans"'
"""The value of `font-family` that finds every letter we have."""

RESERVED: Final = "font/"
_LATIN: Final = RESERVED + "ibm-plex-sans"
_ITALIC: Final = RESERVED + "ibm-plex-sans-italic"


def _arabic(weight: int) -> str:
    return f"{RESERVED}ibm-plex-sans-arabic-{weight}"


def _face(family: str, weight: int, name: str, style: str = "normal") -> str:
    return f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};src:url("{asset_url(name)}")}}'


FONT_FACES: Final = "\n".join(
    [_face("IBM Plex Sans Arabic", weight, _arabic(weight)) for weight in WEIGHTS]
    + [_face("IBM Plex Sans", weight, _LATIN) for weight in WEIGHTS]
    + [_face("IBM Plex Sans", weight, _ITALIC, "italic") for weight in WEIGHTS]
)
"""The `@font-face` rules that name the assets of `font_assets`."""


@lru_cache(maxsize=1)
def font_assets() -> Mapping[str, Asset]:
    """The font files by registered name, read once per process (2 MB)."""
    import fontpkg_ibm_plex_sans
    import fontpkg_ibm_plex_sans_arabic

    arabic = Path(fontpkg_ibm_plex_sans_arabic.ROOT) / "files"
    latin = Path(fontpkg_ibm_plex_sans.ROOT) / "files"
    paths = {_arabic(weight): arabic / f"IBMPlexSansArabic-{face}.ttf" for weight, face in WEIGHTS.items()}
    paths[_LATIN] = latin / "IBMPlexSans[wdth,wght].ttf"
    paths[_ITALIC] = latin / "IBMPlexSans-Italic[wdth,wght].ttf"
    return {name: Asset(path.read_bytes(), "font/ttf") for name, path in paths.items()}
