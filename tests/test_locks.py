"""Locks on files: of programs that live, that were killed, and that share one process."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubbub.locks import FileLock, InUse

HOLDS = """
import sys
from pathlib import Path
from hubbub.locks import FileLock
with FileLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Have another program hold a lock."""
    command = [sys.executable, "-c", HOLDS, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"held\n"
        yield program
        program.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "any.lock"


def test_what_another_program_has_is_in_use_until_it_ends(path: Path) -> None:
    with held_elsewhere(path), pytest.raises(InUse, match=r"any\.lock"):
        FileLock(path).acquire()
    with FileLock(path):
        pass


def test_whoever_is_killed_has_let_go(path: Path) -> None:
    with held_elsewhere(path) as program:
        program.kill()
        program.wait(30)
        with FileLock(path):
            pass


def test_another_lock_of_the_same_program_is_kept_out_as_well(path: Path) -> None:
    first, second = FileLock(path), FileLock(path)
    with first, pytest.raises(InUse):
        second.acquire()
    with second:
        pass


def test_whoever_has_time_waits_for_it(path: Path) -> None:
    first = FileLock(path)
    first.acquire()
    threading.Timer(0.1, first.release).start()
    with FileLock(path, seconds=30):
        pass


def test_a_lock_that_is_not_taken_is_released_at_no_harm(path: Path) -> None:
    FileLock(path).release()
    with FileLock(path) as lock:
        lock.release()
    assert path.exists(), "others may wait for this very file"


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can remove a file that is open")
def test_a_file_that_was_removed_keeps_nobody_out(path: Path) -> None:
    first = FileLock(path)
    first.acquire()
    path.unlink()
    with FileLock(path):
        pass
    first.release()


def test_what_cannot_be_locked_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "nowhere" / "any.lock").acquire()
    if sys.platform != "win32":  # where few may make links
        (tmp_path / "link.lock").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(OSError, match=r"link\.lock"):
            FileLock(tmp_path / "link.lock").acquire()
    assert not (tmp_path / "elsewhere").exists()
