"""Wall times across the changes of clock of the network's cities (safety rule 21)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core import times

ZONES = ("Europe/Lisbon", "Africa/Casablanca", "Asia/Amman", "Asia/Beirut", "Europe/Paris", "Africa/Tunis")

BEFORE_AND_AFTER = [
    # zone, a day before the change at 09:00, its UTC hour, a day after it at 09:00, its UTC hour
    ("Europe/Lisbon", date(2016, 3, 26), 9, date(2016, 3, 27), 8),
    ("Europe/Lisbon", date(2016, 10, 29), 8, date(2016, 10, 30), 9),
    ("Africa/Casablanca", date(2016, 3, 26), 9, date(2016, 3, 27), 8),
    ("Africa/Casablanca", date(2016, 6, 4), 8, date(2016, 6, 5), 9),  # back for the month of Ramadan
    ("Africa/Casablanca", date(2016, 7, 9), 9, date(2016, 7, 10), 8),
    ("Asia/Amman", date(2016, 3, 31), 7, date(2016, 4, 1), 6),
    ("Asia/Amman", date(2022, 2, 24), 7, date(2022, 2, 25), 6),
    ("Asia/Amman", date(2022, 10, 27), 6, date(2022, 10, 28), 6),  # the change that was abolished the same month
    ("Asia/Beirut", date(2016, 3, 26), 7, date(2016, 3, 27), 6),
    ("Asia/Beirut", date(2016, 10, 29), 6, date(2016, 10, 30), 7),
]


@pytest.mark.parametrize(("zone", "before", "hour_before", "after", "hour_after"), BEFORE_AND_AFTER)
def test_nine_oclock_stays_nine_oclock_when_the_clock_changes(
    zone: str, before: date, hour_before: int, after: date, hour_after: int
) -> None:
    for day, hour in ((before, hour_before), (after, hour_after)):
        assert times.instant(day, time(9), zone) == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        assert times.wall(times.instant(day, time(9), zone), zone).time() == time(9)


@pytest.mark.parametrize(
    ("zone", "day", "skipped"),
    [
        ("Europe/Lisbon", date(2016, 3, 27), time(1, 30)),
        ("Africa/Casablanca", date(2016, 3, 27), time(2, 30)),
        ("Asia/Amman", date(2016, 4, 1), time(0, 30)),
        ("Asia/Beirut", date(2016, 3, 27), time(0, 30)),
    ],
)
def test_an_hour_that_is_skipped_does_not_exist_and_is_moved_on_by_the_gap(zone: str, day: date, skipped: time) -> None:
    assert not times.exists(day, skipped, zone)
    assert times.exists(day, time(9), zone)
    shown = times.wall(times.instant(day, skipped, zone), zone)
    assert shown.replace(tzinfo=None) == datetime.combine(day, skipped) + timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "doubled", "first"),
    [
        ("Europe/Lisbon", date(2016, 10, 30), time(1, 30), datetime(2016, 10, 30, 0, 30, tzinfo=UTC)),
        ("Africa/Casablanca", date(2016, 6, 5), time(2, 30), datetime(2016, 6, 5, 1, 30, tzinfo=UTC)),
        ("Asia/Amman", date(2016, 10, 28), time(0, 30), datetime(2016, 10, 27, 21, 30, tzinfo=UTC)),
        ("Asia/Beirut", date(2016, 10, 29), time(23, 30), datetime(2016, 10, 29, 20, 30, tzinfo=UTC)),
    ],
)
def test_in_an_hour_that_exists_twice_the_first_is_meant(zone: str, day: date, doubled: time, first: datetime) -> None:
    assert times.exists(day, doubled, zone)
    assert times.instant(day, doubled, zone) == first
    assert times.wall(first + timedelta(hours=1), zone).time() == doubled, "the second is an hour later"


@given(
    st.sampled_from(ZONES),
    st.dates(date(2000, 1, 1), date(2037, 12, 31)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_a_wall_time_that_exists_comes_back_from_its_instant(zone: str, day: date, at: time) -> None:
    shown = times.wall(times.instant(day, at, zone), zone)
    assert (shown.date() == day and shown.time() == at) == times.exists(day, at, zone)


@given(st.sampled_from(ZONES), st.dates(date(2000, 1, 1), date(2037, 12, 31)))
def test_the_hours_of_a_day_never_run_backwards(zone: str, day: date) -> None:
    instants = [times.instant(day, time(hour), zone) for hour in range(24)]
    assert instants == sorted(instants)


@pytest.mark.parametrize("name", ["", "Europe/Lyon", "../../etc/passwd", "europe/paris", "Europe/Paris\0", "UTC+1"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no such time zone"):
        times.zone(name)


def test_a_slot_ends_where_an_agenda_prints_it() -> None:
    assert times.end_of(date(2016, 3, 9), time(9), 90) == (date(2016, 3, 9), time(10, 30))
    assert times.end_of(date(2016, 3, 9), time(23, 30), 60) == (date(2016, 3, 10), time(0, 30))
    assert times.end_of(date(2016, 3, 27), time(0, 30), 60) == (date(2016, 3, 27), time(1, 30))
