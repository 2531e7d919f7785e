"""Runs `hubbub` as a shell would."""

import os
import subprocess
import sys
from threading import Timer

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


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a command with pipes to all its ends.

    It is killed in a while, so whoever reads what it prints, or waits for its end, does not wait
    for ever.
    """
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    end = Timer(2 * PATIENCE_SECONDS, process.kill)
    end.daemon = True
    end.start()
    return process
