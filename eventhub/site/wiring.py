"""What the site room registers: the front door."""

from __future__ import annotations

from flask import Flask

from .views import bp


def wire(app: Flask) -> None:
    app.register_blueprint(bp)
