"""Control characters other than newline and tab never reach a member."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.text import inert, inert_line


@given(st.text())
def test_nothing_but_control_characters_is_taken_away(text: str) -> None:
    kept = [char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc"]
    assert inert(text) == "".join(kept)


@given(st.text())
def test_a_line_has_no_line_ends(text: str) -> None:
    assert inert_line(text) == inert(text).replace("\n", " ").replace("\t", " ")


def test_escape_sequences_are_disarmed() -> None:
    assert inert("\x1b[31mred\x07\x9b2J\r\n") == "[31mred2J\n"
