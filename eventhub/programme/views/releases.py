"""Releases: publish the draft, compare, look back."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, request
from flask_babel import gettext as _

from ...core.access import requires
from ...core.errors import Refused
from ...core.text import LANGUAGES
from ...core.web import redirect_to, render, say_refused
from ...events.models import Event
from ...events.queries import event_for_work
from .. import commands, documents, page, queries, view
from ..access import Permission
from ..forms import EmptyForm, ReleaseForm
from ..rules import changes
from . import bp

BASE = "/work/events/<event>/releases"


@bp.route(BASE, methods=["GET", "POST"])
@requires(Permission.PROGRAMME_RELEASE, load=event_for_work)
def releases(event: Event) -> Any:
    form = ReleaseForm()
    if form.validate_on_submit():
        try:
            number = commands.release(
                event=event.code, note=form.note.data, despite_conflicts=form.despite_conflicts.data
            )
        except Refused as refused:
            say_refused(refused)
        else:
            flash(_("Release %(number)s is published. The documents are being prepared.", number=number), "ok")
        return redirect_to(".releases", event=event.code)
    draft = page.draft_page(event)
    return render(
        "programme/releases.html", event=event, form=form, page=draft, releases=queries.releases(event),
        unreleased=page.sentences_of_draft(event, draft), documents=_documents(draft.release), button=EmptyForm(),
    )  # fmt: skip


@bp.get(f"{BASE}/compare")
@requires(Permission.PROGRAMME_RELEASE, load=event_for_work)
def compare_releases(event: Event) -> Any:
    numbers = queries.release_numbers(event)
    if len(numbers) < 2:
        abort(404)
    first, second = (request.args.get(name, type=int) for name in ("from", "to"))
    before, after = (queries.release(event, n) for n in (first or numbers[1], second or numbers[0]))
    if before is None or after is None:
        abort(404)
    found = changes.changes(before.agenda, after.agenda)
    names = queries.names(view.people_of_changes(found))
    return render(
        "programme/compare.html", event=event, before=before, after=after, numbers=numbers,
        sentences=view.teller(before, after, names=names).tell_all(found),
    )  # fmt: skip


class Wanted:
    """A document of an event's agenda."""

    def __init__(self, event: Event, language: str) -> None:
        self.event, self.language = event, language


def _with_language(event: str, language: str) -> Wanted | None:
    row = event_for_work(event)
    return Wanted(row, language) if row is not None and language in LANGUAGES else None


@bp.post(f"{BASE}/documents/<language>")
@requires(Permission.PROGRAMME_RELEASE, load=_with_language)
def prepare_document(wanted: Wanted) -> Any:
    event, language = wanted.event, wanted.language
    commands.prepare_document(event=event.code, language=language)
    flash(_("The document is being prepared."), "ok")
    return redirect_to(".releases", event=event.code)


def _documents(release: Any) -> list[tuple[str, bool, Any]]:
    """(language, whether its document is there, the job that makes it)."""
    if release is None:
        return []
    names = queries.names(release.everyone())
    return [
        (code, documents.find(release, code, names) is not None, documents.waiting(release.code, code))
        for code in LANGUAGES
    ]
