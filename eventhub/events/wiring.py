"""What the events room registers with the floors below."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from flask_babel import lazy_gettext as _l

from ..core import registry
from ..core.registry import MenuEntry, event_menu
from ..core.web import absolute
from ..mail.letters import Content, Letter, letters
from . import menu, parts, queries, todo, views
from .access import Permission
from .kinds import NAMES


def wire(app: Flask) -> None:
    letters.add("events.team", Letter("events.team", _team, _l("Member of the team of an event")))
    registry.missing.add("events", todo.find)
    for name, order, label, endpoint, permission in (
        ("events.overview", 0, _l("Overview"), "events.show", Permission.EVENT_SEE),
        ("events.facts", 10, _l("Facts"), "events.edit", Permission.EVENT_EDIT),
        ("events.texts", 12, _l("Texts"), "events.texts", Permission.EVENT_EDIT),
        ("events.rooms", 14, _l("Rooms"), "events.rooms", Permission.EVENT_EDIT),
        ("events.team", 90, _l("Team"), "events.team", Permission.EVENT_EDIT),
    ):
        event_menu.add(name, MenuEntry(order, label, endpoint, permission))
    parts.public_tabs.add("events.presentation", parts.PublicTab(0, _l("Presentation"), "events.page"))
    parts.public_tabs.add("events.practical", parts.PublicTab(90, _l("Practical information"), "events.practical"))
    app.jinja_env.globals.update(
        event_menu=menu.entries, event_tabs=views.public_tabs, event_actions=parts.actions_of,
        event_kind=lambda kind: str(NAMES[kind]),
    )  # fmt: skip
    app.register_blueprint(views.bp)


def _team(about: Mapping[str, str]) -> Content | None:
    member = queries.member(about["member"])
    if member is None:
        return None
    address = absolute("events.show", event=member.event.code)
    return Content({"event": member.event, "role": member.role, "address": address})
