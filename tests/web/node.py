"""Node, and what package-lock.json pins."""

import fcntl
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 300


def run(*command: str) -> None:
    """Run a command in the root of the project; what it complains of is the failure."""
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
    )
    assert ended.returncode == 0, f"{' '.join(command[:4])}\n{ended.stdout}\n{ended.stderr}"


def install() -> None:
    """Install the packages, once and when package-lock.json has changed."""
    lock, installed = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # or tests beside these would empty the folder meanwhile
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            run("npm", "ci", "--no-audit", "--no-fund")
