"""The mailbox of the demonstration: what was written, made readable without running or fetching anything of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from flask import current_app
from markupsafe import Markup, escape

from ..core import lists
from ..core.folding import fold
from ..core.text import LANGUAGES, clean_block, clean_line, direction
from ..mail import transport

LINK = re.compile(r"https?://[^\s<>]+")
TAGS = {"p", "br", "a", "strong", "em", "ul", "ol", "li"}


@dataclass(frozen=True)
class File:
    """An attachment, by its place in the mail."""

    number: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Mail:
    """One kept mail."""

    name: str
    sender: str
    to: str
    subject: str
    sent_at: datetime | None
    language: str
    text: str
    html: str
    files: tuple[File, ...]

    @property
    def dir(self) -> str:
        return direction(self.language)

    @property
    def body(self) -> Markup:
        """The text, its line breaks kept, with links to this install only (safety rule 14)."""
        parts, at = [], 0
        for found in LINK.finditer(self.text):
            parts += [escape(self.text[at : found.start()]), _linked(found.group(0))]
            at = found.end()
        return Markup("").join([*parts, escape(self.text[at:])])

    @property
    def shown_html(self) -> Markup:
        """The HTML version, cleaned down to paragraphs and to links to this install."""
        import nh3

        def ours(tag: str, attribute: str, value: str) -> str | None:
            return value if value.startswith(f"{_base()}/") else None

        clean = nh3.clean(
            self.html,
            tags=TAGS,
            clean_content_tags={"script", "style", "title"},
            attributes={"a": {"href"}},
            attribute_filter=ours,
        )
        return Markup(clean)  # noqa: S704 — nh3 has just cleaned it


def listed(asked: lists.Wanted) -> lists.Page[Mail]:
    """The mails whose recipient or subject holds the words, newest first."""
    words = fold(asked.search).split()
    mails = [read(name, message) for name, message in transport.kept()]
    found = [mail for mail in mails if all(word in fold(f"{mail.to} {mail.subject}") for word in words)]
    last = max(1, -(-len(found) // lists.PAGE_SIZE))
    at = min(asked.page, last)
    rows = found[(at - 1) * lists.PAGE_SIZE : at * lists.PAGE_SIZE]
    seen = lists.Wanted(asked.search, asked.filters, asked.sort, asked.descending, at)
    return lists.Page(rows, len(found), seen, lists.PAGE_SIZE)


def one(name: str) -> Mail | None:
    message = transport.one(name)
    return None if message is None else read(name, message)


def attachment(name: str, number: int) -> tuple[File, bytes] | None:
    """A file of a mail and its bytes, or None."""
    message = transport.one(name)
    parts = _attached(message) if message is not None else ()
    if not 0 <= number < len(parts):
        return None
    data = parts[number].get_payload(decode=True)
    return _file(number, parts[number]), data if isinstance(data, bytes) else b""


def read(name: str, message: EmailMessage) -> Mail:
    language = _language(message)
    return Mail(
        name=name,
        sender=clean_line(str(message["From"] or "")),
        to=clean_line(str(message["To"] or "")),
        subject=clean_line(str(message["Subject"] or "")),
        sent_at=parsedate_to_datetime(str(message["Date"])) if message["Date"] else None,
        language=language,
        text=clean_block(_words(message, "plain")),
        html=clean_block(_words(message, "html")),
        files=tuple(_file(number, part) for number, part in enumerate(_attached(message))),
    )


def _language(message: EmailMessage) -> str:
    """As the mail says, on itself or on its text."""
    text = message.get_body(preferencelist=("plain", "html"))
    said = str(message["Content-Language"] or (text["Content-Language"] if text is not None else None) or "").strip()
    return said if said in LANGUAGES else ""


def _words(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _attached(message: EmailMessage) -> Sequence[EmailMessage]:
    return [part for part in message.iter_attachments() if isinstance(part, EmailMessage)]


def _file(number: int, part: EmailMessage) -> File:
    data = part.get_payload(decode=True)
    size = len(data) if isinstance(data, bytes) else 0
    return File(number, part.get_filename() or f"{number + 1}", part.get_content_type(), size)


def _linked(address: str) -> Markup:
    if not address.startswith(f"{_base()}/"):
        return escape(address)
    return Markup('<a href="{0}">{0}</a>').format(address)


def _base() -> str:
    return str(current_app.config["EVENTHUB"].base_url)
