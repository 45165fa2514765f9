"""What the libraries say to readers is in our list, so that our catalogue carries it in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import flask_security
import flask_wtf
import pytest
import wtforms
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import refresh
from flask_security import forms as library_forms
from flask_security.core import _default_messages
from wtforms import HiddenField, SubmitField, TelField

from eventhub.accounts import forms
from eventhub.core import library_messages as ours
from eventhub.core.forms import Form, LineField

NEVER_SHOWN_BY_WTFORMS = {
    "Invalid field name '%s'.",  # a mistake of a programmer
    "Choices cannot be None.",  # the same
    "Invalid IP address.",  # no form asks for one
    "Invalid Mac address.",
    "Invalid UUID.",
    "Invalid CSRF Token.",  # a stale token is a page of its own (errors/error.html)
    "CSRF token missing.",
    "CSRF failed.",
    "CSRF token expired.",
}
SWITCHED_OFF = re.compile(
    r"CONFIRM|RESET|US_|USE_CODE|USERNAME|WEBAUTHN|CHANGE_EMAIL|OAUTH|RECOVERY$|PASSWORDLESS|PHONE|BREACHED|REFRESH"
    r"|LOGIN_EXPIRED|LOGIN_EMAIL|LOGIN_TOKEN|FORGOT|ASSOCIATED|IDENTITY_NOT|CODE_HAS_BEEN|FAILED_TO_SEND|DISABLED$"
)
"""Messages of what we have not switched on: registering, confirming, resetting, unified sign-in, passkeys, OAuth …"""
NEVER_SHOWN_BY_FLASK_SECURITY = {
    "UNAUTHORIZED": "its decorators of roles are not used",
    "PASSWORD_MISMATCH": "of the old form of registering",
    "INVALID_CODE": "of unified sign-in",
    "INVALID_INPUT": "no validator of ours or of its forms in use gives it",
    "INVALID_INPUT_LENGTH": "the same",
    "USER_DOES_NOT_EXIST": "becomes GENERIC_AUTHN_FAILED",
    "INVALID_PASSWORD_CODE": "of unified sign-in",
    "LOGIN": "of Flask-Login's own handler, which is not used",
    "ANONYMOUS_USER_REQUIRED": "of its JSON answers, which are switched off",
    "GENERIC_US_SIGNIN": "of unified sign-in",
}


def singular(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def template(library: object, *path: str) -> Catalog:
    with Path(str(library.__file__)).parent.joinpath(*path).open("rb") as file:  # type: ignore[attr-defined]
        return read_po(file)


def test_every_message_of_wtforms_is_ours_or_never_shown() -> None:
    said = {singular(message.id) for message in template(wtforms, "locale", "wtforms.pot") if message.id}
    listed = {singular(message) for message in ours.WTFORMS}
    assert said - listed - NEVER_SHOWN_BY_WTFORMS == set()
    assert listed - said == set(), "the list holds what the library no longer says"
    assert NEVER_SHOWN_BY_WTFORMS & listed == set()


def test_plurals_of_wtforms_are_listed_as_plurals() -> None:
    plurals = {message.id for message in template(wtforms, "locale", "wtforms.pot") if not isinstance(message.id, str)}
    assert {tuple(each) for each in plurals} == {each for each in ours.WTFORMS if isinstance(each, tuple)}


def test_every_message_of_flask_wtf_that_can_be_translated_is_ours() -> None:
    folder = Path(flask_wtf.__file__).parent
    said = set(re.findall(r'field\.gettext\(\s*"([^"]+)"', (folder / "file.py").read_text()))
    assert said - set(ours.FLASK_WTF) - {singular(message) for message in ours.WTFORMS} == set()
    assert set(ours.FLASK_WTF) <= said


def test_every_message_of_flask_security_is_ours_or_never_shown() -> None:
    said = set(_default_messages)
    off = {name for name in said if SWITCHED_OFF.search(name) and name not in ours.FLASK_SECURITY}
    assert said - set(ours.FLASK_SECURITY) - off - set(NEVER_SHOWN_BY_FLASK_SECURITY) == set()
    assert set(ours.FLASK_SECURITY) <= said, "the list holds what the library no longer says"


def test_our_words_keep_the_placeholders_of_the_library() -> None:
    """Fewer are fine, another would be a fault when the message is shown."""
    for name, (words, category) in ours.FLASK_SECURITY.items():
        given = set(re.findall(r"%\((\w+)\)", _default_messages[name][0]))
        assert set(re.findall(r"%\((\w+)\)", words)) <= given, name
        assert category in ("ok", "info", "wrong")


def used_forms() -> Iterator[type]:
    yield from (each for each in vars(forms).values() if isinstance(each, type) and issubclass(each, forms.Worded))


def test_every_field_of_a_library_form_that_we_show_has_our_label(light_app: Flask) -> None:
    with light_app.test_request_context("/fr/"):
        for kind in used_forms():
            if kind is forms.Worded:
                continue
            form = kind(formdata=None, **({"user": None} if kind is forms.VerifyForm else {}))
            for field in form:
                hidden = isinstance(field, HiddenField | SubmitField | TelField) or field.name == "setup"
                assert hidden or field.name in kind.words, f"{kind.__name__}.{field.name}"


def test_every_form_of_flask_security_that_its_routes_use_is_worded_by_us(light_app: Flask) -> None:
    shown = {"login_form", "verify_form", "change_password_form", "two_factor_setup_form",
             "two_factor_verify_code_form", "mf_recovery_form"}  # fmt: skip
    found = light_app.extensions["security"].forms
    for name in shown:
        assert issubclass(found[name].cls, forms.Worded), name
    # Of these only the buttons are used, and the buttons are in our templates.
    for name in ("mf_recovery_codes_form", "two_factor_rescue_form", "two_factor_select_form", "logout_form"):
        assert issubclass(found[name].cls, library_forms.Form), name


def test_our_pages_of_the_library_use_no_words_of_its_catalogue(light_app: Flask) -> None:
    folder = Path(light_app.jinja_loader.searchpath[0]) / "security"  # type: ignore[union-attr]
    for page in folder.glob("*.html"):
        assert "_fsdomain" not in page.read_text(encoding="utf-8"), page.name


ARABIC = {
    "The address or the password is not right. Please try again.": "العنوان أو كلمة المرور غير صحيح. حاول مجددا.",
    "This field is required.": "هذا الحقل إلزامي.",
    "Please choose a password of at least %(length)s characters.": "اختر كلمة مرور من %(length)s حرفا على الأقل.",
    "Please give the password.": "الرجاء إدخال كلمة المرور.",
    "E-mail address": "عنوان البريد الإلكتروني",
}


@pytest.fixture
def arabic(light_app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An application whose Arabic catalogue says these few things, whatever the real one says."""
    catalogue = Catalog(locale="ar")
    for message, words in ARABIC.items():
        catalogue.add(message, words)
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    babel = light_app.extensions["babel"].instance
    library = light_app.extensions["security"].i18n_domain
    before, library_before = babel.domain_instance._translation_directories, library._translation_directories
    babel.domain_instance._translation_directories = library._translation_directories = [str(tmp_path)]
    babel.domain_instance.cache.clear()
    library.cache.clear()
    yield light_app
    babel.domain_instance._translation_directories, library._translation_directories = before, library_before
    babel.domain_instance.cache.clear()
    library.cache.clear()


