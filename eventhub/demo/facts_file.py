"""The facts as they lie in `facts/`, and how their values become ours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from ..core.text import EMPTY, Text


@dataclass(frozen=True)
class Facts:
    """The four files."""

    network: dict[str, Any]
    events: dict[str, Any]
    people: dict[str, Any]
    news: dict[str, Any]

    @classmethod
    def read(cls) -> Facts:
        folder = files("eventhub.demo") / "facts"
        names = ("network", "events", "people", "news")
        return cls(*(json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in names))


def text(raw: dict[str, str] | None) -> Text:
    """A multilingual value; nothing is an empty text."""
    return Text.of(raw) if raw else EMPTY


def instant(raw: str) -> datetime:
    return datetime.fromisoformat(raw).astimezone(UTC)
