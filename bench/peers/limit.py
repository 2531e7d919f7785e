"""The limit: a C program that does nothing but join what one wake-up read and write it to all."""

import subprocess
from pathlib import Path

from bench.peers import installed
from bench.peers.hubbub import Classic, frame
from bench.peers.peer import NAME_BYTES, Peer
from bench.peers.server import Failed

SOURCE = Path(__file__).with_name("limit.c")
RECORD_NAME = frame(b"n" * NAME_BYTES)
"""The limit knows no names: who speaks sends whole deliveries, as long as hubbub's."""


class Anybody(Classic):
    """A connection; there is nothing to say at first."""

    joined = b"+"

    def join(self, name: str, room: str) -> bytes:
        del name, room
        return b""


class Limit(Peer):
    """limit.c, which cuts a batch wherever a read ended: it looks into no byte."""

    name = "limit"
    members = (Anybody(),)
    speaker = members[0]
    hears_others = True
    hears_itself = True
    has_rooms = False

    def absence(self) -> str | None:
        return installed.absence("cc", "apt install gcc")

    def version(self) -> str:
        return installed.version("cc")

    def command(self, folder: Path, port: int) -> list[str]:
        binary = folder / "limit"
        compiled = subprocess.run(
            [installed.program("cc") or "", "-O2", "-Wall", "-o", str(binary), str(SOURCE)],
            capture_output=True,
            text=True,
            check=False,
        )
        if compiled.returncode:
            raise Failed(f"limit.c could not be compiled: {compiled.stderr.strip()[-300:]}")
        return [str(binary), str(port)]

    def say(self, room: str, text: bytes) -> bytes:
        del room
        return RECORD_NAME + frame(text)
