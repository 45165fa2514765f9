"""Flask-Security: passwords with a second factor for staff. Its rows are written by itself, and audited like ours."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask import session as browser_session
from flask_login import user_logged_in
from flask_security import Security, SQLAlchemyUserDatastore

from ..core import clock
from ..core.db import WRITE, db, session
from ..core.settings import Settings
from ..core.web import client
from . import commands
from .models import Passkey, Role, User

FACTOR = "authenticator"


def init(app: Flask) -> None:
    settings: Settings = app.config["EVENTHUB"]
    app.config.update(_config(settings))
    datastore = SQLAlchemyUserDatastore(db, User, Role, webauthn_model=Passkey)
    security = Security(app, datastore, register_blueprint=True)
    app.extensions["eventhub-security"] = security

    @app.before_request
    def _begin_as_writer() -> None:
        """Flask-Security reads and then writes in one transaction: on SQLite it must begin as a writer, or another
        writer in between would make it fail."""
        if request.method == "POST" and request.blueprint == "security":
            session().connection(execution_options={WRITE: True})

    user_logged_in.connect(_note, app)


def _note(_app: Flask, user: User, **_: Any) -> None:
    """Remember the browser, so that its owner can end it. After the library's own transaction is over."""
    code = user.code
    session().commit()
    browser_session["sign_in"] = commands.begin_sign_in(
        user=code, agent=request.headers.get("User-Agent", ""), address=client()
    )


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_URL_PREFIX": "/<lang:lang>/staff",
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": settings.derived_key("password-salt"),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_TOTP_SECRETS": {"1": settings.derived_key("totp")},
        "SECURITY_TOTP_ISSUER": "EventHub",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": [FACTOR],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RECOVERABLE": False,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_CONFIRMABLE": False,
        "SECURITY_TRACKABLE": False,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_DATETIME_FACTORY": clock.real_now,
        "SECURITY_FLASH_MESSAGES": True,
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
    }
