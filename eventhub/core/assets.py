"""Stylesheet, modules, fonts and pictures: read once per worker, named by content, kept for a year by browsers."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

from .headers import FOR_EVERY_PAGE
from .pages import FILL, Entry

STYLESHEET = "app.css"
YEAR = "public, max-age=31536000, immutable"
TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


class Assets:
    """The files of `static/`; the sheets of `css/` are one stylesheet, in the order of their names."""

    def __init__(self, folder: Path, *, watch: bool = False) -> None:
        self.folder, self._watch = folder, watch
        self._entries: dict[str, tuple[str, Entry]] = {}

    def entry(self, name: str) -> tuple[str, Entry] | None:
        """(hash, page entry) of one asset, or None. The name is looked up, never joined to a path unseen."""
        if self._watch:
            self._entries.pop(name, None)
        found = self._entries.get(name)
        if found is None:
            body = self._read(name)
            if body is None:
                return None
            kind = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
            headers = (("Cache-Control", YEAR), *FOR_EVERY_PAGE.items())
            digest = hashlib.sha256(body).hexdigest()[:12]
            found = self._entries[name] = (digest, Entry(body, headers, kind))
        return found

    def _read(self, name: str) -> bytes | None:
        if name == STYLESHEET:
            return b"\n".join(sheet.read_bytes() for sheet in sorted((self.folder / "css").glob("*.css")))
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            return None
        if path.relative_to(self.folder.resolve()).as_posix() != name:
            return None  # one name per file: `img/../img/x` would be kept once for each way to write it
        return path.read_bytes()


def init(app: Flask, folder: Path, *, watch: bool = False) -> None:
    """Serve `/static/…` and give templates `static_url`."""
    assets = Assets(folder, watch=watch)

    def static_url(name: str) -> str:
        found = assets.entry(name)
        return url_for("static", filename=name, v=found[0]) if found else url_for("static", filename=name)

    def serve(filename: str) -> Response:
        found = assets.entry(filename)
        if found is None:
            abort(404)
        request.environ[FILL] = found[1]
        if request.args.get("v") == found[0]:  # only under its own hash may it be kept
            request.environ[FILL + ".address"] = f"{request.path}?v={found[0]}"
        return Response(found[1].body, mimetype=found[1].media_type)

    app.add_url_rule("/static/<path:filename>", "static", serve)
    app.jinja_env.globals["static_url"] = static_url
