"""The draft agenda is changed under the lock of its event, and released for good."""

import threading
from datetime import date, time

import pytest
import sqlalchemy as sa
from flask import Flask

from eventhub.core import editions, jobs, public_version
from eventhub.core.db import db
from eventhub.core.errors import Changed, NotFound
from eventhub.core.text import LANGUAGES
from eventhub.events.models import Event, EventState
from eventhub.programme import commands, documents, queries
from eventhub.programme.models import Part, SessionKind
from eventhub.programme.rules import changes
from tests.factories.accounts import person
from tests.factories.events import event, room, text
from tests.factories.programme import DAY_TWO, by_code, move, session


def people_of(row) -> list[tuple[str, str]]:
    return [(each.person.code, each.part.value) for each in row.people]


def test_a_session_has_a_whole_slot_or_none(app: Flask) -> None:
    row = event()
    assert session(row, day=None, start=None).day is None
    with pytest.raises(commands.HalfASlot):
        session(row, start=None)
    with pytest.raises(commands.HalfASlot):
        session(row, day=None)
    for minutes in (0, 4, -30, 24 * 60 + 1):
        with pytest.raises(commands.LengthNotPossible):
            session(row, minutes=minutes)


def test_a_room_or_theme_from_elsewhere_does_not_exist(app: Flask) -> None:
    row, other = event(), event(slug="other")
    theirs = room(other)
    with pytest.raises(NotFound):
        session(row, room=theirs.code)
    with pytest.raises(NotFound):
        session(row, theme="NOTHERE")
    mine = session(row)
    with pytest.raises(NotFound):
        commands.remove_session(event=other.code, session=mine.code)


def test_moving_a_session_meanwhile_moved_shows_both_places(app: Flask) -> None:
    row = event()
    hall, small = room(row), room(row, "Salle B")
    opening = session(row, room=hall.code)
    stale = opening.revision
    move(opening, start=time(10, 0))
    with pytest.raises(Changed) as refused:
        commands.place_session(
            event=row.code, session=opening.code, revision=stale, day=DAY_TWO, start=time(9, 0), minutes=60,
            room=small.code,
        )  # fmt: skip
    assert refused.value.values["theirs"]["start"] == time(10, 0)
    assert refused.value.values["mine"]["day"] == DAY_TWO
    assert by_code(opening.code).start == time(10, 0)


def test_editing_a_session_on_an_older_revision_is_refused(app: Flask) -> None:
    opening = session(event())
    sent = {
        "event": opening.event.code, "session": opening.code, "revision": opening.revision, "theme": None,
        "kind": SessionKind.PLENARY, "summary": text("Bienvenue"), "languages": ["ar", "fr"], "seats": 20, "note": "",
    }  # fmt: skip
    commands.edit_session(**sent, title=text("Ouverture officielle"))
    with pytest.raises(Changed):
        commands.edit_session(**sent, title=text("Séance d’ouverture"))
    after = by_code(opening.code)
    assert (after.title, after.languages, after.seats) == (text("Ouverture officielle"), ["fr", "ar"], 20)


def test_items_keep_their_numbers_closed_up(app: Flask) -> None:
    row = session(event())
    where = {"event": row.event.code, "session": row.code}
    first, second, third = (commands.add_item(**where, title=text(title)) for title in ("Un", "Deux", "Trois"))
    commands.move_item(**where, item=third, to=1)
    assert [each.code for each in by_code(row.code).items] == [third, first, second]
    commands.remove_item(**where, item=first)
    assert [(each.code, each.position) for each in by_code(row.code).items] == [(third, 1), (second, 2)]
    commands.move_item(**where, item=third, to=99)
    assert [each.code for each in by_code(row.code).items] == [second, third]


def test_an_item_has_speakers_in_an_order(app: Flask) -> None:
    amina, omar = person("a@example.org"), person("o@example.org", given="Omar", family="Haddad")
    row = session(event())
    where = {"event": row.event.code, "session": row.code}
    item = commands.add_item(**where, title=text("Mot d’accueil"), minutes=10, speakers=[amina.code])
    edit = {**where, "item": item, "title": text("Mot d’accueil"), "minutes": 10}
    commands.edit_item(**edit, revision=1, speakers=[omar.code, amina.code])
    assert [each.person.code for each in by_code(row.code).items[0].speakers] == [omar.code, amina.code]
    commands.edit_item(**edit, revision=1, speakers=[])
    assert by_code(row.code).items[0].speakers == []
    with pytest.raises(NotFound):
        commands.edit_item(**edit, revision=1, speakers=["NOBODY"])
    with pytest.raises(Changed):
        commands.edit_item(**{**edit, "title": text("Autre")}, revision=7, speakers=[])


