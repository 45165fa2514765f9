"""Pages of the programme room: the draft of the organisers, its releases, and the agenda the public reads."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("programme", __name__, url_prefix="/<lang:lang>")

from . import draft, public, releases, sessions  # noqa: E402, F401 — they put their routes on the blueprint
