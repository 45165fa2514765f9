"""Every word a reader may see is there in every language, and says the same."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[1]


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations_tool", ROOT / "tools/translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _tool()


@pytest.fixture(scope="module")
def template() -> Catalog:
    catalogue = tool.extract()
    assert isinstance(catalogue, Catalog)
    return catalogue


def test_words_are_found_in_the_code_and_in_the_templates(template: Catalog) -> None:
    files = {location[0].split("/")[0] for message in template for location in message.locations}
    assert files == {"eventhub", "templates"}
    assert len(template) > 300


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_every_word_is_translated(language: str, template: Catalog) -> None:
    assert tool.faults(language, template) == []


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_a_catalogue_holds_nothing_that_nobody_says(language: str, template: Catalog) -> None:
    known = {(message.id if isinstance(message.id, str) else message.id[0], message.context) for message in template}
    left = [message.id for message in tool.read(language) if message.id and (
        message.id if isinstance(message.id, str) else message.id[0], message.context) not in known]  # fmt: skip
    assert left == []


def catalogue(
    monkeypatch: pytest.MonkeyPatch, identifier: object, string: object, flags: tuple[str, ...] = ()
) -> list[str]:
    """The faults of a French catalogue of one message."""
    template, french = Catalog(), Catalog(locale="fr")
    template.add(identifier, locations=[("a.py", 1)])  # type: ignore[arg-type]
    french.add(identifier, string, flags=flags)  # type: ignore[arg-type]
    monkeypatch.setattr(tool, "read", lambda _language: french)
    return list(tool.faults("fr", template))


@pytest.mark.parametrize(
    ("identifier", "string", "flags"),
    [
        ("Save", "", ()),
        ("Save", "Enregistrer", ("fuzzy",)),
        ("Good day %(name)s", "Bonjour", ()),
        ("Good day %(name)s", "Bonjour %(nom)s", ()),
        (("One place", "%(num)d places"), ("Une place", ""), ()),
        (("One place", "%(num)d places"), ("Une place", "%(n)d places"), ()),
    ],
)
def test_the_check_sees_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, identifier: object, string: object, flags: tuple[str, ...]
) -> None:
    assert catalogue(monkeypatch, identifier, string, flags) != []


def test_the_check_lets_pass_what_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalogue(monkeypatch, "Good day %(name)s", "Bonjour %(name)s") == []
    assert catalogue(monkeypatch, ("One place", "%(num)d places"), ("Une place", "%(num)d places")) == []
