"""Two versions of one thing side by side, for a save that met a newer one (safety rule 16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _

from ..core import i18n
from ..core.errors import Changed
from ..core.text import LANGUAGES, Text
from .forms import RevisedForm

_NONE: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Difference:
    """One field that differs: what the reader typed and what stands now."""

    label: str
    mine: str
    theirs: str


def differences(form: RevisedForm, refused: Changed, labels: Mapping[str, Any] = _NONE) -> list[Difference]:
    """What differs, field by field; of a text in several languages, language by language. `labels` name what is no
    field of the form. The form then carries the present revision, so that a second save is made knowing both."""
    mine, theirs = refused.values["mine"], refused.values["theirs"]
    form.revision.data = str(refused.values["revision"])
    found: list[Difference] = []
    for name, value in mine.items():
        if value != theirs[name]:
            label = labels.get(name) or (form[name].label.text if name in form else name)
            found.extend(_of_field(str(label), value, theirs[name]))
    return found


def _of_field(label: str, mine: Any, theirs: Any) -> list[Difference]:
    if not isinstance(mine, Text):
        return [Difference(label, _shown(mine), _shown(theirs))]
    return [
        Difference(f"{label} ({LANGUAGES[code]})", mine.values.get(code, "—"), theirs.values.get(code, "—"))
        for code in LANGUAGES
        if mine.values.get(code) != theirs.values.get(code)
    ]


def _shown(value: Any) -> str:
    """A value of a form in words."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return i18n.daytime(value, "UTC")
    if isinstance(value, date):
        return i18n.day(value)
    if isinstance(value, time):
        return i18n.clock_time(value)
    if isinstance(value, list):
        return i18n.joined(i18n.language_name(str(code)) for code in value)
    named = getattr(value, "name", None) or getattr(value, "title", None)
    return i18n.plain_text(named) if isinstance(named, Text) else str(value)
