"""Web fonts cut from the font packages: three weights of IBM Plex Sans and IBM Plex Sans Arabic as WOFF2.

The paper uses the whole families; a browser gets only the letters our six languages need. The names of the files
carry no hash: the style sheet names them (`css/10-tokens.css`).
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}

LATIN = [
    *range(0x0020, 0x007F),
    *range(0x00A0, 0x0180),  # Latin-1 and Extended-A
    *(0x0192, 0x0218, 0x0219, 0x021A, 0x021B, 0x02BC, 0x02BE, 0x02BF, 0x02C6, 0x02DC),  # names and transliterations
    *(0x1E24, 0x1E25, 0x1E62, 0x1E63, 0x1E6C, 0x1E6D, 0x1E92, 0x1E93),  # dotted letters of transliterated Arabic
    *range(0x2009, 0x200B),
    *range(0x2010, 0x2016),
    *range(0x2018, 0x201F),
    *(0x2020, 0x2022, 0x2026, 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AC, 0x2116, 0x2122, 0x2212),
    *range(0x2190, 0x2194),
]
ARABIC = [
    *range(0x0600, 0x0700),
    *range(0x0750, 0x0780),
    *range(0x08A0, 0x0900),
    *range(0xFB50, 0xFE00),
    *range(0xFE70, 0xFF00),
    0x25CC,  # the dotted circle under a lone mark
]
LATIN_FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "liga", "tnum"]
ARABIC_FEATURES = [
    "ccmp",
    "locl",
    "isol",
    "init",
    "medi",
    "fina",
    "rlig",
    "liga",
    "calt",
    "curs",
    "mark",
    "mkmk",
    "kern",
]


def build(target: Path) -> list[Path]:
    """Write the six files into `target`, and return their paths. A file newer than its source is left as it is.

    Raises ModuleNotFoundError when a font package is not installed.
    """
    target.mkdir(parents=True, exist_ok=True)
    latin = _source("fontpkg_ibm_plex_sans", "IBMPlexSans[wdth,wght].ttf")
    made = []
    for weight, style in WEIGHTS.items():
        arabic = _source("fontpkg_ibm_plex_sans_arabic", f"IBMPlexSansArabic-{style}.ttf")
        made.append(_cut(latin, target / f"plex-latin-{weight}.woff2", LATIN, LATIN_FEATURES, weight))
        made.append(_cut(arabic, target / f"plex-arabic-{weight}.woff2", ARABIC, ARABIC_FEATURES))
    return made


def _source(package: str, name: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"the package {package} is not installed", name=package)
    return Path(found.origin).parent / "files" / name


def _cut(source: Path, target: Path, letters: list[int], features: list[str], weight: int | None = None) -> Path:
    if target.exists() and target.stat().st_mtime >= max(source.stat().st_mtime, Path(__file__).stat().st_mtime):
        return target
    # Not at the top: these take two seconds to import, and most of the time there is nothing to cut.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source, lazy=True)
    options = Options(
        layout_features=features,
        hinting=False,
        notdef_outline=True,
        drop_tables=["meta", "DSIG"],
        name_IDs=[0, 1, 2, 13, 14],
    )
    cutter = Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    if weight is not None:
        # After the subset, so that only the letters kept are computed.
        font = instantiateVariableFont(font, {"wght": weight, "wdth": 100}, inplace=True)
    font.flavor = "woff2"
    part = target.with_suffix(f".{os.getpid()}.part")
    font.save(part)
    part.replace(target)  # whole or not at all: two workers may build at once
    return target
