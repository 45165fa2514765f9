"""What the programme room registers with the floors below."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from ..core import i18n, registry
from ..core.registry import MenuEntry
from ..events import parts
from ..events.models import Event
from . import commands, draft, printing, queries, todo, words
from .access import Permission
from .views import bp


def wire(app: Flask) -> None:
    app.extensions["eventhub-agenda-document"] = printing.make_document  # importing the module registered the job
    registry.event_created.add("programme", commands.first_sessions)
    registry.names_person.add("programme", queries.slugs_naming)
    registry.personal_data.add("programme", _parts_of)
    registry.missing.add("programme", todo.find)
    registry.event_menu.add("programme", MenuEntry(40, _l("Agenda"), "programme.draft", Permission.PROGRAMME_SEE))
    registry.event_menu.add(
        "programme.releases", MenuEntry(42, _l("Releases"), "programme.releases", Permission.PROGRAMME_RELEASE)
    )
    parts.public_tabs.add("programme", parts.PublicTab(10, _l("Agenda"), "programme.agenda"))
    parts.figures.add("programme", _figures)
    app.jinja_env.filters["weekday"] = words.weekday
    app.jinja_env.globals.update(
        session_kinds={kind.value: label for kind, label in words.KINDS.items()},
        session_parts={part.value: label for part, label in words.PARTS.items()},
        hours=words.hours, slot_of=draft.slot_of,
    )  # fmt: skip
    app.register_blueprint(bp)


def _figures(event: Event) -> list[parts.Figure]:
    count, number = queries.counts(event)
    release = ngettext("session", "sessions", count)
    hint = f"{words.released_words(number)}"
    return [parts.Figure(i18n.number(count), release, url_for("programme.draft", event=event.code), hint)]


def _parts_of(person_code: str) -> dict[str, Any]:
    """A person's parts in sessions, for the export of their own data."""
    found = queries.parts_of(person_code)
    return {
        "sessions": [
            {"event": session.event.slug, "session": session.title.to_json(), "part": part} for session, part in found
        ]
    }
