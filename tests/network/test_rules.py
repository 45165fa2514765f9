"""What the network decides, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.core.text import EMPTY, Text
from eventhub.network import rules
from eventhub.network.models import CityStatus, ExpertiseKind, Shore
from eventhub.network.rules import Lacking, Linked, Located, NewsState, Skill

OFFERED, ASKED = ExpertiseKind.OFFERED, ExpertiseKind.ASKED
NAME = Text.of({"fr": "Tunisie"})
NOW = datetime(2016, 2, 15, 8, tzinfo=UTC)


def linked(code: str, *, day: int = 1, tags: str = "", cities: str = "", themes: str = "") -> Linked:
    return Linked(
        code, date(2016, 1, day), frozenset(tags.split()), frozenset(cities.split()), frozenset(themes.split())
    )


def test_a_city_is_confirmed_only_with_its_country_and_its_position():
    assert rules.lacking_to_confirm(NAME, 10.18, 36.8) == []
    assert rules.lacking_to_confirm(EMPTY, None, None) == [Lacking.COUNTRY, Lacking.POSITION]
    assert rules.lacking_to_confirm(NAME, 10.18, None) == [Lacking.POSITION]


def test_the_equator_and_the_meridian_are_positions_like_others():
    assert rules.wrong_position(0.0, 0.0) is None
    assert rules.lacking_to_confirm(NAME, 0.0, 0.0) == []


@pytest.mark.parametrize(
    ("longitude", "latitude", "wrong"),
    [
        (None, None, None),
        (10.0, None, Lacking.HALF_POSITION),
        (None, 36.0, Lacking.HALF_POSITION),
        (180.1, 36.0, Lacking.OUT_OF_RANGE),
        (10.0, -90.5, Lacking.OUT_OF_RANGE),
        (float("nan"), 36.0, Lacking.OUT_OF_RANGE),
    ],
)
def test_a_position_has_both_parts_within_the_globe(longitude, latitude, wrong):
    assert rules.wrong_position(longitude, latitude) is wrong


def test_the_map_shows_confirmed_cities_full_expected_ones_open_and_no_others():
    cities = [Located(status.value, status.value, status, 10.0, 36.0) for status in CityStatus]
    drawn = {place.code: place.confirmed for place in rules.places(cities)}
    assert drawn == {"confirmed": True, "expected": False}


def test_each_shore_counts_what_is_confirmed_expected_and_still_free():
    statuses = [(Shore.SOUTH, CityStatus.CONFIRMED)] * 3 + [
        (Shore.SOUTH, CityStatus.EXPECTED),
        (Shore.SOUTH, CityStatus.INVITED),
        (Shore.EUROPE, CityStatus.WITHDRAWN),
    ]
    europe, south = rules.shores(statuses, {Shore.EUROPE: 5, Shore.SOUTH: 5})
    assert (south.confirmed, south.expected, south.free) == (3, 1, 1)
    assert (europe.confirmed, europe.expected, europe.free) == (0, 0, 5)


def test_more_cities_than_foreseen_leave_no_negative_place():
    (_, south) = rules.shores([(Shore.SOUTH, CityStatus.CONFIRMED)] * 7, {Shore.SOUTH: 5})
    assert south.free == 0


def test_an_offer_meets_the_requests_of_other_cities_on_the_same_theme():
    offer = Skill("O", "lyon", "housing", OFFERED)
    wanted = Skill("R", "tunis", "housing", ASKED)
    own = Skill("S", "lyon", "housing", ASKED)
    elsewhere = Skill("T", "tunis", "employment", ASKED)
    rival = Skill("U", "turin", "housing", OFFERED)
    assert rules.answering(offer, [wanted, own, elsewhere, rival, offer]) == [wanted]
    (housing, employment) = rules.meetings([offer, wanted, own, elsewhere, rival], ["housing", "employment"])
    assert {(a.city, b.city) for a, b in housing.pairs} == {("lyon", "tunis"), ("turin", "tunis"), ("turin", "lyon")}
    assert employment.pairs == []


skills = st.lists(
    st.builds(
        Skill, st.uuids().map(str), st.sampled_from("abc"), st.sampled_from("xy"), st.sampled_from(ExpertiseKind)
    ),
    max_size=12,
    unique_by=lambda skill: skill.code,
)


@given(skills)
def test_answering_is_mutual(given_skills):
    for one in given_skills:
        for other in rules.answering(one, given_skills):
            assert one in rules.answering(other, given_skills)


def test_news_that_share_tags_cities_or_themes_are_related_the_closest_first():
    item = linked("I", tags="missions", cities="tunis lyon")
    same = linked("A", tags="missions", cities="tunis lyon")
    tagged = linked("B", tags="missions meetings")
    stranger = linked("C", tags="themes", themes="housing")
    assert [each.code for each in rules.related(item, [stranger, tagged, same, item])] == ["A", "B"]


def test_an_item_about_every_city_is_no_closer_than_one_about_the_same_two():
    item = linked("I", cities="tunis lyon")
    everyone = linked("A", day=9, cities="tunis lyon turin madrid amman")
    both = linked("B", cities="tunis lyon")
    assert rules.related(item, [everyone, both])[0] is both


def test_among_equally_close_items_the_newer_comes_first_then_the_order_of_codes():
    item = linked("I", tags="cities")
    rest = [linked("C", day=2, tags="cities"), linked("B", day=5, tags="cities"), linked("A", day=2, tags="cities")]
    orders = {tuple(each.code for each in rules.related(item, order)) for order in permutations(rest)}
    assert orders == {("B", "A", "C")}


def test_no_more_related_items_than_asked_for():
    rest = [linked(str(n), tags="cities") for n in range(9)]
    assert len(rules.related(linked("I", tags="cities"), rest, most=4)) == 4


words = st.frozensets(st.sampled_from("abcd"))
items = st.builds(Linked, st.uuids().map(str), st.dates(), words, words, words)


@given(items, items)
def test_kinship_is_mutual_and_never_above_three(one, other):
    assert rules.kinship(one, other) == rules.kinship(other, one)
    assert 0 <= rules.kinship(one, other) <= 3


def test_news_without_a_day_is_a_draft_and_one_for_later_is_scheduled():
    assert rules.news_state(None, NOW) is NewsState.DRAFT
    assert rules.news_state(NOW.replace(hour=9), NOW) is NewsState.SCHEDULED
    assert rules.news_state(NOW, NOW) is NewsState.PUBLISHED


def test_news_of_today_is_published_now_and_keeps_its_moment_when_saved_again():
    assert rules.published_at(NOW.date(), None, NOW) == NOW
    earlier = NOW.replace(hour=6)
    assert rules.published_at(NOW.date(), earlier, NOW) == earlier
    assert rules.published_at(date(2016, 3, 1), earlier, NOW) == datetime(2016, 3, 1, tzinfo=UTC)
    assert rules.published_at(None, earlier, NOW) is None


@pytest.mark.parametrize(
    ("names", "slug"),
    [
        ({"fr": "Beyrouth", "en": "Beirut"}, "beirut"),
        ({"fr": "L’accès à l’éducation"}, "l-acces-a-l-education"),
        ({"ar": "بيروت"}, "x7f"),
        ({"it": "Città"}, "citta"),
        ({"fr": "=cmd|' /C calc'!A1"}, "cmd-c-calc-a1"),
    ],
)
def test_a_name_in_addresses_is_made_of_what_latin_letters_can_write(names, slug):
    assert rules.slug_of(Text.of(names), set(), "X7F") == slug


def test_a_name_in_addresses_is_never_given_twice():
    text = Text.of({"fr": "Tunis"})
    assert rules.slug_of(text, {"tunis", "tunis-2"}, "X") == "tunis-3"


@given(st.text(max_size=300))
def test_a_made_name_in_addresses_is_always_a_good_one(name):
    slug = rules.slug_of(Text.of({"fr": name}), set(), "CODE")
    assert rules.SLUG.fullmatch(slug)
    assert len(slug) <= rules.SLUG_MOST
