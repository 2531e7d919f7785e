"""The page in a window of an installed browser, without its bars: what Chromium calls an app.

The window has a profile of its own, so its process ends when it is closed, and what it keeps is not
mixed with the person's browsing. A second one for the same chatroom opens in the process of the
first.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

END_SECONDS: Final = 5.0
"""How long a browser may take to end when it is asked to."""

_COMMANDS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
)
_ON_MACOS: Final = ("Google Chrome", "Microsoft Edge", "Chromium", "Brave Browser")
_ON_WINDOWS: Final = (
    r"Microsoft\Edge\Application\msedge.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"BraveSoftware\Brave-Browser\Application\brave.exe",
)
_FOLDERS_ON_WINDOWS: Final = ("ProgramFiles(x86)", "ProgramFiles", "LocalAppData")

_OPTIONS: Final = ("--no-first-run", "--no-default-browser-check", "--disable-crash-reporter")


def installed_browser() -> str | None:
    """Return a program that can show a page as an app; None if there is none."""
    return next(filter(os.path.isfile, _candidates()), None)


def _candidates() -> Iterator[str]:
    if sys.platform == "win32":
        for name in _FOLDERS_ON_WINDOWS:
            if folder := os.environ.get(name):
                yield from (f"{folder}\\{path}" for path in _ON_WINDOWS)
    elif sys.platform == "darwin":
        yield from (f"/Applications/{one}.app/Contents/MacOS/{one}" for one in _ON_MACOS)
    else:
        for command in _COMMANDS:
            found = shutil.which(command)
            if found and not found.startswith("/snap/"):  # those may not use our folder
                yield found


class AppWindow:
    """A window of the browser `program`, whose profile is in `folder`."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def show(self, address: str) -> None:
        """Open the window, and return when it is closed, or at once if another shows it."""
        command = [self._program, f"--app={address}", f"--user-data-dir={self._folder}", *_OPTIONS]
        quiet = subprocess.DEVNULL  # what browsers say on a terminal is for their developers
        self._process = subprocess.Popen(  # noqa: S603 (a program that is known by its name)
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        try:
            self._process.wait()
        finally:
            self._end(self._process)

    def front(self) -> bool:
        """Return False: a browser opens one more window instead."""
        return False

    def close(self) -> None:
        """Close the window, from whatever thread."""
        if self._process is not None:
            _ask_to_end(self._process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Leave nothing behind of what was started."""
        if process.poll() is None:
            _ask_to_end(process)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if os.name == "posix":  # its helpers are in its group, which may outlast it
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGTERM)


def _ask_to_end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
