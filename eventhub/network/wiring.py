"""What the network room registers with the floors below."""

from __future__ import annotations

from flask import Flask

from ..core import registry, richtext
from . import queries, work
from .views import bp


def wire(app: Flask) -> None:
    app.jinja_env.filters["rich"] = richtext.render
    registry.personal_data.add("network", queries.personal_data)
    app.register_blueprint(bp)
    app.register_blueprint(work.bp)
