"""Who acts: an account, a personal link, an API token or the system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    ACCOUNT = "account"
    LINK = "link"
    TOKEN = "token"  # noqa: S105 — a kind of actor
    SYSTEM = "system"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Actor:
    """Someone or something that reads or writes.

    `code` names the account, link or token; `person` the human behind it, where there is one. A link also says what
    it was made for: `purpose` and the codes it reaches (`about`).
    """

    kind: ActorKind
    code: str = ""
    person: str = ""
    roles: frozenset[str] = frozenset()
    purpose: str = ""
    about: tuple[tuple[str, str], ...] = field(default=())

    @property
    def signed_in(self) -> bool:
        return self.kind is ActorKind.ACCOUNT

    @property
    def known(self) -> bool:
        return self.kind is not ActorKind.NOBODY

    def reaches(self, what: str) -> str:
        """The code of that kind a personal link was made for, or an empty string."""
        return dict(self.about).get(what, "")


NOBODY = Actor(ActorKind.NOBODY)


def system(name: str) -> Actor:
    """The system itself, under the name of what it was doing (a job, a command of the command line)."""
    return Actor(ActorKind.SYSTEM, code=name)


_current: ContextVar[Actor] = ContextVar("eventhub_actor", default=NOBODY)


def current() -> Actor:
    return _current.get()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Everything inside is done by this actor; commands write the name down."""
    before = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(before)
