"""Slots, conflicts and change lists are algebra: they are checked against the slow and obvious way."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core.registry import Severity
from eventhub.programme.rules import changes
from eventhub.programme.rules.conflicts import (
    RULES,
    Conflict,
    ConflictKind,
    Draft,
    Planned,
    RoomFacts,
    conflicts,
    stops,
)
from eventhub.programme.rules.slots import Slot, clash, overlapping

DAY = date(2016, 3, 9)
slots = st.builds(
    Slot,
    day=st.dates(DAY, DAY + timedelta(days=2)),
    start=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45])),
    minutes=st.integers(1, 40).map(lambda n: n * 15),
)


def minutes_of(slot: Slot) -> set[datetime]:
    """Every minute of a slot: the slowest and most obvious picture of it."""
    return {slot.begins + timedelta(minutes=n) for n in range(slot.minutes)}


@given(slots, slots)
def test_two_slots_clash_when_they_share_a_minute(one: Slot, other: Slot) -> None:
    assert clash(one, other) == bool(minutes_of(one) & minutes_of(other))
    assert clash(one, other) == clash(other, one)


@given(st.lists(slots, max_size=14))
def test_the_sweep_finds_the_pairs_that_comparing_each_with_each_finds(found: list[Slot]) -> None:
    named = [(f"{number:02}", slot) for number, slot in enumerate(found)]
    slow = sorted((a, b) for (a, one), (b, other) in combinations(named, 2) if clash(one, other))
    assert overlapping(named) == slow


def test_a_session_that_ends_when_the_next_begins_does_not_clash() -> None:
    assert not clash(Slot(DAY, time(9), 60), Slot(DAY, time(10), 60))
    assert clash(Slot(DAY, time(9), 61), Slot(DAY, time(10), 60))


def test_a_session_after_midnight_clashes_with_the_next_day() -> None:
    assert clash(Slot(DAY, time(23), 120), Slot(DAY + timedelta(days=1), time(0, 30), 30))


CHANGES_OF_CLOCK = [
    # zone, day, wall time, the instant it is, whether the wall shows it
    ("Europe/Lisbon", date(2016, 3, 27), time(0, 59), datetime(2016, 3, 27, 0, 59, tzinfo=UTC), True),
    ("Europe/Lisbon", date(2016, 3, 27), time(1, 30), datetime(2016, 3, 27, 1, 30, tzinfo=UTC), False),
    ("Europe/Lisbon", date(2016, 3, 27), time(2, 0), datetime(2016, 3, 27, 1, 0, tzinfo=UTC), True),
    ("Europe/Lisbon", date(2016, 10, 30), time(1, 30), datetime(2016, 10, 30, 0, 30, tzinfo=UTC), True),
    ("Africa/Casablanca", date(2016, 6, 4), time(12, 0), datetime(2016, 6, 4, 11, 0, tzinfo=UTC), True),
    ("Africa/Casablanca", date(2016, 6, 5), time(12, 0), datetime(2016, 6, 5, 12, 0, tzinfo=UTC), True),  # Ramadan
    ("Africa/Casablanca", date(2016, 7, 10), time(12, 0), datetime(2016, 7, 10, 11, 0, tzinfo=UTC), True),
    ("Asia/Amman", date(2016, 4, 1), time(0, 30), datetime(2016, 3, 31, 22, 30, tzinfo=UTC), False),  # at midnight
    ("Asia/Amman", date(2016, 4, 1), time(1, 0), datetime(2016, 3, 31, 22, 0, tzinfo=UTC), True),
    ("Asia/Beirut", date(2016, 3, 27), time(0, 15), datetime(2016, 3, 26, 22, 15, tzinfo=UTC), False),
    ("Asia/Beirut", date(2016, 3, 27), time(9, 0), datetime(2016, 3, 27, 6, 0, tzinfo=UTC), True),
    ("Asia/Beirut", date(2016, 3, 26), time(9, 0), datetime(2016, 3, 26, 7, 0, tzinfo=UTC), True),
]


@pytest.mark.parametrize(("zone", "day", "at", "instant", "shown"), CHANGES_OF_CLOCK)
def test_a_slot_is_the_instant_its_zone_says_that_day(
    zone: str, day: date, at: time, instant: datetime, shown: bool
) -> None:
    slot = Slot(day, at, 30)
    assert slot.instants(zone)[0] == instant
    assert slot.exists(zone) is shown
    found = conflicts(Draft((day,), zone, {}, (Planned("A", slot),)))
    assert [each.kind for each in found] == ([] if shown else [ConflictKind.SKIPPED_HOUR])


def test_a_slot_across_a_change_of_clock_ends_when_the_wall_says() -> None:
    begins, ends = Slot(date(2016, 3, 26), time(23, 0), 180).instants("Asia/Beirut")
    assert (begins, ends) == (datetime(2016, 3, 26, 21, tzinfo=UTC), datetime(2016, 3, 26, 23, tzinfo=UTC))


ROOMS = {
    "R1": RoomFacts(20, frozenset({"fr", "ar"})),
    "R2": RoomFacts(None, frozenset()),
    "R3": RoomFacts(10, frozenset({"en"})),
}


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    count = draw(st.integers(0, 9))
    sessions = tuple(
        Planned(
            code=f"S{number}",
            slot=draw(st.none() | slots),
            room=draw(st.sampled_from(["", *ROOMS])),
            languages=tuple(draw(st.lists(st.sampled_from(["fr", "en", "ar"]), unique=True))),
            seats=draw(st.none() | st.integers(1, 30)),
            item_minutes=draw(st.integers(0, 700)),
            people=frozenset(draw(st.lists(st.sampled_from("abcd"), max_size=3))),
        )
        for number in range(count)
    )
    return Draft((DAY, DAY + timedelta(days=1)), "Europe/Paris", ROOMS, sessions)


def obviously(draft: Draft) -> set[tuple[str, tuple[str, ...], str]]:
    """What is wrong, found by asking every question of every session and pair: (kind, sessions, room or person)."""
    found = set()
    for one, other in combinations(draft.sessions, 2):
        if one.slot and other.slot and minutes_of(one.slot) & minutes_of(other.slot):
            if one.room and one.room == other.room:
                found.add(("room_clash", (one.code, other.code), one.room))
            found.update(("person_clash", (one.code, other.code), person) for person in one.people & other.people)
    for each in draft.sessions:
        if each.slot and each.slot.day not in draft.days:
            found.add(("outside_days", (each.code,), ""))
        if each.slot and each.item_minutes > each.slot.minutes:
            found.add(("items_too_long", (each.code,), ""))
        if each.room and each.seats and (draft.rooms[each.room].capacity or 10**6) < each.seats:
            found.add(("room_too_small", (each.code,), each.room))
        if each.room and len(each.languages) > 1 and set(each.languages) - draft.rooms[each.room].booths:
            found.add(("no_booth", (each.code,), each.room))
    return found


@given(drafts())
def test_the_rules_find_what_asking_everything_finds(draft: Draft) -> None:
    found = conflicts(draft)
    assert {(each.kind.value, each.sessions, each.room or each.person) for each in found} == obviously(draft)
    assert len(found) == len(set(found))


@given(drafts(), st.randoms())
def test_conflicts_come_in_one_order_whatever_the_order_of_the_sessions(draft: Draft, random) -> None:
    shuffled = list(draft.sessions)
    random.shuffle(shuffled)
    assert conflicts(Draft(draft.days, draft.zone, draft.rooms, tuple(shuffled))) == conflicts(draft)


@given(drafts())
def test_what_stops_a_release_comes_first(draft: Draft) -> None:
    found = conflicts(draft)
    assert found[: len(stops(found))] == stops(found)
    assert all(each.severity is Severity.STOP for each in stops(found))


def test_every_kind_of_conflict_has_a_rule() -> None:
    assert set(RULES) == set(ConflictKind)


def test_a_conflict_names_the_languages_without_a_booth_and_the_numbers() -> None:
    full = Planned("A", Slot(DAY, time(9), 60), "R1", ("fr", "en"), seats=25, item_minutes=75)
    found = conflicts(Draft((DAY,), "Europe/Paris", ROOMS, (full,)))
    assert found == [
        Conflict(ConflictKind.ITEMS_TOO_LONG, Severity.WARN, ("A",), have=60, need=75),
        Conflict(ConflictKind.NO_BOOTH, Severity.WARN, ("A",), room="R1", languages=("en",)),
        Conflict(ConflictKind.ROOM_TOO_SMALL, Severity.WARN, ("A",), room="R1", have=20, need=25),
    ]


words = st.text("abاب<&\r\n", max_size=4)
texts = st.fixed_dictionaries({"fr": words, "original": st.just("fr")})


@st.composite
def agendas(draw: st.DrawFn) -> changes.Agenda:
    rooms = [{"code": code, "name": draw(texts)} for code in draw(st.permutations(["R1", "R2", "R3"]))[:2]]
    codes = draw(st.lists(st.sampled_from("ABCDEF"), unique=True))
    sessions = [
        {
            "code": code,
            "kind": draw(st.sampled_from(["plenary", "break"])),
            "title": draw(texts),
            "summary": draw(texts),
            "theme": draw(st.sampled_from(["", "housing"])),
            "room": draw(st.sampled_from(["", "R1", "R2", "R3"])),
            "day": draw(st.sampled_from(["2016-03-09", "2016-03-10"])),
            "start": draw(st.sampled_from(["09:00", "10:30"])),
            "minutes": draw(st.sampled_from([30, 60])),
            "languages": draw(st.lists(st.sampled_from(["fr", "ar"]), unique=True)),
            "people": draw(
                st.lists(st.fixed_dictionaries({"person": st.sampled_from("xy"), "part": st.just("chair")}), max_size=2)
            ),
            "items": draw(st.lists(st.fixed_dictionaries({"code": st.sampled_from("ij"), "title": texts}), max_size=2)),
        }
        for code in codes
    ]
    event = {"title": draw(texts), "zone": draw(st.sampled_from(["Europe/Paris", "Asia/Amman"]))}
    themes = draw(st.lists(st.just({"slug": "housing", "title": {"fr": "Logement"}, "hue": 1}), max_size=1))
    return {"event": event, "rooms": rooms, "themes": themes, "sessions": changes.in_order(sessions, rooms)}


@given(agendas(), agendas())
def test_a_change_list_leads_from_one_agenda_to_the_next(before: changes.Agenda, after: changes.Agenda) -> None:
    found = changes.changes(before, after)
    assert changes.apply(before, found) == after
    assert (found == []) == (before == after)


@given(agendas())
def test_from_nothing_to_the_first_release_everything_is_new(agenda: changes.Agenda) -> None:
    found = changes.changes(changes.EMPTY, agenda)
    assert changes.apply(changes.EMPTY, found) == agenda
    assert {each["what"] for each in found if "session" in each} <= {"added"}


@given(st.lists(agendas(), min_size=1, max_size=6))
def test_over_any_releases_the_count_of_a_session_never_falls_and_grows_when_it_changes(
    releases: list[changes.Agenda],
) -> None:
    before, known, gone = changes.EMPTY, {}, []
    for number, agenda in enumerate(releases, start=1):
        found = changes.changes(before, agenda)
        touched = changes.touched(found, agenda)
        present = {each["code"] for each in agenda["sessions"]}
        now = changes.record(known, touched, present, number=number, at=str(number))
        for code, entry in known.items():
            assert now[code]["first"] == entry["first"]
            assert now[code]["changed"] == (number if code in touched else entry["changed"])
        gone = changes.cancelled(gone, found, present, number=number)
        assert {each["code"] for each in gone} == set(now) - present
        before, known = agenda, now


def test_a_renamed_room_or_another_zone_touches_the_sessions_a_calendar_shows() -> None:
    def agenda(name: str, zone: str) -> changes.Agenda:
        base = {"kind": "plenary", "title": {}, "summary": {}, "theme": "", "day": "2016-03-09", "start": "09:00",
                "minutes": 60, "languages": [], "people": [], "items": []}  # fmt: skip
        sessions = [{**base, "code": "A", "room": "R1"}, {**base, "code": "B", "room": "R2"}]
        rooms = [{"code": "R1", "name": {"fr": name}}, {"code": "R2", "name": {"fr": "B"}}]
        return {"event": {"zone": zone}, "rooms": rooms, "themes": [], "sessions": sessions}

    plain, renamed, elsewhere = agenda("A", "Europe/Paris"), agenda("A’", "Europe/Paris"), agenda("A", "Asia/Amman")
    assert changes.touched(changes.changes(plain, renamed), renamed) == {"A"}
    assert changes.touched(changes.changes(plain, elsewhere), elsewhere) == {"A", "B"}
