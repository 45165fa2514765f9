"""An event is made from a kind, edited without losing anything, and taken through its life step by step."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.core import actors, clock, public_version
from eventhub.core.db import session
from eventhub.core.errors import Changed, NotFound
from eventhub.core.text import EMPTY
from eventhub.events import commands, queries
from eventhub.events.kinds import KINDS
from eventhub.events.models import EventKind, EventState, TeamRole
from eventhub.programme.queries import sessions_of
from tests.factories import accounts
from tests.factories.events import by_code, event, network, room, text


def facts(row, **changes):
    """The facts of an event as its form would send them."""
    names = ("title", "slug", "starts_on", "ends_on", "dates_confirmed", "zone", "place", "venue", "address",
             "main_language", "languages", "capacity", "registration_until")  # fmt: skip
    now = {name: getattr(row, name) for name in names}
    return {"event": row.code, "revision": row.revision, "city": None, **now, **changes}


def version_of(scope: str) -> int:
    query = sa.select(public_version.PublicVersion.number).where(public_version.PublicVersion.scope == scope)
    return session().scalar(query) or 0


@pytest.mark.parametrize("kind", list(EventKind))
def test_each_kind_lays_its_rooms_and_its_first_sessions(app: Flask, kind: EventKind) -> None:
    row = event(kind=kind, bare=False, ends_on=None)
    model = KINDS[kind]
    assert [each.name for each in queries.rooms(row)] == [each.name for each in model.rooms]
    assert len(row.days) == model.days
    assert {each.title for each in sessions_of(row)} == {each.title for each in model.sessions}
    assert row.summary == model.summary


def test_a_bare_event_has_nothing_but_its_facts(app: Flask) -> None:
    row = event(bare=True)
    assert queries.rooms(row) == []
    assert sessions_of(row) == []
    assert row.capacity is None


def test_whoever_creates_an_event_is_its_organiser(app: Flask) -> None:
    user = accounts.organiser()
    with actors.acting(actors.Actor(actors.ActorKind.ACCOUNT, code=user)):
        row = event()
    assert [(each.user.code, each.role) for each in queries.team(row)] == [(user, TeamRole.ORGANISER)]


def test_organisers_are_found_by_the_mail_of_their_account(app: Flask) -> None:
    user = accounts.organiser("nadia@secretariat.example.org")
    assert [each.user.code for each in queries.team(event(organisers=["Nadia@secretariat.example.org "]))] == [user]
    with pytest.raises(commands.NoSuchAccount):
        event(slug="other", organisers=["nobody@example.org"])
    assert queries.public_event("other") is None


def test_without_a_network_there_is_no_event(app: Flask) -> None:
    with pytest.raises(NotFound):
        commands.create_event(
            kind=EventKind.PEER_MEETING, title=text("x"), starts_on=date(2016, 1, 1), zone="Europe/Paris"
        )


def test_the_short_name_comes_from_the_title_and_is_numbered_when_taken(app: Flask) -> None:
    assert event(slug="").slug == "technical-meeting-2016"
    assert event(slug="").slug == "technical-meeting-2016-2"
    assert event(slug="", title=text("", ar="اللقاء")).slug == "technical-meeting-2016-3"
    assert event(slug="", title=text("", en="x" * 80)).slug.endswith("xx")


@pytest.mark.parametrize("slug", ["Lyon", "lyon 2016", "a/b", "-", "site", "new", "x" * 61, "é"])
def test_a_short_name_that_is_no_address_is_refused(app: Flask, slug: str) -> None:
    with pytest.raises(commands.SlugNotGood):
        event(slug=slug)


def test_a_chosen_short_name_that_is_taken_is_refused(app: Flask) -> None:
    first, second = event(), event(slug="tunis-2016")
    with pytest.raises(commands.SlugTaken):
        event()
    with pytest.raises(commands.SlugTaken):
        commands.edit_event(**facts(second, slug=first.slug))


def test_the_last_day_is_not_before_the_first(app: Flask) -> None:
    with pytest.raises(commands.DaysNotInOrder):
        event(ends_on=date(2016, 3, 8))
    row = event()
    with pytest.raises(commands.DaysNotInOrder):
        commands.edit_event(**facts(row, ends_on=date(2016, 3, 1)))


def test_an_edit_changes_the_facts_and_renews_the_public_pages(app: Flask) -> None:
    row = event(state=EventState.ANNOUNCED)
    before = version_of("lyon-2016"), version_of(public_version.SITE)
    commands.edit_event(**facts(row, slug="lyon-march-2016", capacity=40, languages=["ar", "fr"]))
    after = by_code(row.code)
    assert (after.slug, after.capacity, after.languages, after.revision) == ("lyon-march-2016", 40, ["fr", "ar"], 2)
    assert version_of("lyon-2016") > before[0]
    assert version_of("lyon-march-2016") > before[0]
    assert version_of(public_version.SITE) > before[1]


def test_a_save_on_an_older_revision_loses_nothing_and_shows_both(app: Flask) -> None:
    row = event()
    texts = {"summary": row.summary, "description": row.description, "practical": EMPTY, "outcome": EMPTY}
    stale = {"event": row.code, "revision": row.revision}
    commands.edit_texts(**stale, **{**texts, "practical": text("La première")})
    with pytest.raises(Changed) as refused:
        commands.edit_texts(**stale, **{**texts, "practical": text("La seconde")})
    assert refused.value.values["theirs"]["practical"] == text("La première")
    assert refused.value.values["mine"]["practical"] == text("La seconde")
    assert by_code(row.code).practical == text("La première")
    commands.edit_texts(event=row.code, revision=2, **{**texts, "practical": text("La seconde")})
    assert by_code(row.code).practical == text("La seconde")


def test_saving_the_same_twice_is_no_conflict(app: Flask) -> None:
    row = event()
    sent = facts(row, capacity=30)
    commands.edit_event(**sent)
    commands.edit_event(**sent)
    assert by_code(row.code).revision == 2


def test_an_event_walks_its_life_one_step_at_a_time(app: Flask) -> None:
    row = event()
    with pytest.raises(commands.StepNotPossible):
        commands.set_state(event=row.code, to=EventState.RUNNING)
    for step in list(EventState)[1:]:
        commands.set_state(event=row.code, to=step)
        assert by_code(row.code).state is step


def test_registration_does_not_open_after_its_deadline(app: Flask) -> None:
    row = event(state=EventState.ANNOUNCED, registration_until=datetime(2016, 2, 26, 22, 59, tzinfo=UTC))
    with clock.frozen(datetime(2016, 3, 1, tzinfo=UTC)), pytest.raises(commands.DeadlinePassed):
        commands.set_state(event=row.code, to=EventState.REGISTRATION_OPEN)
    with clock.frozen(datetime(2016, 2, 1, tzinfo=UTC)):
        commands.set_state(event=row.code, to=EventState.REGISTRATION_OPEN)


def test_a_draft_is_unknown_to_the_public_and_an_announced_event_is_not(app: Flask) -> None:
    row = event()
    assert queries.public_event(row.slug) is None
    commands.set_state(event=row.code, to=EventState.ANNOUNCED)
    assert queries.public_event(row.slug) is not None


def test_a_room_is_edited_and_removed_unless_a_session_is_in_it(app: Flask) -> None:
    from tests.factories.programme import session as make_session

    row = event()
    hall, spare = room(row, booths=("ar", "fr")), room(row, "Salle B")
    assert hall.booths == ["fr", "ar"]
    make_session(row, room=hall.code)
    commands.edit_room(
        event=row.code, room=spare.code, revision=1, name=text("Salle C"), capacity=10, booths=["en"], position=5
    )
    assert [each.name for each in queries.rooms(row)] == [text("Grand salon"), text("Salle C")]
    with pytest.raises(Changed):
        commands.edit_room(
            event=row.code, room=spare.code, revision=1, name=text("Salle D"), capacity=10, booths=["en"], position=5
        )
    with pytest.raises(commands.RoomInUse):
        commands.remove_room(event=row.code, room=hall.code)
    commands.remove_room(event=row.code, room=spare.code)
    assert [each.code for each in queries.rooms(row)] == [hall.code]


def test_a_room_of_another_event_does_not_exist(app: Flask) -> None:
    row, other = event(), event(slug="other")
    theirs = room(other)
    with pytest.raises(NotFound):
        commands.remove_room(event=row.code, room=theirs.code)
    assert queries.room_for_work(row.code, theirs.code) is None
    assert queries.room_for_work(other.code, theirs.code) is not None


def test_the_team_keeps_one_organiser(app: Flask) -> None:
    accounts.organiser("nadia@secretariat.example.org")
    accounts.organiser("omar@secretariat.example.org")
    row = event(organisers=["nadia@secretariat.example.org"])
    (nadia,) = queries.team(row)
    with pytest.raises(commands.LastOrganiser):
        commands.remove_team_member(event=row.code, member=nadia.code)
    with pytest.raises(commands.NoSuchAccount):
        commands.add_team_member(event=row.code, mail="nobody@example.org", role=TeamRole.DESK)
    commands.add_team_member(event=row.code, mail="omar@secretariat.example.org", role=TeamRole.ORGANISER)
    with pytest.raises(commands.AlreadyInTeam):
        commands.add_team_member(event=row.code, mail="omar@secretariat.example.org", role=TeamRole.ORGANISER)
    commands.remove_team_member(event=row.code, member=nadia.code)
    assert [each.user.email for each in queries.team(row)] == ["omar@secretariat.example.org"]


def test_the_network_factory_makes_one_network(app: Flask) -> None:
    assert network() == network()
