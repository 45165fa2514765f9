"""The demo facts are complete, translated, consistent with each other and invented where they must be."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

import eventhub.demo

FACTS = Path(eventhub.demo.__file__).parent / "facts"
LANGUAGES = ("fr", "en", "es", "ar", "it", "pt")
LYON = "technical-meeting-lyon"
CONFERENCE = "political-conference"
LONG = 60  # characters: below it, a name or an address may be the same in two languages

Fact = dict[str, Any]


def read(name: str) -> Fact:
    loaded: Fact = json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


NETWORK, EVENTS, NEWS, PEOPLE = read("network"), read("events"), read("news"), read("people")
ALL = {"network": NETWORK, "events": EVENTS, "news": NEWS, "people": PEOPLE}


def multilingual(node: Any, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(node, dict):
        if "original" in node:
            yield path, node
            return
        for name, value in node.items():
            yield from multilingual(value, f"{path}.{name}")
    elif isinstance(node, list):
        for value in node:
            mark = value.get("key", value.get("number", "")) if isinstance(value, dict) else ""
            yield from multilingual(value, f"{path}[{mark}]")


def texts() -> list[tuple[str, dict[str, str]]]:
    return [found for name, facts in ALL.items() for found in multilingual(facts, name)]


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def keys(rows: list[Fact]) -> set[str]:
    found = [row["key"] for row in rows]
    assert len(found) == len(set(found)), "a key is used twice"
    return set(found)


CITIES, THEMES = keys(NETWORK["cities"]), keys(NETWORK["themes"])
PARTNERS, PERSONS = keys(NETWORK["partners"]), keys(PEOPLE["people"])
EVENT = {event["key"]: event for event in EVENTS["events"]}
PERSON = {person["key"]: person for person in PEOPLE["people"]}
ITEMS, TAGS = keys(NEWS["news"]), keys(NEWS["tags"])


def registrations(event: str) -> list[tuple[Fact, Fact]]:
    return [(person, person["events"][event]) for person in PEOPLE["people"] if event in person["events"]]


def sessions_of_release(number: int) -> list[Fact]:
    agenda = EVENT[LYON]["agenda"]
    placed = {session["key"]: dict(session) for session in agenda["sessions"]}
    for release in agenda["releases"]:
        if release["number"] <= number:
            for change in release["changes"]:
                placed[change["session"]].update({k: v for k, v in change.items() if k != "session"})
    return list(placed.values())


def minutes(time: str) -> int:
    hours, rest = time.split(":")
    return int(hours) * 60 + int(rest)


def clashing(number: int) -> list[tuple[Fact, Fact]]:
    return [
        (a, b)
        for a, b in combinations(sessions_of_release(number), 2)
        if a["day"] == b["day"] and minutes(a["start"]) < minutes(b["end"]) and minutes(b["start"]) < minutes(a["end"])
    ]


def people_of(session: Fact) -> set[str]:
    return {*session["speakers"], session["chair"], session["rapporteur"]} - {None}


# --- words -------------------------------------------------------------------------------------


def test_every_text_is_there_in_six_languages() -> None:
    assert len(texts()) > 200
    for path, value in texts():
        assert set(value) == {"original", *LANGUAGES}, path
        assert value["original"] in LANGUAGES, path
        assert all(value[language].strip() for language in LANGUAGES), path


def test_no_long_text_is_left_untranslated() -> None:
    for path, value in texts():
        for a, b in combinations(LANGUAGES, 2):
            if len(value[a]) > LONG:
                assert value[a] != value[b], f"{path}: {a} is the same as {b}"


def test_arabic_is_written_in_arabic_letters() -> None:
    for path, value in texts():
        assert re.search(r"[\u0621-\u064a]", value["ar"]), path
        for language in set(LANGUAGES) - {"ar"}:
            assert not re.search(r"[\u0600-\u06ff]", value[language]), f"{path} {language}"


def test_arabic_has_its_own_punctuation() -> None:
    for path, value in texts():
        assert not re.search(r"[\u0621-\u064a][,;?]", value["ar"]), path


def test_french_is_set_with_narrow_spaces_and_curly_apostrophes() -> None:
    for path, value in texts():
        assert not re.search(r" [;:!?»]|« |[^\u202f]»|«[^\u202f]|\w[;!?]|\w'\w", value["fr"]), path


def test_a_text_has_the_same_structure_and_years_in_every_language() -> None:
    def shape(text: str) -> tuple[int, int, int, list[str]]:
        years = sorted(set(re.findall(r"\b(?:19|20)\d\d\b", text)))
        return text.count("\n\n"), text.count("**"), len(re.findall(r"(?m)^(?:- |\d\. )", text)), years

    for path, value in texts():
        for language in LANGUAGES:
            assert shape(value[language]) == shape(value["fr"]), f"{path} {language}"


def test_no_text_mixes_in_a_formatting_character_of_direction() -> None:
    for name, facts in ALL.items():
        for text in strings(facts):
            assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u0000]", text), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_theme_summaries_are_forty_to_seventy_words(language: str) -> None:
    for theme in NETWORK["themes"]:
        assert 40 <= len(theme["summary"][language].split()) <= 70, theme["key"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_news_bodies_are_120_to_250_words(language: str) -> None:
    for item in NEWS["news"]:
        assert 120 <= len(item["body"][language].split()) <= 250, item["key"]


# --- the network -------------------------------------------------------------------------------


def test_ten_cities_of_which_eight_confirmed_five_on_each_shore() -> None:
    assert Counter(city["status"] for city in NETWORK["cities"]) == {"confirmed": 8, "expected": 2}
    assert Counter(city["shore"] for city in NETWORK["cities"]) == NETWORK["network"]["target"]


def test_every_confirmed_city_has_a_place_on_the_map_and_a_time_zone() -> None:
    for city in NETWORK["cities"]:
        if city["status"] == "confirmed":
            assert -10 < city["lon"] < 40, city["key"]
            assert 30 < city["lat"] < 50, city["key"]
            assert "/" in city["timezone"], city["key"]
            assert not city["approximate"]


def test_expected_cities_are_open_places_without_an_exact_position() -> None:
    european, algerian = (c for c in NETWORK["cities"] if c["status"] == "expected")
    assert european["key"] == "european-city"
    assert european["lon"] is None
    assert european["country"] is None
    assert algerian["key"] == "algerian-city"
    assert algerian["approximate"] is True


def test_seven_candidate_themes_each_with_its_hue_and_order() -> None:
    assert {theme["status"] for theme in NETWORK["themes"]} == {"candidate"}
    assert [theme["order"] for theme in NETWORK["themes"]] == list(range(1, 8))
    assert sorted(theme["hue"] for theme in NETWORK["themes"]) == list(range(1, 8))


def test_five_missions_are_done_and_three_planned_without_invented_dates() -> None:
    by_status = {s: {m["city"] for m in NETWORK["missions"] if m["status"] == s} for s in ("done", "planned")}
    assert by_status["done"] == {"tangier", "tunis", "beirut", "amman", "turin"}
    assert by_status["planned"] == {"lisbon", "madrid", "lyon"}
    assert {mission["date"] for mission in NETWORK["missions"]} == {None}
    keys(NETWORK["missions"])


def test_each_theme_has_expertise_offered_by_one_city_and_asked_for_by_another() -> None:
    keys(NETWORK["expertise"])
    assert all(row["invented"] for row in NETWORK["expertise"])
    for theme in THEMES:
        offered = {e["city"] for e in NETWORK["expertise"] if e["theme"] == theme and e["kind"] == "offer"}
        asked = {e["city"] for e in NETWORK["expertise"] if e["theme"] == theme and e["kind"] == "request"}
        assert offered, theme
        assert asked - offered, theme


def test_each_confirmed_city_has_a_political_and_a_technical_contact() -> None:
    confirmed = {city["key"] for city in NETWORK["cities"] if city["status"] == "confirmed"}
    found = Counter((contact["city"], contact["kind"]) for contact in NETWORK["contacts"])
    assert found == {(city, kind): 1 for city in confirmed for kind in ("political", "technical")}


def test_a_contact_is_the_same_person_as_in_the_list_of_people() -> None:
    same = ("given", "family", "given_ar", "family_ar", "mail", "function", "languages", "form_of_address", "city")
    for contact in NETWORK["contacts"]:
        person = PERSON[contact["person"]]
        assert {name: contact[name] for name in same} == {name: person[name] for name in same}, contact["key"]


def test_one_partner_leads_and_one_funds() -> None:
    assert Counter(p["role"] for p in NETWORK["partners"]) == {"lead": 1, "partner": 2, "funder": 1}
    assert all(p["website"].startswith("https://") for p in NETWORK["partners"])


# --- references --------------------------------------------------------------------------------


def test_every_reference_of_the_network_resolves() -> None:
    for row in [*NETWORK["missions"], *NETWORK["expertise"], *NETWORK["contacts"]]:
        assert row["city"] in CITIES, row["key"]
    assert {row["theme"] for row in NETWORK["expertise"]} <= THEMES


def test_every_reference_of_the_news_resolves() -> None:
    for item in NEWS["news"]:
        assert set(item["tags"]) <= TAGS, item["key"]
        assert set(item["related"]) <= ITEMS - {item["key"]}, item["key"]
        assert set(item["cities"]) <= CITIES, item["key"]
        assert set(item["themes"]) <= THEMES, item["key"]
        assert set(item["events"]) <= set(EVENT), item["key"]
        assert "2015-11-01" <= item["date"] <= "2016-02-15", item["key"]
    assert {tag for item in NEWS["news"] for tag in item["tags"]} == TAGS


def test_every_reference_of_the_events_resolves() -> None:
    for event in EVENT.values():
        assert event["city"] is None or event["city"] in CITIES
        assert set(event["themes"]) == THEMES
        assert set(event["partners"]) <= PARTNERS
        rooms = keys(event["rooms"])
        keys(event["categories"])
        for session in event["agenda"]["sessions"]:
            assert session["room"] in rooms or session["kind"] == "visit", session["key"]
            assert set(session["themes"]) <= THEMES, session["key"]
            assert people_of(session) <= PERSONS, session["key"]


def test_every_reference_of_the_people_resolves() -> None:
    for person in PEOPLE["people"]:
        places = [person["city"], person["partner"]]
        assert None in places
        assert (person["city"] or "lyon") in CITIES
        assert (person["partner"] or "uclg") in PARTNERS
        assert person["food"] in PEOPLE["food_needs"]
        assert person["access"] in [None, *PEOPLE["access_needs"]]
        for event, registration in person["events"].items():
            assert registration["category"] in {c["key"] for c in EVENT[event]["categories"]}, person["key"]


def test_every_address_is_an_example_and_belongs_to_one_person() -> None:
    addresses = [person["mail"] for person in PEOPLE["people"]]
    assert len(addresses) == len(set(addresses))
    for name, facts in ALL.items():
        for text in strings(facts):
            for found in re.findall(r"[\w.+-]+@[\w.-]*\w", text):
                assert re.fullmatch(r"[a-z.-]+@[a-z-]+\.example\.org", found), f"{name}: {found}"


def test_every_person_is_marked_as_invented() -> None:
    assert all(person["invented"] for person in [*PEOPLE["people"], *NETWORK["contacts"]])


# --- events ------------------------------------------------------------------------------------


def test_the_three_events_have_their_days_and_zones() -> None:
    found = {key: (e["kind"], e["state"], e["days"], e["timezone"]) for key, e in EVENT.items()}
    assert found == {
        "expert-meeting-vienna": ("expert_meeting", "finished", ["2015-11-18"], "Europe/Vienna"),
        LYON: ("technical_meeting", "registration_open", ["2016-03-09", "2016-03-10"], "Europe/Paris"),
        CONFERENCE: ("political_conference", "announced", ["2016-06-09", "2016-06-10"], "Europe/Madrid"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_outcome_of_vienna_names_the_seven_themes_by_their_titles(language: str) -> None:
    outcome = EVENT["expert-meeting-vienna"]["outcome"][language].lower()
    for theme in NETWORK["themes"]:
        assert theme["title"][language].lower() in outcome, theme["key"]


def test_the_conference_says_that_place_and_date_are_open() -> None:
    assert EVENT[CONFERENCE]["city"] is None
    assert EVENT[CONFERENCE]["venue"] is None
    assert EVENT[CONFERENCE]["date_note"]
    assert EVENT[CONFERENCE]["place_note"]


def test_each_theme_has_a_thematic_session_with_a_chair() -> None:
    thematic = [s for s in EVENT[LYON]["agenda"]["sessions"] if s["kind"] == "thematic"]
    assert {theme for session in thematic for theme in session["themes"]} == THEMES
    assert all(session["chair"] for session in thematic)


def test_one_thematic_session_waits_for_its_rapporteur() -> None:
    missing = [s["key"] for s in EVENT[LYON]["agenda"]["sessions"] if s["kind"] == "thematic" and not s["rapporteur"]]
    assert missing == ["co-development"]


def test_items_are_numbered_and_fit_into_their_session() -> None:
    for session in sessions_of_release(1) + sessions_of_release(2):
        numbers = [item["number"] for item in session["items"]]
        assert numbers == list(range(1, len(numbers) + 1)), session["key"]
        length = minutes(session["end"]) - minutes(session["start"])
        assert sum(item["minutes"] for item in session["items"]) <= length, session["key"]
        assert {p for item in session["items"] for p in item["speakers"]} == set(session["speakers"]), session["key"]


def test_days_and_kinds_of_sessions_are_known() -> None:
    sessions = EVENT[LYON]["agenda"]["sessions"]
    keys(sessions)
    assert 20 <= len(sessions) <= 25
    assert {session["day"] for session in sessions} == {0, 1}
    assert {s["kind"] for s in sessions} == {"plenary", "thematic", "statements", "break", "social", "visit"}


@pytest.mark.parametrize("release", [1, 2])
def test_no_room_is_used_twice_at_the_same_time(release: int) -> None:
    assert not [(a["key"], b["key"]) for a, b in clashing(release) if a["room"] and a["room"] == b["room"]]


@pytest.mark.parametrize("release", [1, 2])
def test_nobody_is_in_two_sessions_at_the_same_time(release: int) -> None:
    assert clashing(release), "the agenda has parallel sessions"
    assert not [(a["key"], b["key"]) for a, b in clashing(release) if people_of(a) & people_of(b)]


@pytest.mark.parametrize("release", [1, 2])
def test_those_who_speak_are_approved_and_understand_the_room(release: int) -> None:
    for session in sessions_of_release(release):
        for key in people_of(session):
            assert PERSON[key]["events"][LYON]["state"] == "approved", key
            spoken = {language["code"] for language in PERSON[key]["languages"]}
            assert spoken & set(session["languages"]), f"{key} in {session['key']}"


def test_languages_of_a_session_are_working_languages_and_have_their_booths() -> None:
    booths = {room["key"]: set(room["booths"]) for room in EVENT[LYON]["rooms"]}
    for session in sessions_of_release(2):
        assert set(session["languages"]) <= set(EVENT[LYON]["working_languages"])
        if session["room"]:
            assert set(session["languages"]) <= booths[session["room"]], session["key"]


def test_the_second_release_moves_one_session_in_time_and_room() -> None:
    first, second = (release["number"] for release in EVENT[LYON]["agenda"]["releases"])
    before = {s["key"]: (s["day"], s["start"], s["room"]) for s in sessions_of_release(first)}
    after = {s["key"]: (s["day"], s["start"], s["room"]) for s in sessions_of_release(second)}
    moved = [key for key in before if before[key] != after[key]]
    assert moved == ["employment"]
    assert before["employment"][1] != after["employment"][1]
    assert before["employment"][2] != after["employment"][2]


def test_the_facts_are_set_before_the_demo_clock_starts() -> None:
    assert all(release["at"] < "2016-02-15" for release in EVENT[LYON]["agenda"]["releases"])
    asked = [r["requested_at"] for p in PEOPLE["people"] for r in p["events"].values() if r["requested_at"]]
    assert max(asked) < "2016-02-15"


# --- people ------------------------------------------------------------------------------------


def test_about_forty_people_for_the_meeting_and_a_hundred_for_the_conference() -> None:
    approved = [p for p, registration in registrations(LYON) if registration["state"] == "approved"]
    assert 35 <= len(approved) <= 45
    assert 95 <= len(registrations(CONFERENCE)) <= 105
    assert 110 <= len(PERSONS) <= 120


@pytest.mark.parametrize("event", [LYON, CONFERENCE])
def test_approved_people_never_exceed_the_event_a_category_or_a_quota(event: str) -> None:
    approved = [(p, r["category"]) for p, r in registrations(event) if r["state"] == "approved"]
    used = Counter(category for _, category in approved)
    held = Counter((p["city"], category) for p, category in approved if p["city"])
    assert len(approved) <= EVENT[event]["capacity"]
    for category in EVENT[event]["categories"]:
        assert used[category["key"]] <= category["capacity"], category["key"]
        if category["quota"] is not None:
            assert all(held[city, category["key"]] <= category["quota"] for city in CITIES), category["key"]


def test_somebody_waits_only_where_the_category_is_full() -> None:
    capacity = {category["key"]: category["capacity"] for category in EVENT[LYON]["categories"]}
    states = Counter((r["category"], r["state"]) for _, r in registrations(LYON))
    waiting = {category for category, state in states if state == "waitlisted"}
    assert waiting == {"observer"}
    assert states["observer", "approved"] == capacity["observer"]


def test_those_who_wait_have_distinct_times_of_request() -> None:
    asked = [r["requested_at"] for _, r in registrations(LYON) if r["requested_at"]]
    assert len(asked) == len(set(asked))


def test_tunis_has_an_invited_focal_point_and_a_place_left() -> None:
    points = [
        (p["key"], r["state"])
        for p, r in registrations(LYON)
        if p["city"] == "tunis" and r["category"] == "focal_point"
    ]
    quota = next(c["quota"] for c in EVENT[LYON]["categories"] if c["key"] == "focal_point")
    assert points == [("ines-mabrouk", "invited")]
    assert quota == 2


def test_every_confirmed_city_has_exactly_one_delegation_lead_who_takes_part() -> None:
    leads = [p for p in PEOPLE["people"] if p["lead"]]
    confirmed = sorted(city["key"] for city in NETWORK["cities"] if city["status"] == "confirmed")
    assert sorted(p["city"] for p in leads) == confirmed
    assert {p["events"][LYON]["state"] for p in leads} == {"approved"}


def test_rankings_are_permutations_of_the_seven_themes_and_differ() -> None:
    ranked = [r["ranking"] for _, r in registrations(LYON) if r["ranking"]]
    answered = {"approved", "pending"}
    expected = [r for _, r in registrations(LYON) if r["category"] == "focal_point" and r["state"] in answered]
    assert len(ranked) == len(expected) >= 12
    assert all(sorted(ranking) == sorted(THEMES) for ranking in ranked)
    assert len({tuple(ranking) for ranking in ranked}) == len(ranked)


def test_names_are_there_in_latin_and_for_arab_cities_in_arabic() -> None:
    south = {city["key"] for city in NETWORK["cities"] if city["shore"] == "south"}
    for person in PEOPLE["people"]:
        assert person["given"], person["key"]
        assert person["family"], person["key"]
        assert (person["given_ar"] is None) == (person["family_ar"] is None), person["key"]
        if person["city"] in south or person["preferred_script"] == "arab":
            assert re.fullmatch(r"[\u0621-\u0652 ]+", f"{person['given_ar']} {person['family_ar']}"), person["key"]
    assert {person["preferred_script"] for person in PEOPLE["people"]} == {"latn", "arab"}


def test_languages_have_a_level_and_somebody_has_each_state() -> None:
    for person in PEOPLE["people"]:
        assert person["languages"], person["key"]
        assert {language["level"] for language in person["languages"]} <= {"native", "fluent", "working"}
        assert person["preferred_language"] in {language["code"] for language in person["languages"]}
    states = {registration["state"] for _, registration in registrations(LYON)}
    assert states == {"approved", "pending", "waitlisted", "invited", "declined", "cancelled"}


def test_the_demo_team_has_two_organisers_and_a_desk() -> None:
    roles = Counter(role for person in PEOPLE["people"] for role in person["roles"])
    assert roles["organiser"] == 2
    assert roles["desk"] == 2
    assert roles["chair"]
    assert roles["rapporteur"]
