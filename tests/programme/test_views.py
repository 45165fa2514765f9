"""The draft is worked on by plain forms; two editors lose nothing; conflicts are named where they are made."""

from __future__ import annotations

import re
from datetime import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventhub.events import commands as events
from eventhub.events.models import EventState, TeamRole
from eventhub.events.queries import team
from eventhub.programme import commands, queries
from eventhub.programme.models import Part, SessionKind
from tests.factories.accounts import organiser, person, sign_in
from tests.factories.events import event, room, text
from tests.factories.programme import DAY_ONE, DAY_TWO, by_code, move, session
from tests.hostile import CORPUS, harm_in
from tests.queries import counting

NADIA = "nadia@secretariat.example.org"


@pytest.fixture
def desk(light_app: Flask) -> FlaskClient:
    """A browser in which an organiser is signed in."""
    return sign_in(light_app, organiser(NADIA))


def mine(**values):
    return event(organisers=[NADIA], **values)


def path(row, *parts: str, lang: str = "en") -> str:
    return "/".join([f"/{lang}/work/events/{row.code}/agenda", *parts])


NEW = {"kind": "plenary", "title-fr": "Ouverture", "day": "2016-03-09", "start": "09:00", "until": "10:30"}


def test_a_session_is_added_with_its_slot(desk: FlaskClient) -> None:
    row = mine()
    hall = room(row)
    answer = desk.post(path(row, "new"), data={**NEW, "room": hall.code, "languages": ["ar", "fr"], "seats": "40"})
    assert answer.status_code == 303
    (made,) = queries.sessions_of(row)
    assert (made.day, made.start, made.minutes, made.room.code) == (DAY_ONE, time(9), 90, hall.code)
    assert (made.languages, made.seats) == (["fr", "ar"], 40)
    page = desk.get(path(row)).text
    assert "Ouverture" in page
    assert "09:00–10:30" in page


def test_a_session_without_day_and_hours_waits_outside_the_agenda(desk: FlaskClient) -> None:
    row = mine()
    desk.post(path(row, "new"), data={"kind": "visit", "title-fr": "Visite"})
    assert "Not placed yet" in desk.get(path(row)).text


