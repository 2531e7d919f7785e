"""Texts to show, and what is shown of them."""

import re

from hypothesis import strategies as st
from rich.style import Style

from hubbub.tui.looks import looks_of
from hubbub.tui.markup import Paragraph, paragraphs
from hubbub.tui.themes import THEMES

PALETTE = looks_of(THEMES["dark"])
FENCE = re.compile(r"^ {0,3}(```|~~~)", re.MULTILINE)
PIECES = [
    *(
        "*",
        "**",
        "_",
        "~~",
        "`",
        "``",
        "```",
        "~~~",
        "> ",
        "\n",
        " ",
        "\\",
        "@",
        "(",
        ")",
        "'",
        ".",
    ),
    *(
        "ann",
        "2",
        "x_y",
        "https://a.org/",
        "http://é.org/b_c",
        "é",
        "李",
        "\u0301",
        "\u202e",
        "\x1b",
    ),
    *("```py\n", "\n```\n", "```what is this\n", "\r\n", "\u2028", "\t", "\ud800", "\u200d", "😀"),
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)


def shown(text: str, own_name: str = "ann") -> list[Paragraph]:
    return paragraphs(text, PALETTE, own_name)


def prose(text: str) -> str:
    """Return what is left of a text that is one paragraph of prose."""
    [paragraph] = shown(text)
    assert not paragraph.is_code
    return paragraph.text.plain


def style_of(text: str, part: str, own_name: str = "ann") -> Style:
    """Return how `part` looks within a message."""
    for paragraph in shown(text, own_name):
        if (start := paragraph.text.plain.find(part)) >= 0:
            styles = {
                sum_of_spans(paragraph, at)
                for at in range(start, start + len(part))
                if part.strip()
            }
            assert len(styles) == 1, "it looks different in different places"
            return styles.pop()
    raise AssertionError(f"{part!r} is not shown")


def sum_of_spans(paragraph: Paragraph, at: int) -> Style:
    style = paragraph.text.style
    assert isinstance(style, Style)
    for span in paragraph.text.spans:
        if span.start <= at < span.end:
            assert isinstance(span.style, Style)
            style += span.style
    return style


def links(text: str) -> dict[str, str]:
    """Return what is clickable in a message, and where it leads."""
    return {
        paragraph.text.plain[span.start : span.end]: span.style.link
        for paragraph in shown(text)
        for span in paragraph.text.spans
        if isinstance(span.style, Style) and span.style.link
    }


def bare(text: str) -> str:
    return text.translate(str.maketrans("", "", "`*_~"))
