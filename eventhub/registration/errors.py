"""Refusals of this room, in words the reader understands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ..core.errors import NotAllowedNow, Refused


class BelowTaken(Refused):
    message = _l("%(taken)d places are already taken. The number of places cannot be lower.")


class NoPlace(Refused):
    """A step that needs a place at once, and there is none."""

    message = _l("There is no place left: %(full)s.")


class QuotaUsed(Refused):
    message = _l("Every place of this delegation in this category is taken or promised.")


class AlreadyRegistered(Refused):
    message = _l("This person already has a registration for this event.")


class RegistrationClosed(NotAllowedNow):
    message = _l("Registration for this event is closed.")


class NotOpenToPublic(Refused):
    message = _l("This category is by invitation.")


class Incomplete(Refused):
    message = _l("The registration is not complete yet: %(what)s.")


class NotARanking(Refused):
    message = _l("Please give each theme a place of its own, from the first to the last.")


class StillUsed(Refused):
    message = _l("This cannot be removed: registrations belong to it.")


class NoAddress(Refused):
    message = _l("Please give an e-mail address.")
