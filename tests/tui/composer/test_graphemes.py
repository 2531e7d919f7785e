"""Places between grapheme clusters, and words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from hubbub.tui.composer.graphemes import (
    boundaries,
    left_of,
    right_of,
    snapped,
    snapped_right,
    word_left,
    word_right,
)
from tests.desk.texts import clusters, lines


@given(st.text())
def test_boundaries_are_those_of_the_clusters(line: str) -> None:
    found = boundaries(line)
    parts = [line[at:to] for at, to in pairwise(found)]
    assert parts == list(iter_graphemes(line))


@given(lines, st.integers(0, 60))
def test_a_place_snaps_to_the_nearest_boundary_of_its_side(line: str, place: int) -> None:
    place = min(place, len(line))
    known = boundaries(line)
    assert snapped(line, place) == max(one for one in known if one <= place)
    assert snapped_right(line, place) == min(one for one in known if one >= place)


@given(clusters)
def test_left_and_right_step_over_each_cluster_once(parts: list[str]) -> None:
    line = "".join(parts)
    places = [0]
    while places[-1] < len(line):
        places.append(right_of(line, places[-1]))
    assert places == list(boundaries(line))
    back = [len(line)]
    while back[-1]:
        back.append(left_of(line, back[-1]))
    assert back == places[::-1]
    assert right_of(line, len(line)) == len(line)
    assert left_of(line, 0) == 0


@pytest.mark.parametrize(
    ("line", "stops"),
    [
        ("say hello, you", [3, 9, 10, 14]),
        ("e\u0301tude f\u00fcr", [6, 10]),  # a combining mark is part of its word
        ("नमस्ते दुनिया", [6, 13]),
        ("  👨\u200d👩\u200d👧👍🏽 ok", [9, 12]),
        ("a_b c", [3, 5]),
    ],
)
def test_word_right_ends_behind_each_word(line: str, stops: list[int]) -> None:
    found, place = [], 0
    while place < len(line):
        place = word_right(line, place)
        found.append(place)
    assert found == stops


def test_word_left_begins_at_each_word() -> None:
    line = "say hello, you "
    found, place = [], len(line)
    while place:
        place = word_left(line, place)
        found.append(place)
    assert found == [11, 9, 4, 0]


@given(lines)
def test_words_end_and_begin_between_clusters(line: str) -> None:
    for place in boundaries(line):
        assert word_left(line, place) in boundaries(line)
        assert word_right(line, place) in boundaries(line)
        assert word_left(line, place) < place or place == 0
        assert word_right(line, place) > place or place == len(line)
