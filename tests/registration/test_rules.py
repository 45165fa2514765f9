"""Who may enter, and who is next: the rules read aloud."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.events.models import EventState
from eventhub.registration import rules
from eventhub.registration.models import State
from eventhub.registration.rules import Free, Full, Lacking, Need, Waiting

NOON = datetime(2016, 2, 15, 12, tzinfo=UTC)


def waiting(code: str, minute: int = 0, *, category: str = "a", delegation: str = "", priority: int = 1) -> Waiting:
    return Waiting(code, Need(category, delegation), priority, NOON + timedelta(minutes=minute))


def codes(chosen: list[Waiting]) -> str:
    return "".join(each.code for each in chosen)


def test_no_state_follows_itself_and_every_state_is_in_the_graph() -> None:
    assert set(rules.TRANSITIONS) == set(State)
    for state, after in rules.TRANSITIONS.items():
        assert state not in after


def test_a_replaced_registration_is_over_for_good() -> None:
    assert not rules.TRANSITIONS[State.REPLACED]


def test_only_a_place_or_its_loss_leads_out_of_approved() -> None:
    assert rules.TRANSITIONS[State.APPROVED] == {State.CANCELLED, State.REPLACED}


@pytest.mark.parametrize(
    ("state", "answered", "becomes"),
    [
        (State.CANCELLED, True, State.APPROVED), (State.REFUSED, True, State.APPROVED),
        (State.DECLINED, False, State.INVITED), (State.PENDING, True, None), (State.REPLACED, True, None),
    ],
)  # fmt: skip
def test_who_is_admitted_again_and_to_what(state: State, answered: bool, becomes: State | None) -> None:
    assert rules.admission(state, answered=answered) is becomes


def test_registration_closes_at_its_deadline_and_with_the_event() -> None:
    is_open = EventState.REGISTRATION_OPEN
    assert rules.registration_open(is_open, NOON, NOON, invited=False)
    assert not rules.registration_open(is_open, NOON, NOON + timedelta(seconds=1), invited=True)
    assert not rules.registration_open(EventState.ANNOUNCED, None, NOON, invited=False)
    assert rules.registration_open(EventState.ANNOUNCED, None, NOON, invited=True)
    assert not rules.registration_open(EventState.CLOSED, None, NOON, invited=True)


def test_the_widest_limit_is_named_first() -> None:
    need = Need("a", "tunis")
    assert Free(event=0, categories={"a": 0}).lacks(need) is Full.EVENT
    assert Free(event=1, categories={"a": 0}).lacks(need) is Full.CATEGORY
    assert Free(delegations={"tunis": 0}, quotas={("tunis", "a"): 0}).lacks(need) is Full.DELEGATION
    assert Free(delegations={"tunis": 1}, quotas={("tunis", "a"): 0}).lacks(need) is Full.QUOTA
    assert Free(event=1, categories={"a": None}).lacks(need) is None


def test_the_quota_of_another_delegation_holds_nobody_up() -> None:
    assert Free(quotas={("lyon", "a"): 0}, delegations={"lyon": 0}).lacks(Need("a", "tunis")) is None
    assert Free(quotas={("", "a"): 0}, delegations={"": 0}).lacks(Need("a")) is None


def test_a_category_comes_before_time_and_the_code_decides_a_draw() -> None:
    order = rules.promotion_order(
        [waiting("d", 1, priority=2), waiting("c", 5), waiting("b", 1), waiting("a", 1), waiting("e", 0, priority=2)]
    )
    assert codes(order) == "abced"


def test_whose_own_category_is_full_is_passed_over_and_holds_nobody_up() -> None:
    free = Free(event=2, categories={"a": 0, "b": 5})
    chosen = rules.to_promote(free, [waiting("1", 1), waiting("2", 2, category="b"), waiting("3", 3, category="b")])
    assert codes(chosen) == "23"


def test_nobody_is_promoted_into_a_full_event() -> None:
    assert rules.to_promote(Free(event=0), [waiting("1")]) == []


def test_each_place_on_the_list_says_what_it_waits_for() -> None:
    free = Free(event=3, categories={"a": 0, "b": 1})
    found = rules.explain(free, [waiting("2", 2), waiting("1", 1), waiting("3", 3, category="b")])
    assert [(each.waiting.code, each.place, each.place_in_category, each.held_by) for each in found] == [
        ("1", 1, 1, Full.CATEGORY), ("2", 2, 2, Full.CATEGORY), ("3", 3, 1, None),
    ]  # fmt: skip


def test_a_lead_nominates_while_a_place_is_left_for_everyone_on_the_way() -> None:
    assert rules.may_nominate(3, taken=1, on_the_way=1)
    assert not rules.may_nominate(3, taken=1, on_the_way=2)
    assert rules.may_nominate(None, taken=50, on_the_way=50)


def test_a_ranking_names_every_theme_once() -> None:
    assert rules.is_ranking(["b", "a"], ["a", "b"])
    assert not rules.is_ranking(["a", "a"], ["a", "b"])
    assert not rules.is_ranking(["a"], ["a", "b"])
    assert not rules.is_ranking(["a", "b", "c"], ["a", "b"])


def test_a_name_in_one_script_is_enough() -> None:
    full = {"languages": [("ar", "native")], "ranking": [], "themes": None}
    assert rules.lacking(latin="", arabic="آمنة", **full) == []
    assert rules.lacking(latin="Amina", arabic="", **full) == []
    assert rules.lacking(latin="", arabic="", languages=[], ranking=[], themes=["x"]) == [
        Lacking.NAME, Lacking.LANGUAGES, Lacking.RANKING,
    ]  # fmt: skip


places = st.one_of(st.none(), st.integers(0, 4))
letters = st.sampled_from("ab")
cities = st.sampled_from(["", "x", "y"])
lists = st.lists(
    st.builds(
        lambda minute, category, delegation, priority: (minute, category, delegation, priority),
        st.integers(0, 3), letters, cities, st.integers(1, 2),
    ),
    max_size=12,
).map(
    lambda rows: [
        waiting(f"{at:02d}", minute, category=category, delegation=delegation, priority=priority)
        for at, (minute, category, delegation, priority) in enumerate(rows)
    ]
)  # fmt: skip
frees = st.builds(
    Free,
    event=places,
    categories=st.dictionaries(letters, places),
    delegations=st.dictionaries(st.sampled_from("xy"), places),
    quotas=st.dictionaries(st.tuples(st.sampled_from("xy"), letters), places),
)


@given(frees, lists, st.randoms())
def test_promotion_fits_every_limit_leaves_no_usable_place_and_does_not_depend_on_the_order_of_rows(
    free: Free, rows: list[Waiting], random: object
) -> None:
    chosen = rules.to_promote(free, rows)
    left = free
    for each in chosen:
        assert left.lacks(each.need) is None
        left = left.without(each.need)
    passed_over = [each for each in rules.promotion_order(rows) if each not in chosen]
    assert all(left.lacks(each.need) is not None for each in passed_over)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rules.to_promote(free, shuffled) == chosen


@given(frees, lists)
def test_nobody_is_passed_over_who_could_have_had_a_place(free: Free, rows: list[Waiting]) -> None:
    chosen = {each.code for each in rules.to_promote(free, rows)}
    left = free
    for each in rules.promotion_order(rows):
        if each.code in chosen:
            left = left.without(each.need)
        else:
            assert left.lacks(each.need) is not None
