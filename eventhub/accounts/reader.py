"""Who reads: what templates may ask. Nothing is looked up before one asks."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import g

from ..core.access import actor
from ..core.actors import Actor, ActorKind
from . import queries


class AskedOnPublicPage(RuntimeError):
    """A page whose bytes everyone shares asked who reads it: it is not made rather than given to someone else."""


class Reader:
    """Who reads the page."""

    @cached_property
    def _actor(self) -> Actor:
        if g.get("public_page"):
            raise AskedOnPublicPage
        return actor()

    @property
    def signed_in(self) -> bool:
        """Whether the reader acts by an account; not while a personal link speaks before it."""
        return self._actor.signed_in

    @property
    def acting_by_link(self) -> bool:
        return self._actor.kind is ActorKind.LINK

    @cached_property
    def who(self) -> str:
        """The reader's name as its owner wrote it, or an empty string."""
        found = queries.person(self._actor.person) if self._actor.person else None
        return found.name if found else ""

    @cached_property
    def is_staff(self) -> bool:
        """Whether the reader's account is one of the secretariat's."""
        found = queries.user(self._actor.code) if self._actor.signed_in else None
        return found is not None and found.staff


def for_templates() -> dict[str, Any]:
    """What every template finds in its context."""
    return {"reader": Reader()}
