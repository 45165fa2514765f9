"""How the commands of the network say no."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from ..core.errors import Refused


class SlugTaken(Refused):
    """Two things cannot have one public address."""

    message = _l("This name in addresses is already used. Please choose another.")


class WrongSlug(Refused):
    message = _l("A name in addresses has small Latin letters, digits and hyphens only.")
    status = 422


class WrongPosition(Refused):
    message = _l("A position needs both longitude (−180 to 180) and latitude (−90 to 90).")
    status = 422


class UnknownZone(Refused):
    message = _l("This time zone is not known.")
    status = 422


class NotReadyToConfirm(Refused):
    """A confirmed city stands on the public map."""

    message = _l("To confirm a city, please give its country and its position on the map.")


class WrongDates(Refused):
    message = _l("The last day is before the first.")
    status = 422


class StillUsed(Refused):
    """Something refers to it; what, the page that asks shows."""

    message = _l("This is still used elsewhere and cannot be deleted.")


class AlreadyContact(Refused):
    message = _l("This person already is a contact of this kind for this city.")


class MailTaken(Refused):
    message = _l("Another person already has this e-mail address.")


class MailOfAccount(Refused):
    """Whoever could change it could sign in as that person."""

    message = _l("This person has an account. Only they can change its e-mail address.")


class NoName(Refused):
    message = _l("Please give a name in at least one script.")
    status = 422
