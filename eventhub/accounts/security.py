"""Flask-Security: passwords with a second factor for staff. Its rows are written by itself, and audited like ours; its
pages are in our layout and words; where it would decide otherwise than the rest of the product, it is told here."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Flask, Response, g, redirect, request, url_for
from flask import session as browser_session
from flask_login import user_logged_in, user_logged_out
from flask_login.utils import _user_context_processor
from flask_security import Security, SQLAlchemyUserDatastore, Totp
from flask_security.signals import password_changed

from ..core import clock, limits
from ..core.access import actor
from ..core.db import WRITE, db, session
from ..core.library_messages import for_flask_security
from ..core.settings import Settings
from ..core.web import client, safe_path
from ..press import qr
from . import commands, forms, identity
from .models import Passkey, Role, User

FACTOR = "authenticator"
FRESH = timedelta(minutes=30)
"""How long after the password its owner may change what signs them in without giving it again."""
KEPT_AT_SIGN_IN = ("_user_id", "_fresh", "_id", "browser")
"""What of a browser's session outlives a sign-in: the new account, and the key its personal links are bound to."""

LOGIN = limits.declare("staff.login", most=10, seconds=900)
LOGIN_CLIENT = limits.declare("staff.login.client", most=60, seconds=900)
CODE = limits.declare("staff.code", most=10, seconds=900)
PASSWORD = limits.declare("staff.password", most=10, seconds=900)

FORMS = frozenset({"login", "verify", "change_password", "two_factor_token_validation", "mf_recovery"})
"""Routes of the library that redirect when a form is right, so that another answer means that it was not."""
WRITERS = frozenset(
    {"change_password", "two_factor_token_validation", "two_factor_setup_validate", "mf_recovery", "mf_recovery_codes"}
)


class Codes(Totp):
    """Codes of the authenticator app: each is accepted once (RFC 6238, 5.2)."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.tf_last_counter = tmatch.counter

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The code to scan, as an address for `<img>`."""
        picture = qr.svg(self.get_totp_uri(username, totp))
        return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def init(app: Flask) -> None:
    settings: Settings = app.config["EVENTHUB"]
    app.config.update(_config(settings, app.config["BABEL_TRANSLATION_DIRECTORIES"]))
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, Role, webauthn_model=Passkey),
        login_form=forms.PasswordSignInForm,
        verify_form=forms.VerifyForm,
        change_password_form=forms.ChangePasswordForm,
        two_factor_setup_form=forms.SetUpForm,
        two_factor_verify_code_form=forms.CodeForm,
        mf_recovery_form=forms.RecoveryForm,
        totp_cls=Codes,
    )
    security.want_json(lambda _request: False)  # its pages are pages; programs have the API
    app.extensions["eventhub-security"] = security
    _load_only_good_sign_ins(security)
    _leave_public_pages_alone(app, security)
    app.before_request(_before)
    app.after_request(_after)
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    password_changed.connect(_end_others, app)


def _load_only_good_sign_ins(security: Security) -> None:
    """A sign-in that was ended is over on the library's own pages as well."""
    load = security.login_manager._user_callback

    @security.login_manager.user_loader  # type: ignore[untyped-decorator]
    def _load(uniquifier: str) -> User | None:
        user: User | None = load(uniquifier)
        return user if user is not None and identity.signed_in_here(user) else None


def _leave_public_pages_alone(app: Flask, security: Security) -> None:
    """The libraries look at the session in every request, for things we do not use: rights, a cookie that remembers,
    the account in every template. A public page is the same for everyone and asks no one."""
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)


def _before() -> Any:
    """Limits first; then, since the library reads and writes in one transaction, begin it as a writer: on SQLite
    another writer in between would make it fail."""
    if request.blueprint != "security":
        return None
    g.enrolling = False
    name = _route()
    if name == "two_factor_rescue":  # the way out is a recovery code, or the secretariat
        return redirect(url_for("security.mf_recovery"))
    if request.method != "POST":
        return None
    _limit(name)
    g.enrolling = name == "two_factor_token_validation" and browser_session.get("tf_state") == "validating_profile"
    if name in WRITERS:
        actor()  # reads; the writer begins after it
        session().rollback()
        session().connection(execution_options={WRITE: True})
    return None


