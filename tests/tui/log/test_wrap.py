"""Lines fit their width, lose nothing, and never break within a grapheme cluster."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text
from wcwidth import iter_graphemes

from hubbub.tui.log.wrap import wrap

CLUSTERS = [
    "a",
    "b",
    " ",
    "-",
    "漢",
    "。",
    "한",
    "e\u0301",
    "👍🏽",
    "👨\u200d👩\u200d👧",
    "🇩🇪",
    "❤\ufe0f",
    "नि",
    "か\u3099",
    "漢\u0301",
]
texts = st.lists(st.sampled_from([*CLUSTERS, "\n"]), max_size=80).map("".join)


def wrapped(text: str, width: int) -> list[str]:
    return [line.plain for line in wrap(Text(text), width)]


def test_lines_break_between_words() -> None:
    assert wrapped("one two three", 8) == ["one two ", "three"]


def test_a_long_word_is_broken_where_it_must() -> None:
    assert wrapped("see https://example.org/", 10) == ["see ", "https://ex", "ample.org/"]


def test_chinese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    assert wrapped("我去图书馆。好", 10) == ["我去图书", "馆。好"]
    assert wrapped("ann: 我去图书馆", 10) == ["ann: 我去", "图书馆"]


def test_spaces_at_the_beginning_stay() -> None:
    assert wrapped("  one\n\n    two", 20) == ["  one", "", "    two"]


def test_styles_go_along() -> None:
    text = Text("one two three")
    text.stylize("bold", 4, 13)
    first, second = wrap(text, 8)
    assert [(span.start, span.end) for span in first.spans] == [(4, 8)]
    assert [(span.start, span.end) for span in second.spans] == [(0, 5)]


@given(texts, st.integers(2, 12))
def test_nothing_is_lost_and_every_line_fits(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join(lines) == text.replace("\n", "")
    assert all(cell_len(line.rstrip(" ")) <= width for line in lines)


@given(texts, st.integers(1, 12))
def test_no_cluster_is_broken(text: str, width: int) -> None:
    whole = [cluster for line in text.split("\n") for cluster in iter_graphemes(line)]
    shown = [cluster for line in wrapped(text, width) for cluster in iter_graphemes(line)]
    assert shown == whole
