"""Durable against durable: what it costs to keep what is delivered, and whether it is kept.

A run counts only if the server has everything that a member saw before it was killed in the midst
of it; and if a power cut must be survived, only if it asks the disk to sync for each message that
comes alone.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

from bench.crowd import Crowd
from bench.load import Load
from bench.peers.peer import Keeps, Peer
from bench.peers.server import Failed, Server
from bench.ports import free_port
from bench.tracing import counted

KILLED_AFTER_SECONDS = 0.5
ALONE_SECONDS = 0.3
SETTLING_MESSAGES = 1


def check(peer: Peer, members: int, in_flight: int) -> None:
    """Raise Failed if the peer does not keep what it says it keeps."""
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        folder, port = Path(name), free_port()
        with crowd_in(folder, port, peer, members) as crowd:
            heard = _heard_until_killed(Load(crowd), crowd.server.pid, in_flight)
            room = crowd.rooms[0].name
        with Server(peer.command(folder, port), port, folder):
            stored = peer.stored(port, room) - SETTLING_MESSAGES
    if stored < heard:
        raise Failed(f"Members saw {heard} messages before it was killed, and {stored} were kept.")
    if peer.keeps is Keeps.POWER:
        with (
            TemporaryDirectory(prefix="hubbub-bench-") as name,
            crowd_in(Path(name), free_port(), peer, members) as crowd,
        ):
            _check_syncs(Load(crowd), crowd.server.pid)


@contextmanager
def crowd_in(folder: Path, port: int, peer: Peer, members: int) -> Iterator[Crowd]:
    """Return one settled room at a fresh server that has its files in `folder`."""
    with Server(peer.command(folder, port), port, folder) as server:
        peer.prepare(port)
        crowd = Crowd(peer, server)
        try:
            crowd.fill(rooms=1, members=members, speakers=1)
            crowd.settle(watched=members)
            yield crowd
        finally:
            crowd.close()


def _heard_until_killed(load: Load, pid: int, in_flight: int) -> int:
    """Kill the server while everybody speaks; return how much one member saw at the most."""
    timer = Timer(KILLED_AFTER_SECONDS, os.kill, (pid, signal.SIGKILL))
    timer.start()
    try:
        load.flat_out(2 * KILLED_AFTER_SECONDS, in_flight)
    except Failed:
        return load.read_rest()
    finally:
        timer.cancel()
    raise Failed("It went on after it was killed.")


def _check_syncs(load: Load, pid: int) -> None:
    """Raise Failed if there were fewer syncs of the disk than messages that came alone."""
    with counted(pid, "fsync", "fdatasync") as calls:
        said = load.flat_out(ALONE_SECONDS, 1).messages  # each once the last is heard
    if (syncs := calls.total()) < said:
        raise Failed(f"It synced {syncs} times for {said} messages that came one after another.")
