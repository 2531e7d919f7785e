"""The server of the tutorials, as tests/interop has it: no rooms, and `select`."""

import sys
import time
from pathlib import Path

from bench.peers.hubbub import Classic, frame
from bench.peers.peer import Peer
from bench.peers.server import PATIENCE_SECONDS, Failed, Server

PROGRAM = Path(__file__).parents[2] / "tests" / "interop" / "tutorial_server.py"


class Newcomer(Classic):
    """A member; the server says nothing to those who come."""

    joined = b""

    def join(self, name: str, room: str) -> bytes:
        del room
        return frame(name.encode())


class Tutorial(Peer):
    """The tutorial's server; what it prints tells who is in."""

    name = "tutorial"
    members = (Newcomer(),)
    speaker = members[0]
    hears_others = True
    has_rooms = False
    connections_max = 1010  # select takes descriptors up to 1,023

    def absence(self) -> str | None:
        return None if PROGRAM.exists() else "tests/interop is not there."

    def command(self, folder: Path, port: int) -> list[str]:
        del folder
        return [sys.executable, str(PROGRAM), "127.0.0.1", str(port)]

    def say(self, room: str, text: bytes) -> bytes:
        del room
        return frame(text)

    def await_joined(self, server: Server, count: int) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while server.output.read_bytes().count(b"New: ") < count:
            if time.monotonic() > deadline:
                raise Failed(f"Not all {count} were let in within {PATIENCE_SECONDS:.0f} seconds.")
            time.sleep(0.002)
