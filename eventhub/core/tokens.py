"""Signed tokens for one purpose each. Signatures use the wall's time, never the demo's."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer


class BadToken(ValueError):
    """The token was not made here, for this purpose, or not lately enough. Which of them is not told."""


def make(purpose: str, value: str) -> str:
    """A URL-safe token that carries a value for one purpose."""
    return str(_serializer(purpose).dumps(value))


def read(purpose: str, token: str, *, max_age: int) -> str:
    """The value of a token not older than `max_age` seconds. Raises BadToken."""
    try:
        return str(_serializer(purpose).loads(token, max_age=max_age))
    except (BadData, UnicodeError) as refused:
        raise BadToken from refused


def digest(purpose: str, value: str) -> str:
    """A keyed hash, to recognise a value without keeping it."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"eventhub.{purpose}")
