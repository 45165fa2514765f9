"""EventHub runs the meetings of a network of cities. `create_app` puts the house together, floor by floor."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from .core import access, assets, clock, demo_clock, files, headers, i18n, logs, pages, shield, web
from .core import db as database
from .core.settings import Mode, Settings
from .core.settings import load as load_settings

HERE = Path(__file__).parent
ROOMS = ("mail", "accounts", "network", "events", "registration", "programme", "badges", "site", "demo")
"""Bottom floor first: each room's `wiring.py` registers its part."""


def create_app(settings: Settings | None = None) -> Flask:
    """A whole EventHub. Raises SettingsError or RouteWithoutPolicy instead of starting half right."""
    settings = settings or load_settings()
    app = Flask("eventhub", static_folder=None, template_folder=str(_beside("templates")))
    app.config.update(_flask_config(settings))
    app.testing = settings.mode is Mode.TEST
    app.extensions["eventhub-hosts"] = frozenset(settings.trusted_hosts)
    logs.init(app, settings.log_level)
    _database(app, settings)
    i18n.init(app, _beside("translations"))
    headers.init(app, settings)
    shield.init(app, settings)
    CSRFProtect(app)
    web.init(app)
    files.init(app, settings.files_url, settings.instance)
    assets.init(app, HERE / "static", watch=app.testing)
    _bell(app, settings)
    pages.init(app)
    for room in ROOMS:
        wiring = importlib.import_module(f".{room}.wiring", __name__)
        wiring.wire(app)
    from .policy import BY_NAME, POLICY

    access.init(app, POLICY, by_name=BY_NAME)
    access.check(app)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _beside(name: str) -> Path:
    """A folder beside the package in a checkout, inside it in an installed wheel."""
    inside = HERE / name
    return inside if inside.is_dir() else HERE.parent / name


def _flask_config(settings: Settings) -> dict[str, Any]:
    secure = settings.base_url.startswith("https://")
    return {
        "EVENTHUB": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": settings.mode is not Mode.TEST,  # an error in the log names no person
            **({} if settings.sqlite else {"pool_size": 5}),
        },
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "MAX_CONTENT_LENGTH": settings.upload_limit,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "__Host-eventhub" if secure else "eventhub",  # a subdomain cannot plant the first
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "PERMANENT_SESSION_LIFETIME": 14 * 86_400,
        "WTF_CSRF_TIME_LIMIT": 8 * 3600,
        "WTF_CSRF_SSL_STRICT": False,
    }


def _database(app: Flask, settings: Settings) -> None:
    if settings.sqlite:
        settings.instance.mkdir(parents=True, exist_ok=True)
    database.db.init_app(app)
    with app.app_context():
        database.prepare(database.db.engine, synchronous=settings.sqlite_synchronous)
    if settings.demo:
        clock.use_offset(lambda: _in_app(app, demo_clock.read))
    elif settings.mode is not Mode.TEST:
        clock.use_offset(None)


def _in_app(app: Flask, function: Any) -> Any:
    with app.app_context():
        return function()


def _bell(app: Flask, settings: Settings) -> None:
    if settings.mode is Mode.TEST and not settings.jobs_url:
        return
    from .core import bell

    bell.init(app, settings)


__all__ = ["create_app"]
