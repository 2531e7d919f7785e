"""Who is mentioned, and where it stands out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui.markup import mentions
from tests.tui.markup.texts import PALETTE, TEXTS, shown

MENTIONS = [
    ("ann", "hello ann"),
    ("ann", "Ann: look"),
    ("ann", "@ANN, look"),
    ("ann", "(ann)"),
    ("ann", "*ann* **knows**"),
    ("ann", "_ann_"),
    ("ann", "> ann said\nwhat?"),
    ("Ann Lee", "is ann *lee* here?"),
    ("a.b+c", "hey @a.b+c!"),
    ("l_x", "hello l_x"),
    ("Чарли", "привет, чарли"),
    ("राम", "नमस्ते राम!"),
    ("bob", "@everyone lunch"),
    ("bob", "lunch, @Here?"),
    ("bob", "@all"),
]
NO_MENTIONS = [
    ("ann", "hello anna"),
    ("ann", "ann_1 and 1ann and joann"),
    ("ann", "mail@ann.org"),
    ("ann", "`ann`"),
    ("ann", "a\n```\nann\n```\nb"),
    ("ann", "https://example.org/ann"),
    ("a.b", "hey aXb"),
    ("राम", "नमस्ते रामी"),
    ("ann", "me@everyone.org, @everyones, everyone, @allan"),
    ("", "nobody is called"),
]


@pytest.mark.parametrize(("name", "text"), MENTIONS)
def test_a_mention_is_found_and_stands_out(name: str, text: str) -> None:
    assert mentions(text, name)
    assert any(PALETTE.mention in [span.style for span in p.text.spans] for p in shown(text, name))


@pytest.mark.parametrize(("name", "text"), NO_MENTIONS)
def test_what_is_no_mention_does_not(name: str, text: str) -> None:
    assert not mentions(text, name)
    assert all(
        PALETTE.mention not in [span.style for span in part.text.spans]
        for part in shown(text, name)
    )


def test_a_mention_is_marked_with_its_at_and_nothing_else() -> None:
    [paragraph] = shown("hi @ann, and ann")
    marked = [paragraph.text.plain[span.start : span.end] for span in paragraph.text.spans]
    assert marked == ["@ann", "ann"]


@given(TEXTS, st.sampled_from(["ann", "x_y", "2", "", "李", "é", ".", "a nn"]))
def test_what_stands_out_is_what_counts(text: str, name: str) -> None:
    stands_out = any(
        span.style == PALETTE.mention for part in shown(text, name) for span in part.text.spans
    )
    assert mentions(text, name) == stands_out
