"""The terminal, which may vanish: a window is closed, a connection breaks, with a signal or not.

Textual would wait for it forever: its thread that writes ends with the first error, and what is
written next has nowhere to go.
"""

import os
import signal
import sys
from contextlib import suppress
from types import ModuleType
from typing import Any, TextIO, cast

from textual.driver import Driver

from hubbub.tui.keyboard import Keyboard
from hubbub.tui.title import POP, PUSH


class LastingFile:
    """A file that takes what is written even when nobody is there to read it any more."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write, if that is possible."""
        with suppress(OSError, ValueError):
            self._file.write(text)

    def flush(self) -> None:
        """Hand on what was written, if that is possible."""
        with suppress(OSError, ValueError):
            self._file.flush()

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._file.fileno()


def lasting_driver() -> type[Driver] | None:
    """Return a driver that outlives its terminal; None where Textual's own is the right one.

    Both read what is typed with our `Keyboard`.
    """
    if sys.platform == "win32":
        from textual.drivers import win32  # noqa: PLC0415 (for Windows alone)

        _read_with_keyboard(win32)
        return None
    from textual.drivers import linux_driver  # noqa: PLC0415 (not for Windows)

    _read_with_keyboard(linux_driver)

    class LastingDriver(linux_driver.LinuxDriver):
        """Textual's driver, whose writes never fail."""

        def start_application_mode(self) -> None:
            if not isinstance(self._file, LastingFile):  # it starts again after a stop, too
                self._file = cast("Any", LastingFile(cast("TextIO", self._file)))
            super().start_application_mode()  # type: ignore[no-untyped-call]
            self.write(PUSH)

        def stop_application_mode(self) -> None:
            self.write(POP)
            super().stop_application_mode()

    return LastingDriver


def _read_with_keyboard(module: ModuleType) -> None:
    """Have a driver's module read what was typed with our class: drivers let nobody choose."""
    vars(module)["XTermParser"] = Keyboard


def can_be_put_aside() -> bool:
    """Return whether a shell waits for this program, which can bring it back.

    A program that leads its session, or a part of such a one, has nobody who would.
    """
    if sys.platform == "win32":
        return False
    return os.getpgrp() != os.getsid(0)


def put_aside() -> None:
    """Stop as with Ctrl+Z in a shell, this program and those that wait for it."""
    if sys.platform != "win32":
        os.killpg(os.getpgrp(), signal.SIGTSTP)


def is_there() -> bool:
    """Return whether the user still sits at a terminal."""
    try:
        return os.isatty(sys.__stdin__.fileno()) if sys.__stdin__ else False
    except (OSError, ValueError):
        return False
