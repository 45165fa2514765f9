"""What the public reads of an event, and what its organisers work with."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventhub.core import clock
from eventhub.core.text import LANGUAGES
from eventhub.events import commands, queries
from eventhub.events.models import EventKind, EventState, TeamRole
from tests.factories.accounts import organiser, sign_in
from tests.factories.events import by_code, event, network, room, text
from tests.hostile import CORPUS, harm_in
from tests.queries import counting

NADIA = "nadia@secretariat.example.org"
FEBRUARY = datetime(2016, 2, 15, 9, tzinfo=UTC)


@pytest.fixture
def desk(light_app: Flask) -> FlaskClient:
    """A browser in which an organiser is signed in."""
    return sign_in(light_app, organiser(NADIA))


def mine(**values):
    return event(organisers=[NADIA], **values)


def form_of(row, **changes: str) -> dict[str, str]:
    """The facts form as a browser would send it."""
    sent = {
        "revision": str(row.revision), "title-fr": row.title.in_("fr"), "title-original": "fr", "slug": row.slug,
        "starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat(), "dates_confirmed": "y",
        "zone": row.zone, "city": "", "place-fr": row.place.in_("fr"), "main_language": row.main_language,
        "languages": row.languages, "capacity": "", "registration_until": "",
    }  # fmt: skip
    return {**sent, **changes}


PUBLIC = ("", "/practical")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_public_reads_an_announced_event_in_every_language(client: FlaskClient, lang: str) -> None:
    event(state=EventState.ANNOUNCED, bare=False)
    for page in PUBLIC:
        answer = client.get(f"/{lang}/events/lyon-2016{page}")
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert client.get(f"/{lang}/events").status_code == 200


def test_nobody_outside_sees_a_draft(client: FlaskClient, desk: FlaskClient) -> None:
    row = event()
    for page in PUBLIC:
        assert client.get(f"/fr/events/lyon-2016{page}").status_code == 404
    assert "lyon-2016" not in client.get("/fr/events").text
    assert desk.get(f"/fr/work/events/{row.code}").status_code == 404


def test_an_announced_event_appears_at_once_and_a_withdrawn_one_is_gone(client: FlaskClient) -> None:
    row = event()
    assert client.get("/fr/events/lyon-2016").status_code == 404
    commands.set_state(event=row.code, to=EventState.ANNOUNCED)
    client.application.extensions["eventhub-porch"].watch.looked_at = float("-inf")
    assert client.get("/fr/events/lyon-2016").status_code == 200
    commands.set_state(event=row.code, to=EventState.DRAFT)
    client.application.extensions["eventhub-porch"].watch.looked_at = float("-inf")
    assert client.get("/fr/events/lyon-2016").status_code == 404


def test_past_events_stand_apart_from_those_to_come(client: FlaskClient) -> None:
    event(slug="vienna", title=text("Vienne"), starts_on=date(2015, 11, 18), ends_on=None, state=EventState.FINISHED)
    event(title=text("Lyon"), state=EventState.ANNOUNCED)
    with clock.frozen(FEBRUARY):
        page = client.get("/fr/events").text
    assert page.index("Lyon") < page.index("Vienne")


def test_the_outcome_is_published_once_the_event_is_finished(client: FlaskClient) -> None:
    row = event(state=EventState.RUNNING, outcome=text("Sept **thèmes** retenus"))
    assert "retenus" not in client.get("/fr/events/lyon-2016").text
    commands.set_state(event=row.code, to=EventState.FINISHED)
    client.application.extensions["eventhub-porch"].watch.looked_at = float("-inf")
    assert "<strong>thèmes</strong> retenus" in client.get("/fr/events/lyon-2016").text


def test_the_workplace_asks_whoever_is_not_known_to_sign_in(client: FlaskClient) -> None:
    row = event()
    for path in ("", "/facts", "/texts", "/rooms", "/team", "/life"):
        answer = client.get(f"/fr/work/events/{row.code}{path}")
        assert answer.status_code == 302
        assert "/sign-in" in answer.headers["Location"]


def test_an_organiser_of_another_event_sees_nothing(light_app: Flask, desk: FlaskClient) -> None:
    organiser("omar@secretariat.example.org")
    row = event(organisers=["omar@secretariat.example.org"])
    hall = room(row)
    for path in (
        "",
        "/facts",
        "/texts",
        "/rooms",
        f"/rooms/{hall.code}",
        f"/rooms/{hall.code}/remove",
        "/team",
        "/life",
    ):
        assert desk.get(f"/fr/work/events/{row.code}{path}").status_code == 404
    assert desk.post(f"/fr/work/events/{row.code}/life", data={"to": "announced"}).status_code == 404
    assert by_code(row.code).state is EventState.DRAFT


def test_the_desk_sees_the_event_and_may_not_change_it(light_app: Flask, desk: FlaskClient) -> None:
    organiser("sami@secretariat.example.org", roles=())
    row = mine()
    commands.add_team_member(event=row.code, mail="sami@secretariat.example.org", role=TeamRole.DESK)
    user = next(each.user.code for each in queries.team(row) if each.role is TeamRole.DESK)
    sami = sign_in(light_app, user)
    assert sami.get(f"/fr/work/events/{row.code}").status_code == 200
    assert sami.get(f"/fr/work/events/{row.code}/facts").status_code == 404


def test_a_third_event_is_created_from_a_kind(desk: FlaskClient) -> None:
    network()
    assert "Peer meeting" in desk.get("/en/work/events/new").text
    answer = desk.post(
        "/en/work/events/new/peer_meeting",
        data={"title-en": "Housing, in Tunis", "starts_on": "2016-05-10", "zone": "Africa/Tunis", "place-en": "Tunis"},
    )
    assert answer.status_code == 303
    page = desk.get(answer.headers["Location"])
    assert "Housing, in Tunis" in page.text
    assert "What is missing" in page.text
    row = next(iter(queries.events_of_user("", every=True)))
    assert (row.kind, row.slug, row.ends_on) == (EventKind.PEER_MEETING, "housing-in-tunis-2016", date(2016, 5, 11))
    assert len(queries.rooms(row)) == 1


def test_an_event_without_title_or_day_stays_in_the_form(desk: FlaskClient) -> None:
    network()
    answer = desk.post("/en/work/events/new/peer_meeting", data={"zone": "Africa/Tunis"})
    assert answer.status_code == 422
    assert answer.text.count("wrong-words") >= 2
    assert desk.get("/en/work/events/new/garden_party").status_code == 404


def test_the_facts_are_edited(desk: FlaskClient) -> None:
    row = mine()
    sent = form_of(row, capacity="40", registration_until="2016-02-26T23:59")
    assert desk.post(f"/fr/work/events/{row.code}/facts", data=sent).status_code == 303
    after = by_code(row.code)
    assert after.capacity == 40
    assert after.registration_until == datetime(2016, 2, 26, 22, 59, tzinfo=UTC)
    page = desk.get(f"/fr/work/events/{row.code}/facts").text
    assert 'value="2016-02-26T23:59"' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "Not Good"}, "small letters"),
        ({"ends_on": "2016-03-01"}, "before the first"),
        ({"title-fr": ""}, "at least one language"),
        ({"capacity": "0"}, "capacity"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"languages": ["fr", "xx"]}, "languages"),
    ],
)
def test_a_fact_that_cannot_be_is_said_beside_its_field(desk: FlaskClient, changes: dict[str, str], words: str) -> None:
    row = mine()
    answer = desk.post(f"/en/work/events/{row.code}/facts", data=form_of(row, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert by_code(row.code).revision == 1


def test_two_editors_of_one_text_both_see_both(desk: FlaskClient) -> None:
    row = mine()
    path = f"/fr/work/events/{row.code}/texts"
    first = {"revision": "1", "practical-fr": "Badges au foyer"}
    second = {"revision": "1", "practical-fr": "Badges à l’entrée"}
    assert desk.post(path, data=first).status_code == 303
    answer = desk.post(path, data=second)
    assert answer.status_code == 422
    assert "Badges au foyer" in answer.text
    assert "Badges à l’entrée</textarea>" in answer.text
    assert 'name="revision" type="hidden" value="2"' in answer.text
    assert desk.post(path, data={**second, "revision": "2"}).status_code == 303
    assert by_code(row.code).practical.in_("fr") == "Badges à l’entrée"


def test_rooms_and_team_are_kept_by_forms(desk: FlaskClient) -> None:
    organiser("omar@secretariat.example.org")
    row = mine()
    base = f"/fr/work/events/{row.code}"
    desk.post(f"{base}/rooms", data={"name-fr": "Salle Rhône", "capacity": "24", "booths": ["ar", "fr"]})
    (hall,) = queries.rooms(row)
    assert (hall.capacity, hall.booths) == (24, ["fr", "ar"])
    desk.post(f"{base}/rooms/{hall.code}", data={"revision": "1", "name-fr": "Salle Saône", "position": "3"})
    assert "Salle Saône" in desk.get(f"{base}/rooms").text
    assert desk.get(f"{base}/rooms/{hall.code}/remove").status_code == 200
    assert len(queries.rooms(row)) == 1
    desk.post(f"{base}/rooms/{hall.code}/remove")
    assert queries.rooms(row) == []
    assert desk.post(f"{base}/team", data={"mail": "nobody@example.org", "role": "desk"}).status_code == 422
    desk.post(f"{base}/team", data={"mail": "omar@secretariat.example.org", "role": "desk"})
    omar = next(each for each in queries.team(row) if each.role is TeamRole.DESK)
    desk.post(f"{base}/team/{omar.code}/remove")
    assert len(queries.team(row)) == 1


def test_the_life_of_an_event_goes_on_by_buttons(desk: FlaskClient) -> None:
    row = mine()
    path = f"/fr/work/events/{row.code}/life"
    desk.post(path, data={"to": "running"})
    assert by_code(row.code).state is EventState.DRAFT
    assert desk.post(path, data={"to": "nonsense"}).status_code == 400
    desk.post(path, data={"to": "announced"})
    assert by_code(row.code).state is EventState.ANNOUNCED


def test_the_dashboard_names_what_is_missing(desk: FlaskClient) -> None:
    row = mine(dates_confirmed=False, title=text("Rencontre"), place=text(""))
    page = desk.get(f"/en/work/events/{row.code}").text
    for words in (
        "dates are not confirmed",
        "venue is not known",
        "no rooms",
        "Title is missing in English and Arabic",
    ):
        assert words in page
    full = mine(
        slug="full", venue=text("Hôtel de Ville"), bare=False, registration_until=datetime(2016, 2, 26, tzinfo=UTC)
    )
    page = desk.get(f"/en/work/events/{full.code}").text
    assert "venue is not known" not in page
    assert "no rooms" not in page


def test_the_dashboard_takes_as_many_statements_for_thirty_rooms_as_for_one(desk: FlaskClient) -> None:
    row = mine()
    path = f"/fr/work/events/{row.code}"

    def statements() -> int:
        desk.application.extensions["eventhub-porch"].watch.looked_at = float("inf")
        with counting() as seen:
            desk.get(path)
        return len(seen)

    room(row)
    desk.get(path)
    one = statements()
    for number in range(29):
        room(row, f"Salle {number}")
    assert statements() == one


def test_the_list_of_events_takes_as_many_statements_for_many_as_for_one(desk: FlaskClient) -> None:
    mine()

    def statements() -> int:
        desk.application.extensions["eventhub-porch"].watch.looked_at = float("inf")
        with counting() as seen:
            desk.get("/fr/work/events")
        return len(seen)

    desk.get("/fr/work/events")
    one = statements()
    for number in range(12):
        mine(slug=f"event-{number}")
    assert statements() == one


@pytest.mark.parametrize("hostile", sorted(set(CORPUS) - {"surrogate"}))
def test_hostile_texts_sent_through_every_field_come_back_harmless(desk: FlaskClient, hostile: str) -> None:
    nasty = CORPUS[hostile]
    row = mine(state=EventState.ANNOUNCED)
    base = f"/en/work/events/{row.code}"
    names = ("title-fr", "place-fr", "venue-fr", "address-fr")
    answers = [
        desk.post(f"{base}/facts", data={**form_of(row), **dict.fromkeys(names, nasty)}),
        desk.post(f"{base}/facts", data=form_of(row, slug=nasty, zone=nasty, city=nasty, main_language=nasty)),
        desk.post(f"{base}/rooms", data={"name-fr": nasty, "capacity": nasty, "booths": [nasty]}),
        desk.post(f"{base}/rooms", data={"name-fr": nasty}),
        desk.post(f"{base}/team", data={"mail": nasty, "role": nasty}),
        desk.post(f"{base}/life", data={"to": nasty}),
    ]
    texts = {f"{name}-fr": nasty for name in ("summary", "description", "practical", "outcome")}
    answers.append(desk.post(f"{base}/texts", data={"revision": str(by_code(row.code).revision), **texts}))
    assert all(answer.status_code in (303, 400, 422) for answer in answers)
    assert [harm_in(answer.text) for answer in answers] == [[]] * len(answers)
    for page in (base, f"{base}/facts", f"{base}/texts", f"{base}/rooms", "/en/work/events", "/en/events"):
        assert harm_in(desk.get(page).text) == []
    for page in (*PUBLIC, "/practical"):
        assert harm_in(desk.get(f"/ar/events/{by_code(row.code).slug}{page}").text) == []
