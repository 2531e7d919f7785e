"""hubbub's client hands each frame whole to the system, in one write.

A tutorial server that gets half of one blocks, or falls out of step.
"""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.interop.raw import PATIENCE_SECONDS, READ_BYTES, frames
from tests.interop.terminal import hubbub

LINES = [f"{number} {'é' * (number % 50)}" for number in range(200)] + ["ü" * 5000, "end"]


@contextmanager
def recorder() -> Iterator[socket.socket]:
    """Listen for one client, with room for all that it sends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_SECONDS)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, READ_BYTES)
        yield listening


def record(listening: socket.socket) -> list[bytes]:
    """Return what each `recv` of the next client's connection brought, until it ends.

    A `recv` that is waiting wakes for each write: it brings one, or several joined.
    """
    client, _ = listening.accept()
    with client:
        client.settimeout(PATIENCE_SECONDS)
        chunks = []
        while chunk := client.recv(READ_BYTES):
            chunks.append(chunk)
        return chunks


@pytest.mark.parametrize("command", ["send", "join"])
def test_every_frame_is_written_whole(command: str) -> None:
    with recorder() as listening:
        host, port = listening.getsockname()
        arguments = [f"{host}:{port}", "--name", "änn", *(["-"] if command == "send" else [])]
        with subprocess.Popen(
            hubbub(command, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                assert process.stdin is not None
                process.stdin.write("\n".join(LINES).encode())
                process.stdin.close()
                chunks = record(listening)
                assert process.wait(PATIENCE_SECONDS) == 0
            finally:
                process.kill()
        payloads: list[bytes] = []
        for chunk in chunks:
            whole, unfinished_bytes = frames(chunk)
            assert unfinished_bytes == 0, "a frame was split"
            payloads += whole
        assert [payload.decode() for payload in payloads] == ["änn", *LINES]
        assert chunks[0] == b"+4        " + "änn".encode(), "the name goes first, alone"
