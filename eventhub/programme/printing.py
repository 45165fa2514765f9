"""The job that makes the document of a release. The press is called here, in a worker, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

from flask import render_template
from flask_babel import gettext as _

from ..core import i18n, jobs
from ..mail.send import speaking
from ..press import pdf
from . import commands, documents, queries
from .released import Release
from .view import Listing


@jobs.handler(documents.JOB, heavy=True)
def make_document(job: jobs.Running) -> str | None:
    """Make and keep the PDF of a release in a language. Begun again after a crash it is kept once."""
    release = queries.release_of(job.payload["edition"])
    language = job.payload["language"]
    names = queries.names(release.everyone())
    known = documents.find(release, language, names)
    if known is not None:
        return known.code
    return commands.keep_document(release=release, language=language, names=names, data=make(release, names, language))


def make(release: Release, names: Mapping[str, queries.Name], language: str) -> bytes:
    """The bytes of the document."""
    title = release.title.in_(language, release.main_language)
    with speaking(language):
        html = render_template("programme/document.html", release=release, listing=Listing(release, names, language))
        when = i18n.daterange(release.starts_on, release.ends_on)
        return pdf(
            html,
            title=_("Agenda – %(event)s", event=title),
            language=language,
            css=resources.files(__package__).joinpath("document.css").read_text(encoding="utf-8"),
            created=release.made_at,
            page_words=_("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
            footer=_("%(event)s · %(when)s · release %(number)s", event=title, when=when, number=release.number),
        )
