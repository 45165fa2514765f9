"""Forms of the demonstration: moving its clock, entering as somebody, and one form that shows every kind of field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FileField, RadioField, SelectField
from wtforms.validators import AnyOf, DataRequired, Email

from ..core.forms import BlockField, ChecksField, Form, LineField, TextField
from ..core.text import LANGUAGES
from .queries import DoorKind

MOMENTS = {
    "start": datetime(2016, 2, 15, 8, 0, tzinfo=UTC),
    "eve": datetime(2016, 3, 8, 17, 0, tzinfo=UTC),
    "morning": datetime(2016, 3, 9, 7, 30, tzinfo=UTC),
    "after": datetime(2016, 6, 13, 10, 0, tzinfo=UTC),
}
"""Where the clock may be moved to: in Lyon 15 February 09:00, 8 March 18:00, 9 March 08:30, 13 June 12:00 (2016)."""

THEMES = (
    _l("Intercultural management"),
    _l("Access to health and education"),
    _l("Access to housing"),
    _l("Urban planning policies"),
    _l("Access to human rights"),
    _l("Co-development strategies"),
    _l("Access to employment"),
)


class MoveClockForm(Form):
    """A moment of the demonstration."""

    to = LineField(validators=[AnyOf(list(MOMENTS))])


class EnterForm(Form):
    """A door: how, and as whom."""

    kind = LineField(validators=[AnyOf([kind.value for kind in DoorKind])])
    code = LineField(validators=[DataRequired()])


class ComponentsForm(Form):
    """Every kind of field, once."""

    name = LineField(_l("Name in Latin letters"), [DataRequired()])
    name_arabic = LineField(_l("Name in Arabic letters"))
    email = LineField(
        _l("E-mail address"),
        [DataRequired(), Email(_l("Please give a complete address, for example name@city.example.org."))],
        description=_l("Your confirmation and your calendar are sent there."),
        render_kw={"type": "email"},
    )
    category = RadioField(
        _l("Category"),
        [DataRequired()],
        choices=[("focal_point", _l("Focal point")), ("expert", _l("Expert")), ("observer", _l("Observer"))],
    )
    spoken = ChecksField(_l("Working languages"), choices=list(LANGUAGES.items()))
    note = BlockField(_l("A word to the organisers"))
    title = TextField(_l("Title of your contribution"), required=True)
    ranks = FieldList(SelectField(choices=[("", "—"), *((str(n), str(n)) for n in range(1, 8))]))
    file = FileField(_l("Document (PDF, at most 5 MB)"))
    consent = BooleanField(_l("My name may stand in the list of participants"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        while len(self.ranks) < len(THEMES):
            self.ranks.append_entry("")
        for each, theme in zip(self.ranks, THEMES, strict=False):
            each.label.text = theme
