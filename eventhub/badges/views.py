"""Pages of the badges room."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..core import files, i18n, jobs
from ..core.access import public, requires
from ..core.errors import Refused
from ..core.web import redirect_to, render, say_refused
from ..events.models import Event
from ..registration.models import Credential
from . import commands, queries
from .access import Permission
from .forms import BatchForm, CancelForm
from .models import Batch
from .rules import Choice

bp = Blueprint("badges", __name__, url_prefix="/<lang:lang>/work/events/<event>/badges")
scan = Blueprint("badge", __name__)


@bp.route("", methods=["GET", "POST"])
@requires(Permission.BADGES_PRINT, load=queries.event_of_badges)
def index(event: Event) -> Any:
    form = BatchForm()
    categories = queries.categories(event)
    form.categories.choices = [(each.key, i18n.plain_text(each.name)) for each in categories]
    if form.validate_on_submit():
        try:
            done = commands.order_batch(
                event=event.code,
                choice=Choice(form.choice.data),
                stock=form.stock.data,
                categories=form.categories.data or [],
            )
        except Refused as refused:
            say_refused(refused)
            return redirect_to(".index", event=event.code)
        flash(ngettext("One badge is being printed.", "%(num)d badges are being printed.", done.count), "ok")
        return redirect_to(".show", event=event.code, batch=done.batch)
    page = render(
        "badges/index.html", event=event, form=form, batches=queries.batches(event), counts=queries.counts(event)
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/<batch>")
@requires(Permission.BADGES_PRINT, load=queries.batch)
def show(batch: Batch) -> str:
    return render("badges/batch.html", event=batch.event, batch=batch, job=jobs.get(batch.job), form=CancelForm())


@bp.get("/<batch>/progress")
@requires(Permission.BADGES_PRINT, load=queries.batch)
def progress(batch: Batch) -> Any:
    """What the progress bar asks for every second or two."""
    job = jobs.get(batch.job)
    if job is None:
        abort(404)
    return {"state": job.state.value, "done": job.done, "total": job.total, "over": job.over}


@bp.post("/<batch>/cancel")
@requires(Permission.BADGES_PRINT, load=queries.batch)
def cancel(batch: Batch) -> Any:
    jobs.cancel(batch.job)
    flash(_("The print run will stop at its next sheet."), "ok")
    return redirect_to(".show", event=batch.event.code, batch=batch.code)


@bp.get("/<batch>/badges.pdf")
@requires(Permission.BADGES_PRINT, load=queries.batch)
def paper(batch: Batch) -> Any:
    file = queries.paper(batch)
    if file is None:
        abort(404)
    return files.send(file)


@scan.get("/b/<code>")
@public
def scanned(code: str) -> Any:
    """The address in a badge's QR code. It says nothing by itself: the page behind it is the team's."""
    return redirect(url_for("badge.read", lang=i18n.preferred(), code=code))


@scan.get("/<lang:lang>/work/badge/<code>")
@requires(Permission.BADGE_READ, load=queries.credential)
def read(credential: Credential) -> str:
    return render("badges/read.html", credential=credential, registration=credential.registration)
