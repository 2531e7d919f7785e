"""Whether a folder holds a certain log, told without touching it: a server may be using it.

SQLite is told that nobody writes the file, so it takes no lock, plays nothing back and deletes
nothing. If somebody does write it, what is read may be nonsense, and then counts as not there. What
a killed server left beside the file is not seen so; for that the folder must be claimed.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.folder import claimed

_EPOCH = "SELECT count(*) FROM epochs WHERE id = ?"


def holds_epoch(folder: Path, epoch: str) -> bool:
    """Return whether the log in `folder` was once written in this epoch, as no other log was."""
    path = (folder / "hubbub.db").absolute()
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            return bool(file.execute(_EPOCH, (epoch,)).fetchone()[0])
    except sqlite3.Error:
        return False


def had_epoch(folder: Path, epoch: str) -> bool:
    """Return whether nobody uses `folder`, and its log was written in this epoch last.

    What a killed server left is played back into the file, as the next server would do it.
    """
    try:
        with claimed(folder):
            return holds_epoch(folder, epoch)
    except LogError:
        return False
