"""A day of the draft as a table: every session stands in it once, in its room, over the hours it lasts."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from eventhub.programme.grid import Placed, table
from eventhub.programme.rules.slots import Slot, clash

DAY = date(2016, 3, 9)
placed = st.lists(
    st.builds(
        Placed,
        session=st.uuids(),
        slot=st.builds(
            Slot, st.just(DAY), st.builds(time, st.integers(8, 18)), st.integers(1, 8).map(lambda n: n * 30)
        ),
        column=st.integers(0, 2),
    ),
    max_size=12,
)


@given(placed)
def test_every_session_stands_once_in_its_column_over_its_hours(sessions: list[Placed]) -> None:
    rows = table(sessions, 3)
    found = {}
    for number, row in enumerate(rows):
        for column, cell in enumerate(row.cells):
            for session in cell.sessions if cell else ():
                assert session not in found
                found[session] = (column, row.begins, rows[number + cell.rows - 1].ends)
    for each in sessions:
        column, begins, ends = found[each.session]
        assert column == each.column
        assert begins <= each.slot.begins
        assert ends >= each.slot.ends
    assert len(found) == len(sessions)


@given(placed)
def test_a_row_is_never_wider_or_narrower_than_the_rooms(sessions: list[Placed]) -> None:
    reach = [0, 0, 0]
    for row in table(sessions, 3):
        for column, cell in enumerate(row.cells):
            assert (cell is None) == (reach[column] > 0)
            reach[column] = (cell.rows if cell else reach[column]) - 1
    assert reach in ([0, 0, 0], [-1, -1, -1]) or not sessions or max(reach) == 0


@given(placed)
def test_sessions_that_clash_in_a_room_share_a_cell(sessions: list[Placed]) -> None:
    cells = [set(cell.sessions) for row in table(sessions, 3) for cell in row.cells if cell and cell.sessions]
    for one, other in combinations(sessions, 2):
        if one.column == other.column and clash(one.slot, other.slot):
            assert any({one.session, other.session} <= cell for cell in cells)


def test_hours_in_which_nothing_is_on_are_left_out() -> None:
    morning, evening = Slot(DAY, time(9), 60), Slot(DAY, time(19), 90)
    rows = table([Placed("a", morning, 0), Placed("b", evening, 0)], 1)
    assert [(row.begins.time(), row.ends - row.begins) for row in rows] == [
        (time(9), timedelta(minutes=60)), (time(19), timedelta(minutes=90))
    ]  # fmt: skip