def test_a_person_has_a_part_once(app: Flask) -> None:
    amina = person()
    row = session(event())
    where = {"event": row.event.code, "session": row.code, "person": amina.code}
    commands.add_person(**where, part=Part.CHAIR)
    commands.add_person(**where, part=Part.SPEAKER)
    with pytest.raises(commands.AlreadyThere):
        commands.add_person(**where, part=Part.CHAIR)
    commands.remove_person(**where, part=Part.CHAIR)
    assert people_of(by_code(row.code)) == [(amina.code, "speaker")]
    with pytest.raises(NotFound):
        commands.remove_person(**where, part=Part.CHAIR)
    with pytest.raises(NotFound):
        commands.add_person(**{**where, "person": "NOBODY"}, part=Part.CHAIR)


def test_nothing_placed_is_nothing_to_release(app: Flask) -> None:
    row = event()
    with pytest.raises(commands.NothingToRelease):
        commands.release(event=row.code)
    session(row, day=None, start=None)
    with pytest.raises(commands.NothingToRelease):
        commands.release(event=row.code)


def test_a_release_holds_what_is_placed_and_names_no_one(app: Flask) -> None:
    amina = person()
    row = event()
    hall = room(row)
    opening = session(row, room=hall.code)
    session(row, "Sans place", day=None, start=None)
    commands.add_person(event=row.code, session=opening.code, person=amina.code, part=Part.CHAIR)
    assert commands.release(event=row.code, note=text("Première")) == 1
    release = queries.latest_release(row)
    assert release is not None
    assert [each.code for each in release.sessions] == [opening.code]
    assert release.sessions[0].people_as("chair") == [amina.code]
    kept = editions.get("agenda", row.code)
    assert kept is not None
    assert "Amina" not in str(kept.snapshot)
    assert "Trabelsi" not in str(kept.changes)


def test_releasing_the_same_draft_again_is_refused(app: Flask) -> None:
    row = event()
    opening = session(row)
    commands.release(event=row.code)
    with pytest.raises(commands.NothingChanged):
        commands.release(event=row.code)
    move(opening, start=time(11, 0))
    move(by_code(opening.code), start=time(9, 0))
    with pytest.raises(commands.NothingChanged):
        commands.release(event=row.code)
    assert queries.release_numbers(row) == [1]


def test_a_draft_with_a_clash_is_released_only_when_told_so(app: Flask) -> None:
    row = event()
    hall = room(row)
    session(row, room=hall.code)
    session(row, "Autre", room=hall.code)
    with pytest.raises(commands.ConflictsStand):
        commands.release(event=row.code)
    assert commands.release(event=row.code, despite_conflicts=True) == 1


def test_a_release_says_what_changed_and_counts_per_session(app: Flask) -> None:
    row = event()
    hall, small = room(row), room(row, "Salle B")
    opening, closing = session(row, room=hall.code), session(row, "Clôture", day=DAY_TWO, room=hall.code)
    commands.release(event=row.code)
    move(opening, start=time(10, 30), room=small.code)
    commands.release(event=row.code)
    commands.remove_session(event=row.code, session=closing.code)
    commands.release(event=row.code)
    second, third = queries.release(row, 2), queries.release(row, 3)
    assert second is not None
    assert third is not None
    assert [(each["what"], each["session"]) for each in second.changes] == [("moved", opening.code)]
    assert second.changes[0]["from"] == {"day": "2016-03-09", "start": "09:00", "minutes": 60, "room": hall.code}
    assert second.changes[0]["to"] == {"day": "2016-03-09", "start": "10:30", "minutes": 60, "room": small.code}
    assert [(each["what"], each["session"]) for each in third.changes] == [("removed", closing.code)]
    assert {each.code: each.sequence for each in third.sessions} == {opening.code: 1}
    assert [(each.code, each.sequence, each.cancelled_in) for each in third.cancelled] == [(closing.code, 2, 3)]


def test_a_session_that_comes_back_counts_on(app: Flask) -> None:
    row = event()
    session(row, "Reste")
    visit = session(row, "Visite", day=DAY_TWO)
    commands.release(event=row.code)
    move(visit, day=None, start=None)
    commands.release(event=row.code)
    move(by_code(visit.code), day=DAY_TWO, start=time(9, 0))
    commands.release(event=row.code)
    release = queries.latest_release(row)
    assert release is not None
    assert release.cancelled == ()
    assert {each.title.in_("fr"): each.sequence for each in release.sessions} == {"Reste": 0, "Visite": 2}


