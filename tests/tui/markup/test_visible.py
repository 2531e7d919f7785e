"""Text that no terminal is disturbed by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.markup.visible import visible
from tests.tui.markup.texts import TEXTS


@given(TEXTS)
def test_visible_text_disturbs_no_terminal(text: str) -> None:
    for char in visible(text):
        assert char == "\n" or unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(char) not in {
            *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"),
        }


@given(TEXTS)
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Mn", "Me", "Cf"])))
def test_harmless_text_is_visible_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
)
def test_every_end_of_a_line_becomes_a_newline(end: str) -> None:
    assert visible(f"a{end}b") == "a\nb"


def test_control_characters_and_overrides_vanish() -> None:
    assert visible("\x1b[31mred\x07 \u202etxt.exe\u2066") == "[31mred txt.exe"


def test_tabs_become_spaces_up_to_every_fourth_column() -> None:
    assert visible("\tx\n\tab\tc") == "    x\n    ab  c"


def test_what_cannot_be_encoded_is_replaced() -> None:
    assert visible("a\ud800b") == "a\ufffdb"


MARK = "\N{COMBINING ACUTE ACCENT}"
JOINER = "\N{ZERO WIDTH JOINER}"


def test_marks_pile_up_four_high_and_no_higher() -> None:
    assert visible("e" + 4 * MARK) == "e" + 4 * MARK
    assert visible("e" + 50 * MARK + "f" + 9 * MARK) == "e" + 4 * MARK + "f" + 4 * MARK


@pytest.mark.parametrize("between", [JOINER, "\ufe0f", "\N{COMBINING GRAPHEME JOINER}"])
def test_what_is_invisible_starts_no_new_pile(between: str) -> None:
    assert visible("e" + 20 * (MARK + between)).count(MARK) <= 4


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "❤️🏳️‍🌈1️⃣", "नमस्ते दुनिया", "เกี๊ยวน้ำ", "שָׁלוֹם", "བསྒྲུབས", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
)
def test_scripts_and_emoji_that_need_marks_keep_them(text: str) -> None:
    assert visible(text) == text
