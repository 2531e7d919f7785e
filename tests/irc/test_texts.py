"""Texts of messages, as lines of IRC and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.wire.irc.texts import action_of, from_irc, is_request, lines_of


@given(st.text(), st.integers(8, 60))
def test_no_line_is_too_long_and_nothing_is_lost(text: str, bytes_max: int) -> None:
    lines = [*lines_of(text, bytes_max)]
    assert all(line and len(line.encode()) <= bytes_max and "\n" not in line for line in lines)
    kept = "".join(text.replace("\r", "").split())
    assert "".join("".join(lines).split()) == kept


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one\n\ntwo\r\n", ["one", "two"]),
        ("a few words that are long", ["a few words", "that are", "long"]),
        ("👨‍👩‍👧👨‍👩‍👧", ["👨‍👩‍👧", "👨‍👩‍👧"]),
        ("", []),
    ],
)
def test_texts_are_cut_where_people_would(text: str, lines: list[str]) -> None:
    assert [*lines_of(text, 20 if "👨" in text else 11)] == lines


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("plain", "plain"),
        ("\x02bold\x02 and \x1ditalic\x0f!", "**bold** and *italic*!"),
        ("\x0304,05red\x03 \x1funder\x1f \x16back\x16", "red under back"),
        ("\x02a \x1db\x02 c", "**a *b*** c"),
        ("\x11code\x11", "`code`"),
    ],
)
def test_codes_of_irc_become_our_marks(said: str, text: str) -> None:
    assert from_irc(said) == text


def test_what_somebody_does_and_what_programs_ask() -> None:
    assert action_of("\x01ACTION waves\x01") == "waves"
    assert action_of("\x01ACTION\x01") == ""
    assert action_of("waves") is None
    assert is_request("\x01VERSION\x01")
    assert not is_request("VERSION")
