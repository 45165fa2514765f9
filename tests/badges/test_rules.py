"""Which badges go on the paper."""

from hypothesis import given
from hypothesis import strategies as st

from eventhub.badges.rules import COLOURS, Candidate, Choice, colour, to_print


def candidate(name: str = "a", *, approved: bool = True, credential: str = "C", printed: bool = False) -> Candidate:
    return Candidate(name, credential, "focal_point", name, approved, printed)


def test_only_approved_people_with_a_valid_credential_are_printed() -> None:
    people = [candidate("a"), candidate("b", approved=False), candidate("c", credential="")]
    assert [each.registration for each in to_print(people, Choice.ALL)] == ["a"]


def test_a_badge_already_on_paper_is_new_no_more() -> None:
    people = [candidate("a", printed=True), candidate("b")]
    assert [each.registration for each in to_print(people, Choice.NEW)] == ["b"]
    assert [each.registration for each in to_print(people, Choice.ALL)] == ["a", "b"]


def test_categories_narrow_and_none_means_all() -> None:
    assert to_print([candidate()], Choice.ALL, ["press"]) == []
    assert len(to_print([candidate()], Choice.ALL, [])) == 1


@given(st.lists(st.text("abc", min_size=1, max_size=3), unique=True), st.randoms())
def test_two_runs_never_differ_in_order(names: list[str], chance) -> None:
    people = [candidate(name) for name in names]
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert to_print(people, Choice.ALL) == to_print(shuffled, Choice.ALL)


def test_white_words_are_readable_on_every_colour() -> None:
    for name in COLOURS:
        channels = [int(colour(name)[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 5, name
