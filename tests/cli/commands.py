"""Runs `hubbub` as a shell would."""

import os
import subprocess
import sys

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "HUBBUB_NAME"},
    "PYTHONUTF8": "1",
}
COMMAND = [sys.executable, "-m", "hubbub.cli"]


def hubbub(
    *arguments: str, stdin: str = "", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment or ENVIRONMENT,
        timeout=30,
    )


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """Start a command with pipes to all its ends."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
