"""The job that prints a batch: people poured into the event's design, sheet by sheet."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from ..core import i18n, jobs
from ..core.text import clean_line
from ..events.models import Event
from ..mail.send import speaking
from ..press.badges import STOCKS, Badge, Category, Design, print_badges
from ..registration.models import Registration
from . import commands, queries
from .models import Batch
from .rules import colour

ARABIC = "ar"
LATIN_FALLBACK = "en"


@jobs.handler(commands.JOB, heavy=True)
def print_batch(job: jobs.Running) -> str | None:
    """Print and keep the paper. Begun again after a crash it prints anew; only one paper is kept."""
    batch = queries.batch(job.payload["event"], job.payload["batch"])
    if batch is None:
        return None
    if batch.file:
        return batch.file
    pdf, count, name = make(batch, job)
    return commands.finish_batch(batch=batch.code, pdf=pdf, count=count, name=name)


def make(batch: Batch, job: jobs.Running) -> tuple[bytes, int, str]:
    """(PDF, number of badges, file name). The document speaks the event's main language."""
    event = batch.event
    language = latin_language(event)
    with speaking(language):
        people = [badge_of(row, credential, language) for row, credential in queries.on_paper(batch)]
        design = design_of(event, language)
        title = _("Badges – %(event)s", event=event.title.in_(language))
        pdf = print_badges(design, people, STOCKS[batch.stock], title=title, language=language, progress=job.progress)
        name = _("badges-%(event)s-%(batch)s.pdf", event=event.slug, batch=batch.code)
    return pdf, len(people), name


def latin_language(event: Event) -> str:
    """The language of the Latin side: the event's main one, unless that is Arabic."""
    return event.main_language if event.main_language != ARABIC else LATIN_FALLBACK


def design_of(event: Event, language: str) -> Design:
    """The house's design, dressed for one event."""
    when = i18n.daterange(event.starts_on, event.ends_on) if event.dates_confirmed else ""
    place = event.place.in_(language)
    with speaking(ARABIC):
        when_arabic = i18n.daterange(event.starts_on, event.ends_on) if event.dates_confirmed else ""
    return Design(
        title_latin=event.title.in_(language),
        title_arabic=event.title.values.get(ARABIC, ""),
        when_latin=" · ".join(filter(None, (place, when))),
        when_arabic=" · ".join(filter(None, (event.place.values.get(ARABIC, ""), when_arabic))),
        categories={
            each.key: Category(each.name.in_(language), each.name.values.get(ARABIC, ""), colour(each.colour))
            for each in queries.categories(event)
        },
    )


def badge_of(registration: Registration, credential: str, language: str) -> Badge:
    """One person as the badge shows them: names as their owner wrote them, the city in both scripts."""
    person, delegation = registration.person, registration.delegation
    body = (delegation.city or delegation.partner) if delegation else None
    name = body.name if body else None
    return Badge(
        category=registration.category.key,
        latin_name=clean_line(person.latin),
        arabic_name=clean_line(person.arabic),
        function=clean_line(person.function),
        city_latin=name.in_(language) if name else clean_line(person.organisation),
        city_arabic=name.values.get(ARABIC, "") if name else "",
        qr_text=qr_text(credential),
    )


def qr_text(credential: str) -> str:
    """What a scan reads: an address of this install that opens for the team alone, in upper case where that is the
    same address, since a QR code packs capitals tighter."""
    base: str = current_app.config["EVENTHUB"].base_url
    return f"{base}/b/{credential}"

