"""When the person who hosts quits, another chat on the machine hosts on, and the others follow."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from bench.ports import free_port

from hubbub.desk.hosting import ENDED, HOSTED_ELSEWHERE, NOW_HOSTED
from tests.interop.terminal import Terminal
from tests.tui.tmux import Tmux

from .commands import past

PROGRAM = (
    "import sys; from hubbub.client import address; address.DEFAULT_PORT = int(sys.argv.pop(1))\n"
    "from hubbub.cli import main; main()"
)
"""hubbub, with a default port of the test's own, which it takes first."""

OFFER = "hubbub > /host hosts it on from here"

Chats = Callable[..., Terminal]


@pytest.fixture
def port() -> int:
    return free_port()


def command(port: int, *arguments: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, str(port), *arguments]


@pytest.fixture
def chat(port: int) -> Iterator[Chats]:
    """Return what starts a chat in plain lines, which has entered when it is returned."""
    with ExitStack() as chats:

        def begin(name: str, *words: str, **environment: str) -> Terminal:
            arguments = command(port, *words, "--plain", "--name", name)
            one = chats.enter_context(Terminal(arguments, **environment))
            one.expect("connected to")
            return one

        yield begin


def quit_hosting(host: Terminal) -> None:
    """End a chat that hosts as its user does, with the end of the input."""
    host.type("\x04")
    assert host.ends() == 0


def test_one_hosts_on_and_everybody_comes_back_with_all_that_was_said(
    chat: Chats, port: int
) -> None:
    ann = chat("ann")
    ben, cid = chat("ben"), chat("cid", "join")
    ann.type("before")
    for one in (ben, cid):
        one.expect("ann > before")
    quit_hosting(ann)
    for one in (ben, cid):
        one.expect("The person who hosted this chatroom has quit")
        one.expect(OFFER)
    ben.type("meanwhile")
    ben.type("/who")
    ben.expect("hubbub > Not done: /who")
    ben.type("/host")
    ben.expect(NOW_HOSTED)
    cid.expect(HOSTED_ELSEWHERE)
    cid.expect("ben > meanwhile")
    cid.type("after")
    ben.expect("cid > after")
    assert past(f"127.0.0.1:{port}") == "ann > before\nben > meanwhile\ncid > after\n"
    quit_hosting(ben)
    cid.expect(OFFER, times=2)
    cid.type("/host")
    cid.expect(NOW_HOSTED)


def test_a_host_that_was_killed_is_noticed_and_another_one_hosts_on(chat: Chats, port: int) -> None:
    ann = chat("ann")
    ben, cid = chat("ben"), chat("cid", "join")
    ann.type("before")
    for one in (ben, cid):
        one.expect("ann > before")
    ann.process.kill()
    for one in (ben, cid):
        one.expect(f"hubbub > {ENDED}")
    ben.type("meanwhile")
    ben.type("/host")
    ben.expect(NOW_HOSTED)
    cid.expect(HOSTED_ELSEWHERE)
    cid.expect("ben > meanwhile")
    assert past(f"127.0.0.1:{port}") == "ann > before\nben > meanwhile\n"
    cid.type("/host")
    cid.expect("There is nothing to host on")


def test_of_several_who_host_on_after_a_kill_exactly_one_does(chat: Chats) -> None:
    ann = chat("ann")
    others = [chat(name) for name in ("ben", "cid", "dan")]
    ann.process.kill()
    for one in others:
        one.expect(ENDED)
    for one in others:
        one.type("/host")
    for one in others:
        one.expect("connected to", times=2)
    assert sum(one.screen.count(NOW_HOSTED) for one in others) == 1


def test_of_several_who_accept_exactly_one_hosts(chat: Chats) -> None:
    ann = chat("ann")
    others = [chat(name) for name in ("ben", "cid", "dan")]
    quit_hosting(ann)
    for one in others:
        one.expect(OFFER)
    for one in others:
        one.type("/host")
    for one in others:
        one.expect("connected to", times=2)
        one.type("still here")
    for one in others:
        one.expect("still here", times=len(others) - 1)
    assert sum(one.screen.count(NOW_HOSTED) for one in others) == 1


def test_nobody_is_led_into_another_log(chat: Chats, tmp_path: Path) -> None:
    ann = chat("ann")
    ben, eve = chat("ben"), chat("eve", XDG_DATA_HOME=str(tmp_path))
    quit_hosting(ann)
    ben.expect(OFFER)
    eve.expect("The person who hosted this chatroom has quit")
    eve.type("/host")
    eve.expect("There is nothing to host on")
    assert OFFER not in eve.screen
    ben.type("/host")
    eve.expect("connected to", times=2)
    ben.type("here we are")
    eve.expect("ben > here we are")
    assert not list(tmp_path.rglob("*.db"))


def test_the_terminal_client_hosts_on_by_a_word(chat: Chats, port: int, tmp_path: Path) -> None:
    data = {"XDG_DATA_HOME": str(tmp_path / "data")}  # as in tmux
    ann = chat("ann", **data)
    cid = chat("cid", **data)
    with Tmux(tmp_path, width=110) as ben:
        ben.start(*command(port, "join", f"127.0.0.1:{port}", "--name", "ben"))
        ben.until("Nothing was said here yet")
        ann.type("before")
        ben.until("before")
        quit_hosting(ann)
        ben.until("The person who hosted this")
        ben.until("/host hosts it on from here")
        ben.type("/host")
        ben.keys("Enter")
        ben.until("You host this chatroom now")
        cid.expect(HOSTED_ELSEWHERE)
        ben.type("I am still here")
        ben.keys("Enter")
        cid.expect("ben > I am still here")
        ben.keys("C-q")
        ben.until("1 other is in it")
        ben.keys("Left", "Enter")
        assert ben.ended() == 0
        cid.expect(OFFER, times=2)
