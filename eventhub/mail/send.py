"""Render and send: one job per letter."""

from __future__ import annotations

import html
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate, parseaddr

from flask import current_app, g, render_template
from flask_babel import force_locale
from markupsafe import Markup

from ..core import jobs
from ..core.text import clean_line, direction
from . import transport
from .letters import Content, Recipient, letters, recipients

LINK = re.compile(r"^https?://(?:[^\s<>&]|&amp;)+$", re.MULTILINE)
"""An address (escaped already) alone on its line, as our templates set them: in a sentence it may be anyone's text."""


@jobs.handler("mail")
def send(job: jobs.Running) -> str | None:
    """Compose in the recipient's language and hand to the transport. The Message-ID comes from the job's code, so a
    second try after an unrecorded acceptance is the same message to any mail system."""
    payload = job.payload
    recipient = recipients["person"](payload["to"])
    if recipient is None or not recipient.address:
        return None
    message = write(payload["letter"], recipient, payload["about"], message_id=message_id(job.code))
    if message is not None:
        transport.deliver(message)
    return None


def message_id(job_code: str) -> str:
    domain = parseaddr(current_app.config["EVENTHUB"].mail_from)[1].rpartition("@")[2] or "localhost"
    return f"<{job_code.lower()}@{domain}>"


def write(letter: str, recipient: Recipient, about: dict[str, str], *, message_id: str) -> EmailMessage | None:
    """The whole message, or None when there is nothing left to say."""
    with speaking(recipient.language):
        content = letters[letter].compose(about)
        if content is None:
            return None
        text = render_template(f"mail/{letter}.txt", recipient=recipient, **content.values)
    subject, _, body = text.strip().partition("\n")
    return _message(recipient, clean_line(subject), body.strip() + "\n", content, message_id)


class speaking:  # noqa: N801 — reads as a word: `with speaking("ar"):`
    """Everything inside is in this language: texts, dates and the addresses of links."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __enter__(self) -> None:
        self._before = g.get("lang")
        g.lang = self.language
        self._locale = force_locale(self.language)
        self._locale.__enter__()

    def __exit__(self, *error: object) -> None:
        self._locale.__exit__(*error)
        g.lang = self._before


def _message(recipient: Recipient, subject: str, body: str, content: Content, message_id: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP_POLICY)
    name, address = parseaddr(current_app.config["EVENTHUB"].mail_from)
    message["From"] = Address(clean_line(name), addr_spec=address)
    message["To"] = Address(clean_line(recipient.name), addr_spec=recipient.address)
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    message.add_alternative(_as_html(body, subject, recipient.language), subtype="html")
    for file in content.attachments:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub.partition(";")[0], filename=clean_line(file.name))
        if main == "text":
            message.get_payload()[-1].set_param("charset", "utf-8")  # type: ignore[union-attr, index]
    message["Content-Language"] = recipient.language  # last: setting the content takes such headers away
    return message


def _as_html(body: str, subject: str, language: str) -> str:
    """The same words with direction and real links. Only an address of this install, alone on its line, becomes one
    (safety rule 14)."""
    base = str(current_app.config["EVENTHUB"].base_url)

    def linked(found: re.Match[str]) -> str:
        address = found.group(0)
        return f'<a href="{address}">{address}</a>' if address.startswith(f"{base}/") else address

    paragraphs = (LINK.sub(linked, html.escape(part)) for part in body.strip().split("\n\n"))
    inner = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)
    page = (
        '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title></head>'
        "<body><main>{}</main></body></html>"
    )
    return str(Markup(page).format(language, direction(language), subject, Markup(inner)))  # noqa: S704 — escaped above


__all__ = ["message_id", "send", "speaking", "write"]
