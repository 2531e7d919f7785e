"""Blocks of code."""

import itertools
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import find_lexer_class_by_name  # type: ignore[import-untyped]
from pygments.token import Token  # type: ignore[import-untyped]

from hubbub.markup.blocks import LANGUAGES, Block
from hubbub.tui.markup import Paragraph, highlighting
from tests.tui.markup.texts import (
    PALETTE,
    prose,
    shown,
    style_of,
)


@pytest.mark.parametrize("fence", ["```", "~~~", "`````"])
def test_between_fences_everything_is_code_as_written(fence: str) -> None:
    code = "  if *x*:\n\n\treturn _y_ `z` > 1 "
    first, block, last = shown(f"look:\n\n{fence}\n{code}\n{fence}\n\nok?")
    assert (first.text.plain, last.text.plain) == ("look:", "ok?")
    assert block.is_code
    assert block.text.plain == code.expandtabs(4)
    assert block.text.style == PALETTE.code


def test_the_language_colours_the_code_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlighting, "thread_time", lambda: 0)
    text = '```Python\ndef greet(a):\n    return "b" + 12  # why\n```'
    [block] = shown(text)
    assert block.text.plain.startswith("def greet(a):")
    wanted = {
        "def": PALETTE.keyword,
        "greet": PALETTE.function,
        '"b"': PALETTE.string,
        "12": PALETTE.number,
        "# why": PALETTE.comment,
    }
    styles = {part: style_of(text, part) for part in wanted}
    assert styles == {part: PALETTE.code + style for part, style in wanted.items()}


def test_a_language_that_is_none_is_shown_with_the_code() -> None:
    [block] = shown("```is this hidden\nx = 1\n```")
    assert block.text.plain == "is this hidden\nx = 1"
    assert not block.text.spans


def test_code_that_takes_long_to_colour_is_shown_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlighting, "thread_time", itertools.count().__next__)
    [block] = shown("```py\nx = 1\n```")
    assert block.text.plain == "x = 1"
    assert not block.text.spans


class Interrupted(Lexer):  # type: ignore[misc]
    """Has to wait for the processor."""

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, object, str]]:
        time.sleep(2 * highlighting._HIGHLIGHTING_SECONDS_MAX)
        yield 0, Token.Keyword, text


def test_code_is_coloured_however_busy_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlighting, "_lexer", lambda _: Interrupted())
    block = Block("x", is_code=True, language="python")
    assert highlighting.highlighted(block, PALETTE).spans


def test_every_language_has_a_lexer() -> None:
    assert all(find_lexer_class_by_name(language) for language in LANGUAGES)


def test_code_of_any_size_is_shown_though_not_coloured() -> None:
    code = "x = 1\n" * 2000
    [block] = shown(f"```py\n{code}```")
    assert block.text.plain == code.removesuffix("\n")
    assert not block.text.spans


def test_a_fence_without_end_makes_all_that_follows_code() -> None:
    before, block = shown("a\n```\nb\n\n*c*")
    assert (before.text.plain, before.is_code) == ("a", False)
    assert (block.text.plain, block.is_code) == ("b\n\n*c*", True)


def test_a_fence_with_nothing_behind_it_is_text() -> None:
    assert prose("```hello") == "```hello"
    assert prose("a\n```") == "a\n```"


def test_the_closing_marks_may_stand_behind_the_code() -> None:
    block, rest = shown("```\na\nb```\nc")
    assert (block.text.plain, block.is_code) == ("a\nb", True)
    assert (rest.text.plain, rest.is_code) == ("c", False)


def test_shorter_fences_stand_within_longer_ones() -> None:
    [block] = shown("````\n```\na\n```\n````")
    assert block.text.plain == "```\na\n```"


@given(st.lists(st.text(st.characters(exclude_categories=["C", "M", "Z"], exclude_characters="`"))))
def test_any_code_comes_out_as_it_went_in(lines: list[str]) -> None:
    code = "\n".join(lines)
    [block] = shown(f"```\n{code}\n```")
    assert block == Paragraph(block.text, is_code=True)
    assert block.text.plain == code
