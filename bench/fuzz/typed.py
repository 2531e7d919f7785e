"""What people type, and what is made of it: names, searches, times, codes, addresses, texts."""

from contextlib import suppress

from bench.fuzz.target import Target, text_of
from hubbub.chat.codes import typed_code
from hubbub.chat.durations import split_duration
from hubbub.chat.errors import Refused
from hubbub.chat.files import allowed_file_name
from hubbub.chat.finding import read_query
from hubbub.chat.names import allowed_name, allowed_room, name_key
from hubbub.chat.text import inert
from hubbub.chat.words import found_in, phrases_of, words_of
from hubbub.client.address import BadAddress, parse_address
from hubbub.markup.visible import visible
from hubbub.tui.looks import looks_of
from hubbub.tui.markup import paragraphs
from hubbub.tui.themes import THEMES

NOW = 1_760_000_000_000
CODE_CHARS = 8
LOOKS = looks_of(next(iter(THEMES.values())))


def read_name(data: bytes) -> None:
    """The name of a person, and that of a room."""
    with suppress(Refused):
        name = allowed_name(text_of(data))
        assert allowed_name(name) == name
        assert name_key(name_key(name)) == name_key(name)
    with suppress(Refused):
        room = allowed_room(text_of(data))
        assert allowed_room(room) == room


def read_search(data: bytes) -> None:
    """A search with its filters, in a text that it may be found in."""
    raw = text_of(data)
    with suppress(Refused):
        query = read_query(raw, NOW, (data[0] - 128) if data else 0)
        for start, end in found_in(raw, phrases_of(query.words)):
            assert 0 <= start < end <= len(raw)
    words_of(raw)


def read_duration(data: bytes) -> None:
    """How long something holds, and the reason behind it."""
    with suppress(Refused):
        split_duration(text_of(data))


def read_code(data: bytes) -> None:
    """A code that was typed."""
    with suppress(Refused):
        assert len(typed_code(text_of(data), CODE_CHARS)) == CODE_CHARS


def read_address(data: bytes) -> None:
    """The address of a chatroom, or a link to a place in it."""
    with suppress(BadAddress):
        address = parse_address(text_of(data))
        assert parse_address(str(address)).port == address.port


def read_file_name(data: bytes) -> None:
    """The name of a file."""
    name = allowed_file_name(text_of(data))
    assert name
    assert "/" not in name
    assert allowed_file_name(name) == name


def read_markup(data: bytes) -> None:
    """The text of a message, as the terminal shows it."""
    for part in paragraphs(text_of(data), LOOKS, "ann", ("word",)):
        plain = part.text.plain
        assert inert(plain) == plain
        assert visible(plain) == plain
        assert all(0 <= span.start < span.end <= len(plain) for span in part.text.spans)


TARGETS = (
    Target("name", read_name, (b"Ann Lee", "Åse".encode(), b"kitchen-2", "ａｎｎ".encode())),
    Target(
        "search",
        read_search,
        (
            b'from:"Ann Lee" in:lobby after:2026-11-24 before:2h has:link "two words" C++',
            "日本語 from:me".encode(),
        ),
    ),
    Target("duration", read_duration, (b"2h 30 minutes, too loud", b"for good", b"7d")),
    Target("code", read_code, (b"abcd-efgh", b"ABCD EFGH")),
    Target(
        "address",
        read_address,
        (
            b"hubbub://[::1]:1234/lobby/7#invite=Zt7cQ1nXb4vKs9eRf2wM6L",
            b"http://example.org/lobby/1042",
            b"192.0.2.1:80",
        ),
    ),
    Target("file-name", read_file_name, (b"C:\\a\\b.tar.gz", "../é.txt".encode(), b".")),
    Target(
        "markup",
        read_markup,
        (
            b"# a\n\n- *b* **c** ~~d~~ `e`\n> f\n1. g https://a.org/(h)\n```py\ni = 1\n```\n@ann",
            b"[a](https://b.example) <https://c.example> a_b_c 2*3*4",
        ),
    ),
)
