"""Puts a copy back as the folder of a server, in the place of what is there.

How it works. The copy is put together in a folder within, and looked through there. Only then what
is there moves aside, into another folder within, and the copy to its place. All of this stays on
one disk, so nothing is copied twice, and it works where the folder is a file system of its own,
such as a volume.

What always holds. Nothing that was there is removed. If the program is killed before anything
moved, all is as before. If it is killed afterwards, no server begins a new log in the folder: it
says that this must be done again (log/sqlite/folder.py).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from hubbub.chat.errors import LogError
from hubbub.locks import FileLock, InUse
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.files import read_all
from hubbub.log.sqlite.folder import REPLACING, claimed, give_to_owner
from hubbub.log.sqlite.lock import LOCK, held
from hubbub.log.sqlite.survey import Survey, opened, surveyed
from hubbub.server.backup.bringing import Bringing, Found, state_of
from hubbub.server.backup.places import BESIDE
from hubbub.server.backup.tape import unpack
from hubbub.server.files.store import Store, sync_all, sync_folder

RESTORING: Final = "hubbub.restoring"
REPLACED: Final = "hubbub.replaced-"
_LOG: Final = ("hubbub.db", "hubbub.db-wal", "hubbub.open", "hubbub.newest")
"""With what a killed server left, if the copy is one of its folder."""


class Restored(NamedTuple):
    """What was put back."""

    survey: Survey
    lost_wal: str
    """What the copy lacks of its log's end, as a clause; else empty."""
    wrong: list[str]
    """A sentence for each file that a message holds, and that is missing or damaged."""
    replaced: Path | None
    """Where that is now which was there before."""

    @property
    def is_whole(self) -> bool:
        """Whether all is there that should be."""
        return self.survey.is_whole and not (self.lost_wal or self.wrong)


def restore(backup: Path, folder: Path, *, replace: bool) -> Restored:
    """Put `backup`, a folder or a tar, back as `folder`; `replace`: though something is there.

    Raises LogError; then all is as before, unless the folder says otherwise when it is used.
    """
    if not (backup.is_file() or (backup / "hubbub.db").is_file()):
        raise LogError(f"{backup} is no backup: name a folder with a hubbub.db, or a tar of one.")
    if backup.resolve() == folder.resolve():
        raise LogError(f"{backup} is the folder itself. Name the copy that is to be put there.")
    was_there = folder.is_dir()
    if not replace and _entries(folder):
        raise LogError(
            f"{folder} is not empty, so nothing was put there. Choose another folder, or say "
            "--replace: then what is there is moved aside, not removed."
        )
    try:
        with held(folder), _put_together(backup, folder) as made:
            survey, lost_wal, wrong = _looked_through(made)
            replaced = _put_in_place(made, folder)
    except OSError as error:
        raise LogError(f"{backup} cannot be put into {folder}: {error}.") from error
    except LogError:
        if not was_there:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return Restored(survey, lost_wal, wrong, replaced)


def _entries(folder: Path) -> list[Path]:
    """Return what stands in a folder, but for what restoring leaves there itself."""
    if not folder.is_dir():
        return []
    return [
        path
        for path in folder.iterdir()
        if path.name not in (LOCK, RESTORING, REPLACING) and not path.name.startswith(REPLACED)
    ]


@contextmanager
def _put_together(backup: Path, folder: Path) -> Iterator[Path]:
    """Yield a folder within `folder` that has all of the copy; it is gone afterwards."""
    making = folder / RESTORING
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(0o700)
    try:
        if backup.is_file():
            unpack(backup, making)
        else:
            _bring(backup, making)
        yield making
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _bring(backup: Path, making: Path) -> None:
    with _unused(backup):
        for name in (*_LOG, *BESIDE):
            with suppress(FileNotFoundError):
                shutil.copy2(backup / name, making / name)
        bringing = Bringing(Store(making), [Store(backup)], lambda: None)
        for hash_ in {*Store(backup).hashes()}:
            bringing.bring(hash_)


@contextmanager
def _unused(backup: Path) -> Iterator[None]:
    """Raise LogError if a server uses the copy; it may stand where nothing can be written."""
    lock = FileLock(backup / LOCK)
    try:
        if (backup / LOCK).exists():
            lock.acquire()
    except InUse:
        raise LogError(f"A server uses {backup}. Stop it first, or make a copy of it.") from None
    except OSError:
        pass
    try:
        yield
    finally:
        lock.release()


def _looked_through(made: Path) -> tuple[Survey, str, list[str]]:
    with claimed(made) as claim:
        lost_wal, claim.lost_wal = claim.lost_wal, ""
        with opened(made) as connection:
            survey = surveyed(connection)
            rows = attempt(lambda: read_all(connection)) or []
    states = {hash_: state_of(Store(made), hash_) for _, _, hash_, _ in rows}
    wrong = [
        f"The file {hash_} {state.value}."
        for hash_, state in states.items()
        if state is not Found.WHOLE
    ]
    return survey, lost_wal, wrong


def _put_in_place(made: Path, folder: Path) -> Path | None:
    """Move what is in the folder aside, and what was made to its place."""
    (made / LOCK).unlink(missing_ok=True)
    for ours in (made, folder / LOCK):
        give_to_owner(folder, ours)
    sync_all(made)
    before = _entries(folder)
    replaced = _aside(folder) if before else None
    note = folder / REPLACING  # from here on the folder is neither the one nor the other
    note.touch()
    sync_folder(folder)
    for path in before:
        assert replaced is not None, "there is something to be moved"
        path.rename(replaced / path.name)
    for path in made.iterdir():
        path.rename(folder / path.name)
    sync_folder(folder)
    note.unlink()
    sync_folder(folder)
    return replaced


def _aside(folder: Path) -> Path:
    number = 1
    while (path := folder / f"{REPLACED}{number}").exists():
        number += 1
    path.mkdir(0o700)
    give_to_owner(folder, path)
    return path
