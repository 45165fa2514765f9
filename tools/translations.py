"""The catalogues: extract the words of the code and the templates, bring each language up to date, compile, check.

python tools/translations.py update | compile | check
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "translations"
TEMPLATE = FOLDER / "messages.pot"
LANGUAGES = ("fr", "es", "ar", "it", "pt")
"""English is the language of the code."""
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
SKIPPED = frozenset({"tests", "tools", "migrations", "docs", "instance", "dist", "translations"})
PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])|(?<!%)%([sd])|\{(\w*)\}")


def extract() -> Catalog:
    """Every text a reader may see, with where it stands."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    options = {
        each["pattern"]: {name: str(value).lower() for name, value in each.items() if name not in ("method", "pattern")}
        for each in mappings
    }
    catalogue = Catalog(project="EventHub", charset="utf-8")
    for name, line, text, comments, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True,
        directory_filter=lambda path: Path(path).name not in SKIPPED and not Path(path).name.startswith((".", "_")),
    ):  # fmt: skip
        catalogue.add(text, locations=[(Path(name).as_posix(), line)], auto_comments=comments, context=context)
    return catalogue


def po(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none yet."""
    if not po(language).exists():
        return Catalog(locale=language, project="EventHub", charset="utf-8")
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Add what is new, drop what is gone; a text that changed is a new text: nothing is guessed (no fuzzy entry)."""
    template = extract()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        po(language).parent.mkdir(parents=True, exist_ok=True)
        with po(language).open("wb") as file:
            write_po(file, catalogue, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
    print(f"{len(template)} texts, in {', '.join(LANGUAGES)}.")


def compile_all() -> None:
    """Make what gettext reads. Whole or not at all: a running server reads them too."""
    for source in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        part = source.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, catalogue)
        part.replace(source.with_suffix(".mo"))


def faults(language: str, template: Catalog) -> list[str]:
    """What is wrong with a language, a line each: not translated, guessed, with other placeholders than the English."""
    catalogue = read(language)
    found = []
    for message in template:
        if not message.id:
            continue
        words = message.id if isinstance(message.id, str) else message.id[0]
        translated = catalogue.get(message.id, message.context)
        if translated is None or not all(_forms(translated)):
            found.append(f"{language}: not translated: {words!r} ({_where(message)})")
        elif translated.fuzzy:
            found.append(f"{language}: guessed: {words!r}")
        else:
            wrong = _placeholders(message, translated, catalogue.num_plurals)
            found.extend(f"{language}: {fault}: {words!r}" for fault in wrong)
    return found


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _placeholders(message: Message, translated: Message, plurals: int) -> list[str]:
    texts = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    wanted = set.union(*(_names(text) for text in texts))
    forms = _forms(translated)
    if len(texts) > 1 and len(forms) != plurals:
        return [f"{len(forms)} forms instead of {plurals}"]
    # One form of several may leave the number out ("one person"), none may name what is not there.
    optional = {"num", "n", "count"} if len(texts) > 1 else set()
    wrong = [form for form in forms if not (wanted - optional <= _names(form) | optional and _names(form) <= wanted)]
    return [f"other placeholders in {form!r}" for form in wrong]


def _names(text: str) -> set[str]:
    return {next(filter(None, found.groups()), "") for found in PLACEHOLDER.finditer(text)}


def _where(message: Message) -> str:
    return ", ".join(f"{name}:{line}" for name, line in message.locations[:2])


def check() -> None:
    template = extract()
    found = [fault for language in LANGUAGES for fault in faults(language, template)]
    print("\n".join(found) or f"{len(template)} texts are translated into {', '.join(LANGUAGES)}.")
    if found:
        sys.exit(f"{len(found)} faults in the translations.")


if __name__ == "__main__":
    {"update": update, "compile": compile_all, "check": check}[sys.argv[1]]()
