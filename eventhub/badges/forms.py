"""Forms of the badges room."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from ..core.forms import ChecksField, Form
from ..press.badges import STOCKS
from .rules import Choice

STOCK_WORDS = {
    "a4-8": _l("A4, eight badges of 90 × 54 mm, cut marks"),
    "a4-8-card": _l("A4, eight badges of 85 × 54 mm, cut marks"),
    "a4-8-full": _l("A4, eight badges of 105 × 74 mm, to the edge"),
    "a4-4": _l("A4, four badges of A6"),
    "a6": _l("A6, one badge"),
}


class BatchForm(Form):
    """Order a print run."""

    choice = RadioField(
        _l("Which badges"),
        [InputRequired()],
        choices=[(Choice.NEW.value, _l("Those not yet printed")), (Choice.ALL.value, _l("All approved people"))],
        default=Choice.NEW.value,
    )
    categories = ChecksField(_l("Categories"), description=_l("None ticked means all of them."))
    stock = RadioField(
        _l("Paper"),
        [InputRequired()],
        choices=[(name, STOCK_WORDS[name]) for name in STOCKS],
        default="a4-8",
    )


class CancelForm(Form):
    """A button."""
