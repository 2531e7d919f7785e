"""Whatever the text, it is shown whole and safely."""

import re

from hypothesis import given
from rich.style import Style

from hubbub.chat.text import inert
from hubbub.markup.visible import visible
from tests.tui.markup.texts import FENCE, PALETTE, TEXTS, bare, prose, shown


@given(TEXTS)
def test_nothing_but_marks_gets_lost(text: str) -> None:
    if not FENCE.search(visible(text)):
        assert bare(prose(text)) == bare(visible(text))


@given(TEXTS)
def test_of_fences_nothing_but_marks_languages_and_empty_lines_gets_lost(text: str) -> None:
    left = "".join(part.text.plain for part in shown(text))
    written = re.sub(r"^( {0,3}```)py$", r"\1", visible(text), flags=re.MULTILINE)
    left, written = ("".join(bare(one).split()).replace("py", "") for one in (left, written))
    assert left == written


@given(TEXTS)
def test_any_text_is_shown_safely(text: str) -> None:
    parts = shown(text)
    assert parts
    for part in parts:
        assert inert(part.text.plain) == part.text.plain
        assert visible(part.text.plain) == part.text.plain
        for span in part.text.spans:
            assert 0 <= span.start < span.end <= len(part.text.plain)
            assert isinstance(span.style, Style)
            if link := span.style.link:
                assert re.fullmatch(r"https?://[!-~]{1,2000}", link, re.IGNORECASE)


def test_plain_text_has_no_spans() -> None:
    [paragraph] = shown("nothing special: at all, (really)")
    assert not paragraph.text.spans
    assert paragraph.text.style == PALETTE.text
    assert prose("") == ""
