"""The network's workplace: lists, forms and questions, the same for each section."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _

from ..core import clock, lists
from ..core.access import requires
from ..core.errors import Changed, Refused
from ..core.i18n import day
from ..core.lists import EXPORT_MOST, Wanted
from ..core.text import LANGUAGES, Text
from ..core.web import redirect_to, render
from . import commands, queries, references, rules, work_queries
from .access import Permission
from .forms import NetworkForm, SavedForm
from .sections import SECTIONS, Item, Section, find
from .values import NetworkValues, Values

bp = Blueprint("network_work", __name__, url_prefix="/<lang:lang>/work/network")
NAMES = ", ".join(SECTIONS)


@bp.get("/")
@requires(Permission.NETWORK_EDIT)
def overview() -> str:
    return render(
        "network/work/overview.html",
        network=queries.network(),
        sections=SECTIONS,
        counts=work_queries.counts(),
        lacking=work_queries.missing(),
    )


@bp.route("/texts", methods=["GET", "POST"])
@requires(Permission.NETWORK_EDIT)
def texts() -> Any:
    """The network's own texts; the first save makes the network."""
    row = queries.network()
    form = NetworkForm(data={**dict(NetworkValues.of(row).items()), "revision": row.revision} if row else {})
    if not form.validate_on_submit():
        return _texts_page(form), 422 if form.is_submitted() else 200
    try:
        if row is None:
            commands.add_network(values=form.said())
        else:
            commands.edit_network(network=row.code, revision=form.began_from(), values=form.said())
    except Changed as changed:
        form.revision.data = str(changed.values["revision"])
        return _texts_page(form, differences(form, changed)), 409
    flash(_("Saved."), "ok")
    return redirect_to(".overview")


def _texts_page(form: NetworkForm, differing: Iterable[Any] = ()) -> str:
    return render("network/work/form.html", form=form, section=None, item=None, differing=list(differing))


@bp.get("/expertise/matches")
@requires(Permission.NETWORK_EDIT)
def matches() -> str:
    """Offers and requests, brought together by theme."""
    rows = {row.code: row for row in queries.skills()}
    themes = queries.themes()
    found = rules.meetings((queries.as_skill(row) for row in rows.values()), [theme.code for theme in themes])
    return render(
        "network/work/matches.html", rows=rows, themes={theme.code: theme for theme in themes}, meetings=found
    )


@bp.get(f"/<any({NAMES}):section>")
@requires(Permission.NETWORK_EDIT)
def rows(section: str) -> str:
    here = SECTIONS[section]
    page = work_queries.rows(here.listing, _wanted(here))
    return render(f"network/work/rows/{section}.html", section=here, page=page)


@bp.get(f"/<any({NAMES}):section>/export.csv")
@requires(Permission.NETWORK_EDIT)
def export(section: str) -> Any:
    """The list as filtered and sorted, all its pages."""
    here = SECTIONS[section]
    page = work_queries.rows(here.listing, _wanted(here, all_pages=True), size=EXPORT_MOST)
    return lists.to_csv(section, here.heads, ([_cell(each) for each in here.cells(row)] for row in page.rows))


@bp.route(f"/<any({NAMES}):section>/new", methods=["GET", "POST"])
@requires(Permission.NETWORK_EDIT)
def new(section: str) -> Any:
    here, network = SECTIONS[section], queries.network()
    if network is None:
        flash(_("Please describe the network first."), "warning")
        return redirect_to(".texts")
    form = here.form(data={name: request.args[name] for name in ("city", "kind", "theme") if name in request.args})
    here.choose(form)
    if not form.validate_on_submit():
        return _form_page(here, form), 422 if form.is_submitted() else 200
    try:
        code = here.add(network.code, form)
    except Refused as refused:
        form.form_errors.append(str(refused))
        return _form_page(here, form), refused.status
    item = find(section, code)
    flash(_("%(name)s was saved.", name=item.called if item else ""), "ok")
    return redirect_to(".rows", section=section)


