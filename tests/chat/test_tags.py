"""What a search can ask of a message besides its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.tags import SIGN, content_tag, sender_tag, tags_of
from hubbub.chat.words import words_of


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("hello", []),
        ("see https://example.org/x", ["link"]),
        ("HTTP://example.org", ["link"]),
        ("hubbub://host/lobby/7", ["link"]),
        ("ftp://x :// http://", []),
        ("run `ls -l`", ["code"]),
        ("```\nx\n```", ["code"]),
        ("it`s 5\no`clock", []),
        ("`curl http://x`", ["link", "code"]),
    ],
)
def test_what_is_in_a_text(text: str, contents: list[str]) -> None:
    assert tags_of(text, "ann", "")[1:] == [SIGN + content for content in contents]


def test_files() -> None:
    assert content_tag("file") in tags_of("", "ann", "", has_file=True)


def test_known_people_are_told_by_their_ids_and_others_by_their_names() -> None:
    assert sender_tag("Ann", "BpLDJ2n5UlF") == sender_tag("anna", "BpLDJ2n5UlF")
    assert sender_tag("Ann") == sender_tag("ann")
    assert len({sender_tag("ann"), sender_tag("bob"), sender_tag("", "ann")}) == 3


@given(st.text())
def test_no_word_is_a_tag(text: str) -> None:
    assert not any(SIGN in word for word in words_of(text))
