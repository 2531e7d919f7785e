"""What counts as a word, without a log; what searches make of it is in test_search.py."""

import unicodedata
from contextlib import suppress
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat import words
from hubbub.chat.errors import Refused
from hubbub.chat.words import (
    FOUND_MAX,
    QUERY_CHARS_MAX,
    QUERY_PIECES_MAX,
    QUERY_WORDS_MAX,
    WORD_CHARS_MAX,
    WordsOfEach,
    allowed_query,
    found_in,
    phrases_of,
    words_of,
)

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Hello, World!", "hello world"),
        ("snake_case it's 3.14", "snake case it s 3 . 14"),
        ("C++20, C# & .NET; asp.net. End...", "c + + 20 c # & . net asp . net end"),
        ("Ｃ＋＋ Ünï ﬁx Straße", "c + + uni fix strasse"),
        ("今天abc天", "今 天 abc 天"),
        ("한국어 ㅋㅋ", "한 국 어 ᄏ ᄏ"),
        ("ｶﾞガカ\u3099", "ガ ガ ガ"),
        ("กินได้", "ก ิ น ไ ด ้"),
        ("हिन्दी में", "हिन्दी में"),
        ("🎉 👍🏽", ""),
        ("zero\u200bwidth so\u00adft", "zero width soft"),
        ("א\u05b8ב", "אב"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert " ".join(words_of(text)) == expected


@given(st.text())
def test_no_word_holds_a_space_or_is_too_long(text: str) -> None:
    for word in words_of(text):
        assert word
        assert not any(char.isspace() for char in word)
        assert len(word) <= WORD_CHARS_MAX


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_takes_a_shorter_way_to_the_same_words(text: str) -> None:
    assert words_of(text + " é") == [*words_of(text), "e"]


@given(
    st.lists(
        st.text() | st.text("ab+.\x1e ") | st.sampled_from(["x" * 5000, "y z" * 5000]), min_size=1
    )
)
def test_texts_that_are_split_together_have_the_words_that_each_has(texts: list[str]) -> None:
    together, each = WordsOfEach(texts), [words_of(text) for text in texts]
    assert together.count == sum(map(len, each))
    for between in (" ", " 12."):
        assert together.joined(between) == [between.join(words) for words in each]


@given(st.text(), st.sampled_from(["NFC", "NFD"]))
def test_words_do_not_depend_on_how_a_text_is_composed(text: str, form: Form) -> None:
    """But for the order of marks on one character, which only normalizing the text would settle."""
    marked = any(unicodedata.combining(a) and unicodedata.combining(b) for a, b in pairwise(text))
    if not marked:
        assert words_of(unicodedata.normalize(form, text)) == words_of(text)


@given(st.text(min_size=1), st.text())
def test_a_text_is_found_by_its_beginning(text: str, rest: str) -> None:
    told = words_of(text + " " + rest)
    assert told[: len(words_of(text))] == words_of(text)


@pytest.mark.parametrize("unit", ["a\u0301\u0316", "ก\u0e48\u0e38", "\u0301\u0316", "\ufdfa", "한"])
def test_nothing_long_is_normalized_at_once(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    """The time that takes grows with the square of a run of marks."""
    longest = 0
    normalized = unicodedata.normalize

    def normalize(form: Form, text: str) -> str:
        nonlocal longest
        longest = max(longest, len(text))
        return normalized(form, text)

    monkeypatch.setattr(unicodedata, "normalize", normalize)
    words_of(unit * 20_000)
    assert longest <= WORD_CHARS_MAX


def test_the_phrases_of_a_query() -> None:
    assert parts("a a b-c A d") == ["a*", "b c*", "d*"]
    assert parts("!!! \0 ...") == []


def test_what_stands_within_quotes_is_one_phrase_with_a_whole_last_word() -> None:
    assert parts('"Hello World" again') == ["hello world", "again*"]
    assert parts('"hello wor') == ["hello wor*"], "it is still being typed"
    assert parts('5" b"c d"') == ["5*", "b c*", "d*"], "these are not around a part"
    assert parts('"a" a "a b"') == ["a b"]
    assert parts('ab "a"') == ["ab*", "a"], "a word that goes on says nothing of a whole one"
    assert parts('""') == []


def parts(query: str) -> list[str]:
    """Return the phrases of a query, with a star where the last word may go on."""
    return [" ".join(one.words) + "*" * one.goes_on for one in phrases_of(query)]


def test_what_another_part_of_the_query_says_already_is_not_looked_up() -> None:
    assert parts("a aa aaa ab") == ["aaa*", "ab*"]
    assert parts("b c-bd") == ["c bd*"]
    assert parts("b-c b-cd") == ["b c*", "b cd*"]


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("din", "Dinner is ready: DINNER!", ["Dinner", "DINNER"]),
        ("dinner ready", "dinner is ready", ["dinner", "ready"]),
        ('"is ready"', "is it? it is ready, is readymade", ["is ready"]),
        ("uber", "Über den Wolken, u\u0308ber", ["Über", "u\u0308ber"]),
        ("今天", "我们今天去。今 天", ["今天", "今 天"]),
        ("c++", "in C++20 and C", ["C++"]),
        ("fi", "ﬁx it", ["ﬁx"]),
        ("strasse", "Straße 7", ["Straße"]),
        ("株", "㍿です", ["㍿"]),
        ("b a", "a b", ["a", "b"]),
        ("a-b b-c", "x a b c", ["a b c"]),
        ("nothing", "of the kind", []),
    ],
)
def test_where_words_are_found_in_a_text(query: str, text: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in found_in(text, phrases_of(query))] == marked


