"""Every program that ends on purpose says goodbye, so that its name is free at once.

Each is ended while much that was said to it may be unread: it stands still, and is told to end in
that state. Its system would reset the connection if it just closed it.
"""

import asyncio
import signal
import subprocess
import time
from pathlib import Path

import pytest

from hubbub.chat.errors import Refused
from hubbub.client import connect, parse_address
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer
from tests.cli.commands import COMMAND, PATIENCE_SECONDS, started
from tests.desk.users import say
from tests.server.event_peer import EventPeer

POLL_SECONDS = 0.01
TEXTS = [f"much {number}" for number in range(50)]


def ann_is_here(server: LocalServer) -> None:
    with EventPeer(server, "watcher") as watcher:
        if all(member["name"] != "ann" for member in watcher.room["members"]):
            watcher.next("presence", name="ann", state="joined")


def talked_to(server: LocalServer, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command as ann, and stop it; return it with much that it has not read."""
    process = started(arguments[0], server.address, *arguments[1:], "--name", "ann")
    ann_is_here(server)
    if arguments[0] != "send":  # which says nothing of its connection
        assert process.stderr is not None
        assert b"connected to" in process.stderr.readline()
    process.send_signal(signal.SIGSTOP)
    asyncio.run(say(server.address, *TEXTS))
    return process


def end(process: subprocess.Popen[bytes], *signals: signal.Signals) -> None:
    """Give a program that stands still these signals, and wait until it has ended."""
    for one in signals:
        process.send_signal(one)
    process.communicate(timeout=PATIENCE_SECONDS)  # closes its stdin, too


async def enter(address: str, session: str = "") -> None:
    async with connect(address, name="ann", session=session):
        pass


COMMANDS = [["join", "--plain"], ["tail"], ["send", "-"]]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_frees_its_name(
    hubbub_server: LocalServer, arguments: list[str], ending: signal.Signals
) -> None:
    process = talked_to(hubbub_server, *arguments)
    end(process, ending, signal.SIGCONT)
    expected = 128 + ending if arguments[0] == "send" else 0
    assert process.returncode == expected
    asyncio.run(enter(hubbub_server.address))


@pytest.mark.parametrize("arguments", [["join", "--plain"], ["send", "-"]], ids=" ".join)
def test_a_command_whose_stdin_ends_frees_its_name(
    hubbub_server: LocalServer, arguments: list[str]
) -> None:
    process = talked_to(hubbub_server, *arguments)
    end(process, signal.SIGCONT)
    assert process.returncode == 0
    asyncio.run(enter(hubbub_server.address))


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_command_that_is_killed_keeps_its_name_for_a_while(
    hubbub_server: LocalServer, arguments: list[str]
) -> None:
    """The control: without a goodbye, the same program does keep it."""
    end(talked_to(hubbub_server, *arguments), signal.SIGKILL)
    with pytest.raises(Refused, match=r"is kept for \d+ seconds more"):
        asyncio.run(enter(hubbub_server.address))


def test_plain_lines_of_somebody_who_is_known_go_on_under_their_name_after_a_kill(
    hubbub_server: LocalServer,
) -> None:
    address = str(parse_address(hubbub_server.address))
    Profile.load().devices.made(address, "ann")  # as at a visit from a terminal
    end(talked_to(hubbub_server, "join", "--plain"), signal.SIGKILL)
    again = started("join", hubbub_server.address, "--plain", "--name", "ann")
    _, complained = again.communicate(b"it is me\n", timeout=PATIENCE_SECONDS)
    assert again.returncode == 0, complained
    assert b"connected to" in complained


def test_nohup_keeps_a_command_alive(hubbub_server: LocalServer, tmp_path: Path) -> None:
    arguments = ["nohup", *COMMAND, "tail", hubbub_server.address, "--name", "ann"]
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(arguments, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    try:
        ann_is_here(hubbub_server)
        process.send_signal(signal.SIGHUP)
        asyncio.run(say(hubbub_server.address, "hello"))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while b"hello" not in (tmp_path / "said").read_bytes():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(POLL_SECONDS)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
