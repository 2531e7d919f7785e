"""A text that is too long for one message goes as several, and nothing of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.desk.pieces import pieces_of


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("aaaa bb\n\ncc", ["aaaa bb", "cc"]),
        ("aaaa bb\ncc dd", ["aaaa bb", "cc dd"]),
        ("aaaaa. bb ccc", ["aaaaa.", "bb ccc"]),
        ("aaaa bbb ccc", ["aaaa bbb", "ccc"]),
        ("a" * 25, ["a" * 10, "a" * 10, "a" * 5]),
    ],
)
def test_it_is_divided_at_paragraphs_lines_sentences_words(text: str, pieces: list[str]) -> None:
    assert pieces_of(text, 10) == pieces


@given(st.text(st.sampled_from("aé今🎉 \n.")))
def test_whatever_it_is_made_of_each_piece_fits_and_all_is_there(text: str) -> None:
    pieces = pieces_of(text, 10)
    assert all(0 < len(piece.encode()) <= 10 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
