"""Forms: Flask-WTF with our own cleaning, and fields WTForms does not know: multilingual texts, local slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import get_translations
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from .text import LANGUAGES, Text, clean_block, clean_line

LINE_MOST = 300
BLOCK_MOST = 20_000


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form. Lines and blocks are cleaned of control characters and direction overrides as they
    come in (safety rule 14), and none is longer than its column."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> Any:
            return Translations()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """What a field shows again because it could not read it (a number, a day) is cleaned as well."""
        super().process(*args, **kwargs)
        for field in self._fields.values():
            raw = getattr(field, "raw_data", None) or ()
            if any(isinstance(each, str) for each in raw):
                field.raw_data = [clean_block(each) if isinstance(each, str) else each for each in raw]

    def values(self) -> dict[str, Any]:
        """What the form says, by field, without its token."""
        return {name: field.data for name, field in self._fields.items() if name not in ("csrf_token", "next")}


class LineField(StringField):  # type: ignore[misc]
    """One line of text, cleaned; empty is an empty string."""

    data: Any

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), *, most: int = LINE_MOST, **kwargs: Any):
        super().__init__(label, [*validators, Length(max=most)], **kwargs)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        self.data = self.data or ""  # a request without any field leaves None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean_line(valuelist[0]) if valuelist else ""
        self.raw_data = [self.data]  # "required" looks at what is left


class BlockField(TextAreaField):  # type: ignore[misc]
    """Several lines of text, cleaned."""

    data: Any

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), *, most: int = BLOCK_MOST, **kwargs: Any):
        super().__init__(label, [*validators, Length(max=most)], **kwargs)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        self.data = self.data or ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean_block(valuelist[0]) if valuelist else ""
        self.raw_data = [self.data]


class TextField(Field):  # type: ignore[misc]
    """A text in several languages: one input per language (`name-fr`, `name-ar` …) and the original marked
    (`name-original`). The macro draws it; `data` is a Text."""

    multilingual = True

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] = (),
        *,
        languages: Iterable[str] = tuple(LANGUAGES),
        block: bool = False,
        required: bool = False,
        most: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.languages = tuple(languages)
        self.block = block
        self.required = required
        self.most = most or (BLOCK_MOST if block else LINE_MOST)
        if required:
            self.flags.required = True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        self.data = data if isinstance(data, Text) else Text({}, "")
        if formdata is None or not any(f"{self.name}-{code}" in formdata for code in self.languages):
            return
        clean = clean_block if self.block else clean_line
        given = {code: clean(formdata.get(f"{self.name}-{code}", "")) for code in self.languages}
        kept = {code: value for code, value in self.data.values.items() if code not in self.languages}
        self.data = Text.of({**kept, **given, "original": formdata.get(f"{self.name}-original", "")})

    def pre_validate(self, form: Any) -> None:
        if self.required and not self.data:
            raise StopValidation(str(_l("Please give this text in at least one language.")))
        if any(len(value) > self.most for value in self.data.values.values()):
            raise StopValidation(str(_l("This text is too long: at most %(most)d characters.", most=self.most)))

    def value(self, language: str) -> str:
        return str(self.data.values.get(language, ""))


class ChecksField(SelectMultipleField):  # type: ignore[misc]
    """Several choices as check boxes. A value that is none of them is named in the error: so it is cleaned first."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([clean_line(str(value)) for value in valuelist])


class ChoiceField(SelectField):  # type: ignore[misc]
    """One choice of a list; the empty one says so in words."""

    def __init__(self, label: Any = None, validators: Sequence[Any] = (), *, empty: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [*validators] if empty is None else [Optional(), *validators], **kwargs)
        self.empty = empty

    def iter_choices(self) -> Any:
        if self.empty is not None:
            yield ("", str(self.empty), not self.data, {})
        yield from super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        if self.empty is not None and not self.data:
            return
        super().pre_validate(form)


class Translations:
    """WTForms' own messages from our catalogue, so that all six languages are complete and in one register. Their
    placeholders stay open: WTForms fills them itself."""

    def gettext(self, message: str) -> str:
        return str(get_translations().ugettext(message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return str(get_translations().ungettext(one, many, count))
