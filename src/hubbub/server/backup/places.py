"""Where copies go, what they are called, and which of them are too old to keep."""

import calendar
import re
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from hubbub.chat.errors import LogError
from hubbub.locks import FileLock, InUse
from hubbub.log.sqlite.lock import LOCK

MAKING: Final = ".making"
"""Ends the name of a copy that is not whole yet."""

BESIDE: Final = ("password", "certificate.pem", "certificate.key")
"""What else of a folder is copied: the password and certificate that were made up for it, so that
people who remember them come in as before."""

TAPE: Final = ".tar"
_NAME: Final = "hubbub-%Y-%m-%dT%H-%M-%SZ"
_NAMED: Final = re.compile(r"hubbub-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?")


class Place(NamedTuple):
    """Where a copy goes."""

    path: Path
    earlier: Sequence[Path] = ()
    """Copies beside it, the newest first: they have most of its files already."""

    @property
    def is_packed(self) -> bool:
        """Whether it is one file, a tar."""
        return self.path.suffix == TAPE


def place_for(path: Path) -> Place:
    """Return the place that `path` means: a new folder or tar, or a name in a folder that is there.

    Raises LogError if something is in the way.
    """
    path = path.absolute()
    if path.is_dir():
        earlier = copies_in(path)
        if not earlier and (path / "hubbub.db").exists():
            raise LogError(f"{path} has a log already. Choose another place for the copy.")
        return Place(_new_name(path), earlier[:1])
    if path.exists():
        raise LogError(f"{path} exists already. Choose another place for the copy.")
    return Place(path)


def _new_name(folder: Path) -> Path:
    name = time.strftime(_NAME, time.gmtime())
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}"
    return path


def copies_in(folder: Path) -> list[Path]:
    """Return the copies in a folder that have a name of ours, the newest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if _is_ours(path.name) and path.is_dir()]
    return sorted(found, reverse=True)


def _is_ours(name: str) -> bool:
    if not _NAMED.fullmatch(name):
        return False
    try:
        time.strptime(name[:27], _NAME)
    except ValueError:  # a day that no month has
        return False
    return True


def made_at(copy: Path) -> float:
    """Return when a copy with a name of ours was begun, in seconds since the epoch."""
    return calendar.timegm(time.strptime(copy.name[:27], _NAME))


def rotate(folder: Path, keep: int) -> list[Path]:
    """Remove all copies in a folder but the newest `keep`; return the removed ones.

    One that cannot be removed wholly has another name from then on, and goes the next time.
    """
    removed = copies_in(folder)[keep:]
    for copy in removed:
        copy.rename(copy.with_name(copy.name + MAKING))
    for left in folder.glob("hubbub-*" + MAKING):
        if _is_ours(left.name.removesuffix(MAKING)):
            _remove_unless_used(left)
    return removed


def _remove_unless_used(left: Path) -> None:
    with suppress(InUse), FileLock(left / LOCK):  # else it is being made
        shutil.rmtree(left)
