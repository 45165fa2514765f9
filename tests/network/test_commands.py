"""Writes of the network, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from eventhub.accounts.models import Person
from eventhub.core import actors, public_version
from eventhub.core.audit import AuditRow
from eventhub.core.db import session
from eventhub.core.errors import Changed, NotFound
from eventhub.core.text import EMPTY, Text
from eventhub.network import commands, queries, refusals
from eventhub.network.models import City, CityStatus, Contact, ContactKind, News, Partner, Shore, Tag, Theme
from eventhub.network.values import (
    CityValues,
    ContactValues,
    MissionValues,
    NetworkValues,
    NewsValues,
    PartnerValues,
    PersonValues,
    TagValues,
    ThemeValues,
)
from tests.factories import accounts, network

pytestmark = pytest.mark.usefixtures("app")


def site_version() -> int:
    query = sa.select(public_version.PublicVersion.number).where(public_version.PublicVersion.scope == "site")
    return session().scalar(query) or 0


def get(model, code):
    session().expire_all()
    return session().scalars(sa.select(model).where(model.code == code)).one()


def city_values(code: str) -> CityValues:
    return CityValues.of(get(City, code))


def test_a_city_is_kept_as_given_found_in_every_spelling_and_named_in_addresses():
    code = network.city(network.network(), network.text("Beyrouth", en="Beirut", ar="بيروت"))
    row = get(City, code)
    assert row.slug == "beirut"
    assert row.name.values["ar"] == "بيروت"
    assert "beyrouth" in row.folded
    assert row.revision == 1


def test_two_cities_of_one_name_have_two_addresses():
    own = network.network()
    assert get(City, network.city(own)).slug == "tunis"
    assert get(City, network.city(own)).slug == "tunis-2"


def test_every_write_makes_the_public_pages_anew():
    before = site_version()
    own = network.network()
    for make in (
        lambda: network.city(own),
        lambda: network.partner(own),
        lambda: network.theme(own),
        network.tag,
        lambda: network.news(own),
    ):
        make()
        assert site_version() > before
        before = site_version()
    network.mission(network.city(own))
    network.contact(get(City, network.city(own)).code)
    assert site_version() > before


def test_a_city_is_confirmed_with_country_and_position_only():
    own = network.network()
    with pytest.raises(refusals.NotReadyToConfirm):
        network.city(own, longitude=None, latitude=None)
    code = network.city(own, status=CityStatus.EXPECTED, longitude=None, latitude=None, country=EMPTY)
    with pytest.raises(refusals.NotReadyToConfirm):
        commands.set_city_status(city=code, status=CityStatus.CONFIRMED)
    assert get(City, code).status is CityStatus.EXPECTED
    values = replace(city_values(code), country=Text.of({"fr": "Autriche"}), longitude=16.37, latitude=48.2)
    commands.edit_city(city=code, revision=1, values=replace(values, status=CityStatus.CONFIRMED))
    assert get(City, code).status is CityStatus.CONFIRMED


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"longitude": 10.0, "latitude": None}, refusals.WrongPosition),
        ({"longitude": 200.0, "latitude": 10.0}, refusals.WrongPosition),
        ({"zone": "Europe/Atlantis"}, refusals.UnknownZone),
        ({"slug": "Tunis!"}, refusals.WrongSlug),
    ],
)
def test_a_city_with_an_impossible_fact_is_refused_and_nothing_is_written(wrong, refusal):
    own = network.network()
    with pytest.raises(refusal):
        network.city(own, **{"status": CityStatus.EXPECTED, **wrong})
    assert queries.cities() == []


def test_an_address_that_is_taken_is_refused():
    own = network.network()
    network.city(own, "Tunis")
    other = network.city(own, "Sfax")
    with pytest.raises(refusals.SlugTaken):
        commands.edit_city(city=other, revision=1, values=replace(city_values(other), slug="tunis"))


def test_a_city_is_withdrawn_and_can_come_back():
    code = network.city(network.network())
    commands.set_city_status(city=code, status=CityStatus.WITHDRAWN)
    assert queries.cities() == []
    commands.set_city_status(city=code, status=CityStatus.CONFIRMED)
    assert [row.code for row in queries.cities()] == [code]


def test_a_save_on_an_older_revision_is_refused_with_both_versions():
    code = network.city(network.network())
    mine, theirs = (replace(city_values(code), text=network.text(words)) for words in ("à moi", "à eux"))
    commands.edit_city(city=code, revision=1, values=theirs)
    with pytest.raises(Changed) as refused:
        commands.edit_city(city=code, revision=1, values=mine)
    assert refused.value.values["mine"].text == mine.text
    assert refused.value.values["theirs"].text == theirs.text
    assert refused.value.values["revision"] == 2
    assert get(City, code).text == theirs.text


def test_a_save_that_changes_nothing_leaves_the_revision_and_the_pages_alone():
    code = network.city(network.network())
    before = site_version()
    commands.edit_city(city=code, revision=1, values=city_values(code))
    assert (get(City, code).revision, site_version()) == (1, before)


def test_the_audit_names_who_changed_what_from_what_to_what():
    code = network.city(network.network())
    with actors.acting(actors.Actor(actors.ActorKind.ACCOUNT, code="NADIA")):
        commands.edit_city(city=code, revision=1, values=replace(city_values(code), shore=Shore.EUROPE))
    row = session().scalars(sa.select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert (row.actor_code, row.command, row.entity, row.entity_code) == ("NADIA", "network.edit_city", "city", code)
    assert row.changes["shore"] == ["south", "europe"]


def test_network_partner_theme_and_tag_are_edited():
    own = network.network()
    partner, theme, tag = network.partner(own), network.theme(own), network.tag()
    title = network.text("Nouveau titre")
    commands.edit_network(network=own, revision=1, values=NetworkValues(title=title, target_south=6))
    commands.edit_partner(
        partner=partner, revision=1, values=replace(PartnerValues.of(get(Partner, partner)), name=title)
    )
    commands.edit_theme(theme=theme, revision=1, values=replace(ThemeValues.of(get(Theme, theme)), title=title, hue=3))
    commands.edit_tag(tag=tag, revision=1, values=replace(TagValues.of(get(Tag, tag)), name=title))
    assert queries.network().title == title
    assert get(Partner, partner).name == get(Theme, theme).title == get(Tag, tag).name == title


def test_what_is_still_used_is_not_deleted_and_what_is_not_is_gone():
    own = network.network()
    theme, tag, partner = network.theme(own), network.tag(), network.partner(own)
    skill = network.expertise(network.city(own), theme)
    item = network.news(own, tags=(tag,))
    with pytest.raises(refusals.StillUsed):
        commands.remove_theme(theme=theme)
    with pytest.raises(refusals.StillUsed):
        commands.remove_tag(tag=tag)
    commands.remove_expertise(expertise=skill)
    commands.remove_news(news=item)
    commands.remove_theme(theme=theme)
    commands.remove_tag(tag=tag)
    commands.remove_partner(partner=partner)
    for model in (Theme, Tag, Partner, News):
        assert session().scalars(sa.select(model)).all() == []


def test_what_a_higher_room_keeps_of_a_partner_counts_as_use():
    from eventhub.network import references

    own = network.network()
    code = network.partner(own)
    assert references.of(get(Partner, code)) == {}
    names = {key.column.table.name for table in Partner.metadata.sorted_tables for key in table.foreign_keys}
    assert "partner" in names, "no table refers to a partner: this test says nothing"


def test_a_mission_does_not_end_before_it_begins():
    code = network.city(network.network())
    for wrong in ({"starts_on": date(2016, 2, 3), "ends_on": date(2016, 2, 2)}, {"ends_on": date(2016, 2, 2)}):
        with pytest.raises(refusals.WrongDates):
            commands.add_mission(values=MissionValues(city=code, **wrong))


def test_an_unknown_city_is_refused_like_a_wrong_code():
    with pytest.raises(NotFound):
        commands.add_mission(values=MissionValues(city="NOSUCHCITY"))
    with pytest.raises(NotFound):
        commands.edit_theme(theme="NOSUCH", revision=1, values=ThemeValues(title=network.text("x")))


# Contacts


def test_a_contact_is_a_person_who_answers_for_a_city():
    city = network.city(network.network())
    code = network.contact(city, mail="Leila@Tunis.example.org", languages=(("ar", "native"), ("fr", "fluent")))
    row = get(Contact, code)
    assert (row.person.mail, row.person.latin) == ("leila@tunis.example.org", "Leïla Mansour")
    assert row.person.languages == [["ar", "native"], ["fr", "fluent"]]


def test_a_person_already_known_keeps_the_name_as_they_wrote_it():
    accounts.person(mail="leila@tunis.example.org", given="Leïla", family="Ben Mansour")
    city = network.city(network.network())
    added = commands.add_contact(
        values=ContactValues(city=city, kind=ContactKind.TECHNICAL),
        person=PersonValues(mail="leila@tunis.example.org", family_name="BENMANSOUR", phone="+216 71 000 000"),
    )
    person = session().scalars(sa.select(Person)).one()
    assert added.known
    assert (person.family_name, person.phone) == ("Ben Mansour", "+216 71 000 000")


def test_nobody_is_the_same_contact_of_a_city_twice():
    city = network.city(network.network())
    network.contact(city, mail="leila@tunis.example.org")
    with pytest.raises(refusals.AlreadyContact):
        network.contact(city, mail="leila@tunis.example.org")
    network.contact(city, mail="leila@tunis.example.org", kind=ContactKind.POLITICAL)


def test_a_contact_without_any_name_is_refused():
    city = network.city(network.network())
    with pytest.raises(refusals.NoName):
        network.contact(city, given="", family="")


def edited(code: str, **changes: object) -> None:
    row = get(Contact, code)
    person = PersonValues.of(row.person)
    commands.edit_contact(
        contact=code,
        revision=row.revision,
        seen=person.fingerprint,
        values=ContactValues.of(row),
        person=replace(person, **changes),
    )


def test_a_contact_is_edited_with_its_person():
    code = network.contact(network.city(network.network()), mail="leila@tunis.example.org")
    edited(code, family_name="Mansouri", mail="l.mansouri@tunis.example.org", languages=(("fr", "native"),))
    row = get(Contact, code)
    assert (row.person.family_name, row.person.mail, row.revision) == ("Mansouri", "l.mansouri@tunis.example.org", 2)
    assert "mansouri" in row.person.folded


def test_an_address_of_another_person_is_refused():
    accounts.person(mail="omar@tunis.example.org")
    code = network.contact(network.city(network.network()), mail="leila@tunis.example.org")
    with pytest.raises(refusals.MailTaken):
        edited(code, mail="omar@tunis.example.org")


def test_the_address_of_an_account_is_not_changed_by_somebody_else():
    """Whoever could would receive the account's links."""
    accounts.organiser(mail="nadia@secretariat.example.org")
    code = network.contact(network.city(network.network()), mail="nadia@secretariat.example.org")
    with pytest.raises(refusals.MailOfAccount):
        edited(code, mail="attacker@example.org")


