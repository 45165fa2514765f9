"""The public agenda shows the latest release, what it changed, and nothing of the draft."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time

import pytest
from flask.testing import FlaskClient

from eventhub.core import clock, jobs
from eventhub.core.text import LANGUAGES
from eventhub.events.models import EventState
from eventhub.programme import commands, documents, queries, view
from eventhub.programme.models import Part, SessionKind
from tests.factories.accounts import person
from tests.factories.events import event, room, text
from tests.factories.programme import DAY_ONE, DAY_TWO, by_code, move, session
from tests.hostile import CORPUS, harm_in
from tests.queries import counting


def get(client: FlaskClient, path: str, lang: str = "fr", status: int = 200, **kwargs: object) -> str:
    client.application.extensions["eventhub-porch"].watch.looked_at = float("-inf")
    answer = client.get(f"/{lang}/events/lyon-2016/agenda{path}", **kwargs)
    assert answer.status_code == status, answer.status_code
    assert "Set-Cookie" not in answer.headers
    return answer.text


def announced(**values):
    return event(state=EventState.ANNOUNCED, **values)


def released(row) -> int:
    return commands.release(event=row.code, despite_conflicts=True)


def test_before_the_first_release_the_page_says_so(client: FlaskClient) -> None:
    row = announced()
    session(row, "Ouverture")
    page = get(client, "", "en")
    assert "not been published yet" in page
    assert "Ouverture" not in page


def test_the_draft_does_not_show_until_it_is_released(client: FlaskClient) -> None:
    row = announced()
    session(row, "Ouverture")
    released(row)
    session(row, "Secrète", start=time(11, 0))
    assert "Secrète" not in get(client, "")
    released(row)
    assert "Secrète" in get(client, "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_move_is_marked_and_told_in_every_language(client: FlaskClient, lang: str) -> None:
    row = announced()
    hall, small = room(row), room(row, "Salle Rhône")
    opening = session(row, room=hall.code)
    going = session(row, "Visite", day=DAY_TWO)
    released(row)
    move(opening, start=time(10, 30), room=small.code)
    commands.remove_session(event=row.code, session=going.code)
    new = session(row, "Clôture", day=DAY_TWO, start=time(15, 0))
    released(row)
    page = get(client, "", lang)
    for words in ("Ouverture", "10:30", "Salle Rhône", "09:00–10:00", "Grand salon", "Visite", "is-cancelled"):
        assert words in page
    assert page.count('class="tag ') >= 3
    told = get(client, "/changes", lang)
    for words in ("Ouverture", "10:30–11:30", "09:00–10:00", "Salle Rhône", "Grand salon", "Visite", "Clôture"):
        assert words in told
    assert "10:30–11:30" in get(client, f"/{opening.code}", lang)
    assert get(client, f"/{going.code}", lang)
    assert get(client, f"/{new.code}", lang)


def test_the_first_release_marks_nothing(client: FlaskClient) -> None:
    row = announced()
    session(row)
    released(row)
    assert "session-tags" not in get(client, "")
    assert get(client, "/changes")


def test_a_session_that_was_never_released_has_no_page(client: FlaskClient) -> None:
    row = announced()
    released_one = session(row)
    released(row)
    hidden = session(row, "Secrète")
    assert get(client, f"/{released_one.code}")
    get(client, f"/{hidden.code}", status=404)
    get(client, "/NOTHERE", status=404)


def test_the_agenda_is_filtered_by_day_room_and_language(client: FlaskClient) -> None:
    row = announced()
    hall, small = room(row), room(row, "Salle Rhône")
    session(row, "Ouverture", room=hall.code, languages=["fr", "en"])
    session(row, "Atelier", room=small.code, languages=["ar"], start=time(11, 0))
    session(row, "Pause", kind=SessionKind.BREAK, start=time(12, 0))
    session(row, "Clôture", room=hall.code, day=DAY_TWO, languages=["fr"])
    released(row)

    def shown(query: str) -> set[str]:
        page = get(client, query)
        return {title for title in ("Ouverture", "Atelier", "Pause", "Clôture") if f">{title}<" in page}

    assert shown("") == {"Ouverture", "Atelier", "Pause", "Clôture"}
    assert shown(f"?day={DAY_TWO.isoformat()}") == {"Clôture"}
    assert shown(f"?room={small.code}") == {"Atelier"}
    assert shown("?language=ar") == {"Atelier", "Pause"}
    assert shown("?day=yesterday&room=<script>&language=xx&other=1") == {"Ouverture", "Atelier", "Pause", "Clôture"}


def test_a_long_agenda_opens_on_one_day_and_links_to_the_others(client: FlaskClient) -> None:
    row = announced()
    for number in range(view.ONE_DAY_FROM):
        session(row, f"Séance-{number}", day=DAY_ONE if number % 2 else DAY_TWO)
    released(row)
    page = get(client, "")
    assert "Séance-1<" in page
    assert "Séance-2<" not in page
    assert "Séance-2<" in get(client, f"?day={DAY_TWO}")
    assert "Séance-2<" in get(client, "?day=all")


def test_people_are_shown_by_their_present_names_in_the_readers_script(client: FlaskClient) -> None:
    amina = person(given="Amina", family="Trabelsi", given_name_arabic="أمينة", family_name_arabic="الطرابلسي")
    row = announced()
    opening = session(row)
    commands.add_person(event=row.code, session=opening.code, person=amina.code, part=Part.CHAIR)
    released(row)
    assert "Amina Trabelsi" in get(client, "")
    assert "أمينة الطرابلسي" in get(client, "", "ar")
    assert queries.slugs_naming(amina.code) == ["lyon-2016"]
    assert queries.slugs_naming("NOBODY") == []


def test_now_and_next_follow_the_clock(client: FlaskClient) -> None:
    row = announced()
    session(row, "Ouverture")
    session(row, "Débat", start=time(10, 30))
    session(row, "Clôture", day=DAY_TWO)
    released(row)

    def at(*moment: int) -> tuple[list[str], list[str]]:
        release = queries.latest_release(row)
        assert release is not None
        found = view.now_and_next(release, datetime(*moment, tzinfo=UTC))
        return [each.title.in_("fr") for each in found.now], [each.title.in_("fr") for each in found.next]

    assert at(2016, 3, 1, 12) == ([], ["Ouverture"])
    assert at(2016, 3, 9, 8, 0) == (["Ouverture"], ["Débat"])
    assert at(2016, 3, 9, 9, 0) == ([], ["Débat"])
    assert at(2016, 3, 9, 10, 0) == (["Débat"], ["Clôture"])
    assert at(2016, 3, 11, 0) == ([], [])
    with clock.frozen(datetime(2016, 3, 9, 8, 30, tzinfo=UTC)):
        fragment = get(client, "/now", headers={"X-Requested-With": "fragment"})
        assert fragment.lstrip().startswith("<section")
        assert "<!doctype" in get(client, "/now")
    with clock.frozen(datetime(2016, 3, 9, 9, 45, tzinfo=UTC)):
        assert "Débat" in get(client, "/now", headers={"X-Requested-With": "fragment"})


def test_the_json_says_what_was_released(client: FlaskClient) -> None:
    amina = person()
    row = announced()
    hall = room(row)
    opening = session(row, room=hall.code, languages=["fr", "ar"])
    where = {"event": row.code, "session": opening.code}
    commands.add_person(**where, person=amina.code, part=Part.RAPPORTEUR)
    commands.add_item(**where, title=text("Mot d’accueil", ar="كلمة ترحيب"), minutes=10, speakers=[amina.code])
    released(row)
    found = json.loads(get(client, ".json"))
    (one,) = found["sessions"]
    assert one | {"url": ""} == {
        "code": opening.code, "kind": "plenary", "title": "Ouverture", "summary": "", "theme": None, "room": hall.code,
        "day": "2016-03-09", "start": "09:00", "end": "10:00", "starts_at": "2016-03-09T08:00:00+00:00",
        "ends_at": "2016-03-09T09:00:00+00:00", "languages": ["fr", "ar"], "status": "confirmed", "sequence": 0,
        "url": "", "people": [{"name": "Amina Trabelsi", "part": "rapporteur"}],
        "items": [{"number": 1, "title": "Mot d’accueil", "minutes": 10, "speakers": ["Amina Trabelsi"]}],
    }  # fmt: skip
    assert found["release"]["number"] == 1
    assert json.loads(get(client, ".json", "ar"))["sessions"][0]["items"][0]["title"] == "كلمة ترحيب"


def test_the_document_is_made_by_a_job_and_then_served(client: FlaskClient) -> None:
    row = announced()
    session(row)
    released(row)
    answer = client.get("/fr/events/lyon-2016/agenda.pdf")
    assert answer.status_code == 202
    assert answer.headers["Cache-Control"] == "private, no-store"
    release = queries.latest_release(row)
    assert release is not None
    job = documents.waiting(release.code, "fr")
    assert job is not None
    jobs.run(job.code)
    served = client.get("/fr/events/lyon-2016/agenda.pdf")
    assert served.status_code == 200
    assert served.data.startswith(b"%PDF-")
    assert served.content_type == "application/pdf"
    assert client.get("/ar/events/lyon-2016/agenda.pdf").status_code == 202


def test_a_document_with_a_name_that_changed_is_asked_for_by_a_button(client: FlaskClient) -> None:
    row = announced()
    session(row)
    released(row)
    release = queries.latest_release(row)
    assert release is not None
    for job in jobs.of(release.code, documents.JOB):
        jobs.cancel(job.code)
    assert "<form" in client.get("/fr/events/lyon-2016/agenda.pdf").text
    before = len(jobs.of(release.code, documents.JOB))
    assert client.post("/fr/events/lyon-2016/agenda.pdf").status_code == 303
    assert client.post("/fr/events/lyon-2016/agenda.pdf").status_code == 303
    assert len(jobs.of(release.code, documents.JOB)) == before + 1


@pytest.mark.parametrize("hostile", sorted(set(CORPUS) - {"surrogate"}))
def test_what_people_type_does_no_harm_on_the_public_pages(client: FlaskClient, hostile: str) -> None:
    nasty = CORPUS[hostile].replace("\x00", "")
    amina = person(given=nasty[:100], family=nasty[:100], given_name_arabic=nasty[:100])
    row = announced(title=text(nasty), slug="lyon-2016", place=text(nasty))
    hall, other = room(row, nasty), room(row, f"{nasty} 2")
    opening = session(row, nasty, summary=text(nasty), room=hall.code)
    where = {"event": row.code, "session": opening.code}
    item = commands.add_item(**where, title=text(nasty), speakers=[amina.code])
    commands.release(event=row.code, note=text(nasty))
    commands.add_person(**where, person=amina.code, part=Part.CHAIR)
    commands.remove_item(**where, item=item)
    move(by_code(opening.code), room=other.code)
    commands.edit_session(
        **where, revision=by_code(opening.code).revision, kind=SessionKind.THEMATIC, title=text(f"{nasty}!"),
        summary=text("x"), theme=None, languages=["fr"], seats=None, note=nasty,
    )  # fmt: skip
    session(row, nasty, day=DAY_TWO)
    released(row)
    harmless = {"U+202E", "U+2066", "U+0000"}  # commands keep what forms have cleaned; the forms are tested elsewhere
    for path in ("", f"/{opening.code}", "/changes", "/now"):
        for lang in ("fr", "ar"):
            assert set(harm_in(get(client, path, lang))) - harmless == set()
    assert json.loads(get(client, ".json"))["sessions"]


@pytest.mark.parametrize("path", ["", "/changes", "/now", ".json"])
def test_a_public_page_takes_as_many_statements_for_thirty_sessions_as_for_one(client: FlaskClient, path: str) -> None:
    amina = person()
    row = announced()

    def fill(number: int) -> None:
        made = session(row, f"Séance {number}", day=DAY_TWO)
        commands.add_person(event=row.code, session=made.code, person=amina.code, part=Part.CHAIR)

    def statements() -> int:
        released(row)
        get(client, "/changes")  # the worker has seen that something changed
        client.application.extensions["eventhub-porch"]._entries.clear()
        queries.forget_releases()
        with counting() as seen:
            client.get(f"/fr/events/lyon-2016/agenda{path}")
        return len(seen)

    fill(0)
    released(row)
    fill(1)
    two = statements()
    for number in range(2, 30):
        fill(number)
    assert statements() == two
