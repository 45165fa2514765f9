"""The map: nothing covers anything, and the same cities always give the same picture."""

from __future__ import annotations

import itertools
import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.network import map as mapping
from eventhub.network.coastline import LAND
from eventhub.network.map import FRAME, HEIGHT, WIDTH, Drawing, Place, draw, position

CITIES = {
    "amman": ("Amman", "عمّان", 35.93, 31.95),
    "beirut": ("Beyrouth", "بيروت", 35.50, 33.89),
    "lisbon": ("Lisbonne", "لشبونة", -9.14, 38.72),
    "lyon": ("Lyon", "ليون", 4.84, 45.76),
    "madrid": ("Madrid", "مدريد", -3.70, 40.42),
    "tangier": ("Tanger", "طنجة", -5.83, 35.77),
    "tunis": ("Tunis", "تونس", 10.18, 36.80),
    "turin": ("Turin", "تورينو", 7.69, 45.07),
    "vienna": ("Vienne", "فيينا", 16.37, 48.21),
}


def the_network(script: int = 0) -> list[Place]:
    return [
        Place(code, (names[0], names[1])[script], "confirmed", names[2], names[3]) for code, names in CITIES.items()
    ]


places = st.lists(
    st.builds(
        Place,
        code=st.text("abcdefghij", min_size=1, max_size=6),
        label=st.text(st.characters(categories=("L", "Mn", "Zs")), min_size=1, max_size=24),
        status=st.sampled_from(["confirmed", "expected", "invited"]),
        longitude=st.none() | st.floats(-30, 60),
        latitude=st.none() | st.floats(20, 60),
    ),
    max_size=25,
    unique_by=lambda place: place.code,
)


def nothing_overlaps(drawing: Drawing) -> bool:
    labels = [mark.label.box for mark in drawing.marks if mark.label]
    clear_of_labels = not any(a.overlaps(b) for a, b in itertools.combinations(labels, 2))
    clear_of_marks = not any(
        mark.label and mark.label.box.overlaps(other.box) for mark, other in itertools.permutations(drawing.marks, 2)
    )
    return clear_of_labels and clear_of_marks and all(box.within(FRAME) for box in labels)


@given(places, st.booleans())
def test_a_label_never_covers_a_label_a_mark_or_the_edge(given_places: list[Place], rtl: bool) -> None:
    assert nothing_overlaps(draw(given_places, rtl=rtl))


@given(places, st.randoms())
def test_the_picture_does_not_depend_on_the_order_the_cities_come_in(given_places: list[Place], random: Random) -> None:
    shuffled = list(given_places)
    random.shuffle(shuffled)
    assert draw(shuffled) == draw(given_places)


@given(places)
def test_every_place_is_named_once_on_the_map_or_below_it(given_places: list[Place]) -> None:
    drawing = draw(given_places)
    on_map = [mark.place.code for mark in drawing.marks if mark.label]
    assert sorted(on_map + [place.code for place in drawing.named_below]) == sorted(p.code for p in given_places)


@pytest.mark.parametrize("script", [0, 1], ids=["Latin", "Arabic"])
@pytest.mark.parametrize("rtl", [False, True])
def test_all_cities_of_the_network_are_named_on_the_map(script: int, rtl: bool) -> None:
    drawing = draw(the_network(script), rtl=rtl)
    assert drawing.named_below == ()
    assert nothing_overlaps(drawing)


def test_a_place_without_coordinates_is_named_below() -> None:
    open_place = Place("algeria", "one city of Algeria", "expected")
    drawing = draw([*the_network(), open_place])
    assert drawing.named_below == (open_place,)


def test_a_place_outside_the_frame_is_named_below_and_not_drawn() -> None:
    oslo = Place("oslo", "Oslo", "confirmed", 10.75, 59.91)
    drawing = draw([oslo])
    assert (drawing.marks, drawing.named_below) == ((), (oslo,))


def test_of_two_cities_on_one_spot_both_are_named() -> None:
    twins = [Place("a", "Tanger", "confirmed", -5.83, 35.77), Place("b", "Tétouan", "confirmed", -5.80, 35.75)]
    assert draw(twins).named_below == ()


def test_north_is_up_and_east_is_right() -> None:
    lisbon, vienna = position(-9.14, 38.72), position(16.37, 48.21)
    assert lisbon[0] < vienna[0]
    assert lisbon[1] > vienna[1]


def test_the_corners_of_the_frame_are_the_corners_of_the_view_box() -> None:
    assert position(mapping.WEST, mapping.NORTH) == (0, 0)
    assert position(mapping.EAST, mapping.SOUTH) == pytest.approx((WIDTH, HEIGHT), abs=0.1)


@pytest.mark.parametrize(("city", "ashore"), [("tunis", True), ("madrid", True), ("vienna", True)])
def test_the_coastline_lies_under_the_cities(city: str, ashore: bool) -> None:
    _latin, _arabic, longitude, latitude = CITIES[city]
    assert _on_land(*position(longitude, latitude)) is ashore


@pytest.mark.parametrize("sea", [(5.0, 39.0), (18.0, 34.5), (33.0, 34.0), (-12.0, 38.0)])
def test_the_open_sea_is_not_land(sea: tuple[float, float]) -> None:
    assert not _on_land(*position(*sea))


def test_the_coastline_stays_small_enough_for_a_first_page() -> None:
    assert len(LAND) <= 14_000


def _on_land(x: float, y: float) -> bool:
    """Even-odd rule over every ring of the path, in tenths of a unit."""
    inside = False
    for ring in LAND.split("z"):
        numbers = [int(n) for n in re.findall(r"-?\d+", ring)]
        points = list(
            itertools.accumulate(zip(numbers[::2], numbers[1::2], strict=True), lambda a, b: (a[0] + b[0], a[1] + b[1]))
        )
        for (x1, y1), (x2, y2) in itertools.pairwise([*points, *points[:1]]):
            if (y1 > y * 10) != (y2 > y * 10) and x * 10 < (x2 - x1) * (y * 10 - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside
