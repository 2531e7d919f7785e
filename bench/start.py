"""From nothing to the first message: what a server's start takes, and what a command's does.

The server's process is started, two people come in as soon as it accepts them, and one says
something to the other. Then a program says something more from a shell, where the server has one.
"""

import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measuring import load_core, pinned
from bench.peers.api import Conversation
from bench.peers.peer import TEXT_BYTES, Dialect, Peer
from bench.peers.server import PATIENCE_SECONDS, Failed, Server
from bench.ports import free_port

ROOM = "lobby"
LISTENER, SPEAKER, COMMAND = "listen", "speaks", "script"
FIRST, SECOND = (text.ljust(TEXT_BYTES, b".") for text in (b"the first", b"the second"))

COLUMNS = ("start_ms", "start_cpu_ms", "first_message_ms", "mb", "command_ms", "command_cpu_ms")
COMPARED = ("first_message_ms", "mb", "command_ms")


def run(peer: Peer) -> dict[str, float]:
    """Start a server, and return what that and the first messages take."""
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        folder, port = Path(name), free_port()
        started = time.monotonic()
        with Server(peer.command(folder, port), port, folder) as server:
            peer.prepare(port)
            with Conversation(port) as listener, Conversation(port) as speaker:
                _enter(listener, peer.members[0], LISTENER)
                _enter(speaker, peer.speaker, SPEAKER)
                peer.await_joined(server, 2)
                speaker.say(peer.say(ROOM, FIRST))
                listener.read_until(FIRST)
                figures = {
                    "start_ms": server.start_seconds * 1e3,
                    "first_message_ms": (time.monotonic() - started) * 1e3,
                    "start_cpu_ms": server.cpu_seconds() * 1e3,
                    "mb": server.resident_bytes() / 1e6,
                }
                return figures | _by_command(peer, port, listener)


def _enter(one: Conversation, dialect: Dialect, name: str) -> None:
    if opening := dialect.opening(name):
        one.say(opening)
        if dialect.opened:
            one.read_until(dialect.opened)
    one.say(dialect.join(name, ROOM))
    if dialect.joined:
        one.read_until(dialect.joined)


def _by_command(peer: Peer, port: int, listener: Conversation) -> dict[str, float]:
    """Have a program say something; return how long it takes until that is heard, if there is one.

    Counted with its CPU time, which is that of children which ended.
    """
    command = peer.saying(port, ROOM, COMMAND, SECOND.decode())
    if command is None:
        return {}
    before, started = _children_seconds(), time.monotonic()
    with pinned(load_core()):
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    listener.read_until(SECOND)
    heard = time.monotonic()
    said, _ = program.communicate(timeout=PATIENCE_SECONDS)
    if program.returncode:
        raise Failed(f"The command failed, and said: {said.decode(errors='replace')[-300:]}")
    return {
        "command_ms": (heard - started) * 1e3,
        "command_cpu_ms": (_children_seconds() - before) * 1e3,
    }


def _children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system
