"""Forms of the accounts room: our own, and Flask-Security's with our words."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import forms as library
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import get_message
from wtforms import HiddenField
from wtforms.validators import DataRequired, Email

from ..core.forms import Form, LineField
from ..core.web import safe_path


class SignInForm(Form):
    """Ask for a link to sign in with."""

    mail = LineField(
        _l("E-mail address"),
        [DataRequired(), Email(_l("Please give a complete address, for example name@city.example.org."))],
        render_kw={"type": "email", "autocomplete": "email", "inputmode": "email"},
    )
    next = HiddenField()


class EmptyForm(Form):
    """A button: nothing but the token that shows it was pressed on our page."""


def plain_code(value: Any) -> Any:
    """A code as it was issued, whatever keyboard typed it: digits of any script, no spaces, small letters."""
    if not isinstance(value, str):
        return value
    digits = (str(unicodedata.digit(char)) if unicodedata.category(char) == "Nd" else char for char in value)
    return "".join("".join(digits).split()).lower()


class Worded:
    """A form of the library that speaks as ours do: labels from `words`, messages from our catalogue. An address to
    come back to that is not ours is dropped, and is nobody's mistake to mend."""

    words: Mapping[str, Any] = {}

    class Meta(Form.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.words.items():
            getattr(self, name).label.text = text
        if hasattr(self, "next"):
            self.next.data = safe_path(self.next.data) or ""

    def validate(self, **kwargs: Any) -> bool:
        """As the library does; what it says comes as plain text, which its lazy strings are not."""
        right: bool = super().validate(**kwargs)  # type: ignore[misc]
        for field in self._fields.values():  # type: ignore[attr-defined]
            field.errors = [str(error) for error in field.errors]
        return right


class PasswordSignInForm(Worded, library.LoginForm):
    """Sign in with a password; the second factor follows."""

    remember = None
    words = {"email": _l("E-mail address"), "password": _l("Password")}


class VerifyForm(Worded, library.VerifyForm):
    """Give the password again before something that matters."""

    words = {"password": _l("Password")}

    def validate(self, **kwargs: Any) -> bool:
        if not self.user.password:  # an account that signs in by mail has none, and the library would trip over it
            self.password.errors = [get_message("INVALID_PASSWORD")[0]]
            return False
        return super().validate(**kwargs)


class ChangePasswordForm(Worded, library.ChangePasswordForm):
    """Change one's password."""

    words = {
        "password": _l("Present password"),
        "new_password": _l("New password"),
        "new_password_confirm": _l("New password, again"),
    }


class SetUpForm(Worded, library.TwoFactorSetupForm):
    """Set up the second factor; there is one kind, so its choice is hidden."""


class CodeForm(Worded, library.TwoFactorVerifyCodeForm):
    """A code from the authenticator app."""

    words = {"code": _l("Code of six digits")}

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        self.code.data = plain_code(self.code.data)


class RecoveryForm(Worded, MfRecoveryForm):
    """A recovery code instead of one from the app."""

    words = {"code": _l("Recovery code")}

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        self.code.data = plain_code(self.code.data)
