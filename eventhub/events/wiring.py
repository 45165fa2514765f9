"""What the events room registers with the floors below."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel import lazy_gettext as _l

from ..core.web import absolute
from ..mail.letters import Content, Letter, letters
from . import queries


def wire(app: Flask) -> None:
    letters.add("events.team", Letter("events.team", _team, _l("Member of the team of an event")))


def _team(about: Mapping[str, str]) -> Content | None:
    member = queries.member(about["member"])
    if member is None:
        return None
    return Content({"event": member.event, "role": member.role, "address": absolute("events.show", event=member.event.code)})
