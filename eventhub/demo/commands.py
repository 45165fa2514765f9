"""What a newcomer to the demonstration does that nobody may do elsewhere: enter as one of the invented people."""

from __future__ import annotations

from flask import current_app
from flask_babel import lazy_gettext as _l

from ..accounts import links
from ..accounts.commands import OpenedLink
from ..accounts.links import Standing
from ..core import clock
from ..core.commands import command, load
from ..core.errors import NotFound, Refused
from ..registration.models import Delegation, Registration
from .queries import DoorKind


class OnlyInDemo(Refused):
    """Nobody enters as somebody else where the people are real."""

    message = _l("This is possible in a demonstration only.")
    status = 403


@command
def open_link(*, kind: DoorKind, code: str, browser: str) -> OpenedLink:
    """Make a personal link of the person behind a door, opened in this browser."""
    if not current_app.config["EVENTHUB"].demo:
        raise OnlyInDemo()
    if kind is DoorKind.DELEGATION:
        delegation = load(Delegation, code)
        person, event = delegation.lead, delegation.event
    else:
        registration = load(Registration, code)
        person, event = registration.person, registration.event
    if person is None:
        raise NotFound()
    about = {"event": event.code, kind.value: code}
    link = links.create(person, kind.value, about)
    link.browser, link.used_at = browser, clock.real_now()
    return OpenedLink(Standing.HERE, link.code, kind.value, tuple(about.items()))
