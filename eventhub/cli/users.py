"""Adding accounts."""

from __future__ import annotations

from flask import Flask
from flask_security import hash_password

from ..accounts import commands
from ..core import actors


def add(app: Flask, mail: str, name: str, roles: tuple[str, ...], language: str, password: str) -> str:
    """Create the account; returns what to do next, as a sentence."""
    base = app.config["EVENTHUB"].base_url
    with app.test_request_context(f"/{language}/", base_url=base), actors.acting(actors.system("eventhub user add")):
        commands.add_user(
            mail=mail, name=name, language=language, roles=roles, password_hash=hash_password(password), staff=True
        )
        address = app.url_for("security.login", lang=language)
    may = f" as {' and '.join(roles)}" if roles else ""
    return (
        f"{mail} may sign in{may} at {base}{address}.\n"
        "The first time, the page asks to set up a second factor: have an authenticator application at hand."
    )
