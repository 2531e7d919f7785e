"""The newest seq that somebody was told is in the log, beside it: an end that was cut off shows.

A write-ahead log whose end is gone looks like one that nobody wrote further. So what was
acknowledged last stands in a file of its own as long as a server uses the folder, and after a kill.
It is written with each commit, and never synced: as the write-ahead log it survives a kill, and
after a power cut it is as new as the disk has it. What it says is believed only of the log that it
was written for, and only if that ends earlier.
"""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from zlib import crc32

NAME = "hubbub.newest"

_LOG = "SELECT id FROM epochs ORDER BY number LIMIT 1"
_LINE = b"%019d %08x\n"
_LENGTH = len(_LINE % (0, 0))


def cut_off(last: int, newest: int) -> str:
    """Return the clause that says what is missing."""
    return (
        f"it was not closed, and ends at the seq {last} though {newest} was acknowledged, as after "
        "a power cut, or if the end of its hubbub.db-wal is lost"
    )


def _seek_and_write(descriptor: int, line: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, line)


def _write_in_place(descriptor: int, line: bytes) -> None:
    os.pwrite(descriptor, line, 0)


_write = _write_in_place if hasattr(os, "pwrite") else _seek_and_write  # Windows has none


class Acknowledged:
    """The file in `folder`. A fault of it is no fault of the log, and is passed over."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._log = b""
        self._descriptor: int | None = None

    def read(self, connection: sqlite3.Connection) -> int:
        """Return the newest seq that a killed server acknowledged in this log; 0 if unknown."""
        (log,) = connection.execute(_LOG).fetchone() or (b"",)
        self._log = log if isinstance(log, bytes) else log.encode()
        try:
            line = self._path.read_bytes()
            seq = int(line[: _LENGTH - 10])
        except (OSError, ValueError):
            return 0
        return seq if line == self._line(seq) else 0

    def begin(self) -> None:
        """Begin to note what is acknowledged; `read` comes before."""
        if self._descriptor is None:
            with suppress(OSError):
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)

    def note(self, seq: int) -> None:
        """Note the newest seq."""
        if self._descriptor is not None:
            with suppress(OSError):
                _write(self._descriptor, self._line(seq))

    def close(self, *, in_order: bool) -> None:
        """End; `in_order`: the log was closed with all that it held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            if in_order:
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)

    def _line(self, seq: int) -> bytes:
        return _LINE % (seq, crc32(b"%b %d" % (self._log, seq)))
