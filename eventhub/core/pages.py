"""Public pages, kept as bytes and served before Flask wakes up.

A view marked `@public_page` is made once per (address, declared filters, versions, day) and worker. The porch, a thin
WSGI layer, gives those bytes to whoever asks: it touches no session, sets no cookie, and answers 304 to a reader who
has them. Access is part of the key: a page whose scope changed (published, withdrawn, corrected) is made anew, through
its view and its check, within a second in every worker.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode

import brotli
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.sansio.utils import host_is_trusted

from . import clock
from .db import db
from .i18n import DEFAULT
from .public_version import SITE, Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])
MARK = "__eventhub_public_page__"
FILL = "eventhub.page"
MOST_BYTES = 48 * 1024 * 1024
MOST_ENTRIES = 4000
MOST_ADDRESS = 1000
"""Characters of an address beyond which a page is made but not kept: nobody fills the memory with addresses."""
MOST_HOSTS = 100
COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/xml",
    "application/atom+xml",
    "image/svg+xml",
    "application/javascript",
)
SMALL = 400
"""Bytes under which compressing costs more than it saves."""


@dataclass
class Entry:
    """One page, in each encoding it was asked for."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    media_type: str
    scope: str = ""
    stamp: tuple[int, int] | None = None
    """The versions it was made from; None for what never changes under its address."""
    day: str = ""
    encodings: dict[str, tuple[bytes, list[tuple[str, str]], str]] = field(default_factory=dict)
    counted: int = 0
    """What the porch has counted for it; 0 while it is not kept."""

    @property
    def weight(self) -> int:
        compressed = sum(len(made[0]) for encoding, made in list(self.encodings.items()) if encoding)
        return len(self.body) + compressed + 2000

    def encoded(self, encoding: str) -> tuple[bytes, list[tuple[str, str]], str]:
        """(bytes, headers, strong ETag) in one encoding; compressed once."""
        made = self.encodings.get(encoding)
        if made is None:
            body = _compress(self.body, encoding)
            etag = f'"{hashlib.sha256(self.body).hexdigest()[:20]}{"-" + encoding if encoding else ""}"'
            headers = [*self.headers, ("Content-Type", self.media_type), ("ETag", etag), ("Vary", "Accept-Encoding")]
            if encoding:
                headers.append(("Content-Encoding", encoding))
            made = self.encodings[encoding] = (body, headers, etag)
        return made


