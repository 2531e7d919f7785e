"""A server's process: pinned to one core, awaited until it accepts, and ended without a trace."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

from bench.measuring import cpu_seconds, own_cpu_seconds, pinned, resident_bytes, server_core

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60.0
STOP_SECONDS = 10.0


Used = TypeVar("Used", int, float)


class Failed(Exception):
    """A run that does not count; the sentence says why."""


class HungUp(Failed):
    """The server ended a connection: what it said itself belongs to it."""


class Server:
    """A running server at `port`. Raises Failed if it does not come up."""

    def __init__(self, command: list[str], port: int, folder: Path) -> None:
        self.port = port
        self.output = folder / "output"
        started = time.monotonic()
        with self.output.open("ab") as output, pinned(server_core()):
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._await_ready()
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.monotonic() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        code = self._process.poll()
        self.stop()
        if isinstance(error, HungUp):
            then = "still ran" if code is None else f"had ended with code {code}"
            raise Failed(f"{error} The server {then}; it said last: {self._said()}") from None

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    def _await_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise Failed(f"It ended at once, and said: {self._said()}")
            try:
                socket.create_connection((HOST, self.port), 1).close()
            except OSError:
                time.sleep(0.002)
            else:
                return
        raise Failed(f"It accepted no connection within {PATIENCE_SECONDS:.0f} seconds.")

    def _said(self) -> str:
        return self.output.read_text("utf-8", "replace").strip()[-300:] or "nothing"

    def cpu_seconds(self) -> float:
        """Return the CPU time that it and its children have used."""
        return self._used(cpu_seconds)

    def own_cpu_seconds(self) -> float:
        """Return the CPU time that it has used, without its children."""
        return self._used(own_cpu_seconds)

    def resident_bytes(self) -> int:
        """Return the memory that it and its children hold."""
        return self._used(resident_bytes)

    def _used(self, measure: Callable[[int], Used]) -> Used:
        try:
            return measure(self._process.pid)
        except OSError:
            raise Failed("The server ended while it was measured.") from None

    def stop(self) -> bool:
        """End it, by force if it does not go within a while; return whether it went by itself."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            return False
        return True
