"""The secrets by which servers know the user again: a file for each server and name.

A person is known by it in all programs of the user, however many run at once, after kills and after
restarts on either side. Anybody who can read the file can be the user there.
"""

import contextlib
import hashlib
import os
import platform
import re
import secrets
from pathlib import Path

from hubbub.chat.names import name_key
from hubbub.locks import FileLock

LABEL_CHARS_MAX = 64
SECRET_BYTES = 24
LOCK_SECONDS = 2.0
"""How long a program waits for another one that makes a secret."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{22,64}")


def device_label() -> str:
    """Return what this machine is called in the list of its user's devices."""
    return platform.node()[:LABEL_CHARS_MAX]


class Devices:
    """What is kept in `folder`; without one, in this program alone. Addresses as
    `Profile.chatroom` says them."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._held: dict[str, str] = {}

    def known(self, address: str, name: str) -> str:
        """Return the secret for a server and a name, empty if none was made yet."""
        if self._folder is None:
            return self._held.get(_called(address, name), "")
        try:
            text = _path(self._folder, address, name).read_text("ascii").strip()
        except (OSError, ValueError):
            return ""
        return text if _SECRET.fullmatch(text) else ""

    def made(self, address: str, name: str) -> str:
        """Return the secret for a server and a name, made at the first visit.

        Of several programs that make one at the same moment, all get the same. Where the disk does
        not take it, it holds for this run of the program.
        """
        if known := self.known(address, name):
            return known
        secret = secrets.token_urlsafe(SECRET_BYTES)
        if self._folder is None:
            self._held[_called(address, name)] = secret
            return secret
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(self._folder / ".lock", LOCK_SECONDS):
                if known := self.known(address, name):  # another program was faster
                    return known
                _keep(secret, _path(self._folder, address, name))
        return secret

    def move(self, address: str, old: str, new: str) -> None:
        """Keep the secret for a server under another name: the device is that person's now."""
        if self._folder is None:
            self._held[_called(address, new)] = self._held.pop(_called(address, old), "")
            return
        with contextlib.suppress(OSError):
            _path(self._folder, address, old).replace(_path(self._folder, address, new))

    def forget(self, address: str, name: str) -> None:
        """Keep no secret for a server and a name: the next visit is a stranger's."""
        if self._folder is None:
            self._held.pop(_called(address, name), None)
            return
        with contextlib.suppress(OSError):
            _path(self._folder, address, name).unlink()


def _keep(secret: str, path: Path) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    with fresh.open("w", encoding="ascii") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _path(folder: Path, address: str, name: str) -> Path:
    return folder / _called(address, name)


def _called(address: str, name: str) -> str:
    whose = hashlib.sha256(f"{address} {_key(name)}".encode("utf-8", "replace"))
    return whose.hexdigest()[:32]


def _key(name: str) -> str:
    try:
        return name_key(" ".join(name.split()))
    except ValueError:  # a tutorial's server takes any name
        return name
