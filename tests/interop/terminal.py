"""Programs at a terminal of their own, as people run them."""

import os
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.interop.raw import PATIENCE_SECONDS

HERE = Path(__file__).parent
READ_BYTES = 65_536


def program(name: str, *arguments: str) -> list[str]:
    """Return the command line of one of the programs in this folder."""
    return [sys.executable, "-u", str(HERE / f"{name}.py"), *arguments]


def hubbub(*arguments: str) -> list[str]:
    """Return a command line of hubbub's own."""
    return [sys.executable, "-m", "hubbub.cli", *arguments]


def shows(*lines: str) -> Callable[[str], bool]:
    """Return whether all lines are on a screen, in this order."""

    def shown(screen: str) -> bool:
        at = 0
        for line in lines:
            if (found := screen.find(line, at)) == -1:
                return False
            at = found + len(line)
        return True

    return shown


class Terminal:
    """A pseudo-terminal with a program in it; `screen` is all that was printed so far.

    The terminal echoes nothing, so that what is on the screen came from the program.
    """

    def __init__(self, command: list[str], **environment: str) -> None:
        self._fd, inside = os.openpty()
        attributes = termios.tcgetattr(inside)
        attributes[1] &= ~termios.OPOST
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(inside, termios.TCSANOW, attributes)
        self.process = subprocess.Popen(
            command,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env=os.environ | {"PYTHONUTF8": "1", "TERM": "dumb"} | environment,
        )
        os.close(inside)
        self._printed = b""
        self._ended = False
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the program, if it still runs, and close the terminal."""
        self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal, as somebody does who closes its window."""
        if not self._closed:
            self._closed = True
            os.close(self._fd)

    @property
    def screen(self) -> str:
        """All that was printed so far."""
        return self._printed.decode(errors="replace")

    def type(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._fd, line.encode() + b"\n")

    def expect(self, text: str, times: int = 1) -> None:
        """Wait until `text` is on the screen so many times."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.screen.count(text) < times:
            self._read_until(deadline, f"{text!r} {times} times")

    def press_enter_until(self, shown: Callable[[str], bool]) -> None:
        """Press Enter again and again, as users of a polling client do, until something shows.

        The program's next prompt is awaited before the next Enter.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not shown(self.screen):
            before = self._printed
            self.type("")
            while self._printed == before:
                self._read_until(deadline, "what Enter should bring")

    def ends(self) -> int:
        """Wait until the program has ended and everything is read; return its exit code."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._ended:
            self._read(deadline)
        return self.process.wait(PATIENCE_SECONDS)

    def _read_until(self, deadline: float, wanted: str) -> None:
        self._read(deadline)
        assert not self._ended, f"ended without {wanted}:\n{self.screen}"
        assert time.monotonic() < deadline, f"no {wanted} in time:\n{self.screen}"

    def _read(self, deadline: float) -> None:
        readable, _, _ = select.select([self._fd], [], [], max(0, deadline - time.monotonic()))
        if not readable:
            raise TimeoutError(f"the program printed nothing more:\n{self.screen}")
        try:
            chunk = os.read(self._fd, READ_BYTES)
        except OSError:  # Linux says EIO when nobody holds the other side any more
            chunk = b""
        self._ended = not chunk
        self._printed += chunk
