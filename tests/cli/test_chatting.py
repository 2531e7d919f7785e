"""The commands against the real server."""

import asyncio
import getpass
import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubbub.client import connect, parse_address
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .commands import hubbub, past, started, told

STAMPS = r"\d{4}-\d\d-\d\d \d\d:\d\d +\d+  "
"""The time and the seq before a line."""


def send(server: LocalServer, *texts: str, name: str = "ci") -> None:
    ran = hubbub("send", server.address, "--name", name, "-", stdin="\n".join(texts))
    assert (ran.returncode, ran.stderr) == (0, "")


def test_send_takes_options_anywhere_and_exits_0_when_it_is_committed(
    hubbub_server: LocalServer,
) -> None:
    address = hubbub_server.address
    for arguments in (
        ("send", address, "--name", "ci", "one"),
        ("send", "--name", "ci", address, "two\nlines"),
        ("send", address, "three", "--name=ci", "--room", "lobby"),
    ):
        assert hubbub(*arguments).returncode == 0
    shown = past(address, "--name", "reader")
    assert shown == "ci > one\nci > two\nci > lines\nci > three\n"


def test_send_streams_stdin_in_order_and_skips_empty_lines(hubbub_server: LocalServer) -> None:
    send(hubbub_server, *(f"{number}\n\r" for number in range(700)), "last, without an end")
    assert hubbub("tail", hubbub_server.address, "--after", "0", "--no-such").returncode == 2
    shown = past(hubbub_server.address, "--after", "0", "--limit", "200")
    assert shown.splitlines() == [f"ci > {number}" for number in range(200)]
    ran = hubbub("history", hubbub_server.address, "--limit", "2", "--json")
    assert [json.loads(line)["text"] for line in ran.stdout.splitlines()] == [
        "699",
        "last, without an end",
    ]


