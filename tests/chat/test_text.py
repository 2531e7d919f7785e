"""Control characters other than newline and tab never reach a member."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.text import inert, inert_line, whole_number


@given(st.text())
def test_nothing_but_control_characters_is_taken_away(text: str) -> None:
    kept = [char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc"]
    assert inert(text) == "".join(kept)


@given(st.text())
def test_a_line_has_no_line_ends(text: str) -> None:
    assert inert_line(text) == inert(text).replace("\n", " ").replace("\t", " ")


def test_escape_sequences_are_disarmed() -> None:
    assert inert("\x1b[31mred\x07\x9b2J\r\n") == "[31mred2J\n"


@given(st.integers(0, 200), st.integers(0, 3))
def test_a_number_is_read_up_to_the_most_that_it_may_be(number: int, zeros: int) -> None:
    assert whole_number("0" * zeros + str(number), 99) == (number if number <= 99 else None)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1e1", "1_0", " 1", "²", "１", "٣", "0x1"])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert whole_number(text, 99) is None


def test_no_number_is_too_long_to_be_refused() -> None:
    assert whole_number("9" * 100_000, 99) is None
    assert whole_number("0" * 100_000 + "7", 99) == 7
