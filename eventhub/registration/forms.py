"""Forms of the registration room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField
from wtforms.validators import DataRequired, Email, NumberRange, Optional

from ..accounts.models import Script
from ..core import i18n
from ..core.forms import BlockField, ChecksField, ChoiceField, Form, LineField, TextField
from ..core.text import LANGUAGES, clean_line
from ..events.forms import RevisedForm
from .answers import Answers
from .fields import NOT_COMPLETE, LevelsField, RankingField
from .models import Category, Delegation
from .words import COLOURS, FOOD

MOST_PLACES = 100_000
MAIL = [DataRequired(), Email(_l("Please give a complete address, for example name@city.example.org."))]


def _mail(label: Any, **kwargs: Any) -> LineField:
    return LineField(label, MAIL, most=254, render_kw={"type": "email", "inputmode": "email"}, **kwargs)


def _languages(label: Any, **kwargs: Any) -> ChoiceField:
    return ChoiceField(label, choices=list(LANGUAGES.items()), **kwargs)


def _number(value: Any) -> str:
    """A revision as our page sent it; anything else is none, and is not echoed."""
    text = str(value or "")
    return text if text.isascii() and text.isdigit() and len(text) < 10 else ""


class Revised(RevisedForm):
    revision = HiddenField(filters=[_number])


class RegistrationForm(Revised):
    """Everything a participant is asked. A draft may be kept half done; `complete` says what is missing."""

    form_of_address = LineField(_l("Form of address"), most=40)
    given_name = LineField(_l("Given name"), most=120)
    family_name = LineField(_l("Family name"), most=120)
    given_name_arabic = LineField(_l("Given name"), most=120)
    family_name_arabic = LineField(_l("Family name"), most=120)
    script = RadioField(
        _l("Which one do we show first, on your badge as well?"),
        choices=[("latin", _l("Latin script")), ("arabic", _l("Arabic script"))],
        default="latin",
        validate_choice=False,
    )
    function = LineField(_l("Function"), most=300)
    organisation = LineField(_l("City administration or organisation"), most=300)
    phone = LineField(_l("Telephone"), most=40)
    language = _languages(_l("In which language shall we write to you?"), validate_choice=False)
    languages = LevelsField(_l("Working languages"), languages=tuple(LANGUAGES))
    food_needs = ChecksField(_l("Food"), choices=list(FOOD.items()))
    food_note = LineField(_l("Allergies or other wishes"), most=500)
    access_needs = BlockField(_l("Access"), most=1000)
    ranking = RankingField(_l("Themes in the order of your interest"))
    note = BlockField(_l("Note to the organisers"), most=2000)

    def begin(self, answers: Answers, revision: int) -> None:
        """What we know already stands in the form; what was just typed stays."""
        if self.is_submitted():
            return
        for name in ANSWERED:
            self[name].data = getattr(answers, name)
        self.food_needs.data = list(answers.food_needs)
        self.revision.data = str(revision)

    def in_order_of(self, language: str) -> None:
        """The reader's own script is offered first."""
        if language == "ar":
            self.script.choices = self.script.choices[::-1]

    def answers(self) -> Answers:
        return Answers(
            **{name: self[name].data or "" for name in LINES},
            script=self.script.data if self.script.data in list(Script) else Script.LATIN.value,
            language=self.language.data if self.language.data in LANGUAGES else i18n.language(),
            languages=tuple(self.languages.data or ()),
            food_needs=tuple(self.food_needs.data or ()),
            ranking=tuple(self.ranking.data or ()),
        )

    def rank(self, themes: Sequence[tuple[str, str]], answers: Answers) -> None:
        formdata = request.form if self.is_submitted() else None
        self.ranking.offer(themes, formdata, answers.ranking)

    def is_complete(self, *, ranks: bool) -> bool:
        """Whether it can be sent; what is missing is said beside its field."""
        answers = self.answers()
        if not answers.latin and not answers.arabic:
            first = self.given_name_arabic if i18n.language() == "ar" else self.given_name
            first.errors = [*first.errors, _("Please write your name, in at least one of the two scripts.")]
        if not answers.languages:
            self.languages.errors = [_("Please say which of these languages you speak.")]
        if ranks and not self.ranking.complete and not self.ranking.errors:
            self.ranking.errors = [str(NOT_COMPLETE)]
        return not self.errors

    @property
    def errors(self) -> dict[str, Any]:
        """Also what was found after WTForms had looked."""
        return {name: field.errors for name, field in self._fields.items() if field.errors}


LINES = (
    "form_of_address", "given_name", "family_name", "given_name_arabic", "family_name_arabic", "function",
    "organisation", "phone", "food_note", "access_needs", "note",
)  # fmt: skip
ANSWERED = (*LINES, "script", "language", "languages")


class EmptyForm(Form):
    """A button: nothing but the token that shows it was pressed on our page."""


class ReasonForm(Form):
    """Why; said to the person concerned."""

    reason = BlockField(_l("Reason"), most=1000)
    next = HiddenField()