@given(st.text(), st.text())
def test_what_is_found_is_in_the_text_and_in_order(text: str, query: str) -> None:
    places = found_in(text, phrases_of(query))
    flat = [place for pair in places for place in pair]
    assert flat == sorted(set(flat))
    assert not flat or 0 <= flat[0] < flat[-1] <= len(text)


def test_of_very_many_places_a_text_has_the_first() -> None:
    assert len(found_in("a, " * 10_000, phrases_of("a"))) == FOUND_MAX


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("w " * 120_000, "Your search has 120,000 words; 16 are allowed. Search for less."),
        (".a" * 60_000, "Your search has 120,000 characters; 1,000 are allowed. Search for less."),
        (
            ".a" * 20,
            "Your search has 40 words, since signs such as + and each character of scripts without "
            "spaces count as one; 32 are allowed. Search for less.",
        ),
    ],
)
def test_a_query_that_costs_too_much_is_refused_with_numbers(query: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        allowed_query(query)
    assert (refused.value.code, str(refused.value)) == ("too_long", sentence)


@pytest.mark.parametrize("query", ["w" * QUERY_CHARS_MAX, "天" * QUERY_PIECES_MAX, ""])
def test_a_query_may_have_as_much_as_is_allowed(query: str) -> None:
    assert allowed_query(query) == query
    with pytest.raises(Refused):
        allowed_query(query + " w" * QUERY_WORDS_MAX + "x" * QUERY_CHARS_MAX)


@pytest.mark.parametrize("unit", [".a", "天", "\ufdfa", "a\u0301", "+", "ﬁ", "w ", "\u3099"])
def test_no_more_of_a_query_is_split_into_words_than_may_be_searched_for(
    monkeypatch: pytest.MonkeyPatch, unit: str
) -> None:
    split = 0

    def counted(text: str) -> list[str]:
        nonlocal split
        split += len(text)
        return words_of(text)

    monkeypatch.setattr(words, "words_of", counted)
    for length in (1, 100, 10_000, 200_000):
        with suppress(Refused):
            allowed_query((unit * length)[:length])
    assert split <= 2 * (1 + 100)