class Porch:
    """The WSGI layer in front of Flask, one per worker."""

    def __init__(self, app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]], flask: Flask) -> None:
        self._app, self._flask = app, flask
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._weight = 0
        self._guard = threading.Lock()
        self._hosts: dict[str, bool] = {}
        self.watch = Watch()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":
            return self._app(environ, start)
        query = environ.get("QUERY_STRING")
        address = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        entry = self.kept(address)
        if entry is not None and self._host_is_ours(environ):
            return self._serve(entry, environ, start)
        return self._make(environ, start)

    def kept(self, address: str) -> Entry | None:
        """What is kept under an address, if it is still true."""
        entry = self._entries.get(address)
        if entry is None or not self._fresh(entry):
            return None
        with suppress(KeyError):  # another thread may just have let it go
            self._entries.move_to_end(address)
        return entry

    def _make(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Let Flask answer. If it made a public page, keep it under its address and serve the kept bytes: the first
        reader gets what every later one gets."""
        said: list[Any] = []

        def hold(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            said[:] = [status, headers, exc_info]
            return lambda _data: None

        body = self._app(environ, hold)
        entry = environ.get(FILL)
        if entry is None:
            start(said[0], said[1], said[2]) if said[2] else start(said[0], said[1])
            return body
        close = getattr(body, "close", None)
        if close is not None:
            close()
        address = environ.get(FILL + ".address")
        if address is not None and len(address) <= MOST_ADDRESS:
            self._keep(address, entry)
        return self._serve(entry, environ, start)

    def _serve(self, entry: Entry, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        encoding = _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""), entry)
        seen = encoding in entry.encodings
        body, headers, etag = entry.encoded(encoding)
        if not seen:
            self._recount(entry)
        if _names(environ.get("HTTP_IF_NONE_MATCH", ""), etag):
            start("304 Not Modified", [pair for pair in headers if pair[0] not in ("Content-Type", "Content-Encoding")])
            return []
        start("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _fresh(self, entry: Entry) -> bool:
        if entry.stamp is None:
            return True
        if self.watch.due():
            try:
                with self._flask.app_context():
                    self.watch.look()
            except SQLAlchemyError:  # Flask answers then, with an error page that has a reference
                log.exception("the public version could not be read")
                return False
        return entry.stamp == self.watch.stamp(entry.scope) and (not entry.day or entry.day == _day())

    def _host_is_ours(self, environ: WSGIEnvironment) -> bool:
        host = environ.get("HTTP_HOST", "")
        ours = self._hosts.get(host)
        if ours is None:
            ours = bool(host) and host_is_trusted(host, self._flask.config["TRUSTED_HOSTS"])
            if len(self._hosts) < MOST_HOSTS:
                self._hosts[host] = ours
        return ours

    def _keep(self, address: str, entry: Entry) -> None:
        with self._guard:
            before = self._entries.pop(address, None)
            if before is not None:
                self._let_go(before)
            self._entries[address] = entry
            self._count(entry)

    def _recount(self, entry: Entry) -> None:
        """An encoding was made since the entry was kept."""
        with self._guard:
            if entry.counted:
                self._count(entry)

    def _count(self, entry: Entry) -> None:
        self._weight += entry.weight - entry.counted
        entry.counted = entry.weight
        while self._entries and (self._weight > MOST_BYTES or len(self._entries) > MOST_ENTRIES):
            self._let_go(self._entries.popitem(last=False)[1])

    def _let_go(self, entry: Entry) -> None:
        self._weight -= entry.counted
        entry.counted = 0


def public_page(
    *, filters: tuple[str, ...] = (), scope: str = "", media_type: str = "", daily: bool = False
) -> Callable[[View], View]:
    """Mark a view whose answer is the same for everyone.

    `filters` are the query parameters it looks at; it sees no others, and they are dropped from the address that is
    kept. `scope` names the part of the address that is the scope's code (an event), else the whole site's; `daily`
    pages depend on the date. Without a language in its address a page is in the default one, whoever asks first.
    The view returns a string, bytes or a Response with status 200; anything else passes untouched.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def made(*args: Any, **parts: Any) -> Any:
            g.public_page = True
            _see_only_what_is_shared(filters)
            porch: Porch = current_app.extensions["eventhub-porch"]
            address = _address()
            kept = porch.kept(address)
            if kept is not None:  # asked with parameters that the page does not look at
                request.environ[FILL] = kept
                return current_app.response_class()
            code = str((request.view_args or {}).get(scope) or SITE) if scope else SITE
            stamp = _stamp_before_reading(porch, code)
            response = current_app.make_response(view(*args, **parts))
            if response.status_code != 200:
                return response
            request.environ[FILL + ".address"] = address
            request.environ[FILL] = Entry(
                body=response.get_data(),
                headers=_headers(response),
                media_type=media_type or response.content_type,
                scope=code,
                stamp=stamp,
                day=_day() if daily else "",
            )
            return response

        setattr(made, MARK, True)
        return cast(View, made)

    return decorate


def _see_only_what_is_shared(filters: tuple[str, ...]) -> None:
    """Hide from the view what is not in the address that is kept: other parameters, the browser's language."""
    wanted = sorted((key, value) for key, value in request.args.items(multi=True) if key in filters and value)
    request.args = ImmutableMultiDict(wanted)
    if not current_app.url_map.is_endpoint_expecting(str(request.endpoint), "lang"):
        g.lang = DEFAULT


def _address() -> str:
    """The address a page is kept under: its path as the server gives it, its filters in one order."""
    query = urlencode(list(request.args.items(multi=True)))
    path: str = request.environ["PATH_INFO"]
    return f"{path}?{query}" if query else path


def _stamp_before_reading(porch: Porch, code: str) -> tuple[int, int]:
    """The versions a page is made from, taken before anything it shows is read: a change in between makes the page
    look older than it is, never newer. A reading transaction that began before would see older rows than the stamp
    says; it is ended."""
    if porch.watch.due():
        porch.watch.look()
    stamp = porch.watch.stamp(code)
    if db.session.registry.has():
        db.session.rollback()
    return stamp


def init(app: Flask) -> None:
    """Put the porch in front of the application."""
    porch = Porch(app.wsgi_app, app)
    app.extensions["eventhub-porch"] = porch
    app.wsgi_app = porch  # type: ignore[method-assign, assignment]


def is_public_page(app: Flask, endpoint: str) -> bool:
    view = app.view_functions.get(endpoint)
    while view is not None:
        if getattr(view, MARK, False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    """What of Flask's headers goes with the page: never a cookie, never what speaks of one reader."""
    from .headers import for_every_page

    own = [(k, v) for k, v in response.headers if k in ("Content-Disposition", "Content-Language", "Link")]
    return (("Cache-Control", "public, no-cache"), *for_every_page(current_app.config["EVENTHUB"]).items(), *own)


def _names(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match names this version (RFC 9110, 13.1.2: compared weakly; `*` is any)."""
    if not if_none_match or if_none_match == etag:
        return bool(if_none_match)
    named = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return etag in named or named == ["*"]


def _encoding(accepted: str, entry: Entry) -> str:
    if len(entry.body) < SMALL or not entry.media_type.startswith(COMPRESSIBLE):
        return ""
    return _best(accepted)


@lru_cache(maxsize=256)
def _best(accepted: str) -> str:
    """The best of our encodings that an Accept-Encoding takes; `br;q=0` refuses one (RFC 9110, 12.5.3)."""
    taken = set()
    for each in accepted.lower().split(","):
        name, _, weight = each.partition(";")
        if not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight):
            taken.add(name.strip())
    return next((name for name in ("br", "gzip") if name in taken), "")


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=5))
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else body


def _day() -> str:
    return clock.today().isoformat()
