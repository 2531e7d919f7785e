"""A mistyped word is recognized, and not at the price of comparing it with all."""

import difflib

import pytest

from hubbub.chat.nearest import nearest

KNOWN = ["members", "message", "join", "leave", "say", "search", "seen"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("membrs", "members"), ("jion", "join"), ("sya", "say"), ("serach", "search")],
)
def test_a_mistyped_word_is_recognized(word: str, meant: str) -> None:
    assert nearest(word, KNOWN) == meant


@pytest.mark.parametrize("word", ["", "xyz", "membrs" * 10, "quit"])
def test_what_is_like_none_is_taken_for_none(word: str) -> None:
    assert nearest(word, KNOWN) is None


def test_few_are_compared_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def note(word: str, alike: list[str], _count: int) -> list[str]:
        compared.extend(alike)
        return []

    monkeypatch.setattr(difflib, "get_close_matches", note)
    nearest("membrs", KNOWN)
    assert compared == ["members", "message"]