def test_the_change_list_leads_from_each_release_to_the_next(app: Flask) -> None:
    row = event()
    opening = session(row, room=room(row).code)
    commands.release(event=row.code)
    move(opening, day=DAY_TWO)
    commands.add_item(event=row.code, session=opening.code, title=text("Point"))
    session(row, "Nouvelle")
    commands.release(event=row.code)
    first, second = queries.release(row, 1), queries.release(row, 2)
    assert first is not None
    assert second is not None
    assert changes.apply(first.agenda, second.changes) == second.agenda
    assert changes.apply(changes.EMPTY, first.changes) == first.agenda


def test_a_release_renews_the_public_pages_of_its_event_and_no_other(app: Flask) -> None:
    def numbers() -> dict[str, int]:
        query = sa.select(public_version.PublicVersion.scope, public_version.PublicVersion.number)
        with db.engine.connect() as connection:
            return {row.scope: row.number for row in connection.execute(query)}

    row = event(state=EventState.ANNOUNCED)
    event(slug="other", state=EventState.ANNOUNCED)
    session(row)
    before = numbers()
    commands.release(event=row.code)
    after = numbers()
    assert after["lyon-2016"] > before["lyon-2016"]
    assert after["other"] == before["other"]


def test_a_release_asks_for_its_documents_in_every_language(app: Flask) -> None:
    row = event()
    session(row)
    commands.release(event=row.code)
    release = queries.latest_release(row)
    assert release is not None
    assert sorted(job.payload["language"] for job in jobs.of(release.code, documents.JOB)) == sorted(LANGUAGES)
    commands.prepare_document(event=row.code, language="fr")
    assert len(jobs.of(release.code, documents.JOB)) == len(LANGUAGES)


def test_a_document_is_kept_once_and_replaces_the_one_with_older_names(app: Flask) -> None:
    row = event()
    session(row)
    commands.release(event=row.code)
    release = queries.latest_release(row)
    assert release is not None
    before = {"A": queries.Name("Amina Trabelsi", "", "latin")}
    after = {"A": queries.Name("Amina Ben Salah", "", "latin")}
    code = commands.keep_document(release=release, language="fr", names=before, data=b"%PDF-1")
    assert commands.keep_document(release=release, language="fr", names=before, data=b"%PDF-1") == code
    commands.keep_document(release=release, language="ar", names=before, data=b"%PDF-2")
    assert documents.find(release, "fr", after) is None
    commands.keep_document(release=release, language="fr", names=after, data=b"%PDF-3")
    assert documents.find(release, "fr", before) is None
    assert documents.find(release, "ar", before) is not None


def test_two_releases_at_once_make_one(app: Flask) -> None:
    row = event()
    session(row)
    code = row.code
    db.session.remove()
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def publish() -> None:
        with app.app_context():
            gate.wait()
            try:
                outcomes.append(f"release {commands.release(event=code)}")
            except commands.NothingChanged:
                outcomes.append("nothing changed")

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["nothing changed"] * 3 + ["release 1"]
    assert queries.release_numbers(db.session.scalars(sa.select(Event)).one()) == [1]


@pytest.mark.control
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite the transaction itself is the lock
def test_without_the_lock_two_releases_at_once_fall_over_each_other(
    app: Flask, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = event()
    session(row)
    code = row.code
    db.session.remove()
    gate = threading.Barrier(2)
    original = editions.fingerprint

    def slow(agenda):
        with_barrier = threading.current_thread().name.startswith("racer") and not getattr(slow, "done", False)
        if with_barrier:
            gate.wait(timeout=10)
        return original(agenda)

    def no_lock(model, wanted):
        return commands.load(model, wanted)

    monkeypatch.setattr(commands, "lock", no_lock)
    monkeypatch.setattr(commands.editions, "fingerprint", slow)
    faults: list[str] = []

    def publish() -> None:
        with app.app_context():
            try:
                commands.release(event=code)
            except Exception as error:
                faults.append(type(error).__name__)

    threads = [threading.Thread(target=publish, name=f"racer-{n}") for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == ["IntegrityError"]


def test_a_day_and_a_date_stay_what_they_are_on_both_databases(app: Flask) -> None:
    row = session(event(), day=date(2016, 3, 27), start=time(2, 30))
    assert (row.day, row.start) == (date(2016, 3, 27), time(2, 30))