class RefuseForm(ReasonForm):
    reason = BlockField(_l("Reason"), [DataRequired()], most=1000, description=_l("The person reads it in our letter."))


class AskForm(Form):
    """Anyone asks for a place in an open category; the rest follows on the personal page."""

    category = ChoiceField(_l("Category"), [DataRequired()])
    given_name = LineField(_l("Given name"), [DataRequired()], most=120, render_kw={"autocomplete": "given-name"})
    family_name = LineField(_l("Family name"), [DataRequired()], most=120, render_kw={"autocomplete": "family-name"})
    mail = _mail(_l("E-mail address"), description=_l("We send you a personal link; there is no password."))
    language = _languages(_l("In which language shall we write to you?"))


class NominateForm(Form):
    """The lead names a member; the person answers for himself or herself."""

    name = LineField(
        _l("Name"), [DataRequired()], most=240,
        description=_l("Given name first, in Latin or Arabic script, as the person writes it."),
    )  # fmt: skip
    mail = _mail(_l("E-mail address"), description=_l("The person receives a personal link there."))
    category = ChoiceField(_l("Category"), [DataRequired()])
    function = LineField(_l("Function"), most=300)
    language = _languages(_l("Language of our letters"))

    def offer(self, categories: Sequence[Category], language: str) -> None:
        self.category.choices = names_of(categories)
        if not self.is_submitted():
            self.language.data = language


class InviteForm(NominateForm):
    """The organiser invites one person."""

    name = LineField(_l("Name"), most=240, description=_l("Given name first, in Latin or Arabic script."))
    delegation = ChoiceField(_l("Delegation"), empty=_l("None"))


class InviteLinesForm(Form):
    """The organiser invites several people, one to a line; looked at before anything is done."""

    lines = BlockField(
        _l("One person to a line"), [DataRequired()], most=200_000,
        description=_l("mail; name; category; city; language. Category and city by their name in any language."),
    )  # fmt: skip
    category = ChoiceField(_l("Category where a line names none"), empty=_l("None"))


class CategoryForm(Revised):
    name = TextField(_l("Name"), required=True)
    capacity = IntegerField(
        _l("Places"), [Optional(), NumberRange(0, MOST_PLACES)], description=_l("Empty means no limit of its own.")
    )
    priority = IntegerField(
        _l("Priority on the waiting list"), [DataRequired(), NumberRange(1, 99)],
        description=_l("Categories with a lower number are promoted first."),
    )  # fmt: skip
    colour = ChoiceField(_l("Colour of the badge"), choices=list(COLOURS.items()))
    open_to_public = BooleanField(_l("Anyone may ask for a place"))
    ranks_themes = BooleanField(_l("Participants rank the themes"))


class NewCategoryForm(CategoryForm):
    key = LineField(
        _l("Short name"), [DataRequired()], most=40, description=_l("Small letters, as it stands in lists of data.")
    )


class DelegationForm(Form):
    """Places of a delegation, in all; those by category are drawn beside it."""

    quota = IntegerField(
        _l("Places in all"), [Optional(), NumberRange(0, MOST_PLACES)], description=_l("Empty means no limit.")
    )


class LeadForm(Form):
    """Who leads a delegation."""

    name = LineField(_l("Name"), most=240, description=_l("Needed for an address we do not know yet."))
    mail = _mail(_l("E-mail address"), description=_l("The lead receives the delegation's page there."))
    language = _languages(_l("Language of our letters"))


class CategoryChoiceForm(Form):
    category = ChoiceField(_l("Category"), [DataRequired()])


class NewDelegationForm(Form):
    """A delegation of a city or a partner that has none yet."""

    whose = ChoiceField(_l("City or partner"), [DataRequired()])
    quota = IntegerField(_l("Places in all"), [Optional(), NumberRange(0, MOST_PLACES)])


def names_of(rows: Sequence[Category]) -> list[tuple[str, str]]:
    """(code, name) in the reader's language."""
    return [(row.code, i18n.plain_text(row.name)) for row in rows]


def places_by_category(
    categories: Sequence[Category], known: dict[str, int | None]
) -> tuple[list[tuple[Category, str, str]], dict[str, int | None], bool]:
    """The numbers typed beside a delegation: (category, input name, value) for the page, category → places for the
    command, and whether all of them are numbers."""
    shown: list[tuple[Category, str, str]] = []
    given: dict[str, int | None] = {}
    good = True
    for row in categories:
        name = f"quota-{row.code}"
        before = known.get(row.code)
        stands = "" if before is None else str(before)
        typed = clean_line(request.form.get(name, "")) if request.method == "POST" else stands
        shown.append((row, name, typed[:8]))
        if not typed:
            given[row.code] = None
        elif typed.isascii() and typed.isdigit() and int(typed) <= MOST_PLACES:
            given[row.code] = int(typed)
        else:
            good = False
    return shown, given, good


def delegation_choices(rows: Sequence[Delegation]) -> list[tuple[str, str]]:
    """(code, city or partner) in the reader's language."""
    from .letters import delegation_name

    return [(row.code, delegation_name(row)) for row in rows]
