"""What the mail room registers: the job that sends."""

from __future__ import annotations

from flask import Flask

from . import send


def wire(app: Flask) -> None:
    app.extensions["eventhub-send"] = send.send  # importing the module has registered the job
