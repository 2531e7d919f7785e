"""`hubbub search` and `hubbub mentions`: what is found, marked, with what stands around it."""

import pytest

from hubbub.chat.events import Message
from hubbub.cli.hits import marked, show_marked
from hubbub.client import parse_address
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command

from .commands import hubbub, told

MARKED = "\x1b[1;7mdinner\x1b[0m"


def known(address: str, *names: str) -> None:
    """Have the server know people by these names when they next come."""
    for name in names:
        Profile.load().devices.made(str(parse_address(address)), name)


def say(address: str, name: str, *texts: str, room: str = "lobby") -> None:
    told("send", address, "--name", name, "--room", room, "-", stdin="\n".join(texts))


def texts(lines: str) -> list[str]:
    """Return lines without their stamps."""
    return [line[26:] if line[:2] == "20" else line for line in lines.splitlines()]


def test_found_words_stand_out_on_a_terminal_and_nowhere_else(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    say(address, "ann", "the dinner is ready", "Dinner!")
    assert "\x1b" not in told("search", address, "dinner")
    for environment, is_marked in (
        ({"TERM": "xterm"}, True),
        ({"NO_COLOR": "1"}, False),
        ({}, False),
    ):
        with Terminal(command("search", address, "dinner"), **environment) as terminal:
            assert terminal.ends() == 0
            assert (f"the {MARKED} is ready" in terminal.screen) == is_marked
            assert ("\x1b" in terminal.screen) == is_marked


def test_nobody_can_forge_what_stands_out(capsys: pytest.CaptureFixture[str]) -> None:
    message = Message(room="r", seq=1, prev=0, sender="eve", at=0, text="a\ufdd0b\x1b[31m c\nd")
    message.found = ((2, 12),)
    show_marked(marked(message).text.splitlines())
    assert capsys.readouterr().out == "a\ufffd\x1b[1;7mb[31m c\x1b[0m\n\x1b[1;7md\x1b[0m\n"


def test_what_stands_around_a_hit_is_printed_once(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    say(address, "ann", *"abcdefghij")
    say(address, "ann", "x", "dinner", "y", "dinner", "z")
    say(address, "ben", *"klmnopq", "dinner", "end")
    assert texts(told("search", address, "dinner", "--room", "lobby", "--context", "1")) == [
        *("ann > x", "ann > dinner", "ann > y", "ann > dinner", "ann > z"),
        *("--", "ben > q", "ben > dinner", "ben > end"),
    ]
    json = told("search", address, "dinner", "--context", "1", "--json")
    assert len(json.splitlines()) == 3


def test_a_search_of_somebody_who_is_known_covers_their_private_talk(
    hubbub_server: LocalServer,
) -> None:
    address = hubbub_server.address
    known(address, "ann", "ben")
    for name in ("ann", "ben"):
        say(address, name, "hello")
    told("send", address, "--name", "ann", "--person", "ben", "a secret dinner")
    for name in ("ann", "ben"):
        assert "(private) a secret dinner" in told("search", address, "secret", "--name", name)
    assert told("search", address, "secret", "--name", "eve") == ""


def test_what_mentions_or_answers_somebody_is_printed(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    known(address, "ann")
    say(address, "ann", "hello")
    say(address, "ben", "ann: look", "`ann`", room="kitchen")
    say(address, "ben", "@all eat")
    told("send", address, "--name", "ben", "--person", "ann", "psst, ann")
    assert texts(told("mentions", address, "--name", "ann")) == [
        *("ben > [kitchen] ann: look", "ben > [lobby] @all eat", "ben > (private) psst, ann"),
    ]
    assert len(told("mentions", address, "--name", "ann", "--limit", "2").splitlines()) == 2
    refused = hubbub("mentions", address, "--name", "eve")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "until then, search for 'eve'" in refused.stderr
