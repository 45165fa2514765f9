"""What people read: letters in their language, with a calendar entry that updates itself."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask import Flask
from icalendar import Calendar

from eventhub.core import clock, jobs
from eventhub.mail import transport
from eventhub.registration import commands
from eventhub.registration.commands import Invitee
from eventhub.registration.models import State

from ..factories import registration as make

NOON = datetime(2016, 2, 15, 12, tzinfo=UTC)


def delivered() -> dict[str, EmailMessage]:
    """Send what is waiting; subject → message, of all that was sent so far."""
    jobs.run_pending()
    assert not [job for job in _jobs() if job.state is not jobs.JobState.DONE]
    return {str(message["Subject"]): message for _, message in transport.kept()}


def _jobs() -> list[jobs.Job]:
    import sqlalchemy as sa

    from eventhub.core.db import session

    return list(session().scalars(sa.select(jobs.Job).execution_options(populate_existing=True)))


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def calendar_of(message: EmailMessage) -> Calendar:
    file = next(message.iter_attachments())
    assert file.get_content_type() == "text/calendar"
    return Calendar.from_ical(file.get_content())


def test_the_invitation_speaks_french_and_carries_a_link_of_ones_own(light_app: Flask) -> None:
    meeting = make.meeting()
    meeting.invited("focal_point", "tunis", mail="amina@tunis.example.org", name="Amina Trabelsi", language="fr")
    ((_, message),) = delivered().items()
    assert message["To"] == "Amina Trabelsi <amina@tunis.example.org>"
    assert "http://localhost/fr/l/" in text_of(message)
    assert "Rencontre technique" in text_of(message)
    assert "9–10 mars 2016" in text_of(message)


def test_the_same_in_arabic_opens_an_arabic_page(light_app: Flask) -> None:
    meeting = make.meeting()
    meeting.invited("focal_point", "tunis", language="ar", name="آمنة الطرابلسي")
    ((_, message),) = delivered().items()
    assert "http://localhost/ar/l/" in text_of(message)
    assert "الاجتماع التقني" in str(message["Subject"])
    html = message.get_body(("html",))
    assert html is not None
    assert 'lang="ar" dir="rtl"' in str(html.get_content())


def test_the_confirmation_has_an_entry_that_a_cancellation_takes_out_of_the_calendar(light_app: Flask) -> None:
    meeting = make.meeting()
    with clock.frozen(NOON):
        code = meeting.approved("partner")
        delivered()
        commands.cancel(event=meeting.event, registration=code)
        delivered()
        commands.readmit(event=meeting.event, registration=code)
        delivered()
    files = [calendar_of(message) for _, message in transport.kept() if list(message.iter_attachments())]
    assert all(file["METHOD"] == "PUBLISH" and file.walk("VTIMEZONE") for file in files)
    entries = sorted((file.walk("VEVENT")[0] for file in files), key=lambda entry: entry["SEQUENCE"])
    assert [str(entry["STATUS"]) for entry in entries] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert len({str(entry["UID"]) for entry in entries}) == 1, "one entry in the calendar, whatever happens"
    assert [entry["SEQUENCE"] for entry in entries] == [1, 2, 3]
    assert entries[0]["DTSTART"].params["TZID"] == "Europe/Paris"
    assert "ATTENDEE" not in entries[0], "RFC 5546 3.2.1: a published entry names no attendee"


def test_the_calendar_file_is_made_of_short_lines_that_end_as_they_must(light_app: Flask) -> None:
    meeting = make.meeting()
    meeting.approved("partner")
    message = next(m for m in delivered().values() if list(m.iter_attachments()))
    raw = next(message.iter_attachments()).get_payload(decode=True)
    assert isinstance(raw, bytes)
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_who_waits_reads_the_place_in_the_line(light_app: Flask) -> None:
    meeting = make.meeting()
    meeting.capacity(1, "partner")
    meeting.approved()
    meeting.sent()
    second = meeting.sent(mail="second@example.org", language="en")
    assert make.state(second) is State.WAITLISTED
    letters = [m for m in delivered().values() if m["To"].addresses[0].addr_spec == "second@example.org"]
    words = "\n".join(text_of(m) for m in letters)
    assert "Your place among those who wait in the category Partner: 2." in words
    assert "the category is full" in words


def test_a_letter_whose_moment_has_passed_is_not_written(light_app: Flask) -> None:
    meeting = make.meeting()
    code = meeting.approved("partner", mail="gone@example.org")
    commands.cancel(event=meeting.event, registration=code)
    subjects = list(delivered())
    assert len(subjects) == 1, "neither invitation nor confirmation, only the cancellation"


def test_the_lead_reads_how_many_places_there_are(light_app: Flask) -> None:
    meeting = make.meeting()
    commands.set_lead(
        event=meeting.event, delegation=meeting.delegations["tunis"], mail="lead@example.org", name="Lea", language="en"
    )
    ((_, message),) = delivered().items()
    assert "Your delegation has 3 places." in text_of(message)
    assert "/en/l/" in text_of(message)


HOSTILE = (
    "<img src=x onerror=alert(1)>", "{x} {{7*7}} %(event)s %s", "a\r\nBcc: evil@example.org", "\u202egnp.exe",
    "💥" * 40, "=cmd|'/c calc'!A1", "http://evil.example.com/",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_a_letter_or_becomes_a_link(light_app: Flask, name: str) -> None:
    meeting = make.meeting()
    commands.invite(event=meeting.event, invitees=[Invitee("x@example.org", meeting.categories["press"], name=name)])
    ((_, message),) = delivered().items()
    assert message["Bcc"] is None
    assert [each.addr_spec for each in message["To"].addresses] == ["x@example.org"]
    html = message.get_body(("html",))
    assert html is not None
    words = str(html.get_content())
    assert "<img" not in words
    assert 'href="http://evil' not in words
    assert "49" not in text_of(message).splitlines()[0]
