"""Public pages, kept as bytes and served before Flask wakes up.

A view marked `@public_page` is made once per (address, declared filters, versions, day) and worker. The porch, a thin
WSGI layer, gives those bytes to whoever asks: it touches no session, sets no cookie, and answers 304 to a reader who
has them. Access is part of the key: a page whose scope changed (published, withdrawn, corrected) is made anew, through
its view and its check, within a second in every worker.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import parse_qsl, urlencode

import brotli
from flask import Flask, Response, current_app, g, request

from . import clock
from .public_version import SITE, Watch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

View = TypeVar("View", bound=Callable[..., Any])
MARK = "__eventhub_public_page__"
FILL = "eventhub.page"
MOST_BYTES = 48 * 1024 * 1024
MOST_ENTRIES = 4000
COMPRESSIBLE = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml", "application/javascript")  # fmt: skip
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

    @property
    def weight(self) -> int:
        return len(self.body) + sum(len(body) for body, _, _ in self.encodings.values()) + 1000

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
        self.watch = Watch()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":
            return self._app(environ, start)
        query = environ.get("QUERY_STRING")
        address = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        entry = self._entries.get(address)
        if entry is not None and self._fresh(entry) and self._host_is_ours(environ):
            return _serve(entry, environ, start)
        return self._make(address, environ, start)

    def _make(self, address: str, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Let Flask answer. If it made a public page, keep it under this address and serve the kept bytes: the first
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
        if environ.get(FILL + ".address") == address:
            self._keep(address, entry)
        return _serve(entry, environ, start)

    def _fresh(self, entry: Entry) -> bool:
        if entry.stamp is None:
            return True
        if self.watch.due():
            with self._flask.app_context():
                self.watch.look()
        return entry.stamp == self.watch.stamp(entry.scope) and (not entry.day or entry.day == _day())

    def _host_is_ours(self, environ: WSGIEnvironment) -> bool:
        host = environ.get("HTTP_HOST", "").rpartition(":")[0] or environ.get("HTTP_HOST", "")
        return host in self._flask.extensions["eventhub-hosts"]

    def _keep(self, address: str, entry: Entry) -> None:
        with self._guard:
            before = self._entries.pop(address, None)
            self._weight += entry.weight - (before.weight if before else 0)
            self._entries[address] = entry
            while self._entries and (self._weight > MOST_BYTES or len(self._entries) > MOST_ENTRIES):
                _, gone = self._entries.popitem(last=False)
                self._weight -= gone.weight


def public_page(
    *, filters: tuple[str, ...] = (), scope: str = "", media_type: str = "", daily: bool = False
) -> Callable[[View], View]:
    """Mark a view whose answer is the same for everyone.

    `filters` are the query parameters it looks at, others are dropped from the address that is kept; `scope` names
    the part of the address that is the scope's code (an event), else the whole site's; `daily` pages depend on the
    date. The view returns a string, bytes or a Response with status 200; anything else passes untouched.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def made(*args: Any, **parts: Any) -> Any:
            g.public_page = True
            g.public_scope = SITE
            porch: Porch | None = current_app.extensions.get("eventhub-porch")
            if porch is not None and porch.watch.due():
                porch.watch.look()
            stamps = dict(porch.watch.numbers) if porch is not None else {}
            code = str((request.view_args or {}).get(scope) or SITE) if scope else SITE
            answer = view(*args, **parts)
            response = current_app.make_response(answer)
            if response.status_code != 200 or porch is None:
                return response
            wanted = [(key, value) for key, value in sorted(parse_qsl(request.query_string.decode())) if key in filters]
            address = request.path + (f"?{urlencode(wanted)}" if wanted else "")
            request.environ[FILL + ".address"] = address
            request.environ[FILL] = Entry(
                body=response.get_data(),
                headers=_headers(response),
                media_type=media_type or response.content_type,
                scope=code,
                stamp=(stamps.get(SITE, 0), stamps.get(code, 0)),
                day=_day() if daily else "",
            )
            return response

        setattr(made, MARK, True)
        return cast(View, made)

    return decorate


def init(app: Flask) -> None:
    """Put the porch in front of the application."""
    porch = Porch(app.wsgi_app, app)
    app.extensions["eventhub-porch"] = porch
    app.wsgi_app = porch  # type: ignore[method-assign]


def is_public_page(app: Flask, endpoint: str) -> bool:
    view = app.view_functions.get(endpoint)
    while view is not None:
        if getattr(view, MARK, False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    """What of Flask's headers goes with the page: never a cookie, never what speaks of one reader."""
    from .headers import FOR_EVERY_PAGE

    own = [(k, v) for k, v in response.headers if k in ("Content-Disposition", "Content-Language", "Link")]
    return (("Cache-Control", "public, no-cache"), *FOR_EVERY_PAGE.items(), *own)


def _serve(entry: Entry, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    body, headers, etag = entry.encoded(_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""), entry))
    if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start("304 Not Modified", [pair for pair in headers if pair[0] not in ("Content-Type", "Content-Encoding")])
        return []
    start("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _encoding(accepted: str, entry: Entry) -> str:
    if len(entry.body) < SMALL or not entry.media_type.startswith(COMPRESSIBLE):
        return ""
    if "br" in accepted:
        return "br"
    return "gzip" if "gzip" in accepted else ""


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return brotli.compress(body, quality=5)
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else body


def _day() -> str:
    return clock.today().isoformat()
