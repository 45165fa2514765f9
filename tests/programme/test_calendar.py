"""The calendar is read back with a library that did not write it, over three releases."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core import clock
from eventhub.core.text import LANGUAGES, Text
from eventhub.events.models import Event, EventState
from eventhub.programme import calendar, commands, queries
from eventhub.programme.models import Part
from tests.factories.accounts import person
from tests.factories.events import event, room, text
from tests.factories.programme import DAY_TWO, move, session
from tests.hostile import CORPUS

FEBRUARY = datetime(2016, 2, 15, 9, tzinfo=UTC)


def look_again(client: FlaskClient) -> None:
    client.application.extensions["eventhub-porch"].watch.looked_at = float("-inf")


def read(client: FlaskClient, lang: str = "fr") -> icalendar.Calendar:
    look_again(client)
    answer = client.get(f"/{lang}/events/lyon-2016/agenda.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return icalendar.Calendar.from_ical(answer.data)


def entries(found: icalendar.Calendar) -> dict[str, icalendar.Event]:
    return {str(each["UID"]).partition("@")[0]: each for each in found.events}


def released(row: Event) -> int:
    return commands.release(event=row.code, despite_conflicts=True)


def test_over_three_releases_a_calendar_is_told_what_changed(client: FlaskClient) -> None:
    row = event(state=EventState.ANNOUNCED)
    hall, small = room(row), room(row, "Salle Rhône")
    opening, closing = session(row, room=hall.code), session(row, "Clôture", day=DAY_TWO, room=hall.code)
    with clock.frozen(FEBRUARY):
        released(row)
    first = entries(read(client))
    assert {code: int(each["SEQUENCE"]) for code, each in first.items()} == {opening.code: 0, closing.code: 0}

    move(opening, start=time(10, 30), room=small.code)
    with clock.frozen(FEBRUARY + timedelta(days=1)):
        released(row)
    second = entries(read(client))
    assert {code: int(each["SEQUENCE"]) for code, each in second.items()} == {opening.code: 1, closing.code: 0}
    assert second[opening.code].start == datetime(2016, 3, 9, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert second[opening.code]["LOCATION"] == "Salle Rhône"
    assert second[opening.code]["LAST-MODIFIED"].dt == FEBRUARY + timedelta(days=1)
    assert second[closing.code]["LAST-MODIFIED"].dt == FEBRUARY

    commands.remove_session(event=row.code, session=closing.code)
    released(row)
    third = entries(read(client))
    assert {code: str(each["STATUS"]) for code, each in third.items()} == {
        opening.code: "CONFIRMED", closing.code: "CANCELLED"
    }  # fmt: skip
    assert int(third[closing.code]["SEQUENCE"]) > int(second[closing.code]["SEQUENCE"])
    assert {each["UID"] for each in third.values()} == {each["UID"] for each in first.values()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_calendar_speaks_the_language_of_its_address(client: FlaskClient, lang: str) -> None:
    row = event(state=EventState.ANNOUNCED)
    title = Text({"fr": "Accès au logement", "ar": "الحصول على السكن", "en": "Access to housing"}, "fr")
    commands.add_session(
        event=row.code, kind=commands.SessionKind.THEMATIC, title=title, day=DAY_TWO, start=time(9, 0), minutes=90
    )
    released(row)
    found = next(each for each in read(client, lang).events if each.start.date() == DAY_TWO)
    shown = lang if lang in title.values else "fr"
    assert str(found["SUMMARY"]) == title.values[shown]
    assert found["SUMMARY"].params["LANGUAGE"] == shown
    assert str(found["URL"]).startswith(f"http://localhost/{lang}/events/lyon-2016/agenda/")
    assert str(found["UID"]).endswith("@localhost")


def test_people_and_items_stand_in_the_description_by_their_present_names(client: FlaskClient) -> None:
    amina = person(given="Amina", family="Trabelsi", given_name_arabic="أمينة", family_name_arabic="الطرابلسي")
    row = event(state=EventState.ANNOUNCED)
    opening = session(row)
    where = {"event": row.code, "session": opening.code}
    commands.add_person(**where, person=amina.code, part=Part.CHAIR)
    commands.add_item(**where, title=text("Mot d’accueil; suite, et fin"), speakers=[amina.code])
    released(row)
    french = str(read(client).events[0]["DESCRIPTION"])
    assert "Amina Trabelsi" in french
    assert "1. Mot d’accueil; suite, et fin (Amina Trabelsi)" in french
    assert "أمينة الطرابلسي" in str(read(client, "ar").events[0]["DESCRIPTION"])


@pytest.mark.parametrize("hostile", sorted(CORPUS))
def test_no_text_a_person_types_begins_a_line_or_breaks_the_calendar(client: FlaskClient, hostile: str) -> None:
    nasty = CORPUS[hostile].replace("\x00", "").encode("utf-8", "ignore").decode()
    row = event(state=EventState.ANNOUNCED, title=text(nasty), slug="lyon-2016")
    hall = room(row, nasty)
    opening = session(row, nasty, summary=text(f"{nasty}\r\nATTENDEE:mailto:victim@example.org"), room=hall.code)
    commands.add_item(event=row.code, session=opening.code, title=text(nasty))
    released(row)
    look_again(client)
    data = client.get("/fr/events/lyon-2016/agenda.ics").data
    lines = data.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(line.startswith((b"Bcc", b"ATTENDEE", b"body", b"{", b"<")) for line in lines)
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\xe2\x80\xae" not in data
    (found,) = icalendar.Calendar.from_ical(data).events
    assert str(found["UID"]) == f"{opening.code}@localhost"


@given(st.text())
def test_any_line_is_folded_at_seventy_five_octets_and_unfolds_to_itself(line: str) -> None:
    whole = line.encode("utf-8", "ignore").decode().replace("\r", "").replace("\n", "")
    folded = calendar.fold(whole)
    assert folded.endswith("\r\n")
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))
    assert folded.replace("\r\n ", "").removesuffix("\r\n") == whole


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"])))
def test_a_value_reads_back_as_it_was(words: str) -> None:
    entry = "BEGIN:VEVENT\r\n" + calendar.fold(f"SUMMARY:{calendar.value(words)}") + "END:VEVENT\r\n"
    assert str(icalendar.Event.from_ical(entry).get("SUMMARY", "")) == words.strip()


ZONES = ["Europe/Paris", "Europe/Lisbon", "Africa/Casablanca", "Africa/Tunis", "Asia/Amman", "Asia/Beirut"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2016, 2022, 2024])
def test_the_time_zone_in_the_file_says_what_the_zone_says_at_every_hour(zone: str, year: int) -> None:
    lines = "\r\n".join(calendar.time_zone(zone, year - 1, year + 1)) + "\r\n"
    component = icalendar.Timezone.from_ical(lines)
    rules = sorted(
        (each["DTSTART"].dt - each["TZOFFSETFROM"].td, each["TZOFFSETTO"].td) for each in component.subcomponents
    )
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        told = [offset for begin, offset in rules if begin.replace(tzinfo=UTC) <= at][-1]
        assert told == at.astimezone(ZoneInfo(zone)).utcoffset(), at
        at += timedelta(hours=1)


def test_a_slot_in_a_calendar_is_the_wall_time_of_the_event_across_a_change_of_clock(client: FlaskClient) -> None:
    row = event(state=EventState.ANNOUNCED, zone="Asia/Beirut", starts_on=date(2016, 3, 26), ends_on=date(2016, 3, 27))
    for day in row.days:
        session(row, f"Séance {day}", day=day, start=time(9, 0))
    released(row)
    starts = sorted(each.start.astimezone(UTC) for each in read(client).events)
    assert starts == [datetime(2016, 3, 26, 7, tzinfo=UTC), datetime(2016, 3, 27, 6, tzinfo=UTC)]


def test_without_a_release_or_of_a_draft_there_is_no_calendar(client: FlaskClient, light_app: Flask) -> None:
    event(state=EventState.ANNOUNCED)
    for kind in ("ics", "json", "pdf"):
        assert client.get(f"/fr/events/lyon-2016/agenda.{kind}").status_code == 404
    hidden = event(slug="hidden")
    session(hidden)
    released(hidden)
    for kind in ("ics", "json", "pdf"):
        assert client.get(f"/fr/events/hidden/agenda.{kind}").status_code == 404


def test_the_calendar_takes_as_many_statements_for_thirty_sessions_as_for_one(client: FlaskClient) -> None:
    from tests.queries import counting

    row = event(state=EventState.ANNOUNCED)

    def statements() -> int:
        released(row)
        client.application.extensions["eventhub-porch"]._entries.clear()
        queries.forget_releases()
        look_again(client)
        with counting() as seen:
            client.get("/fr/events/lyon-2016/agenda.ics")
        return len(seen)

    session(row)
    one = statements()
    for number in range(29):
        session(row, f"Séance {number}")
    assert statements() == one
