"""What the libraries say to readers, listed so that our catalogue carries it in every language and in one register.

WTForms and Flask-WTF look their messages up in our catalogue (`core.forms.Form`); Flask-Security is told our words and
looks them up there too. `tests/accounts/test_library_messages.py` compares this list with the libraries installed.
"""

from __future__ import annotations

from collections.abc import Mapping


def _l(message: str) -> str:
    """Marks a message for the catalogue. The library that shows it looks it up, in the reader's language."""
    return message


def ngettext(one: str, many: str) -> tuple[str, str]:
    """The same for a message that depends on a number."""
    return one, many


WTFORMS: tuple[str | tuple[str, str], ...] = (
    _l("Field must be equal to %(other_name)s."),
    ngettext(
        "Field must be at least %(min)d character long.", "Field must be at least %(min)d characters long."
    ),
    ngettext(
        "Field cannot be longer than %(max)d character.", "Field cannot be longer than %(max)d characters."
    ),
    ngettext(
        "Field must be exactly %(max)d character long.", "Field must be exactly %(max)d characters long."
    ),
    _l("Field must be between %(min)d and %(max)d characters long."),
    _l("Number must be at least %(min)s."),
    _l("Number must be at most %(max)s."),
    _l("Number must be between %(min)s and %(max)s."),
    _l("Date must be at least %(min)s."),
    _l("Date must be at most %(max)s."),
    _l("Date must be between %(min)s and %(max)s."),
    _l("This field is required."),
    _l("Invalid input."),
    _l("Invalid email address."),
    _l("Invalid URL."),
    _l("Invalid value, must be one of: %(values)s."),
    _l("Invalid value, can't be any of: %(values)s."),
    _l("This field cannot be edited."),
    _l("This field is disabled and cannot have a value."),
    _l("Invalid Choice: could not coerce."),
    _l("Not a valid choice."),
    _l("Invalid choice(s): one or more data inputs could not be coerced."),
    ngettext(
        "'%(value)s' is not a valid choice for this field.", "'%(value)s' are not valid choices for this field."
    ),
    _l("Not a valid datetime value."),
    _l("Not a valid date value."),
    _l("Not a valid time value."),
    _l("Not a valid week value."),
    _l("Not a valid integer value."),
    _l("Not a valid decimal value."),
    _l("Not a valid float value."),
)
"""WTForms' validators and fields, as WTForms words them."""

FLASK_WTF: tuple[str, ...] = (
    _l("File does not have an approved extension: {extensions}"),
    _l("File does not have an approved extension."),
)
"""Flask-WTF's checks of files. Its check of their size cannot be translated: forms give it a message of their own."""

FLASK_SECURITY: Mapping[str, tuple[str, str]] = {
    "API_ERROR": (_l("This form could not be read. Please fill it in again."), "wrong"),
    "GENERIC_AUTHN_FAILED": (_l("The address or the password is not right. Please try again."), "wrong"),
    "UNAUTHENTICATED": (_l("Please sign in to see this page."), "info"),
    "REAUTHENTICATION_REQUIRED": (_l("Please give your password once more before you go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you. You may go on."), "ok"),
    "RETYPE_PASSWORD_MISMATCH": (_l("The two passwords differ. Please type them again."), "wrong"),
    "INVALID_REDIRECT": (_l("The address to go back to is not one of this site."), "wrong"),
    "INVALID_RECOVERY_CODE": (_l("This recovery code is not right, or it has been used."), "wrong"),
    "NO_RECOVERY_CODES_SETUP": (_l("There are no recovery codes yet."), "info"),
    "DISABLED_ACCOUNT": (_l("This account is closed. Please write to the secretariat."), "wrong"),
    "EMAIL_NOT_PROVIDED": (_l("Please give your e-mail address."), "wrong"),
    "INVALID_EMAIL_ADDRESS": (
        _l("Please give a complete address, for example name@city.example.org."),
        "wrong",
    ),
    "PASSWORD_NOT_PROVIDED": (_l("Please give the password."), "wrong"),
    "PASSWORD_INVALID_LENGTH": (_l("Please choose a password of at least %(length)s characters."), "wrong"),
    "PASSWORD_TOO_SIMPLE": (_l("This password is too easy to guess. Please choose another."), "wrong"),
    "PASSWORD_IS_THE_SAME": (_l("The new password is the same as the present one. Please choose another."), "wrong"),
    "INVALID_PASSWORD": (_l("This password is not right. Please try again."), "wrong"),
    "PASSWORD_CHANGE": (_l("Your password has been changed. Your other browsers have been signed out."), "ok"),
    "TWO_FACTOR_INVALID_TOKEN": (
        _l("This code is not right, or it has been used. Please wait for the next one."),
        "wrong",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("You are signed in."), "ok"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_l("Your authenticator app has been changed."), "ok"),
    "TWO_FACTOR_PERMISSION_DENIED": (_l("Please sign in with your password first."), "info"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_l("Please start the set-up again."), "wrong"),
    "TWO_FACTOR_SETUP_EXPIRED": (_l("The set-up took too long. Please start again."), "wrong"),
}
"""Flask-Security's messages that our pages can show, in our words: name → (words, category of the flashed message)."""


def for_flask_security() -> dict[str, tuple[str, str]]:
    """As configuration of Flask-Security."""
    return {f"SECURITY_MSG_{name}": words for name, words in FLASK_SECURITY.items()}
