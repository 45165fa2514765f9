"""Who somebody is, apart from any event."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from ..core.actors import Actor

ADMINISTRATOR = "administrator"
ORGANISER = "organiser"
ROLES = (ADMINISTRATOR, ORGANISER)


class Permission(StrEnum):
    ACCOUNT_SELF = "account.self"
    PERSON_SELF = "person.self"
    AUDIT_READ = "audit.read"


def is_administrator(actor: Actor, _thing: Any) -> bool:
    """May do everything an operator does in the pages."""
    return actor.signed_in and ADMINISTRATOR in actor.roles


def is_organiser(actor: Actor, _thing: Any) -> bool:
    """May create events and edit the network's pages."""
    return actor.signed_in and (ORGANISER in actor.roles or ADMINISTRATOR in actor.roles)


def has_account(actor: Actor, _thing: Any) -> bool:
    return actor.signed_in


def is_known(actor: Actor, _thing: Any) -> bool:
    """Someone we can name: an account or the holder of a personal link."""
    return actor.known and bool(actor.person)
