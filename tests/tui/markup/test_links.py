"""Links that can be clicked."""

import pytest

from tests.tui.markup.texts import PALETTE, links, shown, style_of


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("see https://example.org/a_b/_c_?d=*e*#f now", "https://example.org/a_b/_c_?d=*e*#f"),
        ("http://localhost:8000/x.", "http://localhost:8000/x"),
        ("(https://a.org/b_(c)), and", "https://a.org/b_(c)"),
        ("[a [b]](https://a.org/b)", "https://a.org/b"),
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


def test_a_scheme_in_capitals_leads_where_small_letters_do() -> None:
    assert links("HTTP://EXAMPLE.ORG") == {"HTTP://EXAMPLE.ORG": "http://EXAMPLE.ORG"}


def test_a_name_for_an_address_is_shown_with_the_address() -> None:
    text = "see [my bank](https://evil.example/a) now"
    assert links(text) == {
        "my bank": "https://evil.example/a",
        "https://evil.example/a": "https://evil.example/a",
    }
    assert shown(text)[0].text.plain == "see my bank (https://evil.example/a) now"


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
