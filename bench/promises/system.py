"""The system around a server, as far as it can be made to fail: system.c is loaded into it first.

Checker and server share a page of memory, whose numbers say what fails now.
"""

import mmap
import os
import shutil
import struct
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from typing import Final

from bench.peers.server import Failed

SOURCE: Final = Path(__file__).with_name("system.c")
_NUMBER: Final = struct.Struct("=q")


class Dial(IntEnum):
    """The numbers of the page, in the order in which system.c has them."""

    ROOM_BYTES = 0
    READ_ONLY = 1
    SYNCS_FAIL = 2
    DELAY_US = 3
    CLOCK_SECONDS = 4


RESTS: Final = {dial: -1 if dial is Dial.ROOM_BYTES else 0 for dial in Dial}
"""The numbers of a system that is well."""


def compiled(folder: Path) -> Path:
    """Return the library, made in `folder`; raise Failed where none can be made."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        raise Failed("The checker of the promises needs Linux and a C compiler (apt install gcc).")
    library = folder / "system.so"
    command = [
        compiler,
        "-O1",
        "-shared",
        "-fPIC",
        "-o",
        str(library),
        str(SOURCE),
        "-ldl",
        "-lpthread",
    ]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if made.returncode:
        raise Failed(f"system.c could not be compiled: {made.stderr.strip()[-300:]}")
    return library


class System:
    """What the server in `data` meets. With a `record`, a power cut can be played."""

    def __init__(self, library: Path, data: Path, *, records: bool) -> None:
        self.record = data.with_name("record") if records else None
        self._library = library
        self._data = data
        path = data.with_name("page")
        path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        self._path = path
        self.rest()

    def set(self, dial: Dial, number: int) -> None:
        """Have something be so from now on."""
        _NUMBER.pack_into(self._page, dial * _NUMBER.size, number)

    def rest(self, *dials: Dial) -> None:
        """Be well again: in these respects, or in all."""
        for dial in dials or Dial:
            self.set(dial, RESTS[dial])

    def environment(self) -> dict[str, str]:
        """Return the environment of a server that meets all this."""
        told = {"FAULTS_FOLDER": self._data, "FAULTS_PAGE": self._path}
        if self.record is not None:
            told["FAULTS_RECORD"] = self.record
        return {
            **os.environ,
            "LD_PRELOAD": str(self._library),
            **{name: str(path) for name, path in told.items()},
        }
