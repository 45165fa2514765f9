"""Letters: which there are, and how the rows they speak of become words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..core import jobs
from ..core.registry import Registry

URGENT = 50
"""Priority of mail before long work."""


@dataclass(frozen=True)
class Recipient:
    """Whom a letter goes to, as they are at the moment of sending."""

    address: str
    name: str
    language: str


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Content:
    """What a letter says: values for its template, and files."""

    values: Mapping[str, Any]
    attachments: tuple[Attachment, ...] = ()


class Compose(Protocol):
    """Make the content of a letter from the codes it is about. Runs in a worker, in the reader's language. Returns
    None when there is nothing left to say (the registration was erased meanwhile)."""

    def __call__(self, about: Mapping[str, str]) -> Content | None: ...


@dataclass(frozen=True)
class Letter:
    """One kind of letter. Its template `mail/<name>.txt` sets the subject in its first line; the rest is the body."""

    name: str
    compose: Compose
    title: Any = field(default="")


letters: Registry[Letter] = Registry("letter")
recipients: Registry[Callable[[str], Recipient | None]] = Registry("way to find a recipient")


def post(letter: str, *, to: str, about: Mapping[str, str], key: str | None = None, priority: int = URGENT) -> None:
    """Send a letter to a person (by code) after this command commits. `about` holds codes only, never values: what
    the letter says is looked up when it is sent. With `key`, a second post of the same letter is none."""
    letters[letter]  # an unknown letter is a mistake now, not in the worker
    payload = {"letter": letter, "to": to, "about": dict(about)}
    jobs.enqueue("mail", payload, key=key, priority=priority, about=about.get("event", ""))
