"""A real terminal: programs in tmux, driven by keys and read from the screen."""

import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

import pytest
from rich.cells import cell_len

PATIENCE_SECONDS = 20.0
LOOK_AGAIN_SECONDS = 0.02

Seen = TypeVar("Seen")

_NUMBERS = itertools.count()

# tmux itself does not always know how a program has ended.
TELLER = """
import pathlib, signal, subprocess, sys
folder = pathlib.Path(sys.argv[1])
program = subprocess.Popen(sys.argv[2:])
for number in (signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
(folder / "pid").write_text(str(program.pid))
(folder / "status").write_text(str(program.wait()))
"""


def require(program: str) -> None:
    """Skip the test if a program is missing; in the continuous integration that is a failure."""
    if shutil.which(program) is None and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip(f"{program} is not installed")


class Tmux:
    """One terminal window. `keys` are tmux's names: "hello", "Enter", "M-a", "C-k".

    `tells_focus`: whether programs hear that the window got or lost the focus.
    """

    def __init__(
        self, folder: Path, width: int = 100, height: int = 30, *, tells_focus: bool = True
    ) -> None:
        require("tmux")
        self._folder = folder
        # One that was just killed may still hold its socket.
        self._socket = str(folder / f"tmux{next(_NUMBERS)}")
        self._size = (width, height)
        self._tells_focus = tells_focus
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color",
            "XDG_CONFIG_HOME": str(folder / "config"),
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
        for told in ("pid", "status"):
            (self._folder / told).unlink(missing_ok=True)
        told_by = (sys.executable, "-c", TELLER, str(self._folder))
        width, height = self._size
        self._run(
            *("new-session", "-d", "-x", str(width), "-y", str(height), "--", *told_by, *command),
            *(";", "set-option", "-w", "remain-on-exit", "on"),
            *(";", "set-option", "-g", "set-clipboard", "on"),
            *(";", "set-option", "-g", "focus-events", "on" if self._tells_focus else "off"),
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
    def title(self) -> str:
        """The title of the window."""
        return self._run("display-message", "-p", "#{pane_title}").strip()

    @property
    def has_rung(self) -> bool:
        """Whether the program has rung the bell."""
        return self._run("display-message", "-p", "#{window_bell_flag}").strip() == "1"

    def open_window(self) -> None:
        """Go to another window; that of the program is behind it."""
        self._run("new-window", "sleep 600")

    @property
    def has_window_rung(self) -> bool:
        """Whether the program has rung the bell while another window was before its own."""
        windows = self._run("list-windows", "-F", "#{window_index} #{window_bell_flag}")
        return windows.startswith("0 1")

    @property
    def clipboard(self) -> str:
        """What the program put there last."""
        return self._run("show-buffer", check=False)

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return self._run("capture-pane", "-p")

    @property
    def painted(self) -> str:
        """What is on the screen, with the sequences that give it its styles."""
        return self._run("capture-pane", "-p", "-e")

    @property
    def pid(self) -> int:
        """The process that was started."""
        return int(self._wait(self._reading("pid"), str.isdigit))

    def ended(self) -> int:
        """Wait for the program's end, and return its exit status."""
        return int(self._wait(self._reading("status"), lambda status: status != ""))

    def _reading(self, name: str) -> Callable[[], str]:
        path = self._folder / name
        return lambda: path.read_text() if path.exists() else ""

    def until(self, seen: str | Callable[[str], bool]) -> str:
        """Wait until the screen shows something, and return the screen."""
        shown = seen if callable(seen) else lambda screen: seen in screen
        return self._wait(lambda: self.screen, shown)

    def place(self, text: str) -> tuple[int, int]:
        """Wait for a text, and return the column and row of its lowest place, counted from 1."""
        rows = self.until(text).split("\n")
        row = max(number for number, row in enumerate(rows) if text in row)
        return cell_len(rows[row].partition(text)[0]) + 1, row + 1

    def wait(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        self._wait(holds, bool)

    def _wait(self, look: Callable[[], Seen], wanted: Callable[[Seen], bool]) -> Seen:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted(screen := look()):
            assert time.monotonic() < deadline, f"not this: {screen!r}\nThe screen:\n{self.screen}"
            time.sleep(LOOK_AGAIN_SECONDS)
        return screen
