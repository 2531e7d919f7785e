"""Whatever a text is made of, it is shown in time that grows no faster than the text."""

from time import process_time

import pytest

from hubbub.markup.mentions import mentions
from hubbub.tui.markup import paragraphs
from tests.tui.markup.texts import PALETTE

CHARS = 8192
TIMES = 4
FACTOR = 12  # the square would be 16 times as much; caches and garbage take their part
LEAST_SECONDS = 0.02  # below, no clock tells

PIECES = [
    *"*_~`[(<@#\n>:.-'\"|\\ ",
    *("**", "``", "```\n", "~~~\n", "```", "> ", "> \n", "   ```", "\t", "\r\n", "\x85"),
    *("*a ", "a* ", "*a* ", "_a *b ", "a_ b* c~~ ", "重*点**", "***a", "a***b", "~~a~~", "'*'"),
    *("`a ", "a` ", "` ``", "``a`", " ` `` ``` "),
    *("http:", "://", "http://", "https://", "http://a.b/(", "http://a.b/[", "http://a@"),
    *("http://a.b ", "http://a.b_ _", "http://a.b，", "http://1.1.", "*http://a.b* ", "http://a;"),
    *("@", "@ann ", "@here", "@eve", "ann", "ann: x\n", "\u0301", "\u0301\u0316", "e\u0301\u200d"),
    *("# ", "# a\n", "- a\n", "- *a\n", "1. `a`\n", "  - ", "[a](", "[", "](http://a.b)"),
    *("[a](http://a.b)", "[a](http://a.b) ", "[[", "- [a](http://a.b)\n"),
    *("\ufe0f", "\u202e", "\ud800", "👍", "\u05d0", "\u0627\u0301", "\u1100\u1161", "\U000e0061"),
]


def seconds(text: str) -> float:
    """Return what it takes to show a text, of several times the least."""
    least = float("inf")
    for _ in range(3):
        start = process_time()
        paragraphs(text, PALETTE, "ann")
        mentions(f"ann {text}", "ann")
        least = min(least, process_time() - start)
    return least


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_a_text_is_shown_in_time_that_grows_no_faster_than_it(piece: str) -> None:
    text = piece * (CHARS // len(piece))
    once, more = seconds(text), seconds(text * TIMES)
    assert more <= FACTOR * max(once, LEAST_SECONDS / TIMES)
