"""A copy as one file: a tar of its folder, which any tar can unpack, and we with more care."""

import os
import re
import tarfile
from pathlib import Path
from typing import Final

from hubbub.chat.errors import LogError
from hubbub.log.sqlite.lock import LOCK
from hubbub.server.backup.places import BESIDE
from hubbub.server.files.store import READ_BYTES

ROOT: Final = "hubbub"
_TAPE: Final = "packed"
_FILE: Final = r"files/objects/([0-9a-f]{2})/\1[0-9a-f]{62}(\.preview)?"
_ALLOWED: Final = re.compile(
    rf"{ROOT}/(?:{_FILE}|{'|'.join(map(re.escape, ('hubbub.db', *BESIDE)))})"
)


def packed(folder: Path) -> Path:
    """Put all files of `folder` into a tar in it, synced; return that."""
    tape = folder / _TAPE
    members = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LOCK)
    with os.fdopen(os.open(tape, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for path in members:
                name = path.relative_to(folder).as_posix()
                archive.add(path, f"{ROOT}/{name}", recursive=False)
        file.flush()
        os.fsync(file.fileno())
    return tape


def unpack(tape: Path, folder: Path) -> None:
    """Unpack a copy into `folder`: what belongs to one, and nothing else. Raises LogError."""
    try:
        with tarfile.open(tape, "r:") as archive:
            for member in archive:
                if member.isdir():
                    continue
                if not (_is_plain(member) and _ALLOWED.fullmatch(member.name)):
                    raise LogError(f"{tape} is no copy that hubbub made: it holds {member.name!r}.")
                _unpack_one(archive, member, folder / member.name.removeprefix(f"{ROOT}/"))
    except (tarfile.TarError, EOFError) as error:
        raise LogError(f"{tape} cannot be unpacked: {error}.") from error


def _is_plain(member: tarfile.TarInfo) -> bool:
    """Return whether it is a file whose bytes all stand in the tar, so that it is not longer."""
    return member.isreg() and not member.issparse()


def _unpack_one(archive: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    place.parent.mkdir(0o700, parents=True, exist_ok=True)
    source = archive.extractfile(member)
    assert source is not None, "it is a file"
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source, os.fdopen(descriptor, "wb") as file:
        while piece := source.read(READ_BYTES):
            file.write(piece)
