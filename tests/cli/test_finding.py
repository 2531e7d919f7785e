"""Which chatroom is joined where no address was given. What is announced is made up."""

import shlex
import sys
from pathlib import Path

import msgspec
import pytest
from bench.ports import free_port

from hubbub.desk.opening import Opening
from hubbub.lan.networks import own_networks
from hubbub.testing import LocalServer
from tests.interop.terminal import Terminal

# Takes the file to write the opening to, the default port, and what is announced.
PROGRAM = """
import asyncio, sys, types, msgspec
from pathlib import Path
from hubbub.client import address
from hubbub.lan import looking

opened, address.DEFAULT_PORT = Path(sys.argv.pop(1)), int(sys.argv.pop(1))
announced = msgspec.json.decode(sys.argv.pop(1), type=list[looking.Found])

async def look(seconds):
    return announced

def chat(opening, host):
    opened.write_bytes(msgspec.json.encode(opening))

looking.look = look
sys.modules["hubbub.tui.app"] = types.ModuleType("hubbub.tui.app")
sys.modules["hubbub.tui.app"].chat = chat
from hubbub.cli import main
main()
"""

BEN = ["ben's laptop", "192.0.2.7", 1234, True]
CAFE = ["café", "192.0.2.9", 4000, False]


@pytest.fixture
def port() -> int:
    return free_port()


class Finder:
    """Runs `hubbub` at a terminal where chatrooms are announced."""

    def __init__(self, folder: Path, port: int, *announced: list[object]) -> None:
        self._file = folder / "opening"
        self._announced = msgspec.json.encode(announced).decode()
        self._port = port

    def start(self, *arguments: str, redirections: str = "", looking: str = "1") -> Terminal:
        given = [str(self._file), str(self._port), self._announced]
        program = [sys.executable, "-c", PROGRAM, *given, *arguments]
        return Terminal(
            ["sh", "-c", f"exec {shlex.join(program)} {redirections}"],
            TERM="xterm",
            HUBBUB_NAME="ann",
            HUBBUB_LAN=looking,
        )

    @property
    def opening(self) -> Opening:
        return msgspec.json.decode(self._file.read_bytes(), type=Opening)


def test_what_is_announced_can_be_chosen_beside_this_machine(
    tmp_path: Path, hubbub_server: LocalServer
) -> None:
    finder = Finder(tmp_path, hubbub_server.port, BEN, CAFE)
    for arguments in ((), ("join",)):
        with finder.start(*arguments) as terminal:
            terminal.expect("Which one [1]: ")
            assert terminal.screen.splitlines() == [
                "Chatrooms found:",
                f"   1  this machine  127.0.0.1:{hubbub_server.port}",
                "   2  ben's laptop  192.0.2.7:1234, with a password",
                "   3  café          192.0.2.9:4000",
                "Which one [1]: ",
            ]
            for no_number in ("4", "²", "9" * 3000):
                terminal.type(no_number)
                terminal.expect("Type a number from 1 to 3.")
            terminal.type("2")
            assert terminal.ends() == 0
        assert finder.opening == Opening(address="192.0.2.7:1234", name="ann")


def test_enter_takes_the_first(tmp_path: Path, hubbub_server: LocalServer) -> None:
    finder = Finder(tmp_path, hubbub_server.port, CAFE)
    with finder.start() as terminal:
        terminal.expect("Which one")
        terminal.type("")
        assert terminal.ends() == 0
    assert finder.opening == Opening(name="ann")


def test_where_this_machine_has_none_it_may_host_one(tmp_path: Path, port: int) -> None:
    finder = Finder(tmp_path, port, CAFE)
    with finder.start() as terminal:
        terminal.expect("   2  Host a chatroom here\n")
        terminal.expect("Which one")
        terminal.type("2")
        assert terminal.ends() == 0
    assert finder.opening.hosted_in


def test_who_only_joins_is_not_offered_to_host(tmp_path: Path, port: int) -> None:
    finder = Finder(tmp_path, port, CAFE)
    with finder.start("join") as terminal:
        terminal.expect("Which one")
        assert "Host" not in terminal.screen
        terminal.type("1")
        assert terminal.ends() == 0
    assert finder.opening.address == "192.0.2.9:4000"


def test_the_chatroom_of_this_machine_is_listed_once(
    tmp_path: Path, hubbub_server: LocalServer
) -> None:
    own = str(own_networks()[0].ip)
    finder = Finder(tmp_path, hubbub_server.port, ["me", own, hubbub_server.port, False])
    with finder.start() as terminal:
        assert terminal.ends() == 0
        assert not terminal.screen
    assert finder.opening == Opening(name="ann")


def test_where_nothing_is_found_all_is_as_ever(tmp_path: Path, port: int) -> None:
    finder = Finder(tmp_path, port)
    with finder.start("join") as terminal:
        assert terminal.ends() == 0
        assert not terminal.screen
    assert finder.opening == Opening(name="ann")


@pytest.mark.parametrize(
    ("redirections", "looking"), [("</dev/null", "1"), (">/dev/null", "1"), ("", "0")]
)
def test_nobody_is_asked_where_nobody_can_answer_or_wants_to(
    tmp_path: Path, port: int, redirections: str, looking: str
) -> None:
    finder = Finder(tmp_path, port, CAFE)
    with finder.start("join", redirections=redirections, looking=looking) as terminal:
        terminal.ends()
        assert "Which one" not in terminal.screen