@bp.route(f"/<any({NAMES}):section>/<code>", methods=["GET", "POST"])
@requires(Permission.NETWORK_EDIT, load=find)
def edit(item: Item) -> Any:
    section, row = item.section, item.row
    form = section.form(data={**section.fill(row), "revision": row.revision})
    section.choose(form)
    if not form.validate_on_submit():
        return _form_page(section, form, item), 422 if form.is_submitted() else 200
    try:
        section.edit(row, form)
    except Changed as changed:
        _stamp(form, item)
        return _form_page(section, form, item, differences(form, changed)), 409
    except Refused as refused:
        form.form_errors.append(str(refused))
        return _form_page(section, form, item), refused.status
    flash(_("%(name)s was saved.", name=item.called), "ok")
    return redirect_to(".rows", section=section.name)


@bp.route(f"/<any({NAMES}):section>/<code>/delete", methods=["GET", "POST"])
@requires(Permission.NETWORK_EDIT, load=find)
def delete(item: Item) -> Any:
    """A page that says what will happen; a button that does it. A city is withdrawn and can come back."""
    called, section = item.called, item.section
    if request.method == "GET":
        used = references.in_words(references.of(item.row))
        return render("network/work/delete.html", item=item, section=section, used=used)
    section.take_away(item.row.code)
    gone = _("%(name)s has left the network.", name=called) if section.name == "cities" else ""
    flash(gone or _("%(name)s was deleted.", name=called), "ok")
    return redirect_to(".rows", section=section.name)


def _wanted(section: Section, *, all_pages: bool = False) -> Wanted:
    filters = {name: values for name, (values, _where) in section.listing.filters.items()}
    asked = lists.wanted(filters=filters, sorts=list(section.listing.sorts()), sort=section.order.removeprefix("-"))
    if not request.args.get("sort") and section.order.startswith("-"):
        asked = replace(asked, descending=True)
    return replace(asked, page=1) if all_pages else asked


def _form_page(section: Section, form: SavedForm, item: Item | None = None, differing: Iterable[Any] = ()) -> str:
    return render("network/work/form.html", form=form, section=section, item=item, differing=list(differing))


def _stamp(form: SavedForm, item: Item) -> None:
    """Bring the form to what stands now, so that a second save, made knowingly, is taken."""
    form.revision.data = str(item.row.revision)
    if "seen" in form:
        form["seen"].data = item.section.fill(item.row)["seen"]


def differences(form: SavedForm, changed: Changed) -> list[tuple[Any, str, str]]:
    """(label, what was typed, what somebody else saved), field by field and language by language."""
    mine: Values = changed.values["mine"]
    theirs = dict(changed.values["theirs"].items())
    found: list[tuple[Any, str, str]] = []
    for name, typed in mine.items():
        saved = theirs[name]
        label = form["published_on" if name == "published_at" else name].label.text if _field(form, name) else name
        if typed == saved or name == "slug":
            continue
        if isinstance(typed, Text) and isinstance(saved, Text):
            found += [
                (f"{label} ({LANGUAGES[code]})", typed.values.get(code, ""), saved.values.get(code, ""))
                for code in LANGUAGES
                if typed.values.get(code, "") != saved.values.get(code, "")
            ]
        else:
            found.append((label, _plain(form, name, typed), _plain(form, name, saved)))
    return found


def _field(form: SavedForm, name: str) -> bool:
    return name in form or (name == "published_at" and "published_on" in form)


def _plain(form: SavedForm, name: str, value: Any) -> str:
    """A value in words: a choice by its label, a day as the reader writes it."""
    words = {}
    if name in form and getattr(form[name], "choices", None):
        words = {str(code): str(label) for code, label in form[name].choices}
    if isinstance(value, tuple):
        return ", ".join(words.get(str(each), str(each)) for each in value)
    if isinstance(value, date):
        return day(value)
    return words.get(str(value), "" if value is None else str(value))


def _cell(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else str(value)


@bp.context_processor
def _menu() -> dict[str, Any]:
    """The menu at the side of every page of the network's workplace."""
    here = (request.view_args or {}).get("section")
    matched = request.endpoint == "network_work.matches"
    entries = [(_("Overview"), url_for(".overview"), request.endpoint == "network_work.overview", "home")]
    entries.append((_("Texts of the network"), url_for(".texts"), request.endpoint == "network_work.texts", "document"))
    for section in SECTIONS.values():
        entries.append((str(section.title), url_for(".rows", section=section.name), here == section.name, section.icon))
        if section.name == "expertise":
            entries.append((_("Offers and requests"), url_for(".matches"), matched, "hand"))
    return {"menu": entries, "news_state": lambda row: rules.news_state(row.published_at, clock.now()).value}
