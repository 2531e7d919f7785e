"""Which word is an address and which a text."""

import click
import pytest

from hubbub.cli.addressing import address_and, check_is_text
from hubbub.testing import LocalServer

from .commands import hubbub, past

ADDRESSES = [
    "127.0.0.1",
    "10.0.0.1:1234",
    "[::1]:1234",
    "::1",
    "localhost",
    "localhost:9000",
    "chat.example.org",
    "kitchen-pi:1234",
    "hubbub://kitchen-pi/dev",
    "http://192.0.2.2:1234/#invite=abc",
    "n1:1234,n2.example.org:1235",
    "n1.example.org,n2.example.org/",
]
DOUBTFUL = [
    "hi",
    "dinner",
    "12:30",
    "note:",
    "done.",
    "a/b",
    "what?",
    "v1.2",
    "hi,there",
    "ok,n1:1234",
    "5",
    "in:8080",
    "before:2026",
]


@pytest.mark.parametrize("word", ADDRESSES)
def test_what_looks_like_an_address_is_one_before_a_text(word: str) -> None:
    assert address_and([word, "hi"], None, "--to") == (word, "hi")


@pytest.mark.parametrize("word", DOUBTFUL)
def test_where_a_word_may_be_either_the_user_is_asked(word: str) -> None:
    with pytest.raises(click.BadParameter, match="may be an address or a part of the text"):
        address_and([word, "there"], None, "--to")
    check_is_text(word)
    assert address_and([word], None, "--to") == ("", word)


def test_with_the_option_there_is_only_a_text() -> None:
    assert address_and(["localhost:1"], "kitchen-pi", "--to") == ("kitchen-pi", "localhost:1")
    with pytest.raises(click.BadParameter, match="one text"):
        address_and(["hi", "there"], "kitchen-pi", "--to")


def test_an_address_is_never_said_by_accident(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    for arguments in ((address,), ("hello", "there")):
        ran = hubbub("send", "--name", "ann", *arguments)
        assert ran.returncode == 2
        assert "--to" in ran.stderr
    for words in (("--to", address, address), ("--to", address, "a text")):
        assert hubbub("send", "--name", "ann", *words).returncode == 0
    assert past(address) == f"ann > {address}\nann > a text\n"
    link = "https://example.org/page"  # is no chatroom's
    assert hubbub("send", "--name", "ann", "--to", address, link).returncode == 0


def test_a_search_for_an_address_is_a_search(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    assert hubbub("send", "--name", "ann", "--to", address, "see 10.0.0.1").returncode == 0
    assert "see 10.0.0.1" in hubbub("search", "--at", address, "10.0.0.1").stdout
