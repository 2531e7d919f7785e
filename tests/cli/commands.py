"""Runs `hubbub` as a shell would."""

import os
import subprocess
import sys
from contextlib import suppress
from threading import Timer
from typing import Any

PATIENCE_SECONDS = 60
"""How long a program may take for what a test asks of it."""

COMMAND = [sys.executable, "-m", "hubbub.cli"]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a command, with the test's own folders in it."""
    inherited = {name: value for name, value in os.environ.items() if name != "HUBBUB_NAME"}
    return {**inherited, "PYTHONUTF8": "1", **more}


def hubbub(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with `more` in its environment."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment(**more),
        timeout=PATIENCE_SECONDS,
    )


def told(*arguments: str, stdin: str = "") -> str:
    """Run a command that is taken; return what it prints."""
    ran = hubbub(*arguments, stdin=stdin)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def below(group: Any) -> dict[str, Any]:
    """Return the commands of a group of them, by name."""
    return {name: group.get_command(None, name) for name in group.list_commands(None)}


def past(*arguments: str, **more: str) -> str:
    """Return what `hubbub history` prints, without the times and seqs, which differ."""
    ran = hubbub("history", "--no-time", "--no-seq", *arguments, **more)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def refused(*arguments: str, stdin: str = "") -> str:
    """Run a command that is refused; return why."""
    ran = hubbub(*arguments, stdin=stdin)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    return ran.stderr


_running: list[tuple[subprocess.Popen[bytes], Timer]] = []


def started(*arguments: str, program: str = "") -> subprocess.Popen[bytes]:
    """Start a command with pipes to all its ends, which are closed when the test is over.

    `program`: a script that stands for `hubbub`.

    It is killed in a while, so nobody who reads what it prints, or waits for its end, does so for
    ever.
    """
    process = subprocess.Popen(
        [*([sys.executable, program] if program else COMMAND), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    end = Timer(2 * PATIENCE_SECONDS, process.kill)
    end.daemon = True
    end.start()
    _running.append((process, end))
    return process


def end_all() -> None:
    """End what is still running of what was started, and close its pipes."""
    while _running:
        process, end = _running.pop()
        end.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was not written yet is for nobody
                    pipe.close()
        process.wait(PATIENCE_SECONDS)
