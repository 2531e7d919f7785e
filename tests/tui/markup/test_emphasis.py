"""Emphasis, code within a line, and quotes."""

import pytest
from rich.style import Style

from tests.tui.markup.texts import PALETTE, bare, prose, shown, style_of


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


def test_a_quoted_line_is_shown_as_written() -> None:
    text = "> is *this* so?\nI *think* so\n>no quote\n >neither"
    assert prose(text) == text.replace("*think*", "think")
    assert style_of(text, "> is *this* so?") == PALETTE.text + PALETTE.quote
    assert style_of(text, ">no quote\n >neither") == PALETTE.text
