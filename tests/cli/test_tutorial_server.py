"""The commands against tutorial servers, friendly and hostile."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress

import pytest

from hubbub.wire.frames import encode_event_frame, encode_frame
from tests.client.servers import tutorial

from .commands import PATIENCE_SECONDS, hubbub, started


@contextmanager
def relay() -> Iterator[str]:
    """Run a tutorial server in a thread; yields its address."""
    ready: Future[str] = Future()
    done: Future[None] = Future()

    async def serve() -> None:
        async with tutorial() as server:
            ready.set_result(server.address)
            await asyncio.wrap_future(done)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        yield ready.result(PATIENCE_SECONDS)
    finally:
        done.set_result(None)
        thread.join(PATIENCE_SECONDS)


@contextmanager
def saying(raw: bytes) -> Iterator[str]:
    """Run a server that greets everyone with these bytes; yields its address."""
    ready: Future[str] = Future()
    done: Future[None] = Future()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(raw)
            while await reader.read(65_536):
                pass
        finally:
            writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
            ready.set_result(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
            await asyncio.wrap_future(done)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        yield ready.result(PATIENCE_SECONDS)
    finally:
        done.set_result(None)
        thread.join(PATIENCE_SECONDS)


def test_a_conversation_through_a_tutorial_server() -> None:
    with relay() as address:
        tail = started("tail", address, "--name", "t")
        assert tail.stdout is not None
        assert tail.stderr is not None
        assert b"relays" in tail.stderr.readline()
        assert hubbub("send", address, "--name", "ci", "two\nlines").returncode == 0
        assert tail.stdout.readline() == b"ci > two\n"
        assert tail.stdout.readline() == b"ci > lines\n"
        stdin = "".join(f"{number}\n" for number in range(500))
        assert hubbub("send", address, "--name", "ci", "-", stdin=stdin).returncode == 0
        for number in range(500):
            assert tail.stdout.readline() == b"ci > %d\n" % number
        lines = "/msg bob for you alone\n//help is text here\n"
        joined = hubbub("join", address, "--name", "ann", stdin=lines)
        assert joined.returncode == 0
        assert "knows no commands, so '/msg' was not sent" in joined.stdout
        assert tail.stdout.readline() == b"ann > /help is text here\n"
        tail.terminate()
        tail.communicate()


def test_escape_sequences_of_a_hostile_server_do_nothing() -> None:
    hostile = encode_event_frame("\x1b[31mann\u2028root > x".encode()) + encode_frame(
        "\x1b]0;owned\x07hi\r\nroot > rm\u2028z\x9b2J".encode()
    )
    with saying(hostile * 2) as address:
        join = started("tail", address, "--name", "bob")
        assert join.stdout is not None
        lines = [join.stdout.readline().decode() for _ in range(3)]
        join.terminate()
        join.communicate()
    name = "'[31mann\\u2028root > x'"
    assert lines == [f"{name} > ]0;ownedhi\n", f"{name} > root > rm\n", f"{name} > z2J\n"]


@contextmanager
def closing(raw: bytes) -> Iterator[str]:
    """Run a server that says these bytes to everyone and hangs up; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):  # no more is listened
                while True:
                    sock, _ = listening.accept()
                    with sock, suppress(OSError):
                        sock.sendall(raw)
                        sock.shutdown(socket.SHUT_WR)
                        while sock.recv(65_536):
                            pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


LAST_WORDS = encode_frame(b"door") + encode_frame(b"We are full.\nCome back tomorrow.")


@pytest.mark.parametrize("command", [("tail",), ("join", "--plain", "--no-reconnect")])
def test_the_last_words_of_a_server_that_closes_at_once_are_shown(
    command: tuple[str, ...],
) -> None:
    with closing(LAST_WORDS) as address:
        ran = started(command[0], address, "--name", "bob", *command[1:])
        assert ran.stdout is not None
        assert ran.stdout.readline() == b"door > We are full.\n"
        assert ran.stdout.readline() == b"door > Come back tomorrow.\n"
        ran.terminate()
        ran.communicate()


def test_last_words_are_shown_also_if_a_line_could_not_be_said() -> None:
    with closing(LAST_WORDS) as address:
        ran = hubbub("join", address, "--name", "bob", "--no-reconnect", stdin="hi\n" * 9)
    assert "door > We are full.\ndoor > Come back tomorrow.\n" in ran.stdout
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)


def test_a_server_of_something_else_is_told_apart() -> None:
    with saying(b"220 mail.example.org ESMTP\r\n") as address:
        ran = hubbub("send", address, "--name", "ci", "hi")
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"hubbub: No chat server answers at {address}: ")


def test_what_needs_a_log_is_refused_by_a_tutorial_server() -> None:
    with relay() as address:
        for command in (["tail", "--json"], ["tail", "--after", "0"], ["history"]):
            ran = hubbub(*command, address, "--name", "ci")
            assert ran.returncode == 1
            assert "This server" in ran.stderr
