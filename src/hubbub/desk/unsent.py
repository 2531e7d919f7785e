"""What the user said or changed and no server has answered, on disk from before it is sent.

So it survives a kill. A text is sent once at the next start, for it keeps its nonce; how a change
is made once more is said in `changes.py`, and its nonce is a name in the journal alone. A running
program has a *journal* of its own, and holds its lock. A journal whose lock is free belonged to a
program that is gone. The next one that chats at the same server under the same name takes over what
is in it. So no two programs send the same text, and none sends what another is still about to.

A journal is JSON, a line for each text or change and for each one that is done. A line is written
before its text leaves the program. The last line may be torn; then its text never left.
"""

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from hubbub.chat import commands as c
from hubbub.chat.names import same_name
from hubbub.locks import FileLock

NUMBER_DIGITS = 12


class Unsent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text on its way. `at`: milliseconds. `other`: who shares the private room with the user.

    `me`: it says what the user does.
    """

    nonce: str
    room: str
    text: str
    at: int
    reply_to: int | None = None
    other: str = ""
    me: bool = False


AnyChange = c.Edit | c.Delete | c.React


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of a message on its way. `said_at`: when that was said, in milliseconds.

    `edits`: how often it had been edited when the user changed it, with the user's own edits that
    were on their way. `other`: as for a text.
    """

    nonce: str
    command: AnyChange
    said_at: int
    edits: int = 0
    other: str = ""

    @property
    def room(self) -> str:
        """The room of the message."""
        return self.command.room

    @property
    def seq(self) -> int:
        """The seq of the message."""
        return self.command.seq


Kept = Unsent | Change


class _Owner(msgspec.Struct, frozen=True):
    address: str
    name: str


class _Line(msgspec.Struct, omit_defaults=True):
    """One of them: whose the journal is, a text, a change, or the nonce of one that is done."""

    owner: _Owner | None = None
    unsent: Unsent | None = None
    change: Change | None = None
    done: str | None = None

    @classmethod
    def of(cls, kept: Kept) -> Self:
        """Return the line for a text or a change."""
        return cls(unsent=kept) if isinstance(kept, Unsent) else cls(change=kept)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Line).decode


class Journal:
    """The file of what is said at `address` under `name`; without a `folder`, nothing is written.

    `tell` is given a sentence when the disk does not take what is said; the chat goes on without.
    """

    def __init__(
        self, folder: Path | None, address: str, name: str, *, tell: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._owner = _Owner(address, name)
        self._tell = tell
        self._kept: dict[str, Kept] = {}
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._lock: FileLock | None = None
        self.is_failing = False
        """Whether the disk did not take what was kept last."""
        self.others: Counter[str] = Counter()
        """How many of them wait until their name chats here again, by name; `take_over` counts."""

    @property
    def kept(self) -> list[Kept]:
        """What is not done, in order."""
        return list(self._kept.values())

    def add(self, kept: Kept) -> None:
        """Keep a text or a change; once this has returned it may be sent."""
        self._kept[kept.nonce] = kept
        if self._folder is None:
            return
        try:
            file = self._file or self._open(self._folder)
            if os.fstat(file.fileno()).st_size:
                _write(file, _Line.of(kept))
            else:
                _write(file, _Line(owner=self._owner), *map(_Line.of, self.kept))
            os.fsync(file.fileno())
        except OSError as error:
            self._complain(error)
        else:
            self.is_failing = False

    def _open(self, folder: Path) -> BinaryIO:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        numbers = [int(path.name.partition("-")[0] or 0) for path in folder.glob("[0-9]*-*")]
        number = 1 + max(numbers, default=0)  # the order of their beginning, whatever clocks say
        path = folder / f"{number:0{NUMBER_DIGITS}}-{secrets.token_hex(4)}.jsonl"
        lock = _lock_of(path)
        lock.acquire()
        self._path, self._lock = path, lock
        path.touch(mode=0o600)  # what is said is nobody else's business
        self._file = path.open("ab", buffering=0)
        return self._file

    def _complain(self, error: Exception) -> None:
        cause = (isinstance(error, OSError) and error.strerror) or error
        if not self.is_failing:
            self._tell(
                f"What you say cannot be kept in {self._folder} until it is sent ({cause}). "
                "It would be lost if this program were killed before."
            )
        self.is_failing = True

    def done(self, nonce: str) -> None:
        """Forget a text or a change: it is committed, or not wanted any more."""
        if self._kept.pop(nonce, None) is None or self._file is None:
            return
        # If this cannot be written, or is not on the disk in time, the text is sent once more, and
        # the server knows its nonce.
        with contextlib.suppress(OSError):
            if self._kept:
                _write(self._file, _Line(done=nonce))
            else:
                self._file.truncate(0)

    def discard(self) -> None:
        """Forget all that is kept, for good."""
        for nonce in list(self._kept):
            self.done(nonce)

    def close(self) -> None:
        """Let go of the journal; what is still kept waits for the next program."""
        if self._file is not None:
            self._file.close()
        if self._path is not None and self._lock is not None:
            if not self._kept:
                _remove(self._path)
            _release(self._lock, self._path)
        self._path = self._file = self._lock = None

    def take_over(self) -> list[Kept]:
        """Keep what programs that are gone have left for this one; return it, in order."""
        taken: dict[str, Kept] = {}
        if self._folder is None:
            return []
        with contextlib.suppress(OSError):
            for path in sorted(self._folder.glob("*.jsonl")):
                if path != self._path:
                    for kept in self._take_over(path):
                        taken.setdefault(kept.nonce, kept)
        return list(taken.values())

    def _take_over(self, path: Path) -> list[Kept]:
        lock = _lock_of(path)
        try:
            lock.acquire()
        except OSError:
            return []  # its program lives
        try:
            owner, left = _read(path)
            if owner is None or owner.address != self._owner.address:
                return []
            if not same_name(owner.name, self._owner.name):
                self.others[owner.name] += len(left)
                return []
            for kept in left:
                self.add(kept)
            if not self.is_failing:
                _remove(path)
        except OSError:
            return []  # another program was quicker, or it is nothing of ours
        else:
            return left
        finally:
            _release(lock, path)


def _read(path: Path) -> tuple[_Owner | None, list[Kept]]:
    """Return whose a journal is, and what is not done in it."""
    owner: _Owner | None = None
    left: dict[str, Kept] = {}
    for line in _lines(path.read_bytes()):
        owner = line.owner or owner
        if (kept := line.unsent or line.change) is not None:
            left[kept.nonce] = kept
        if line.done is not None:
            left.pop(line.done, None)
    return owner, list(left.values())


def _lines(raw: bytes) -> Iterator[_Line]:
    for line in raw.splitlines():
        with contextlib.suppress(ValueError, RecursionError):  # it is torn, or nobody's
            yield _decode(line)


def _write(file: BinaryIO, *lines: _Line) -> None:
    file.write(b"".join(_encode(line) + b"\n" for line in lines))


def _lock_of(path: Path) -> FileLock:
    return FileLock(path.with_suffix(".lock"))


def _release(lock: FileLock, path: Path) -> None:
    if not path.exists():  # while it is held: whoever waits for it then finds no journal
        _remove(lock.path)
    lock.release()


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
