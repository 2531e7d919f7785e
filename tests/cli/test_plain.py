"""The chat in plain lines, by people whom the server knows: what it tells, and what was read."""

import asyncio
from collections.abc import Iterator

import pytest

from hubbub.client import connect
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer
from tests.interop.terminal import Terminal
from tests.interop.terminal import hubbub as command

from .commands import PATIENCE_SECONDS, past


def chat(server: LocalServer, name: str) -> Terminal:
    """Return a chat in plain lines at a terminal, where the user is known."""
    terminal = Terminal(command("join", server.address, "--plain", "--name", name))
    terminal.expect("connected to")
    return terminal


@pytest.fixture
def op(hubbub_server: LocalServer) -> Iterator[Terminal]:
    with chat(hubbub_server, "op") as terminal:
        yield terminal


@pytest.fixture
def ann(hubbub_server: LocalServer, op: Terminal) -> Iterator[Terminal]:
    with chat(hubbub_server, "ann") as terminal:
        yield terminal


async def has_read_all(server: LocalServer, name: str) -> None:
    """Wait until somebody has read all of the lobby, as their other devices are told."""
    device = Profile.load().devices.known(server.address, name)
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        connect(server.address, name=name, device=device) as other,
    ):
        lobby = other.replicas["lobby"]
        while lobby.seen is None or lobby.seen < lobby.last:
            await anext(other)


def test_people_and_rooms_have_a_line_each(op: Terminal, ann: Terminal) -> None:
    for by, line, to, told in (
        (ann, "/me waves", op, "* ann waves"),
        (ann, "/away lunch", op, "hubbub > ann is away: lunch"),
        (ann, "/back", op, "hubbub > ann is back."),
        (ann, "/nick anna", op, "hubbub > ann is now anna."),
        (op, "/slow 30s", ann, "hubbub > lobby: everybody writes once in 30 seconds."),
        (op, "/slow off", ann, "hubbub > Nothing special holds in lobby."),
        (op, "/moderator anna", ann, "hubbub > You are a moderator in lobby now."),
        (
            op,
            "/kick anna calm down",
            ann,
            "hubbub > You were removed from 'lobby' by op (calm down)",
        ),
    ):
        by.type(line)
        to.expect(told)
    assert "* ann waves" not in ann.screen, "who typed it has it on the screen"
    assert "owned" not in ann.screen


def test_whoever_is_put_out_is_told_where_they_speak_from_then_on(
    op: Terminal, ann: Terminal
) -> None:
    for one in (op, ann):
        one.type("/join dev")
        one.expect("hubbub > You are in dev now.")
    op.type("/kick ann")
    ann.expect("hubbub > You were removed from 'dev' by op")
    ann.expect("hubbub > You are in lobby now.")
    ann.type("hello, lobby")
    op.expect("ann > [lobby] hello, lobby")


def test_what_ignored_people_say_is_not_printed(op: Terminal, ann: Terminal) -> None:
    ann.type("/ignore op")
    ann.expect("You ignore op now.")
    op.type("unheard")
    op.type("/whois ann")  # when it is answered, all of it is said
    op.expect("ann is a guest")
    ann.type("/unignore op")
    ann.expect("You ignore op no longer.")
    op.type("heard")
    ann.expect("op > heard")
    assert "unheard" not in ann.screen


def test_a_line_that_is_refused_comes_back(op: Terminal, ann: Terminal) -> None:
    op.type("/lock")
    ann.expect("lobby: locked")
    ann.type("is anybody there?")
    ann.expect("hubbub > Not said: is anybody there?")


def test_what_was_missed_comes_first_and_what_is_printed_counts_as_read(
    hubbub_server: LocalServer, op: Terminal
) -> None:
    with chat(hubbub_server, "ann") as ann:
        op.type("first")
        ann.expect("op > first")
        asyncio.run(has_read_all(hubbub_server, "ann"))
    op.type("while you were away")
    op.type("/who")
    op.expect("op")
    with chat(hubbub_server, "ann") as ann:
        ann.expect("hubbub > The last 2 messages in lobby:\nop > first\nop > while you were away")
        op.type("now")
        ann.expect("op > now")
        assert ann.screen.index("while you were away") < ann.screen.index("op > now")
        asyncio.run(has_read_all(hubbub_server, "ann"))


def test_what_was_typed_before_the_chat_began_is_not_said(hubbub_server: LocalServer) -> None:
    with Terminal(command("join", hubbub_server.address, "--plain", "--name", "ann")) as ann:
        ann.type("a password, perhaps")
        ann.expect("what you typed before the chat began was not said")
        ann.type("said")
        ann.type("/who")  # when it is answered, all before it is said
        ann.expect("in lobby: ann")
    assert past(hubbub_server.address) == "ann > said\n"
