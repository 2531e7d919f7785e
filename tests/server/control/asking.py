"""Asks a server's control socket, as a program would that knows nothing but the protocol."""

import json
import socket
from pathlib import Path
from typing import Any

SECONDS = 30.0

JSON = dict[str, Any]


class Line:
    """A connection to the control socket of a folder."""

    def __init__(self, folder: Path) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(SECONDS)
        self.sock.connect(str(folder / "control"))
        self._file = self.sock.makefile("rb")

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.sock.close()

    def ask(self, **command: object) -> JSON:
        """Send a command and return its answer."""
        return self.answer(json.dumps(command).encode() + b"\n")

    def answer(self, raw: bytes) -> JSON:
        """Send a line and return the answer."""
        self.sock.sendall(raw)
        answer: JSON = json.loads(self.line())
        return answer

    def line(self) -> bytes:
        """Return the next line."""
        return self._file.readline()

    def rest(self) -> bytes:
        """Return what else comes until the end."""
        return self._file.read()


def ask(folder: Path, **command: object) -> JSON:
    """Send one command and return its answer."""
    with Line(folder) as line:
        return line.ask(**command)
