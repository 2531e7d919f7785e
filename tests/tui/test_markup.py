"""What is shown of a message: safe, readable, and nothing that was written gets lost."""

import itertools
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import find_lexer_class_by_name  # type: ignore[import-untyped]
from rich.style import Style

from hubbub.chat.text import inert
from hubbub.tui.markup import Paragraph, blocks, mentions, paragraphs, visible
from hubbub.tui.palette import palette_of
from hubbub.tui.themes import THEMES

PALETTE = palette_of(THEMES["dark"])
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


# Visible text.


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


# Emphasis and code within a line.


@pytest.mark.parametrize(
    ("text", "part", "style"),
    [
        ("a *b* c", "b", Style(italic=True)),
        ("a _b_ c", "b", Style(italic=True)),
        ("a **b** c", "b", Style(bold=True)),
        ("a ~~b~~ c", "b", Style(strike=True)),
        ("a ***b*** c", "b", Style(bold=True, italic=True)),
        ("**b _c_ d**", "c", Style(bold=True, italic=True)),
        ("~~*c*~~", "c", Style(strike=True, italic=True)),
        ("(*c*), really", "c", Style(italic=True)),
        ("**Note:** c", "Note:", Style(bold=True)),
        ("*a\nb*", "b", Style(italic=True)),
        ("**`b`**", "b", PALETTE.code + Style(bold=True)),
        ("这是**重点**内容", "重点", Style(bold=True)),
    ],
)
def test_emphasis_is_shown_without_its_marks(text: str, part: str, style: Style) -> None:
    assert prose(text) == bare(text)
    assert style_of(text, part) == PALETTE.text + style


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 = 24",
        "snake_case_name and __init__.py",
        "a * b * c",
        r"C:\*dir and D:\*dir or C:\_x_y",
        r"\*not\* and \`x",
        "src/*.py, *.js, lib/*.ts",
        "f(*args, **options) calls g(*args, **options)",
        "/* a */ and /** b */",
        "*mind '*' and _mind '_' as well",
        "(*_*) (^_^) -_- (*.*) o_o ~~~~ ***",
        "** spaced ** and * spaced *",
        "*/5 * * * *",
        "~~~tildes~~~ ~a~ and __b__",
        "变量_名字_值",
        "<b>bold</b> &amp; ![image](x) [text](y)",
    ],
)
def test_what_is_no_emphasis_stays_as_written(text: str) -> None:
    assert prose(text) == text
    assert not shown(text)[0].text.spans


def test_a_drawing_survives() -> None:
    cat = r"""
   /\_/\      _____     /\_/\
  ( o.o )    |_____|   ( o.o )
   > ^ <     /_   _\    > ^ <
  (_) (_)     *   *    (_) (_)
"""
    assert prose(cat) == cat


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a `b` c", "b"),
        ("`2 *x* _y_`", "2 *x* _y_"),
        ("``a`b``", "a`b"),
        ("` a  b `", " a  b "),
        ("`a\n  b`", "a\n  b"),
        ("```one line```", "one line"),
        ("`https://example.org`", "https://example.org"),
        ("`> a`", "> a"),
    ],
)
def test_code_is_shown_exactly_as_written(text: str, code: str) -> None:
    assert code in prose(text)
    assert style_of(text, code) == PALETTE.text + PALETTE.code


def test_a_lone_backtick_is_no_code() -> None:
    assert prose("it`s *a* `` b") == "it`s a `` b"


# Blocks of code.


@pytest.mark.parametrize("fence", ["```", "~~~", "`````"])
def test_between_fences_everything_is_code_as_written(fence: str) -> None:
    code = "  if *x*:\n\n\treturn _y_ `z` > 1 "
    first, block, last = shown(f"look:\n\n{fence}\n{code}\n{fence}\n\nok?")
    assert (first.text.plain, last.text.plain) == ("look:", "ok?")
    assert block.is_code
    assert block.text.plain == code.expandtabs(4)
    assert block.text.style == PALETTE.code


def test_the_language_colours_the_code_and_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "perf_counter", lambda: 0)
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
    monkeypatch.setattr(blocks, "perf_counter", itertools.count().__next__)
    [block] = shown("```py\nx = 1\n```")
    assert block.text.plain == "x = 1"
    assert not block.text.spans


def test_every_language_has_a_lexer() -> None:
    assert all(find_lexer_class_by_name(language) for language in blocks._LANGUAGES)


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


# Links.


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://example.org/a_b/_c_?d=*e*#f now", "https://example.org/a_b/_c_?d=*e*#f"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("http://localhost:8000/x.", "http://localhost:8000/x"),
        ("(https://a.org/b_(c)), and", "https://a.org/b_(c)"),
        ("[text](https://a.org/b)", "https://a.org/b"),
        ("<https://a.org/b>", "https://a.org/b"),
        ("*https://a.org/b*!", "https://a.org/b"),
        ("~~https://a.org/b.~~", "https://a.org/b"),
        ("https://a.org/b`c`", "https://a.org/b"),
        ("看https://a.org/b。", "https://a.org/b"),
        ("> as in https://a.org/b", "https://a.org/b"),
    ],
)
def test_links_can_be_clicked(text: str, url: str) -> None:
    assert links(text) == {url: url}
    style = style_of(text, url)
    assert style.underline
    assert style.color == PALETTE.link.color


def test_a_link_leads_to_printable_ascii() -> None:
    assert links("https://é.org/ü?a=b") == {"https://é.org/ü?a=b": "https://%C3%A9.org/%C3%BC?a=b"}


def test_two_links_are_two() -> None:
    assert len(links("https://a.org/b\nhttps://a.org/c and http://d.org")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "example.org and www.example.org",
        "ann@example.org mailto:ann@example.org",
        "ftp://example.org javascript://example.org file:///etc/passwd",
        "xhttps://example.org",
        "https:// and http://",
        "`https://example.org`",
        "```\nhttps://example.org\n```",
        "https://example.org/" + "x" * 1981,
        "https://example.org/" + "é" * 400,
    ],
)
def test_what_is_no_link_cannot_be_clicked(text: str) -> None:
    assert not links(text)
    assert "".join(part.text.plain for part in shown(text)) == text.strip("`\n")


def test_the_longest_link_can_be_clicked() -> None:
    url = "https://example.org/" + "x" * 1980
    assert links(url) == {url: url}


# Mentions.

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


# Quotes.


def test_a_quoted_line_is_shown_as_written() -> None:
    text = "> is *this* so?\nI *think* so\n>no quote\n >neither"
    assert prose(text) == text.replace("*think*", "think")
    assert style_of(text, "> is *this* so?") == PALETTE.text + PALETTE.quote
    assert style_of(text, ">no quote\n >neither") == PALETTE.text


# Any text.


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
