"""Forms of the accounts room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import DataRequired, Email

from ..core.forms import Form, LineField


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
