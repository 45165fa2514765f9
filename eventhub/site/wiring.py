"""What the site room registers: the frame of every page, the front door, the checks."""

from __future__ import annotations

from flask import Flask

from . import frame, health
from .views import bp


def wire(app: Flask) -> None:
    frame.init(app)
    health.init(app)
    app.register_blueprint(bp)
