"""Makes a copy of a folder from which a server can go on: the log, and the files of its messages.

How it works. It needs nothing of the server that may be using the folder. Files are never changed,
and go by their hash, so they may be copied at any time: first those that are there, then the log as
it is at one moment, then what its messages hold and came meanwhile. If one of those is gone, its
message was deleted after that moment; then the log is copied once more. At last everything is
removed that the copied log does not name.

What always holds. The copy has another name until it is whole, looked through, and on the disk. If
the program is killed, the next copy to the same place begins anew.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from hubbub.chat.errors import LogError
from hubbub.chat.files import size_words
from hubbub.locks import FileLock, InUse
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.copying import copy_log
from hubbub.log.sqlite.files import read_all
from hubbub.log.sqlite.folder import claimed
from hubbub.log.sqlite.lock import LOCK
from hubbub.log.sqlite.survey import Survey, opened, surveyed
from hubbub.server.backup.bringing import Bringing, Found, Pace
from hubbub.server.backup.places import BESIDE, MAKING, Place
from hubbub.server.backup.tape import packed
from hubbub.server.files.store import Store, sync_all, sync_folder

TRIES: Final = 5
"""So often the log is copied if files of it are deleted at that moment."""


class Made(NamedTuple):
    """A copy, and what was found when it was looked through."""

    path: Path
    survey: Survey
    lost_wal: str
    """What a killed server lost of the log before it was copied, as a clause; else empty."""
    files: int
    files_bytes: int
    wrong: list[str]
    """A sentence for each file that a message holds, and that is missing or damaged."""

    @property
    def is_whole(self) -> bool:
        """Whether all is in it that should be."""
        return self.survey.is_whole and not (self.lost_wal or self.wrong)


def make(folder: Path, place: Place) -> Made:
    """Copy `folder`, which a server may be using, to `place`. Raises LogError."""
    if not (folder / "hubbub.db").is_file():
        raise LogError(f"There is no log in {folder}. Name the folder that a server keeps one in.")
    try:
        with _claimed_or_served(folder) as lost_wal, _begun(place) as (making, lock):
            _check_room(folder, place)
            made = _Copy(folder, making, place, is_ours=lost_wal is not None).make(lost_wal or "")
            _put_in_place(making, place, lock)
            return made
    except OSError as error:
        raise LogError(f"The copy {place.path} cannot be made: {error}.") from error


@contextmanager
def _claimed_or_served(folder: Path) -> Iterator[str | None]:
    """Claim a folder, so that none begins to use it; yield None if a server uses it already.

    Else it yields what was lost before, as a clause.
    """
    with ExitStack() as stack:
        try:
            lost_wal = stack.enter_context(claimed(folder)).lost_wal
        except LogError as error:
            if error.code != "log_in_use":
                raise
            lost_wal = None
        yield lost_wal


@contextmanager
def _begun(place: Place) -> Iterator[tuple[Path, FileLock]]:
    """Make the folder in which a copy is put together; nobody else makes one there.

    So it is until the lock is released.
    """
    making = place.path.with_name(place.path.name + MAKING)
    making.mkdir(0o700, parents=True, exist_ok=True)
    lock = FileLock(making / LOCK)
    try:
        lock.acquire()
    except InUse:
        raise LogError(f"A copy to {place.path} is being made already.") from None
    try:
        for left in making.iterdir():  # of one that was broken off
            if left.name != LOCK:
                _remove(left)
        yield making, lock
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    finally:
        lock.release()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _check_room(folder: Path, place: Place) -> None:
    """Raise LogError if the disk has too little room for a copy."""
    shared = {hash_ for earlier in place.earlier for hash_ in Store(earlier).hashes()}
    store = Store(folder)
    sizes = [_size(folder / name) for name in ("hubbub.db", "hubbub.db-wal")]
    sizes += [_size(store.object(hash_)) for hash_ in {*store.hashes()} - shared]
    needed = sum(sizes) * (2 if place.is_packed else 1)
    free = shutil.disk_usage(place.path.parent).free
    if free < needed:
        raise LogError(
            f"The copy {place.path} needs {size_words(needed)}, and its disk has "
            f"{size_words(free)} left. Free some space there, or choose another place."
        )


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


class _Copy:
    """A copy of `folder` that is put together in `making`."""

    def __init__(self, folder: Path, making: Path, place: Place, *, is_ours: bool) -> None:
        self._folder = folder
        self._making = making
        self._place = place
        self._is_ours = is_ours
        self._rest = (lambda: None) if is_ours else Pace().rest
        self._bringing = Bringing(
            Store(making), [Store(folder)], self._rest, [Store(one) for one in place.earlier]
        )

    def make(self, lost_wal: str) -> Made:
        """Make it, and look through it."""
        for hash_ in sorted({*Store(self._folder).hashes()}):
            self._bringing.bring(hash_)
        held = self._log_with_files()
        for name in BESIDE:
            with suppress(FileNotFoundError):
                shutil.copy2(self._folder / name, self._making / name)
        with opened(self._making) as connection:
            survey = surveyed(connection)
        found = {hash_: self._bringing.bring(hash_) for hash_ in held}
        store = Store(self._folder)
        return Made(
            path=self._place.path,
            survey=survey,
            lost_wal=lost_wal,
            files=len(held),
            files_bytes=sum(held.values()),
            wrong=[
                f"{store.object(hash_)} {state.value}."
                for hash_, state in found.items()
                if state is not Found.WHOLE
            ],
        )

    def _log_with_files(self) -> dict[str, int]:
        """Copy the log, with all files that its messages hold; return the sizes of these.

        What is not there though the log was copied again is missing from the folder.
        """
        missing: set[str] = set()
        held: dict[str, int] | None = {}
        for _ in range(TRIES):
            path = self._making / "hubbub.db"
            copy_log(self._folder, path, self._rest, is_ours=self._is_ours)
            held, before = self._held(), missing
            missing = {one for one in held or () if self._bringing.bring(one) is Found.GONE}
            if not missing or missing == before:
                break
        if held is not None:  # else nobody knows which are not needed
            self._bringing.drop_others(held)
        return held or {}

    def _held(self) -> dict[str, int] | None:
        """Return the sizes of the files that messages of the copied log hold, by their hash.

        None if that cannot be read, or if the log is so old that it has no files.
        """
        with opened(self._making) as connection:
            rows = attempt(lambda: read_all(connection))
        return None if rows is None else {hash_: size for _, _, hash_, size in rows}


def _put_in_place(making: Path, place: Place, lock: FileLock) -> None:
    sync_all(making)
    if place.is_packed:
        packed(making).rename(place.path)
    lock.release()  # there are systems that neither move nor remove what is open
    if place.is_packed:
        shutil.rmtree(making)
    else:
        (making / LOCK).unlink(missing_ok=True)
        making.rename(place.path)
    sync_folder(place.path.parent)
