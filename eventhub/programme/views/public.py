"""The agenda as the public reads it: the latest release and nothing else. Pages are the same for everyone and kept as
bytes; what is on now changes with the clock and comes as a fragment."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, request
from flask_babel import gettext as _

from ...core import clock, files, i18n, limits
from ...core.access import public
from ...core.pages import public_page
from ...core.web import absolute, client, redirect_to, render
from ...events.models import Event
from ...events.queries import public_event
from .. import calendar, commands, documents, queries, schedule, view
from ..forms import EmptyForm
from ..released import Release
from . import bp

BASE = "/events/<slug>/agenda"
HISTORY = 12
"""Releases whose changes are told on one page."""
ASK = limits.declare("agenda.document", most=20, seconds=3600)


@bp.get(BASE)
@public
@public_page(scope="slug", filters=("day", "theme", "room", "language"))
def agenda(slug: str) -> str:
    event, release = _released(slug)
    if release is None:
        return render("programme/agenda_none.html", event=event)
    listing = _listing(release, view.Filters.read(request.args, release))
    return render("programme/agenda.html", event=event, release=release, listing=listing)


@bp.get(f"{BASE}/<session_code>")
@public
@public_page(scope="slug")
def agenda_session(slug: str, session_code: str) -> str:
    event, release = _released(slug)
    session = release.session(session_code) if release else None
    if release is None or session is None:
        abort(404)
    names = queries.names(session.everyone() | view.people_of_changes(release.changes_of(session.code)))
    sentences = view.teller(release, names=names).tell_all(release.changes_of(session.code))
    return render(
        "programme/agenda_session.html", event=event, release=release, session=session, sentences=sentences,
        listing=view.Listing(release, names, i18n.language()),
    )  # fmt: skip


@bp.get(f"{BASE}/changes")
@public
@public_page(scope="slug")
def agenda_changes(slug: str) -> str:
    event, release = _released(slug)
    if release is None:
        return render("programme/agenda_none.html", event=event)
    known = queries.releases(event, limit=HISTORY + 1)
    pairs = [(after, before) for after, before in zip(known, [*known[1:], None], strict=True)][:HISTORY]
    names = queries.names({code for each in known for code in view.people_of_changes(each.changes)})
    told = [
        (after, view.teller(before, after, names=names).tell_all(after.changes) if before else [])
        for after, before in pairs
    ]
    return render("programme/agenda_changes.html", event=event, release=release, told=told)


@bp.get(f"{BASE}/now")
@public
def agenda_now(slug: str) -> str:
    """What is on and what comes next: a fragment for pages that ask for it, a page for whoever follows the link."""
    event, release = _released(slug)
    if release is None:
        abort(404)
    found = view.now_and_next(release, clock.now())
    names = queries.names({code for each in (*found.now, *found.next) for code in each.everyone()})
    listing = view.Listing(release, names, i18n.language())
    whole = request.headers.get("X-Requested-With") != "fragment"
    template = "programme/agenda_now.html" if whole else "programme/now_fragment.html"
    return render(template, event=event, release=release, found=found, listing=listing)


@bp.get(f"{BASE}.ics")
@public
@public_page(scope="slug", media_type=calendar.MEDIA_TYPE)
def agenda_ics(slug: str) -> Response:
    event, release = _must(slug)
    data = calendar.calendar(release, _names(release), i18n.language(), _addresses(event))
    return _file(data, calendar.MEDIA_TYPE, f"agenda-{event.slug}.ics")


@bp.get(f"{BASE}.json")
@public
@public_page(scope="slug", media_type=schedule.MEDIA_TYPE)
def agenda_json(slug: str) -> Response:
    event, release = _must(slug)
    data = schedule.schedule(release, _names(release), i18n.language(), _addresses(event))
    return Response(data, mimetype=schedule.MEDIA_TYPE)


@bp.get(f"{BASE}.pdf")
@public
@public_page(scope="slug", media_type=documents.MEDIA_TYPE)
def agenda_pdf(slug: str) -> Any:
    """The document of the latest release; while it is being made, a page that says so and looks again."""
    event, release = _must(slug)
    language = i18n.language()
    file = documents.find(release, language, _names(release))
    if file is not None:
        name = f"agenda-{event.slug}-{release.number}-{language}.pdf"
        return _file(files.read(file), documents.MEDIA_TYPE, name)
    job = documents.waiting(release.code, language)
    return render("programme/document_wait.html", event=event, release=release, job=job, form=EmptyForm()), 202


@bp.post(f"{BASE}.pdf")
@public
def ask_document(slug: str) -> Any:
    """Have the document made: a name in it changed, or making it failed."""
    event, _release = _must(slug)
    ASK.hit(client())
    commands.prepare_document(event=event.code, language=i18n.language())
    flash(_("The document is being prepared."), "ok")
    return redirect_to(".agenda_pdf", slug=event.slug)


def _released(slug: str) -> tuple[Event, Release | None]:
    event = public_event(slug)
    if event is None:
        abort(404)
    return event, queries.latest_release(event)


def _must(slug: str) -> tuple[Event, Release]:
    event, release = _released(slug)
    if release is None:
        abort(404)
    return event, release


def _listing(release: Release, filters: view.Filters) -> view.Listing:
    return view.Listing(release, _names(release), i18n.language(), filters)


def _names(release: Release) -> dict[str, queries.Name]:
    return queries.names(release.everyone())


def _addresses(event: Event) -> calendar.Addresses:
    """The pages behind a calendar: one address is made, the others differ in their last part."""
    agenda = absolute("programme.agenda", slug=event.slug)
    host = urlsplit(str(current_app.config["EVENTHUB"].base_url)).hostname or "localhost"
    return calendar.Addresses(host, agenda, lambda code: f"{agenda}/{code}")


def _file(data: bytes, media_type: str, name: str) -> Response:
    response = Response(data, mimetype=media_type.partition(";")[0])
    response.headers.set(
        "Content-Disposition", "inline" if media_type == documents.MEDIA_TYPE else "attachment", filename=name
    )
    return response
