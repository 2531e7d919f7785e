"""Texts of messages, as lines of IRC and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.wire.irc.texts import (
    Piece,
    action_of,
    from_irc,
    is_request,
    lines_of,
    pieces_of,
    to_irc,
)


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
        ("a few words that are long", ["a few ", "words that ", "are long"]),
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plain", "plain"),
        ("**bold** and *italic*!", "\x02bold\x02 and \x1ditalic\x1d!"),
        ("**a *b*** c", "\x02a \x1db\x1d\x02 c"),
        ("`code *as it is*` ~~gone~~", "`code *as it is*` ~~gone~~"),
        ("2 * 3 * 4 and a_b_c", "2 * 3 * 4 and a_b_c"),
        ("https://example.org/a_b_c*d*", "https://example.org/a_b_c*d*"),
        ("* an item", "* an item"),
    ],
)
def test_our_marks_are_codes_of_irc(text: str, said: str) -> None:
    assert to_irc(text) == said


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x02\x1d\x11\x1e\x0f\x03\x04")))
def test_what_is_said_with_codes_reads_the_same_on_the_way_back(text: str) -> None:
    assert to_irc(from_irc(to_irc(from_irc(text)))) == to_irc(from_irc(text))


@given(st.lists(st.text(max_size=30), min_size=1), st.integers(8, 60))
def test_pieces_are_parted_where_their_sender_parted_them(parts: list[str], bytes_max: int) -> None:
    parts = [part.replace("\n", "").replace("\r", "").replace("\t", "") for part in parts]
    places = [sum(map(len, parts[:count])) for count in range(1, len(parts))]
    pieces = [*pieces_of("".join(parts), bytes_max, places)]
    assert "".join(piece.text for piece in pieces) == "".join(parts)
    assert all(len(piece.text.encode()) <= bytes_max for piece in pieces)
    ends = {sum(len(one.text) for one in pieces[:count]) for count in range(len(pieces) + 1)}
    assert ends >= set(places)
    assert [piece.goes_on for piece in pieces] == [False, *[True] * (len(pieces) - 1)]


def test_blank_lines_are_pieces() -> None:
    assert [*pieces_of("a\n\nb", 20)] == [Piece("a"), Piece(""), Piece("b")]
