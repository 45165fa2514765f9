"""Staff sign in with a password and a second factor, in our layout and their language, one browser at a time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from passlib.totp import TOTP

from eventhub.accounts import commands, queries
from eventhub.accounts.models import SignIn, User
from eventhub.core.audit import AuditRow
from eventhub.core.db import db, session
from eventhub.core.limits import LimitCount
from tests.factories import accounts as make

MAIL = "nadia@secretariat.example.org"
PASSWORD = "quatre chevaux sur un quai"
OTHER = "sept barques sous la pluie"


@pytest.fixture(autouse=True)
def _quick_hashes(both_apps: dict[str, Flask]) -> Iterator[None]:
    """The same algorithm with less work: these tests sign in some three hundred times."""
    yield
    for each in both_apps.values():
        each.extensions["security"].pwd_context.update(argon2__rounds=1, argon2__memory_cost=64)


@pytest.fixture
def user(light_app: Flask) -> str:
    """A member of the secretariat with a password and no second factor yet; the account's code."""
    return commands.add_user(
        mail=MAIL, name="Nadia Benali", roles=("organiser",), password_hash=hash_password(PASSWORD)
    )


class Phone:
    """The authenticator app: each look gives the code of the next half minute, so that no code comes twice."""

    def __init__(self, key: str) -> None:
        self.totp = TOTP(key=key)
        self.at = time.time() - 30

    def code(self) -> str:
        self.at += 30
        return str(self.totp.generate(time=self.at).token)


def fresh() -> User:
    session().rollback()
    session().expire_all()
    return session().scalars(sa.select(User).where(User.email == MAIL)).one()


def password(client: FlaskClient, given: str = PASSWORD, mail: str = MAIL, **query: str):
    return client.post("/fr/staff/login", data={"email": mail, "password": given}, query_string=query)


def enrol(client: FlaskClient) -> Phone:
    """Sign in for the first time: password, then the set-up that is asked for."""
    assert password(client).location == "/fr/staff/tf-setup"
    page = client.post("/fr/staff/tf-setup", data={"setup": "authenticator"})
    key = re.search(r'totp-key"><bdi dir="ltr">([^<]+)<', page.text)
    assert key is not None
    phone = Phone(key.group(1))
    answer = client.post("/fr/staff/tf-validate", data={"code": phone.code()})
    assert answer.status_code == 302
    return phone


def signed_in(client: FlaskClient) -> bool:
    return client.get("/fr/account").status_code == 200


def sign_in(client: FlaskClient, phone: Phone) -> None:
    assert password(client).location.startswith("/fr/staff/tf-validate")
    assert client.post("/fr/staff/tf-validate", data={"code": phone.code()}).location == "/fr/mine"


