"""Letters: clean headers, the reader's language, and no link but our own."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.core import jobs
from eventhub.core.commands import command
from eventhub.core.db import session
from eventhub.core.jobs import Job, JobState
from eventhub.mail import letters, send, transport
from eventhub.mail.letters import Attachment, Content, Recipient
from tests.factories.accounts import person

LETTER = "accounts.sign_in"
HOSTILE = [
    "Amina\r\nBcc: everybody@example.org",
    "Amina\nSubject: other",
    "Amina \u202egnirts\u2066",
    "Amina\x00Trabelsi",
    "<img src=x onerror=alert(1)>",
    '"Amina" <other@example.org>, third@example.org',
    "=?utf-8?q?Bcc:=20x?=",
    "أمينة الطرابلسي 🜲",
    "A" * 10_000,
    "{{7*7}} {x} %(name)s %s",
]


@pytest.fixture(autouse=True)
def _a_letter() -> None:
    """The letter of these tests is composed from nothing."""
    letters.letters.add(LETTER, letters.Letter(LETTER, lambda about: Content({"address": "", "minutes": 30})))


def written(monkeypatch: pytest.MonkeyPatch, text: str, name: str = "Amina", **content: object) -> EmailMessage:
    """A letter whose template rendered to this text."""
    monkeypatch.setattr(send, "render_template", lambda *_args, **_values: text)
    composed = Content({}, **content)  # type: ignore[arg-type]
    letters.letters.add(LETTER, letters.Letter(LETTER, lambda about: composed))
    message = send.write(LETTER, Recipient("amina@tunis.example.org", name, "fr"), {}, message_id="<id@example.org>")
    assert message is not None
    return message


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_a_person_is_called_reaches_another_header(
    light_app: Flask, monkeypatch: pytest.MonkeyPatch, hostile: str
) -> None:
    message = written(monkeypatch, f"Bonjour {hostile.splitlines()[0]}\n\nTexte", name=hostile)
    again = transport.parse(message.as_bytes())
    assert sorted(again.keys()) == sorted(message.keys())
    assert again["Bcc"] is None
    assert len(again.get_all("Subject")) == 1
    assert [address.addr_spec for address in again["To"].addresses] == ["amina@tunis.example.org"]
    for header in (again["To"], again["Subject"]):
        assert not {"\r", "\n", "\x00", "\u202e", "\u2066"} & set(str(header))


def test_a_subject_of_several_lines_is_one_line_and_the_rest_is_the_letter(
    light_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = written(monkeypatch, "Sujet\r\nBcc: x@example.org\n\nTexte")
    assert message["Subject"] == "Sujet"
    assert "Bcc" not in message


def test_text_of_a_person_is_shown_in_the_html_as_text(light_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    message = written(monkeypatch, 'Sujet\n\n<script>alert(1)</script> & "quotes"')
    assert "<script>" not in html_of(message)
    assert "&lt;script&gt;" in html_of(message)
    assert '<script>alert(1)</script> & "quotes"' in text_of(message)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.org/fr/",
        "http://localhost.evil.example.org/",
        "http://localhost@evil.example.org/",
        "javascript:alert(1)",
        'http://localhost/"onmouseover="alert(1)',
        "http://localhost/' onmouseover='alert(1)",
    ],
)
def test_no_address_but_our_own_becomes_a_link(light_app: Flask, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    html = html_of(written(monkeypatch, f"Sujet\n\nVoir\n{address}\n{address}"))
    assert "<a " not in html
    assert "onmouseover=&" in html or "onmouseover" not in html


def test_an_address_of_ours_on_its_own_line_is_a_link_and_within_a_sentence_is_not(
    light_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = html_of(written(monkeypatch, "Sujet\n\nhttp://localhost/fr/l/abc?a=1&b=2\n\nmoi http://localhost/fr/leave"))
    assert '<a href="http://localhost/fr/l/abc?a=1&amp;b=2">' in html
    assert html.count("<a ") == 1


def test_an_arabic_letter_reads_from_the_right(light_app: Flask) -> None:
    message = send.write(LETTER, Recipient("a@example.org", "أمينة", "ar"), {}, message_id="<id@example.org>")
    assert message is not None
    assert message["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl">' in html_of(message)


def test_an_attachment_keeps_its_bytes_and_its_name_is_one_line(
    light_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = "BEGIN:VCALENDAR\r\nSUMMARY:اجتماع\r\nEND:VCALENDAR\r\n".encode()
    attachment = Attachment("agenda\r\nX: y.ics", "text/calendar; method=REQUEST", calendar)
    message = written(monkeypatch, "Sujet\n\nTexte", attachments=(attachment,))
    part = next(transport.parse(message.as_bytes()).iter_attachments())
    assert part.get_payload(decode=True) == calendar
    assert part.get_content_type() == "text/calendar"
    assert "\n" not in str(part.get_filename())
    assert part["X"] is None


def test_a_letter_to_nobody_is_none(light_app: Flask) -> None:
    code = post_to(code=person(mail=None).code)
    assert jobs.run(code) is True
    assert transport.kept() == []


@command
def post_to(*, code: str, key: str | None = None) -> str:
    letters.post(LETTER, to=code, about={}, key=key)
    session().flush()
    return session().scalars(sa.select(Job.code).order_by(Job.id.desc())).first() or ""


def test_a_letter_is_in_the_mailbox_once_however_often_it_is_handed_over(light_app: Flask) -> None:
    code = post_to(code=person().code)
    for _ in range(2):
        job = jobs.Running(code, "mail", {"letter": LETTER, "to": person_code(), "about": {}}, "worker")
        send.send(job)
    assert [message["Message-ID"] for _, message in transport.kept()] == [send.message_id(code)]


def person_code() -> str:
    from eventhub.accounts.models import Person

    return session().scalars(sa.select(Person.code)).one()


def test_a_reminder_posted_twice_under_one_key_goes_once(light_app: Flask) -> None:
    code = person().code
    for _ in range(2):
        post_to(code=code, key="reminder")
    assert jobs.run_pending() == 1
    assert len(transport.kept()) == 1


def test_a_letter_that_cannot_be_written_stops_no_other(light_app: Flask) -> None:
    bad, good = person(mail="not an address").code, person(mail="karim@tunis.example.org").code
    broken, sound = post_to(code=bad), post_to(code=good)
    jobs.run_pending()
    states = dict(session().execute(sa.select(Job.code, Job.state)).all())
    assert states[sound] is JobState.DONE
    assert states[broken] is JobState.QUEUED
    assert [message["To"].addresses[0].addr_spec for _, message in transport.kept()] == ["karim@tunis.example.org"]


def test_the_sender_is_the_one_that_is_configured(light_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = dataclasses.replace(light_app.config["EVENTHUB"], mail_from="CGLU « réseau » <reseau@uclg.example.org>")
    monkeypatch.setitem(light_app.config, "EVENTHUB", settings)
    message = transport.parse(written(monkeypatch, "Sujet\n\nTexte").as_bytes())
    assert message["From"].addresses[0].addr_spec == "reseau@uclg.example.org"
    assert message["From"].addresses[0].display_name == "CGLU « réseau »"
    assert send.message_id("AB12").endswith("@uclg.example.org>")
