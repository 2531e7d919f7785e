"""Runs `hubbub` as a shell would."""

import os
import subprocess
import sys

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
        timeout=30,
    )


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a command with pipes to all its ends."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
