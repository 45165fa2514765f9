"""The job that makes the document of a release. The press is called here, in a worker, and nowhere else."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from ..core import i18n, jobs
from ..mail.send import speaking
from ..press import pdf
from . import commands, documents, queries
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


def make(release: queries.Release, names: dict[str, queries.Name], language: str) -> bytes:
    """The bytes of the document."""
    with speaking(language):
        html = render_template("programme/document.html", release=release, listing=Listing(release, names, language))
        when = i18n.daterange(release.starts_on, release.ends_on)
        return pdf(
            html,
            title=_("Agenda – %(event)s", event=release.title.in_(language, release.main_language)),
            language=language,
            css=PRINT,
            created=release.made_at,
            page_words=_("Page %(page)s of %(pages)s", page="%(page)s", pages="%(pages)s"),
            footer=_("%(event)s · %(when)s · release %(number)s", event=release.title.in_(language, release.main_language),
                     when=when, number=release.number),
        )  # fmt: skip


PRINT = """
.agenda { font-size: .95em } .agenda td.time { inline-size: 24mm; white-space: nowrap; font-variant-numeric: tabular-nums }
.agenda .title { font-weight: 600; color: #0c2c3e } .agenda .break .title { font-weight: 400; color: #4c5b64 }
.agenda .people, .agenda .where { color: #4c5b64; font-size: .93em } .agenda ol { margin-block: .25em 0; padding-inline-start: 1.4em } .agenda ol li { margin: 0 }
.agenda td > p { margin: 0 } .agenda .mark { font-weight: 600; border: .5pt solid #4c5b64; border-radius: 2pt; padding-inline: 2pt; font-size: .85em }
.agenda td.room { inline-size: 34mm }
"""
