"""Refusals: a command that says no, with words the reader understands."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l


class Refused(Exception):
    """The rule said no. `message` is translated when shown; `values` fill its named placeholders."""

    message: Any = _l("This is not possible.")
    status = 409

    def __init__(self, **values: Any) -> None:
        self.values = values
        super().__init__(type(self).__name__, values)

    def __str__(self) -> str:
        return str(self.message) % self.values if self.values else str(self.message)


class NotFound(Refused):
    """The thing does not exist, or not within what the reader may reach: the two look the same."""

    message = _l("This does not exist.")
    status = 404


class NotAllowedNow(Refused):
    """The state of the thing does not permit this step (any more)."""

    message = _l("This is no longer possible in its present state.")


class Changed(Refused):
    """Somebody saved a newer revision meanwhile. `mine` and `theirs` carry both texts: nothing is lost."""

    message = _l("Someone else has changed this in the meantime. Please compare both versions.")


class TooMany(Refused):
    """A limit per address or per link was reached."""

    message = _l("Too many attempts. Please wait a few minutes and try again.")
    status = 429
