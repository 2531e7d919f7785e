"""Which system calls a server makes: counted by strace."""

import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.peers.server import PATIENCE_SECONDS, Failed

_CALL = re.compile(r"^\d+ +(\w+)\(", re.MULTILINE)


@contextmanager
def counted(pid: int, *calls: str) -> Iterator[Counter[str]]:
    """Return what counts these calls of a process, all calls if none are named; full at the end.

    Raises Failed if they cannot be counted.
    """
    if (strace := shutil.which("strace")) is None:
        raise Failed("System calls cannot be counted: install strace (apt install strace).")
    counts: Counter[str] = Counter()
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        seen = Path(name) / "calls"
        command = [strace, "-f", "-qq", "-e", f"trace={','.join(calls) or 'all'}"]
        tracer = subprocess.Popen([*command, "-o", str(seen), "-p", str(pid)])
        try:
            _await_traced(pid)
            yield counts
        finally:
            tracer.terminate()
            tracer.wait()
        counts.update(_CALL.findall(seen.read_text("utf-8", "replace")))


def _await_traced(pid: int) -> None:
    """Wait until each thread is traced: strace attaches to one after the other, silently."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    tasks = Path(f"/proc/{pid}/task")
    while any("TracerPid:\t0\n" in (one / "status").read_text() for one in tasks.iterdir()):
        if time.monotonic() > deadline:
            raise Failed("System calls cannot be counted: strace may not trace the server.")
        time.sleep(0.01)
