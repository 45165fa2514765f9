"""Where a lower floor needs what only a higher one knows: small registries, filled by each room's `wiring.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named entries, kept in the order of their names so that no page depends on the order of imports."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, T] = {}

    def add(self, name: str, entry: T) -> T:
        """Register; the same name again replaces (an application is built more than once in tests)."""
        self._entries[name] = entry
        return entry

    def __getitem__(self, name: str) -> T:
        try:
            return self._entries[name]
        except KeyError:
            raise KeyError(f"no {self.what} named {name!r}") from None

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[T]:
        return (self._entries[name] for name in sorted(self._entries))

    def items(self) -> list[tuple[str, T]]:
        return sorted(self._entries.items())


class Severity(StrEnum):
    """How much a missing thing or a conflict matters."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True)
class Missing:
    """One line of the to-do list of an event: what is missing, and the link that mends it."""

    severity: Severity
    what: Any
    """Lazy text with its values filled in."""
    url: str
    mend: Any
    """The words on the link."""


class FindMissing(Protocol):
    """What is missing in an event, in a fixed number of statements."""

    def __call__(self, event_code: str) -> list[Missing]: ...


class PersonalData(Protocol):
    """A room's values about a person (by code), for export; plain JSON."""

    def __call__(self, person_code: str) -> dict[str, Any]: ...


class PersonalOnPublicPages(Protocol):
    """Scopes of public pages that name a person, so that they are made anew when the person changes."""

    def __call__(self, person_code: str) -> list[str]: ...


@dataclass(frozen=True)
class MenuEntry:
    """A line of an event's menu in the workplace."""

    order: int
    label: Any
    endpoint: str
    permission: Any


missing: Registry[FindMissing] = Registry("finder of missing things")
personal_data: Registry[PersonalData] = Registry("source of personal data")
names_person: Registry[PersonalOnPublicPages] = Registry("public mention of people")
event_menu: Registry[MenuEntry] = Registry("entry of the event menu")
event_created: Registry[Callable[..., None]] = Registry("part of a new event")
"""Called inside the command that creates an event, with the event row and its model: each room lays its part."""
