"""The folder that holds one log: made if need be, and claimed so that no second server uses it.

Files that do not belong together are refused with it, before SQLite is given them: it would make an
empty hubbub.db a new one, and delete what is beside it, whoever opens it and however little they
want.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.acknowledged import Acknowledged
from hubbub.log.sqlite.lock import Lock, unusable
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

REPLACING = "hubbub.replacing"
"""A folder in it with a copy that is being put in the place of all else (server/backup)."""


class Claim:
    """A folder that this program alone uses; made by `claim`."""

    def __init__(self, folder: Path, lock: Lock) -> None:
        self._note = folder / NOTE
        self._lock = lock
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
        self._lock.release()


def claim(folder: Path) -> Claim:
    """Return the held claim on `folder`, which is made if need be.

    Raises LogError if its files are not those of one log, `log_in_use` if another program holds it.
    """
    lock = Lock(folder)
    try:
        if (folder / REPLACING).exists():
            raise LogError(
                f"A backup was being put into {folder}, and that was broken off. Do it again: "
                f"'hubbub restore BACKUP {folder} --replace'."
            )
        check_belongs(folder)
        if was_emptied(folder):
            raise LogError(
                f"The hubbub.db in {folder} is empty, and was not. Put it back from a backup, "
                "or move it away to begin anew."
            )
        return Claim(folder, lock)
    except OSError as error:
        lock.release()
        raise unusable(folder, error) from error
    except BaseException:
        lock.release()
        raise


@contextmanager
def claimed(folder: Path) -> Iterator[Claim]:
    """Hold a claim on a folder that is there; raise LogError if it is not, or as `claim` does.

    If a write-ahead log was lost, the next one to claim the folder is to hear of it as well, unless
    `lost_wal` is emptied.
    """
    if not folder.is_dir():
        raise LogError(f"There is no folder {folder}. Name the one that a server kept a log in.")
    claimed_now = claim(folder)
    try:
        if _has_unread_wal(folder):
            claimed_now.lose_wal()
        yield claimed_now
    finally:
        claimed_now.release(in_order=not claimed_now.lost_wal)


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


def give_to_owner(folder: Path, made: Path) -> None:
    """Have what root has made in a folder, and all in it, belong to whoever the folder does.

    The server runs under that account, and could not use what is root's. It may put a link in the
    place of anything there meanwhile, so no link is followed.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return
    owner = folder.stat()
    give = partial(os.chown, uid=owner.st_uid, gid=owner.st_gid, follow_symlinks=False)
    for _, folders, files, descriptor in os.fwalk(made, topdown=False):
        for name in (*folders, *files):
            give(name, dir_fd=descriptor)
    give(made)
