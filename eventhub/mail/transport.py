"""Where mail goes: an SMTP server by setting, else a mailbox of files in the instance folder."""

from __future__ import annotations

import email
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

TIMEOUT = 30
"""Seconds for one SMTP conversation; the job's lease is kept alive meanwhile."""


def deliver(message: EmailMessage) -> None:
    """Hand over one message. Raises OSError or smtplib.SMTPException; the job then tries again later."""
    url = current_app.config["EVENTHUB"].mail_url
    if url:
        _smtp(url, message)
    else:
        _file(message)


def mailbox() -> Path:
    return Path(current_app.config["EVENTHUB"].instance) / "mail"


def kept() -> list[tuple[str, EmailMessage]]:
    """(name, message) of every kept mail, newest first, at most 500."""
    files = sorted(mailbox().glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)[:500]
    return [(path.stem, _read(path)) for path in files]


def one(name: str) -> EmailMessage | None:
    """One kept mail by its name; the name is looked up among those there are."""
    return next((_read(path) for path in mailbox().glob("*.eml") if path.stem == name), None)


def parse(data: bytes) -> EmailMessage:
    """A message as it lies in the mailbox or comes over the line."""
    return email.message_from_bytes(data, policy=SMTP)


def _read(path: Path) -> EmailMessage:
    return parse(path.read_bytes())


def _file(message: EmailMessage) -> None:
    """Named by the Message-ID: a second delivery of the same message replaces the first."""
    folder = mailbox()
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(char for char in str(message["Message-ID"]).partition("@")[0] if char.isalnum())
    temporary = folder / f".{name}.part"
    temporary.write_bytes(message.as_bytes())
    temporary.replace(folder / f"{name}.eml")


@contextmanager
def connect(url: str) -> Iterator[smtplib.SMTP]:
    """A conversation with the server at `smtp://`, `smtp+starttls://` or `smtps://[user:password@]host[:port]`."""
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    port = parts.port or (465 if secure else 587 if parts.scheme == "smtp+starttls" else 25)
    host, checked = parts.hostname or "localhost", ssl.create_default_context()
    plain = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=checked)
        if secure
        else smtplib.SMTP(host, port, timeout=TIMEOUT)
    )
    with plain as server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=checked)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _smtp(url: str, message: EmailMessage) -> None:
    with connect(url) as server:
        server.send_message(message)
