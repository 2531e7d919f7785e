"""A real terminal: programs in tmux, driven by keys and read from the screen."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

PATIENCE_SECONDS = 20.0
LOOK_AGAIN_SECONDS = 0.02


def require(program: str) -> None:
    """Skip the test if a program is missing; in the continuous integration that is a failure."""
    if shutil.which(program) is None and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip(f"{program} is not installed")


class Tmux:
    """One terminal window. `keys` are tmux's names: "hello", "Enter", "M-a", "C-k"."""

    def __init__(self, folder: Path, width: int = 100, height: int = 30) -> None:
        require("tmux")
        self._folder = folder
        self._socket = str(folder / "tmux")
        self._size = (width, height)
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_DATA_HOME": str(folder / "data"),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._run("kill-server", check=False)

    def _run(self, *arguments: str, check: bool = True, stdin: str | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, "-f", os.devnull, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
            input=stdin,
            timeout=PATIENCE_SECONDS,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *command: str) -> None:
        """Run a program; its window stays when it has ended."""
        width, height = self._size
        self._run(
            *("new-session", "-d", "-x", str(width), "-y", str(height), "--", *command),
            *(";", "set-option", "-w", "remain-on-exit", "on"),
            *(";", "set-option", "-g", "focus-events", "on"),
        )

    def keys(self, *keys: str) -> None:
        """Press keys."""
        self._run("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type a text as it is."""
        self._run("send-keys", "-l", "--", text)

    def paste(self, text: str) -> None:
        """Paste, as a terminal with bracketed paste does."""
        self._run("load-buffer", "-", stdin=text)
        self._run("paste-buffer", "-p", "-r")

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self._run("resize-window", "-x", str(width), "-y", str(height))

    def record(self) -> Path:
        """Write what the program prints from now on, byte for byte, into a file."""
        raw = self._folder / "printed"
        raw.touch()
        self._run("pipe-pane", f"exec cat >> '{raw}'")
        return raw

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return self._run("capture-pane", "-p")

    @property
    def exit_status(self) -> int | None:
        """How the program ended; None while it runs."""
        status = self._run("display-message", "-p", "#{pane_dead_status}").strip()
        return int(status) if status else None

    def until(self, seen: str | Callable[[str], bool]) -> str:
        """Wait until the screen shows something, and return the screen."""
        shown = seen if callable(seen) else lambda screen: seen in screen
        return self._wait(lambda: self.screen, shown)

    def ended(self) -> int:
        """Wait for the program's end, and return its exit status."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (status := self.exit_status) is None:
            assert time.monotonic() < deadline, f"it has not ended:\n{self.screen}"
            time.sleep(LOOK_AGAIN_SECONDS)
        return status

    def _wait(self, look: Callable[[], str], wanted: Callable[[str], bool]) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted(screen := look()):
            assert time.monotonic() < deadline, f"this does not appear; the screen:\n{screen}"
            time.sleep(LOOK_AGAIN_SECONDS)
        return screen
