"""What the draft agenda of an event lacks, for the list on its dashboard."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import i18n
from ..core.registry import Missing, Severity
from ..events.models import Event, EventState
from ..events.queries import event_for_work
from . import page
from .words import say

OVER = (EventState.FINISHED, EventState.ARCHIVED)


def find(event_code: str) -> list[Missing]:
    """Conflicts, sessions that lack a place or a person, and what has not been released: a fixed number of
    statements, whatever the number of sessions."""
    event = event_for_work(event_code)
    if event is None or event.state in OVER:
        return []
    found = page.draft_page(event)
    return [*_conflicts(found), *_sessions(event, found), *_release(event, found)]


def _conflicts(found: page.DraftPage) -> Iterator[Missing]:
    for warned in found.conflicts:
        session = warned.sessions[0]
        url = url_for("programme.session", event=session.event.code, session_code=session.code)
        yield Missing(warned.conflict.severity, warned.words, url, _("Solve it"))


def _sessions(event: Event, found: page.DraftPage) -> Iterator[Missing]:
    sessions = {
        each.code: each
        for day in found.days
        for row in day.rows
        for cell in row.cells
        if cell
        for each in cell.sessions
    }
    sessions.update({each.code: each for each in found.unplaced})
    for code, lacking in found.lacking.items():
        title = i18n.text(sessions[code].title, event.main_language)
        what = say(_("“%(title)s” lacks %(things)s."), title=title, things=i18n.joined(lacking))
        url = url_for("programme.session", event=event.code, session_code=code)
        yield Missing(Severity.WARN, what, url, _("Complete it"))


def _release(event: Event, found: page.DraftPage) -> Iterator[Missing]:
    url = url_for("programme.releases", event=event.code)
    if not found.count:
        draft = url_for("programme.draft", event=event.code)
        yield Missing(Severity.WARN, _("The agenda has no session yet."), draft, _("Add sessions"))
    elif found.release is None:
        yield Missing(Severity.WARN, _("The agenda has not been released."), url, _("Release it"))
    elif found.unreleased:
        words = ngettext(
            "One change of the agenda has not been released.",
            "%(num)s changes of the agenda have not been released.",
            len(found.unreleased),
        )
        yield Missing(Severity.NOTE, words, url, _("Release them"))
