"""Where programs are."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PLACES = os.pathsep.join(
    (os.environ.get("PATH", ""), str(Path(sys.executable).parent), "/usr/sbin", "/usr/local/sbin")
)


def program(name: str) -> str | None:
    """Return the path of a program, also of one that stands beside this Python."""
    return shutil.which(name, path=PLACES)


def absence(name: str, remedy: str) -> str | None:
    """Return the sentence that says that a program is not there, if it is not."""
    return None if program(name) else f"{name} is not installed ({remedy})."


def version(name: str, option: str = "--version") -> str:
    """Return the first line of what a program says with `option`."""
    said = subprocess.run(
        [program(name) or "", option], capture_output=True, text=True, check=False
    ).stdout
    return said.partition("\n")[0].strip()