def _route() -> str:
    return str(request.endpoint).rpartition(".")[2]


def _limit(name: str) -> None:
    if name == "login":
        LOGIN_CLIENT.hit(client())
        LOGIN.hit(request.form.get("email", "").strip().lower()[:254])
    elif name in ("two_factor_token_validation", "mf_recovery"):
        CODE.hit(str(browser_session.get("tf_user_id") or actor().code or client()))
    elif name in ("verify", "change_password"):
        PASSWORD.hit(actor().code or client())


def _after(response: Response) -> Response:
    """Every redirect of the library stays inside (safety rule 6), and a form that failed says so."""
    if request.blueprint != "security":
        return response
    if request.method == "POST" and _route() in WRITERS:
        session().rollback()  # the library has committed what it meant to; the lock is given back
    if response.location:
        response.location = _inside(response.location)
        if g.get("enrolling") and "sign_in" in browser_session:
            response.location = url_for("security.mf_recovery_codes", next=response.location)
    elif request.method == "POST" and response.status_code == 200 and _route() in FORMS:
        response.status_code = 422
    return response


def _inside(location: str) -> str:
    """A path of ours. The library hands the address it was called by on as `next`, host and all: that is dropped."""
    path = safe_path(location) or url_for("site.mine")
    parts = urlsplit(path)
    query = parse_qsl(parts.query)
    kept = urlencode([(name, value) for name, value in query if name != "next" or safe_path(value)], safe="/")
    return urlunsplit(parts._replace(query=kept))


def _begin(_app: Flask, user: User, **_: Any) -> None:
    """A new sign-in begins with a new session: nothing that lay in the old one speaks for it. Then the browser is
    noted, so that its owner can end it, after the library's own transaction is over."""
    code, before = user.code, str(browser_session.get("sign_in", ""))
    session().commit()
    kept = {name: browser_session[name] for name in KEPT_AT_SIGN_IN if name in browser_session}
    browser_session.clear()
    browser_session.update(kept)
    browser_session.permanent = not user.staff
    g.pop("csrf_token", None)
    agent = request.headers.get("User-Agent", "")
    browser_session["sign_in"] = commands.begin_sign_in(user=code, agent=agent, address=client(), instead_of=before)


def _end(_app: Flask, user: Any, **_: Any) -> None:
    """Signing out ends it here and on the server: a copy of the cookie opens nothing."""
    code = browser_session.pop("sign_in", None)
    if code and getattr(user, "is_authenticated", False):
        commands.end_sign_in(user=user.code, sign_in=str(code))


def _end_others(_app: Flask, user: Any, **_: Any) -> None:
    commands.end_other_sign_ins(user=user.code, but=str(browser_session.get("sign_in", "")))


def _config(settings: Settings, translations: str) -> dict[str, Any]:
    recovery_key = base64.urlsafe_b64encode(bytes.fromhex(settings.derived_key("recovery-codes")))
    return {
        "SECURITY_URL_PREFIX": "/<lang:lang>/staff",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": settings.derived_key("password-salt"),
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_TOTP_SECRETS": {"1": settings.derived_key("totp")},
        "SECURITY_TOTP_ISSUER": "EventHub",
        "SECURITY_FRESHNESS": FRESH,
        "SECURITY_FRESHNESS_GRACE_PERIOD": FRESH / 2,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": [FACTOR],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [recovery_key],
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
        "SECURITY_I18N_DOMAIN": "messages",
        "SECURITY_I18N_DIRNAME": translations.split(";"),
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_POST_LOGIN_VIEW": "site.mine",
        "SECURITY_POST_LOGOUT_VIEW": "site.home",
        "SECURITY_POST_VERIFY_VIEW": "accounts.account",
        "SECURITY_POST_CHANGE_VIEW": "accounts.account",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "accounts.account",
        **for_flask_security(),
    }
