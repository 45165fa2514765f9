"""Who stands how to a registration or a delegation."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from ..core.actors import Actor
from .models import Delegation, Registration


class Permission(StrEnum):
    REGISTRATION_OWN = "registration.own"
    REGISTRATION_CANCEL = "registration.cancel"
    REGISTRATION_DECIDE = "registration.decide"
    REGISTRATION_MANAGE = "registration.manage"
    REGISTRATIONS_MANAGE = "registrations.manage"
    DELEGATION_LEAD = "delegation.lead"


def is_self(actor: Actor, thing: Any) -> bool:
    """The person of the registration: by account, or by a personal link made for the same event."""
    if not isinstance(thing, Registration) or not actor.person or actor.person != thing.person.code:
        return False
    return actor.signed_in or _reaches(actor, registration=thing) or _reaches(actor, delegation=thing.delegation)


def leads_delegation(actor: Actor, thing: Any) -> bool:
    """The lead of the delegation (or of the one the registration belongs to): by account, or by the delegation's link.
    The link to one's own registration gives no right over others."""
    delegation = thing.delegation if isinstance(thing, Registration) else thing
    if not isinstance(delegation, Delegation) or delegation.lead is None or actor.person != delegation.lead.code:
        return False
    return actor.signed_in or _reaches(actor, delegation=delegation)


def _reaches(actor: Actor, *, registration: Registration | None = None, delegation: Delegation | None = None) -> bool:
    """Whether a personal link was made for exactly this."""
    if registration is not None:
        return actor.purpose == "registration" and actor.reaches("registration") == registration.code
    return delegation is not None and actor.purpose == "delegation" and actor.reaches("delegation") == delegation.code
