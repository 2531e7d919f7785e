"""The folder that holds one log: made if need be, and claimed so that no second server uses it.

The claim is a lock on the file hubbub.lock and, where the system can lock a folder, on the folder
itself: the file can be deleted, and a second server would lock another one of its name. Files that
do not belong together are refused with it, before SQLite is given them: it would make an empty
hubbub.db a new one, and delete what is beside it, whoever opens it and however little they want.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.acknowledged import Acknowledged
from hubbub.log.sqlite.sound import newest_given
from hubbub.log.sqlite.wal import (
    LOST_WAL,
    NOTE,
    NUMBER_MAX,
    UNREAD_WAL,
    check_belongs,
    has_lost_wal,
    is_played_back,
    was_emptied,
)

if sys.platform != "win32":
    import fcntl


class Claim:
    """A folder that this program alone uses; made by `claim`."""

    def __init__(self, folder: Path, lock: FileLock, descriptor: int | None) -> None:
        self._note = folder / NOTE
        self._lock = lock
        self._descriptor = descriptor
        self.lost_wal = LOST_WAL if has_lost_wal(folder) else ""
        """What was lost if the last claim ended with a kill, as a clause; else empty."""
        self._note.touch()

    def lose_wal(self) -> None:
        """Note that not all in the write-ahead log can be read, also for the next claim."""
        self.lost_wal = UNREAD_WAL
        self._note.write_text(str(NUMBER_MAX), "ascii")

    def release(self, *, in_order: bool = True) -> None:
        """Let another program use the folder; `in_order`: there is nothing to be told about it."""
        if in_order:
            with suppress(OSError):
                self._note.unlink(missing_ok=True)
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._lock.release()


def claim(folder: Path) -> Claim:
    """Return the held claim on `folder`, which is made if need be.

    Raises LogError if its files are not those of one log, `log_in_use` if another program holds it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # private rooms are in it
        # The lock is let go by whichever thread closes the log, so it belongs to none.
        lock = FileLock(folder / "hubbub.lock", thread_local=False)
        lock.acquire(blocking=False)
        descriptor = None
        try:
            descriptor = _lock_folder(folder)
            check_belongs(folder)
            if was_emptied(folder):
                raise LogError(
                    f"The hubbub.db in {folder} is empty, and was not. Put it back from a backup, "
                    "or move it away to begin anew."
                )
            return Claim(folder, lock, descriptor)
        except BaseException:
            if descriptor is not None:
                os.close(descriptor)
            lock.release()
            raise
    except Timeout:
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
    except (OSError, NotImplementedError) as error:
        raise LogError(
            f"The log cannot be kept in {folder} ({error}). "
            "Give the server the right to write there, or choose another place."
        ) from error


@contextmanager
def claimed(folder: Path) -> Iterator[Claim]:
    """Hold a claim on a folder that is there; raise LogError if it is not, or as `claim` does.

    If a write-ahead log was lost, the next one to claim the folder is to hear of it as well, unless
    `lost_wal` is emptied.
    """
    if not folder.is_dir():
        raise LogError(f"There is no folder {folder}. Name the one that a server kept a log in.")
    held = claim(folder)
    try:
        if _has_unread_wal(folder):
            held.lose_wal()
        yield held
    finally:
        held.release(in_order=not held.lost_wal)


def _has_unread_wal(folder: Path) -> bool:
    path = folder / "hubbub.db"
    if not path.is_file():
        return False
    # Damage may be where the names of tables stand, too, which are no text then.
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(sqlite3.connect(path)) as connection:
        if not is_played_back(connection, folder):
            return True
        return Acknowledged(folder).read(connection) > newest_given(connection)
    return False  # the file is damaged, which shows when it is read


def _lock_folder(folder: Path) -> int | None:
    """Lock the folder itself, if the system can; raise Timeout if another program has it."""
    if sys.platform == "win32":
        return None  # there, a file that is open cannot be deleted
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Timeout(str(folder)) from None
    except OSError:
        with suppress(OSError):  # a file system without such locks
            os.close(descriptor)
        return None
    return descriptor