def test_the_first_sign_in_forces_the_second_factor_to_be_set_up(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    assert password(client).location == "/fr/staff/tf-setup"
    assert not signed_in(client)  # a password alone opens nothing
    assert client.get("/fr/staff/tf-setup").status_code == 200
    page = client.post("/fr/staff/tf-setup", data={"setup": "authenticator"})
    assert 'src="data:image/svg+xml;base64,' in page.text
    assert not signed_in(client)
    key = re.search(r'totp-key"><bdi dir="ltr">([^<]+)<', page.text).group(1)
    answer = client.post("/fr/staff/tf-validate", data={"code": Phone(key).code()})
    assert answer.location == "/fr/staff/mf-recovery-codes?next=/fr/mine"
    assert signed_in(client)


def test_the_set_up_holds_nothing_inline(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    password(client)
    page = client.post("/fr/staff/tf-setup", data={"setup": "authenticator"})
    assert "style=" not in page.text
    assert not re.search(r"<script(?![^>]* src=)", page.text)
    assert not re.search(r"<[^>]+\son\w+=", page.text)
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]


def test_a_whole_day_of_a_member_of_the_secretariat(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    phone = enrol(client)
    codes = re.findall(r"<code><bdi dir=\"ltr\">([0-9a-f-]+)<", client.post("/fr/staff/mf-recovery-codes").text)
    assert len(codes) == 8
    assert client.post("/fr/leave").location == "/fr/"
    assert not signed_in(client)

    assert password(client).location.startswith("/fr/staff/tf-validate")
    wrong = client.post("/fr/staff/tf-validate", data={"code": "000000"})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert not signed_in(client)
    assert client.post("/fr/staff/tf-validate", data={"code": phone.code()}).location == "/fr/mine"
    assert signed_in(client)

    client.post("/fr/staff/logout")
    assert not signed_in(client)
    password(client)
    assert client.post("/fr/staff/mf-recovery", data={"code": "dead-beef-0000"}).status_code == 422
    assert client.post("/fr/staff/mf-recovery", data={"code": f" {codes[0].upper()} "}).location == "/fr/mine"
    assert signed_in(client)

    client.post("/fr/leave")
    password(client)
    assert client.post("/fr/staff/mf-recovery", data={"code": codes[0]}).status_code == 422  # each works once


def test_a_code_is_accepted_once(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    phone = enrol(client)
    client.post("/fr/leave")
    password(client)
    code = phone.code()
    assert client.post("/fr/staff/tf-validate", data={"code": code}).status_code == 302
    overseen = light_app.test_client()
    password(overseen)
    assert overseen.post("/fr/staff/tf-validate", data={"code": code}).status_code == 422
    assert not signed_in(overseen)


def test_a_code_typed_in_arabic_digits_is_the_same_code(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    phone = enrol(client)
    client.post("/fr/leave")
    password(client)
    code = phone.code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert client.post("/fr/staff/tf-validate", data={"code": f"{code[:3]} {code[3:]}"}).location == "/fr/mine"


def test_recovery_codes_are_shown_once_and_kept_unreadable(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    enrol(client)
    page = client.post("/fr/staff/mf-recovery-codes")
    codes = re.findall(r"<code><bdi dir=\"ltr\">([0-9a-f-]+)<", page.text)
    assert not any(code in str(fresh().mf_recovery_codes) for code in codes)
    for path in ("/fr/staff/mf-recovery-codes", "/fr/staff/mf-recovery-codes?show_codes=1"):
        assert not any(code in client.get(path).text for code in codes)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(light_app: Flask, user: str) -> None:
    def without_address(page):
        return page.status_code, page.text.replace(MAIL, "").replace("nobody@example.org", "")

    client = light_app.test_client()
    wrong = without_address(password(client, "not the password"))
    unknown = without_address(password(client, "not the password", "nobody@example.org"))
    assert wrong == unknown
    assert wrong[0] == 422


def test_signing_in_is_limited_by_address_and_by_client(light_app: Flask, user: str) -> None:
    answers = [password(light_app.test_client(), "not the password").status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert password(light_app.test_client()).status_code == 429  # the right one too
    others = [password(light_app.test_client(), mail=f"n{n}@example.org").status_code for n in range(60)]
    assert others[-1] == 429
    assert others[:40] == [422] * 40


def test_codes_cannot_be_guessed_one_after_the_other(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    phone = enrol(client)
    client.post("/fr/leave")
    password(client)
    with db.engine.begin() as connection:
        connection.execute(sa.delete(LimitCount))
    answers = [client.post("/fr/staff/tf-validate", data={"code": f"{n:06}"}).status_code for n in range(10)]
    assert answers == [422] * 10
    assert client.post("/fr/staff/mf-recovery", data={"code": "x"}).status_code == 429
    assert client.post("/fr/staff/tf-validate", data={"code": phone.code()}).status_code == 429


def test_limits_keep_no_address(light_app: Flask, user: str) -> None:
    password(light_app.test_client())
    kept = session().scalars(sa.select(LimitCount)).all()
    assert kept
    assert not any("nadia" in str(vars(row)) or "127.0.0.1" in str(vars(row)) for row in kept)


def test_nothing_of_the_session_before_signing_in_speaks_after_it(light_app: Flask, user: str) -> None:
    """Session fixation: a session that somebody else prepared is of no use to them."""
    client = light_app.test_client()
    with client.session_transaction() as planted:
        planted.update(csrf_token="planted", link="PLANTED", sign_in="PLANTED", anything="else", browser="mine")
    enrol(client)
    with client.session_transaction() as browser:
        assert "anything" not in browser
        assert "link" not in browser
        assert browser["sign_in"] != "PLANTED"
        assert browser.get("csrf_token") != "planted"
        assert browser["browser"] == "mine"  # the key of this browser's personal links outlives a sign-in
        assert not any(name.startswith("tf_") for name in browser)


def test_a_cookie_from_before_signing_out_opens_nothing(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    enrol(client)
    thief = light_app.test_client()
    thief.set_cookie("eventhub", client.get_cookie("eventhub").value)
    assert signed_in(thief)
    client.post("/fr/leave")
    assert not signed_in(thief)
    for path in ("/fr/staff/change", "/fr/staff/mf-recovery-codes", "/fr/staff/verify"):
        assert thief.get(path).location == f"/fr/staff/login?next={quote(path)}"


def test_a_browser_that_was_ended_from_elsewhere_is_asked_to_sign_in_again(light_app: Flask, user: str) -> None:
    lost, here = light_app.test_client(), light_app.test_client()
    phone = enrol(lost)
    sign_in(here, phone)
    page = here.get("/fr/account").text
    with here.session_transaction() as browser:
        this = browser["sign_in"]
    [of_the_lost] = [row.code for row in queries.sign_ins(fresh()) if row.code != this]
    assert f"/fr/account/sign-ins/{of_the_lost}/end" in page
    assert here.post(f"/fr/account/sign-ins/{of_the_lost}/end").status_code == 303
    assert lost.get("/fr/account").location == "/fr/sign-in?next=/fr/account"
    assert signed_in(here)


def test_all_other_browsers_are_ended_at_once(light_app: Flask, user: str) -> None:
    first, here = light_app.test_client(), light_app.test_client()
    phone = enrol(first)
    second = make.sign_in(light_app, user)
    sign_in(here, phone)
    assert here.post("/fr/account/sign-ins/end-others").status_code == 303
    assert not signed_in(first)
    assert not signed_in(second)
    assert signed_in(here)


def test_nobody_ends_the_browser_of_somebody_else(light_app: Flask, user: str) -> None:
    mine = make.sign_in(light_app, user)
    other = make.sign_in(light_app, commands.add_user(mail="sami@secretariat.example.org", name="Sami O"))
    [row] = queries.sign_ins(fresh())
    assert other.post(f"/fr/account/sign-ins/{row.code}/end").status_code == 404
    assert signed_in(mine)


def test_a_new_password_signs_every_other_browser_out(light_app: Flask, user: str) -> None:
    other, here = light_app.test_client(), light_app.test_client()
    phone = enrol(other)
    sign_in(here, phone)
    data = {"password": PASSWORD, "new_password": OTHER, "new_password_confirm": OTHER}
    assert here.post("/fr/staff/change", data={**data, "new_password_confirm": "other"}).status_code == 422
    assert here.post("/fr/staff/change", data={**data, "new_password": "short"}).status_code == 422
    assert here.post("/fr/staff/change", data=data).location == "/fr/account"
    assert signed_in(here)
    assert not signed_in(other)
    assert len(queries.sign_ins(fresh())) == 1
    assert password(light_app.test_client()).status_code == 422
    assert password(light_app.test_client(), OTHER).status_code == 302


def test_what_is_wrong_is_said_in_whole_words_beside_the_field_and_above(light_app: Flask, user: str) -> None:
    client = make.sign_in(light_app, user)
    page = client.post("/en/staff/change", data={"password": PASSWORD, "new_password": OTHER})
    assert page.text.count("Please give the password.") == 2


def test_a_new_telephone_takes_the_place_of_the_old_once_it_is_proved(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    old = enrol(client)
    before = fresh().tf_totp_secret
    page = client.post("/fr/staff/tf-setup", data={"setup": "authenticator"})
    action = re.search(r'action="(/fr/staff/tf-setup/[^"]+)"', page.text).group(1)
    new = Phone(re.search(r'totp-key"><bdi dir="ltr">([^<]+)<', page.text).group(1))
    assert client.post(action, data={"code": "000000"}).location == "/fr/staff/tf-setup"
    assert fresh().tf_totp_secret == before
    new.at = old.at
    assert client.post(action, data={"code": new.code()}).location == "/fr/account"
    assert fresh().tf_totp_secret != before


def test_what_signs_one_in_is_changed_by_who_has_just_given_the_password(light_app: Flask, user: str) -> None:
    client = make.sign_in(light_app, user)  # some time ago
    for path in ("/fr/staff/tf-setup", "/fr/staff/mf-recovery-codes"):
        assert client.get(path).location == f"/fr/staff/verify?next={path}"
    assert client.post("/fr/staff/verify", data={"password": "wrong"}).status_code == 422
    asked = {"next": "/fr/staff/mf-recovery-codes"}
    answer = client.post("/fr/staff/verify", data={"password": PASSWORD}, query_string=asked)
    assert answer.location == "/fr/staff/mf-recovery-codes"
    assert client.get("/fr/staff/mf-recovery-codes").status_code == 200
    outside = client.post("/fr/staff/verify", data={"password": PASSWORD}, query_string={"next": "//evil.example"})
    assert outside.location == "/fr/account"


def test_an_account_without_a_password_is_not_verified_by_any(light_app: Flask) -> None:
    client = make.sign_in(light_app, make.organiser(mail=MAIL))
    for given in ("", "None", "anything"):
        assert client.post("/fr/staff/verify", data={"password": given}).status_code == 422


def test_a_lost_telephone_is_forgotten_by_a_command_and_set_up_anew(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    enrol(client)
    commands.reset_second_factor(user=user)
    assert not signed_in(client)
    assert password(light_app.test_client()).location == "/fr/staff/tf-setup"


def test_a_closed_account_is_signed_out_and_stays_out(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    enrol(client)
    commands.set_active(user=user, active=False)
    assert not signed_in(client)
    assert password(client).status_code == 422


def test_the_way_out_without_a_telephone_sends_no_mail(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    enrol(client)
    client.post("/fr/leave")
    password(client)
    assert client.post("/fr/staff/tf-rescue", data={"help_setup": "help"}).location == "/fr/staff/mf-recovery"


def test_what_the_library_writes_is_audited_and_secrets_are_masked(light_app: Flask, user: str) -> None:
    enrol(light_app.test_client())
    rows = session().scalars(sa.select(AuditRow).where(AuditRow.entity == "user", AuditRow.action == "update")).all()
    changed = {name: change for row in rows for name, change in row.changes.items()}
    assert changed["tf_totp_secret"] == ["•", "•"]
    assert "flask-security" in {row.command for row in rows}


def test_an_account_that_signs_in_by_mail_meets_no_password(light_app: Flask) -> None:
    code = commands.add_user(mail="amina@tunis.example.org", name="Amina Trabelsi", staff=False)
    page = make.sign_in(light_app, code).get("/fr/account").text
    assert "Amina Trabelsi" in page
    assert "/staff/" not in page


def test_an_account_without_a_password_cannot_sign_in_with_one(light_app: Flask) -> None:
    make.organiser(mail=MAIL)
    for given in ("", " ", "None", "null"):
        assert password(light_app.test_client(), given).status_code == 422


# Every page of the library, in our layout and in the reader's language.

OPEN_TO_ALL = ["/staff/login"]
FOR_SIGNED_IN = ["/staff/verify", "/staff/change", "/staff/tf-setup", "/staff/mf-recovery-codes"]
HALF_WAY = ["/staff/tf-validate", "/staff/mf-recovery"]


@pytest.mark.parametrize("language", ["fr", "en", "es", "ar", "it", "pt"])
def test_every_page_of_the_library_stands_in_our_layout(light_app: Flask, user: str, language: str) -> None:
    client = light_app.test_client()
    enrol(client)
    pages = [client.get(f"/{language}{path}") for path in FOR_SIGNED_IN]
    client.post(f"/{language}/leave")
    pages += [client.get(f"/{language}{path}") for path in OPEN_TO_ALL]
    client.post(f"/{language}/staff/login", data={"email": MAIL, "password": PASSWORD})
    pages += [client.get(f"/{language}{path}") for path in HALF_WAY]
    for page in pages:
        assert page.status_code == 200, page.request.path
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
        assert 'class="bar"' in page.text
        assert "Flask-Security" not in page.text
        assert "fs-" not in page.text


def test_every_redirect_of_the_library_keeps_the_language(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    enrol(client)
    for path in ("login", "tf-select", "mf-recovery", "tf-rescue"):  # for someone who is signed in
        assert client.get(f"/ar/staff/{path}").location.startswith("/ar/"), path
    assert client.post("/ar/staff/logout").location == "/ar/"
    for path in ("verify", "change", "mf-recovery-codes", "tf-setup", "tf-validate", "mf-recovery", "tf-select"):
        assert client.get(f"/ar/staff/{path}").location.startswith("/ar/staff/login"), path
    answer = client.post("/ar/staff/login", data={"email": MAIL, "password": PASSWORD})
    assert answer.location == "/ar/staff/tf-validate"


def test_every_template_that_the_library_can_show_is_ours(light_app: Flask) -> None:
    folder = light_app.jinja_loader.searchpath[0]
    for name in ("login_user", "verify", "change_password", "two_factor_setup", "two_factor_verify_code",
                 "mf_recovery", "mf_recovery_codes", "base"):  # fmt: skip
        source, path, _ = light_app.jinja_env.loader.get_source(light_app.jinja_env, f"security/{name}.html")
        assert path.startswith(folder), name
        assert "_fsdomain" not in source


def test_the_library_answers_in_pages_even_when_json_is_asked_for(light_app: Flask, user: str) -> None:
    client = light_app.test_client()
    json = {"Accept": "application/json"}
    assert client.get("/fr/staff/login", headers=json).mimetype == "text/html"
    answer = client.post("/fr/staff/login", json={"email": MAIL, "password": PASSWORD}, headers=json)
    assert answer.status_code == 302


def test_a_form_without_its_token_is_refused(light_app: Flask, user: str) -> None:
    light_app.config["WTF_CSRF_ENABLED"] = True
    try:
        client = light_app.test_client()
        assert password(client).status_code == 400
        page = client.get("/fr/staff/login")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
        data = {"email": MAIL, "password": PASSWORD, "csrf_token": token}
        assert client.post("/fr/staff/login", data=data).status_code == 302
    finally:
        light_app.config["WTF_CSRF_ENABLED"] = False


def test_the_second_factor_is_written_on_both_databases(app: Flask) -> None:
    commands.add_user(mail=MAIL, name="Nadia Benali", password_hash=hash_password(PASSWORD))
    client = app.test_client()
    phone = enrol(client)
    client.post("/fr/staff/mf-recovery-codes")
    sign_in(light := app.test_client(), phone)
    assert signed_in(light)
    assert len(fresh().mf_recovery_codes) == 8


def test_a_sign_in_that_is_seen_again_is_noted(light_app: Flask, user: str) -> None:
    client = make.sign_in(light_app, user)
    [row] = session().scalars(sa.select(SignIn))
    long_ago = row.seen_at - timedelta(hours=1)
    with db.engine.begin() as connection:
        connection.execute(sa.update(SignIn).values(seen_at=long_ago))
    fresh()
    assert signed_in(client)
    session().rollback()
    session().expire_all()
    assert session().scalars(sa.select(SignIn)).one().seen_at > long_ago


def test_a_sign_in_of_staff_that_was_left_alone_overnight_is_over(light_app: Flask, user: str) -> None:
    client = make.sign_in(light_app, user)
    with db.engine.begin() as connection:
        found = connection.execute(sa.select(SignIn.seen_at)).scalar_one()
        connection.execute(sa.update(SignIn).values(seen_at=found - timedelta(hours=13)))
    fresh()
    assert not signed_in(client)
    assert queries.sign_ins(fresh()) == []
