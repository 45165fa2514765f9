"""One's own page, the audit log, and the fragment of who is here."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.core import actors
from eventhub.core.audit import AuditValue
from eventhub.core.commands import add, command
from eventhub.core.db import session
from eventhub.core.registry import Missing, Severity, missing
from eventhub.events.models import Event, TeamMember, TeamRole
from eventhub.site.audit import Change, changes
from tests.factories import accounts, network
from tests.hostile import CORPUS, harm_in
from tests.queries import counting
from tests.site.test_home import event

TEXT = {"fr": "Avant", "ar": "قبل", "original": "fr"}


@pytest.fixture
def own(light_app: Flask) -> str:
    return network.network()


@command
def join(event_code: str, user: str) -> None:
    from eventhub.accounts.models import User

    row = session().scalars(sa.select(Event).where(Event.code == event_code)).one()
    account = session().scalars(sa.select(User).where(User.code == user)).one()
    add(TeamMember(event=row, user=account, role=TeamRole.ORGANISER))


def test_an_organiser_sees_their_events_with_what_is_missing_the_gravest_first(own, light_app, monkeypatch):
    found = [
        Missing(Severity.NOTE, "A small thing", "/x", "Mend"),
        Missing(Severity.STOP, "A grave thing", "/y", "Mend"),
    ]
    monkeypatch.setattr(missing, "_entries", {"test": lambda _code: found})
    code = event("meeting", date(2030, 3, 9))
    event("of-others", date(2030, 3, 9))
    user = accounts.organiser()
    join(code, user)
    page = accounts.sign_in(light_app, user).get("/en/mine").text
    assert "2 things are missing" in page
    assert page.index("A grave thing") < page.index("A small thing")
    assert "Of-Others" not in page
    assert "/en/work/network/cities" in page
    assert "audit" not in page


def test_somebody_without_a_role_sees_where_their_registrations_will_be(own, light_app):
    page = accounts.sign_in(light_app, accounts.organiser(roles=())).get("/en/mine").text
    assert "Nothing here yet" in page
    assert "/work/network" not in page


def test_a_stranger_is_asked_to_sign_in_and_brought_back(client):
    assert "next=/fr/mine" in client.get("/fr/mine").headers["Location"].replace("%2F", "/")


def test_the_fragment_names_who_is_signed_in(own, light_app):
    page = accounts.sign_in(light_app, accounts.organiser()).get("/fr/me/fragment").text
    assert "Nadia Benali" in page
    assert 'href="/fr/mine"' in page


def test_a_hostile_name_harms_neither_the_fragment_nor_the_page(own, light_app):
    from eventhub.accounts import commands

    user = commands.add_user(mail="x@example.org", name=CORPUS["element"], roles=("organiser",))
    browser = accounts.sign_in(light_app, user)
    for path in ("/fr/me/fragment", "/fr/mine"):
        assert harm_in(browser.get(path).text) == []


# The audit log


@pytest.mark.parametrize("roles", [(), ("organiser",)])
def test_the_audit_log_is_for_administrators(own, light_app, roles):
    assert accounts.sign_in(light_app, accounts.organiser(roles=roles)).get("/fr/work/audit").status_code == 404
    assert "/sign-in" in light_app.test_client().get("/fr/work/audit").headers["Location"]


@pytest.fixture
def admin(own, light_app):
    return accounts.sign_in(light_app, accounts.organiser(roles=("administrator",)))


def test_the_log_says_who_changed_what_from_what_to_what_with_personal_values_beside(own, admin):
    user = accounts.organiser(mail="omar@secretariat.example.org")
    with actors.acting(actors.Actor(actors.ActorKind.ACCOUNT, code=user)):
        network.contact(network.city(own), given="Leïla")
    page = admin.get("/en/work/audit?entity=person").text
    assert "network.add_contact" in page
    assert "Leïla" in page


def test_an_erased_value_leaves_the_record_that_it_changed(own, admin, light_app):
    network.contact(network.city(own), given="Leïla")
    session().rollback()
    with session().get_bind().begin() as connection:
        connection.execute(sa.delete(AuditValue))
    page = admin.get("/en/work/audit?entity=person").text
    assert "Leïla" not in page
    assert "•••" in page


def test_the_log_is_found_by_name_command_kind_and_code(own, admin):
    city = network.city(own)
    with actors.acting(actors.Actor(actors.ActorKind.ACCOUNT, code=accounts.organiser())):
        network.theme(own)
    by_name = admin.get("/en/work/audit?q=benali").text
    assert "network.add_theme</code>" in by_name
    assert "network.add_city</code>" not in by_name
    assert city in admin.get(f"/en/work/audit?q={city.lower()}").text
    only = admin.get("/en/work/audit?command=network.add_city").text
    assert "<code>network.add_theme</code>" not in only
    assert admin.get("/en/work/audit?command=nothing&entity=%27&sort=x&page=-4").status_code == 200


def test_the_log_asks_as_often_for_thirty_rows_as_for_one(own, admin):
    def asked() -> int:
        admin.application.extensions["eventhub-porch"].watch.looked_at = float("inf")  # it depends on the clock alone
        with counting() as seen:
            assert admin.get("/en/work/audit").status_code == 200
        return len(seen)

    asked()
    few = asked()
    for number in range(30):
        network.contact(network.city(own, f"Ville {number}"), mail=f"p{number}@example.org")
    asked()
    assert asked() == few


def test_hostile_values_in_the_log_stay_words(own, admin):
    network.city(own, network.text(CORPUS["script"], ar=CORPUS["override"].replace("\u202e", "")))
    assert harm_in(admin.get("/en/work/audit").text) == []


def test_a_text_is_compared_language_by_language():
    after = {**TEXT, "fr": "Après", "it": "Dopo"}
    assert changes({"title": [TEXT, after]}, {}) == [
        Change("title (fr)", "Avant", "Après"),
        Change("title (it)", "—", "Dopo"),
    ]


def test_a_personal_value_is_shown_while_it_is_kept():
    raw = {"given_name": ["personal", "personal"], "language": ["fr", "ar"]}
    assert changes(raw, {"given_name": ("Leila", "Leïla")})[0] == Change("given_name", "Leila", "Leïla", True)
    assert changes(raw, {})[0] == Change("given_name", "•••", "•••", True)
