"""What the badges room registers with the floors below."""

from __future__ import annotations

from flask import Flask


def wire(app: Flask) -> None:
    """Nothing yet."""