def test_flask_security_speaks_arabic_out_of_our_catalogue(arabic: Flask) -> None:
    client = arabic.test_client()
    page = client.post("/ar/staff/login", data={"email": "a@example.org", "password": "wrong"})
    assert ARABIC["The address or the password is not right. Please try again."] in page.text
    assert ARABIC["E-mail address"] in page.text
    refresh()  # both requests share the context of the test, and with it the language that was found first
    french = client.post("/fr/staff/login", data={"email": "a@example.org", "password": "wrong"})
    assert ARABIC["E-mail address"] not in french.text


def test_wtforms_speaks_arabic_out_of_our_catalogue_in_our_forms_and_in_the_librarys(arabic: Flask) -> None:
    class Own(Form):
        line = LineField(validators=[wtforms.validators.DataRequired()])

    with arabic.test_request_context("/ar/", method="POST", data={"line": ""}):
        arabic.preprocess_request()
        own = Own()
        assert not own.validate()
        assert own.line.errors == [ARABIC["This field is required."]]
    with arabic.test_request_context("/ar/staff/tf-validate", method="POST", data={"code": ""}):
        arabic.preprocess_request()
        code = forms.CodeForm()
        assert not code.validate()
        assert [str(error) for error in code.code.errors] == [ARABIC["This field is required."]]


def test_numbers_are_filled_into_the_translated_message(arabic: Flask) -> None:
    from flask_security.utils import get_message

    with arabic.test_request_context("/ar/"):
        arabic.preprocess_request()
        words, category = get_message("PASSWORD_INVALID_LENGTH", length=12)
    assert words == ARABIC["Please choose a password of at least %(length)s characters."] % {"length": 12}
    assert category == "wrong"


def test_the_catalogue_of_flask_security_itself_is_never_asked(light_app: Flask) -> None:
    folder = str(Path(flask_security.__file__).parent)
    directories = light_app.extensions["security"].i18n_domain.translation_directories
    assert directories
    assert not any(str(each).startswith(folder) for each in directories)
