"""What the demo room registers: its pages, in a demonstration only."""

from __future__ import annotations

from flask import Flask

from .views import bp, door


def wire(app: Flask) -> None:
    if app.config["EVENTHUB"].demo:
        app.register_blueprint(bp)
        app.register_blueprint(door)
