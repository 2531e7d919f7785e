"""Where the running side-car of a chatroom is noted, for the person's other programs.

There is one for each chatroom: whoever holds the lock beside the note. The note has the port, which
stays the same from one run to the next, because browsers keep apart what they know for each port;
and while the side-car runs, the secret by which the person's programs are known.

Another user must not be able to read the note, nor to put one of theirs in its place.
"""

import contextlib
import hashlib
import os
import stat
from pathlib import Path
from typing import Final, Self

import msgspec
import platformdirs

from hubbub.chat.errors import HubbubError
from hubbub.client.address import Address
from hubbub.locks import FileLock, InUse

NOTE_BYTES_MAX: Final = 4096
FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_OF_OTHERS: Final = 0o077
_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)
"""What stands there is opened, never what a link leads to."""


class Noted(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is noted. `secret`: empty if the side-car does not run."""

    port: int
    secret: str = ""


class Note:
    """The note about the side-car of one chatroom. Raises HubbubError where it cannot be kept."""

    def __init__(self, address: Address, folder: Path | None = None) -> None:
        self._folder = folder or platformdirs.user_state_path("hubbub") / "side-cars"
        name = hashlib.sha256(_named(address).encode()).hexdigest()[:20]
        self.path = self._folder / f"{name}.json"
        self._lock = FileLock(self.path.with_suffix(".lock"))

    def claim(self) -> bool:
        """Become the side-car of this chatroom; return False if another program is."""
        try:
            self._make_folder()
            self._lock.acquire()
        except InUse:
            return False
        except OSError as error:
            raise self._unusable(error) from error
        return True

    @property
    def folder(self) -> Path:
        """Where windows of this chatroom keep what their pages keep."""
        return self.path.with_suffix("")

    def read(self) -> Noted | None:
        """Return what is noted; None if there is nothing, or nothing of ours."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | _NO_LINKS)
        except OSError:
            return None
        try:
            if _is_private(os.fstat(descriptor)):
                return msgspec.json.decode(os.read(descriptor, NOTE_BYTES_MAX), type=Noted)
        except (OSError, ValueError):
            pass  # it is damaged, and written anew
        finally:
            os.close(descriptor)
        return None

    def write(self, noted: Noted) -> None:
        """Note it. Whatever stands there is replaced, and not written to."""
        fresh = self.path.with_suffix(".new")
        try:
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, FILE_MODE)
            with open(descriptor, "wb") as file:  # noqa: PTH123 (a descriptor)
                file.write(msgspec.json.encode(noted))
            fresh.replace(self.path)
        except OSError as error:
            raise self._unusable(error) from error

    def release(self, port: int) -> None:
        """Be the side-car no longer; only the port is remembered."""
        with contextlib.suppress(HubbubError):  # a secret of what is gone opens nothing
            self.write(Noted(port))
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def _make_folder(self) -> None:
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        found = self._folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or not _is_own(found):
            raise HubbubError(
                f"{self._folder} must be a folder of your own: who runs what is noted there. "
                "Remove it, and try again."
            )
        if os.name == "posix" and found.st_mode & _OF_OTHERS:
            self._folder.chmod(FOLDER_MODE)

    def _unusable(self, error: Exception) -> HubbubError:
        cause = (isinstance(error, OSError) and error.strerror) or error
        return HubbubError(f"It cannot be noted in {self._folder} what runs: {cause}.")


def _named(address: Address) -> str:
    """Return one name for an address, however this machine is written."""
    return f"127.0.0.1:{address.port}" if address.host == "localhost" else str(address).lower()


def _is_own(found: os.stat_result) -> bool:
    return os.name != "posix" or found.st_uid == os.getuid()


def _is_private(found: os.stat_result) -> bool:
    is_closed = os.name != "posix" or not found.st_mode & _OF_OTHERS
    return stat.S_ISREG(found.st_mode) and _is_own(found) and is_closed
