"""Who may print and who may read a badge."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from ..core.actors import Actor
from ..events.access import is_in_team
from ..registration.models import Credential


class Permission(StrEnum):
    BADGES_PRINT = "badges.print"
    BADGE_READ = "badge.read"


def is_in_team_of_credential(actor: Actor, thing: Any) -> bool:
    """A member of the team of the event the badge is for."""
    return isinstance(thing, Credential) and is_in_team(actor, thing.registration)