def test_an_end_before_the_beginning_is_the_next_day_unless_it_is_absurd(desk: FlaskClient) -> None:
    row = mine()
    desk.post(path(row, "new"), data={**NEW, "start": "21:00", "until": "00:30"})
    assert queries.sessions_of(row)[0].minutes == 210
    assert desk.post(path(row, "new"), data={**NEW, "start": "10:30", "until": "09:00"}).status_code == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title-fr": ""}, "at least one language"),
        ({"start": ""}, "hour at which it begins"),
        ({"until": ""}, "hour at which it ends"),
        ({"day": ""}, "choose the day"),
        ({"day": "2016-03-12"}, "day"),
        ({"room": "NOTHERE"}, "room"),
        ({"kind": "party"}, "kind"),
        ({"seats": "-1"}, "seats"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(desk: FlaskClient, changes: dict[str, str], words: str) -> None:
    row = mine()
    answer = desk.post(path(row, "new"), data={**NEW, **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert "wrong-words" in answer.text
    assert queries.sessions_of(row) == []


def test_a_clash_is_named_on_the_draft_the_session_and_the_dashboard(desk: FlaskClient) -> None:
    amina = person()
    row = mine()
    hall = room(row)
    opening = session(row, room=hall.code)
    other = session(row, "Atelier", room=hall.code, start=time(9, 30))
    for each in (opening, other):
        commands.add_person(event=row.code, session=each.code, person=amina.code, part=Part.CHAIR)
    pages = (path(row), path(row, opening.code), f"/en/work/events/{row.code}", f"/en/work/events/{row.code}/releases")
    first, second = (title for _, title in sorted([(opening.code, "Ouverture"), (other.code, "Atelier")]))
    for page in pages:
        found = re.sub("<[^>]+>", "", desk.get(page).text)
        assert f"“{first}” and “{second}” are in Grand salon at the same time." in found
        assert f"Amina Trabelsi is expected in “{first}” and in “{second}” at the same time." in found


def test_moving_is_a_form_that_two_editors_do_not_overwrite(desk: FlaskClient) -> None:
    row = mine()
    opening = session(row)
    sent = {"revision": "1", "day": "2016-03-10", "start": "09:00", "until": "10:00"}
    move(opening, start=time(14, 0), minutes=90)
    answer = desk.post(path(row, opening.code, "slot"), data=sent)
    assert answer.status_code == 422
    assert "newer version" in answer.text
    assert "14:00" in answer.text
    assert "2016" in answer.text
    assert desk.post(path(row, opening.code, "slot"), data={**sent, "revision": "2"}).status_code == 303
    assert by_code(opening.code).day == DAY_TWO
    desk.post(path(row, opening.code, "slot"), data={"revision": "3", "day": "", "start": "", "until": ""})
    assert by_code(opening.code).day is None


def test_a_sessions_texts_are_edited_and_both_versions_shown(desk: FlaskClient) -> None:
    row = mine()
    opening = session(row)
    sent = {"revision": "1", "kind": "plenary", "title-fr": "Séance d’ouverture"}
    assert desk.post(path(row, opening.code, "edit"), data=sent).status_code == 303
    late = desk.post(path(row, opening.code, "edit"), data={**sent, "title-fr": "Ouverture solennelle"})
    assert late.status_code == 422
    assert "Séance d’ouverture" in late.text
    assert "Ouverture solennelle" in late.text


def test_a_session_is_removed_after_a_question(desk: FlaskClient) -> None:
    row = mine()
    opening = session(row)
    assert desk.get(path(row, opening.code, "remove")).status_code == 200
    assert len(queries.sessions_of(row)) == 1
    assert desk.post(path(row, opening.code, "remove")).status_code == 303
    assert queries.sessions_of(row) == []


def test_items_are_added_edited_moved_and_removed(desk: FlaskClient) -> None:
    amina = person()
    row = mine()
    opening = session(row)
    commands.add_person(event=row.code, session=opening.code, person=amina.code, part=Part.SPEAKER)
    for title in ("Accueil", "Débat"):
        desk.post(path(row, opening.code, "items", "new"), data={"title-fr": title, "minutes": "10"})
    first, second = by_code(opening.code).items
    edit = path(row, opening.code, "items", first.code)
    assert "Amina Trabelsi" in desk.get(edit).text
    desk.post(edit, data={"revision": "1", "title-fr": "Mot d’accueil", "minutes": "", "speakers": [amina.code]})
    desk.post(path(row, opening.code, "items", second.code, "move"), data={"to": "1"})
    found = by_code(opening.code).items
    assert [each.title.in_("fr") for each in found] == ["Débat", "Mot d’accueil"]
    assert [each.person.code for each in found[1].speakers] == [amina.code]
    assert desk.post(path(row, opening.code, "items", second.code, "move"), data={"to": "x"}).status_code == 400
    desk.post(path(row, opening.code, "items", second.code, "remove"))
    assert len(by_code(opening.code).items) == 1


def test_people_are_found_in_either_script_and_given_a_part(desk: FlaskClient) -> None:
    amina = person(given_name_arabic="أمينة", family_name_arabic="الطرابلسي")
    row = mine()
    opening = session(row)
    page = path(row, opening.code, "people")
    for words in ("trabelsi", "أمينه", "AMINA Trab"):
        assert "Amina Trabelsi" in desk.get(page, query_string={"q": words}).text
    assert "Nobody is known" in desk.get(page, query_string={"q": "zzz"}).text
    assert "Amina" not in desk.get(page).text
    desk.post(page, data={"person": amina.code, "part": "chair"})
    assert [(each.person.code, each.part) for each in by_code(opening.code).people] == [(amina.code, Part.CHAIR)]
    again = desk.post(page, data={"person": amina.code, "part": "chair"}, follow_redirects=True)
    assert "has this part in the session already" in again.text
    assert desk.post(path(row, opening.code, "people", amina.code, "speaker", "remove")).status_code == 404
    desk.post(path(row, opening.code, "people", amina.code, "chair", "remove"))
    assert by_code(opening.code).people == []


def test_a_release_is_published_compared_and_refused_when_nothing_changed(desk: FlaskClient) -> None:
    row = mine(state=EventState.ANNOUNCED)
    opening = session(row)
    releases = f"/en/work/events/{row.code}/releases"
    assert desk.get(f"{releases}/compare").status_code == 404
    desk.post(releases, data={"note-fr": "Première"})
    assert queries.release_numbers(row) == [1]
    assert "Nothing has changed since" in desk.post(releases, data={}, follow_redirects=True).text
    move(opening, start=time(11, 0))
    assert "09:00–10:00" in desk.get(releases).text
    desk.post(releases, data={})
    page = desk.get(f"{releases}/compare?from=1&to=2").text
    assert "11:00–12:00" in page
    assert "09:00–10:00" in page
    assert desk.get(f"{releases}/compare?from=1&to=9").status_code == 404
    assert desk.post(f"{releases}/documents/fr").status_code == 303
    assert desk.post(f"{releases}/documents/xx").status_code == 404


def test_a_release_with_a_clash_needs_a_word(desk: FlaskClient) -> None:
    row = mine()
    hall = room(row)
    session(row, room=hall.code)
    session(row, "Autre", room=hall.code)
    releases = f"/en/work/events/{row.code}/releases"
    assert "Release although conflicts stand" in desk.get(releases).text
    assert "impossible as it stands" in desk.post(releases, data={}, follow_redirects=True).text
    desk.post(releases, data={"despite_conflicts": "y"})
    assert queries.release_numbers(row) == [1]


def test_an_organiser_of_another_event_reaches_nothing(desk: FlaskClient) -> None:
    organiser("omar@secretariat.example.org")
    amina = person()
    theirs = event(slug="theirs", organisers=["omar@secretariat.example.org"])
    own = mine()
    hidden = session(theirs)
    item = commands.add_item(event=theirs.code, session=hidden.code, title=text("Point"))
    commands.add_person(event=theirs.code, session=hidden.code, person=amina.code, part=Part.CHAIR)
    for row in (theirs, own):  # through its event, and through an event that is mine
        for page in ("", "/edit", "/slot", "/remove", "/people", "/items/new", f"/items/{item}"):
            assert desk.get(f"{path(row, hidden.code)}{page}").status_code == 404
        for action in ("/remove", f"/items/{item}/remove", f"/items/{item}/move", f"/people/{amina.code}/chair/remove"):
            assert desk.post(f"{path(row, hidden.code)}{action}", data={"to": "1"}).status_code == 404
    assert desk.get(path(theirs)).status_code == 404
    assert desk.get(f"/en/work/events/{theirs.code}/releases").status_code == 404
    assert len(queries.sessions_of(theirs)) == 1


def test_the_desk_reads_the_draft_and_changes_nothing(light_app: Flask) -> None:
    organiser(NADIA)
    organiser("sami@secretariat.example.org", roles=())
    row = mine()
    opening = session(row)
    events.add_team_member(event=row.code, mail="sami@secretariat.example.org", role=TeamRole.DESK)
    sami = sign_in(light_app, next(each.user.code for each in team(row) if each.role is TeamRole.DESK))
    assert sami.get(path(row)).status_code == 200
    assert sami.get(path(row, opening.code)).status_code == 200
    for page in ("edit", "slot", "remove", "people"):
        assert sami.get(path(row, opening.code, page)).status_code == 404
    assert sami.post(f"/en/work/events/{row.code}/releases").status_code == 404


@pytest.mark.parametrize("hostile", sorted(set(CORPUS) - {"surrogate"}))
def test_hostile_texts_sent_through_the_forms_come_back_harmless(desk: FlaskClient, hostile: str) -> None:
    nasty = CORPUS[hostile]
    row = mine()
    hall = room(row)
    sent = {**NEW, "title-fr": nasty, "summary-fr": nasty, "note": nasty, "room": hall.code}
    answer = desk.post(path(row, "new"), data=sent)
    assert answer.status_code in (303, 422)
    if answer.status_code == 422:
        assert harm_in(answer.text) == []
        return
    (made,) = queries.sessions_of(row)
    desk.post(path(row, made.code, "items", "new"), data={"title-fr": nasty})
    of_session = [path(row, made.code, each) for each in ("edit", "remove", "slot")]
    of_event = [f"/en/work/events/{row.code}", f"/en/work/events/{row.code}/releases"]
    for page in (path(row), path(row, made.code), *of_session, *of_event):
        assert harm_in(desk.get(page).text) == []
    assert harm_in(desk.get(path(row, made.code, "people"), query_string={"q": nasty}).text) == []


def test_the_draft_takes_as_many_statements_for_thirty_sessions_as_for_one(desk: FlaskClient) -> None:
    amina = person()
    row = mine()

    def fill(number: int) -> None:
        made = session(row, f"Séance {number}", kind=SessionKind.THEMATIC)
        commands.add_person(event=row.code, session=made.code, person=amina.code, part=Part.SPEAKER)
        commands.add_item(event=row.code, session=made.code, title=text("Point"), speakers=[amina.code])

    def statements(page: str) -> int:
        desk.get(page)
        desk.application.extensions["eventhub-porch"].watch.looked_at = float("inf")
        with counting() as seen:
            desk.get(page)
        return len(seen)

    pages = (path(row), f"/en/work/events/{row.code}", f"/en/work/events/{row.code}/releases")
    fill(0)
    few = [statements(page) for page in pages]
    for number in range(1, 30):
        fill(number)
    assert [statements(page) for page in pages] == few