def test_a_contact_changed_meanwhile_by_the_person_is_not_overwritten():
    code = network.contact(network.city(network.network()))
    row = get(Contact, code)
    with pytest.raises(Changed):
        commands.edit_contact(
            contact=code, revision=1, seen="older", values=ContactValues.of(row), person=PersonValues.of(row.person)
        )


def test_a_contact_that_goes_leaves_the_person():
    code = network.contact(network.city(network.network()))
    commands.remove_contact(contact=code)
    assert session().scalars(sa.select(Person)).one().latin == "Leïla Mansour"


# News


def test_news_are_linked_to_tags_cities_and_themes_and_the_audit_says_which():
    own = network.network()
    old, new = network.tag("Villes"), network.tag("Missions")
    city, theme = network.city(own), network.theme(own)
    code = network.news(own, tags=(old,), cities=(city,), themes=(theme,))
    assert {tag.code for tag in get(News, code).tags} == {old}
    commands.edit_news(news=code, revision=1, values=replace(NewsValues.of(get(News, code)), tags=(new,), cities=()))
    row = get(News, code)
    assert ([tag.code for tag in row.tags], row.cities, [each.code for each in row.themes]) == ([new], [], [theme])
    said = [row.changes for row in session().scalars(sa.select(AuditRow).where(AuditRow.action == "bulk"))]
    assert {"tags removed": [None, [old]]} in said
    assert {"tags added": [None, [new]]} in said
    assert {"cities removed": [None, [city]]} in said


def test_news_on_an_older_revision_show_both():
    own = network.network()
    code = network.news(own)
    values = NewsValues.of(get(News, code))
    commands.edit_news(news=code, revision=1, values=replace(values, body=network.text("à eux")))
    with pytest.raises(Changed):
        commands.edit_news(news=code, revision=1, values=replace(values, body=network.text("à moi")))
    assert get(News, code).body.values["fr"] == "à eux"