def test_a_refusal_is_one_sentence_and_exit_1(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    taken = started("tail", address, "--name", "ann")
    assert taken.stderr is not None
    assert taken.stderr.readline().startswith(b"connected to")
    for arguments, cause in (
        (("--name", "Ann", "hi"), "taken"),
        (("--name", "hubbub", "hi"), "reserved"),
        (("--name", "ci", "--room", "no room", "hi"), "no room"),
        (("--name", "ci", "x" * 100_000), "100000 bytes"),
        (("--name", "ci", ""), "no visible text"),
    ):
        ran = hubbub("send", address, *arguments)
        assert ran.returncode == 1, arguments
        assert ran.stderr.startswith("hubbub: ")
        assert cause in ran.stderr
        assert ran.stderr.count("\n") == 1
    taken.terminate()
    taken.communicate()


def test_asking_about_a_room_does_not_open_it(hubbub_server: LocalServer) -> None:
    for _ in range(2):
        ran = hubbub("history", hubbub_server.address, "--room", "nowhere")
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr.startswith("hubbub: There is no room 'nowhere'.")


def test_who_chats_under_the_users_name_can_read_the_history_beside_it(
    hubbub_server: LocalServer,
) -> None:
    address = hubbub_server.address
    chatting = started("tail", address, "--name", getpass.getuser())
    assert chatting.stderr is not None
    assert chatting.stderr.readline().startswith(b"connected to")
    assert hubbub("history", address).returncode == 0
    chatting.terminate()
    chatting.communicate()


def test_a_search_for_too_much_is_refused_with_numbers(hubbub_server: LocalServer) -> None:
    ran = hubbub("search", hubbub_server.address, "w " * 40, "--name", "reader")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Your search has 40 words; 16 are allowed." in ran.stderr


def test_search_finds(hubbub_server: LocalServer) -> None:
    send(hubbub_server, "hello world", "goodbye")
    ran = hubbub("search", hubbub_server.address, "WORLD", "--name", "reader")
    assert re.fullmatch(STAMPS + r"ci > \[lobby\] hello world\n", ran.stdout)


def test_tail_prints_the_backlog_then_what_comes(hubbub_server: LocalServer) -> None:
    send(hubbub_server, "one", "two")
    tail = started("tail", hubbub_server.address, "--name", "t", "--after", "1")
    assert tail.stdout is not None
    assert tail.stdout.readline() == b"ci > two\n"
    send(hubbub_server, "three")
    assert tail.stdout.readline() == b"ci > three\n"
    tail.terminate()
    assert tail.communicate()[0] == b""
    assert tail.returncode == 0


def test_tail_json_is_what_the_server_sent_and_only_what_is_logged(
    hubbub_server: LocalServer,
) -> None:
    send(hubbub_server, "zwei → 2")
    tail = started("tail", hubbub_server.address, "--name", "t", "--after", "0", "--json")
    assert tail.stdout is not None
    event = json.loads(tail.stdout.readline())
    assert (event["type"], event["seq"], event["text"]) == ("message", 1, "zwei → 2")
    tail.send_signal(signal.SIGINT)
    assert b"Traceback" not in tail.communicate()[1]
    assert tail.returncode == 0


def test_tail_ends_when_its_reader_leaves_even_if_nothing_more_is_said(
    hubbub_server: LocalServer,
) -> None:
    send(hubbub_server, "one", "two")
    tail = started("tail", hubbub_server.address, "--name", "t", "--after", "0")
    assert tail.stdout is not None
    assert tail.stderr is not None
    assert tail.stdout.readline() == b"ci > one\n"
    tail.stdout.close()
    assert tail.wait(30) == 0
    assert b"Error" not in tail.stderr.read()
    tail.stderr.close()
    assert tail.stdin is not None
    tail.stdin.close()


def test_join_plain_is_a_conversation_over_pipes(hubbub_server: LocalServer) -> None:
    join = started("join", hubbub_server.address, "--name", "ann", "--plain")
    assert join.stdin is not None
    assert join.stdout is not None
    assert join.stderr is not None
    assert join.stderr.readline().startswith(b"connected to " + hubbub_server.address.encode())
    send(hubbub_server, "hi ann", name="bob")
    assert join.stdout.readline() == b"bob > hi ann\n"
    out, _ = join.communicate(b"\nhi \xff bob\n//not a command\n/nonsense\n/join dev\nin dev\n")
    assert join.returncode == 0
    lines = out.decode().splitlines()
    assert lines[0].startswith("hubbub > There is no command /nonsense")
    assert lines[1:] == ["hubbub > You are in dev now."]
    shown = past(hubbub_server.address)
    assert shown == "bob > hi ann\nann > hi \ufffd bob\nann > /not a command\n"
    assert past(hubbub_server.address, "--room", "dev") == "ann > in dev\n"


def test_join_plain_tells_private_and_other_rooms_messages_apart(
    hubbub_server: LocalServer,
) -> None:
    join = started("join", hubbub_server.address, "--name", "ann", "--plain")
    assert join.stdin is not None
    assert join.stdout is not None
    join.stdin.write(b"/join dev\n")
    join.stdin.flush()
    assert join.stdout.readline() == b"hubbub > You are in dev now.\n"
    send(hubbub_server, "in the lobby", name="bob")
    assert join.stdout.readline() == b"bob > [lobby] in the lobby\n"
    with socket.create_connection((hubbub_server.host, hubbub_server.port), 60) as classic:
        classic.sendall(b"3         bob13        /msg ann psst")
        assert join.stdout.readline() == b"bob > (private) psst\n"
    join.communicate()


def test_join_plain_shows_what_the_same_person_says_elsewhere_and_hides_what_was_typed(
    hubbub_server: LocalServer,
) -> None:
    address = hubbub_server.address
    for name in ("ann", "bob"):
        Profile.load().devices.made(str(parse_address(address)), name)
    send(hubbub_server, "hi", name="bob")
    join = started("join", address, "--name", "ann", "--plain")
    assert join.stdin is not None
    assert join.stdout is not None
    join.stdin.write(b"typed here\n//and here\n/msg bob psst\n/who\n")
    join.stdin.flush()
    assert join.stdout.readline().startswith(b"hubbub > bob is not here now")
    assert join.stdout.readline() == b"hubbub > 1 in lobby: ann\n"
    send(hubbub_server, "typed elsewhere", name="ann")
    assert join.stdout.readline() == b"ann > typed elsewhere\n"
    join.communicate()
    shown = past(address).splitlines()
    assert shown == ["bob > hi", "ann > typed here", "ann > /and here", "ann > typed elsewhere"]


def test_join_ends_cleanly_on_ctrl_c(hubbub_server: LocalServer) -> None:
    join = started("join", hubbub_server.address, "--name", "ann")
    assert join.stderr is not None
    assert join.stderr.readline().startswith(b"connected to")
    join.send_signal(signal.SIGINT)
    assert join.wait(30) == 0
    assert join.communicate() == (b"", b"")


def test_the_name_may_come_from_the_environment(hubbub_server: LocalServer) -> None:
    assert hubbub("send", hubbub_server.address, "hi", HUBBUB_NAME="env").returncode == 0
    ran = hubbub("join", hubbub_server.address, stdin="ho\n", HUBBUB_NAME="env")
    assert ran.returncode == 0
    assert past(hubbub_server.address) == "env > hi\nenv > ho\n"


def test_output_that_cannot_be_encoded_is_replaced(hubbub_server: LocalServer) -> None:
    send(hubbub_server, "→ ü")
    shown = past(hubbub_server.address, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert shown == "ci > ? ?\n"


@pytest.mark.parametrize("room", ["lobby", "dev"])
def test_an_address_may_name_the_room(hubbub_server: LocalServer, room: str) -> None:
    url = f"hubbub://{hubbub_server.address}/{room}"
    assert hubbub("send", url, "--name", "ci", "hi").returncode == 0
    assert past(url) == "ci > hi\n"


def test_of_many_refusals_the_first_is_said(hubbub_server: LocalServer) -> None:
    stdin = ("x" * 100_000 + "\n") * 20
    ran = hubbub("send", hubbub_server.address, "--name", "ci", "-", stdin=stdin)
    assert ran.returncode == 1
    first, second, *more = ran.stderr.splitlines()
    assert first.startswith("0 lines were posted; the first that was not is 'xxx")
    assert second.startswith("hubbub: The message has 100000 bytes")
    assert not more


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Run `hubbub serve` until the block ends; yields its address."""
    server = started("serve", "--listen", "127.0.0.1:0", "--data", str(folder / "log"))
    assert server.stdout is not None
    try:
        yield server.stdout.readline().decode().split()[-1]
    finally:
        server.terminate()
        server.communicate()
    assert server.returncode == 0


def test_a_chat_that_may_not_reconnect_ends_with_the_reason(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        join = started("join", address, "--name", "ann", "--no-reconnect")
        assert join.stderr is not None
        assert join.stderr.readline().startswith(b"connected to")
    assert join.wait(30) == 1
    said = join.communicate()[1].decode()
    assert said == f"hubbub: The chat at {address} is lost: The server is shutting down.\n"


def test_a_chat_that_may_reconnect_says_that_it_tries(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        join = started("join", address, "--name", "ann")
        assert join.stderr is not None
        assert join.stderr.readline().startswith(b"connected to")
    assert b"; trying again in " in join.stderr.readline()
    join.send_signal(signal.SIGINT)
    assert join.wait(30) == 0
    join.communicate()


def test_tail_and_plain_lines_tell_of_edits_and_deletions(hubbub_server: LocalServer) -> None:
    tail = started("tail", hubbub_server.address, "--name", "t")
    join = started("join", hubbub_server.address, "--name", "j", "--plain")
    for one in (tail, join):
        assert one.stderr is not None
        assert one.stderr.readline().startswith(b"connected to")

    async def change() -> None:
        async with connect(hubbub_server.address, name="ann") as chat:
            seq = await chat.say("helo")
            assert seq is not None
            await chat.edit("lobby", seq, "hello\nbob > yes")
            await chat.delete("lobby", seq)

    asyncio.run(change())
    for one in (tail, join):
        assert one.stdout is not None
        assert [one.stdout.readline() for _ in range(4)] == [
            b"ann > helo\n",
            b"ann > (edited 1) hello\n",
            b"ann > (edited 1) bob > yes\n",
            b"ann > (deleted 1)\n",
        ]
        one.terminate()
        one.communicate()
    assert past(hubbub_server.address) == "ann > (deleted)\n"


def test_a_search_of_all_rooms_says_where_a_message_was_found(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    assert hubbub("send", address, "--name", "ci", "--room", "dev", "hello dev").returncode == 0
    send(hubbub_server, "hello lobby")
    bare = ("--no-time", "--no-seq", "hello")
    assert told("search", address, *bare) == "ci > [dev] hello dev\nci > [lobby] hello lobby\n"
    assert told("search", address, *bare, "--room", "dev") == "ci > hello dev\n"


def test_history_and_search_show_times_and_seqs_and_the_others_on_demand(
    hubbub_server: LocalServer,
) -> None:
    address = hubbub_server.address
    send(hubbub_server, "two\nlines")
    assert re.fullmatch(f"{STAMPS}ci > two\n{STAMPS}ci > lines\n", told("history", address))
    assert re.fullmatch(f"{STAMPS}ci > .*\n", told("search", address, "two").splitlines(True)[0])
    assert told("history", address, "--no-time") == "     1  ci > two\n     2  ci > lines\n"
    tail = started("tail", address, "--time", "--seq", "--after", "0")
    assert tail.stdout is not None
    assert re.fullmatch(f"{STAMPS}ci > two\n", tail.stdout.readline().decode())
    given = {"HUBBUB_NAME": "ann"}
    spoken = hubbub("join", address, "--time", "--seq", "--last", "1", stdin="/who\n", **given)
    lines = spoken.stdout.splitlines()
    unlogged = r"\d{4}-\d\d-\d\d \d\d:\d\d +-  "
    assert lines[0] == "hubbub > The last message in lobby:"
    assert re.fullmatch(f"{STAMPS}ci > lines", lines[1])
    assert re.fullmatch(f"{unlogged}hubbub > .* in lobby: .*", lines[2])
