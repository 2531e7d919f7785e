"""What a search can ask of a message besides its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.events import Message
from hubbub.chat.tags import SIGN, Entries, content_tag, entry_of, sender_tag, tags_of
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
def test_whatever_a_damaged_log_has_for_a_name_has_a_tag(sender: str) -> None:
    assert sender_tag(sender).startswith(SIGN)


@given(st.text())
def test_no_word_is_a_tag(text: str) -> None:
    assert not any(SIGN in word for word in words_of(text))


TEXTS = st.text() | st.sampled_from(["", "...", "`x`", "see http://x", "@all look", "a b"])


BY = st.tuples(TEXTS, st.sampled_from(["ann", "bob"]), st.sampled_from(["", "id"]))


@given(st.lists(BY, min_size=1))
def test_messages_that_are_indexed_together_have_the_entries_that_each_has(
    said: list[tuple[str, str, str]],
) -> None:
    messages = [
        Message(room="lobby", seq=0, prev=0, sender=sender, person=person, at=0, text=text)
        for text, sender, person in said
    ]
    together = Entries(messages)
    each = [entry_of(text, *by, has_file=False) for text, *by in said]
    assert together.joined(" ") == each
    assert together.joined(" 12.") == [one.replace(" ", " 12.") for one in each]
    assert together.count == sum(len(one.split()) for one in each)
