"""Keeps every other program out of a folder.

It is a lock on the file hubbub.lock and, where the system can lock a folder, on the folder itself:
the file can be deleted, and a second server would lock another one of its name.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.locks import FileLock, InUse

if sys.platform != "win32":
    import fcntl

LOCK = "hubbub.lock"


class Lock:
    """Keeps every other program out of a folder, which is made if need be, until it is released.

    Raises LogError, `log_in_use` if another program has it.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor: int | None = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # private rooms are in it
            self._lock = FileLock(folder / LOCK)
            self._lock.acquire()
            try:
                self._descriptor = _lock_folder(folder)
            except BaseException:
                self._lock.release()
                raise
        except InUse:
            raise LogError(
                f"The folder {folder} is in use by another hubbub server. "
                "Stop that one first, or choose another folder.",
                code="log_in_use",
            ) from None
        except (FileExistsError, NotADirectoryError):
            raise LogError(
                f"The log cannot be kept in {folder}, because a file is in the way. "
                "Choose another place."
            ) from None
        except OSError as error:
            raise unusable(folder, error) from error

    def release(self) -> None:
        """Let another program use the folder."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._lock.release()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep every other program out of `folder`, whatever is in it; it is made if need be.

    Raises LogError as `claim` does.
    """
    lock = Lock(folder)
    try:
        yield
    finally:
        lock.release()


def _lock_folder(folder: Path) -> int | None:
    """Lock the folder itself, if the system can; raise InUse if another program has it."""
    if sys.platform == "win32":
        return None  # there, a file that is open cannot be deleted
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InUse(str(folder)) from None
    except OSError:
        with suppress(OSError):  # a file system without such locks
            os.close(descriptor)
        return None
    return descriptor


def unusable(folder: Path, error: Exception) -> LogError:
    """Return what to tell people of a folder that cannot be used because of `error`."""
    return LogError(
        f"The log cannot be kept in {folder} ({error}). "
        "Give the server the right to write there, or choose another place."
    )
