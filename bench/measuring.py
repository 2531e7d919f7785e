"""What a process used, read from /proc; which core belongs to whom; medians; the disk."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
CORES = sorted(os.sched_getaffinity(0))
PROC = Path("/proc")
SYNCS = 200
SYNCED_BYTES = 4096


def server_core() -> int:
    """Return the core that servers run on."""
    return CORES[0]


def load_core() -> int:
    """Return the core that the load comes from; the same one if there is no other."""
    return CORES[-1]


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Run this thread, and what it starts, on `core` alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and its children, those that ended included."""
    # utime, stime, cutime and cstime are the fields 14 to 17; the list begins with the third.
    return sum(sum(map(int, _stat(process)[11:15])) for process in _family(pid)) / float(
        TICKS_PER_SECOND
    )


def cpu_seconds_of_each(pid: int) -> dict[int, float]:
    """Return the CPU time of a process and of each of its children, by their ids."""
    return {process: own_cpu_seconds(process) for process in _family(pid)}


def own_cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process alone."""
    return sum(map(int, _stat(pid)[11:13])) / float(TICKS_PER_SECOND)


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process and its children."""
    return sum(
        int((PROC / str(process) / "statm").read_text().split()[1]) * PAGE_BYTES
        for process in _family(pid)
    )


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
            except OSError:  # it ended meanwhile
                continue
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on; the second may hold anything."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def share(ordered: list[float], part: float) -> float:
    """Return the value below which `part` of the ordered values lie."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def sync_seconds() -> float:
    """Return the median of how long this machine's disk takes to sync a page."""
    times = []
    with TemporaryDirectory(prefix="hubbub-bench-") as name:
        file = os.open(Path(name) / "page", os.O_WRONLY | os.O_CREAT)
        try:
            for _ in range(SYNCS):
                os.write(file, bytes(SYNCED_BYTES))
                started = time.monotonic()
                os.fdatasync(file)
                times.append(time.monotonic() - started)
        finally:
            os.close(file)
    return statistics.median(times)
