"""The folder of files: whole ones by the hash of their bytes, and those on their way by their id.

    files/objects/ab/abcdef…           the bytes of a file; never changed
    files/objects/ab/abcdef….preview   a smaller picture of it
    files/uploads/ID                   the bytes that have come so far
    files/uploads/ID.json              what they will be

A file is synced, and so is the folder that names it, before anybody is told that it is there. The
folder is made for the first file. Everything here waits for the disk: call it in a thread.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from hubbub.chat.files import Upload

FILES: Final = "files"
READ_BYTES: Final = 1 << 20
_NOTE: Final = ".json"
_CLEAN: Final = ".clean"
_PREVIEW: Final = ".preview"
_BROUGHT: Final = ".brought"


class Store:
    """The files below `folder`, which is the one of the log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = folder / FILES
        self._objects = self._root / "objects"
        self._uploads = self._root / "uploads"
        self._sure: set[Path] = set()
        """Folders of which this run knows that a power cut does not take them."""

    @property
    def is_used(self) -> bool:
        """Whether there has ever been a file."""
        return self._root.is_dir()

    def free_bytes(self) -> int:
        """Return how many bytes the disk has left."""
        return shutil.disk_usage(self._folder).free

    # On their way.

    def part(self, id_: str) -> Path:
        """Return where the bytes of an upload gather."""
        return self._uploads / id_

    def clean(self, id_: str) -> Path:
        """Return where what is to be kept instead may be written."""
        return self._uploads / f"{id_}{_CLEAN}"

    def smaller(self, id_: str) -> Path:
        """Return where a preview may be written."""
        return self._uploads / f"{id_}{_PREVIEW}"

    def append(self, upload: Upload, piece: bytes) -> None:
        """Write on at the end of what has come of an upload."""
        if not self.part(upload.id).exists():
            self._uploads.mkdir(0o700, parents=True, exist_ok=True)
            self._objects.mkdir(0o700, exist_ok=True)
            self.note(upload)
        with self.part(upload.id).open("ab", buffering=0) as part:
            view = memoryview(piece)
            while view:
                view = view[part.write(view) :]

    def part_bytes(self, id_: str) -> int:
        """Return how many bytes of an upload have come."""
        try:
            return self.part(id_).stat().st_size
        except FileNotFoundError:
            return 0

    def whole(self, upload: Upload) -> Path | None:
        """Return what is to be kept of an upload, if all of it has come."""
        clean = self.clean(upload.id)
        if clean.is_file():
            return clean
        return self.part(upload.id) if self.part_bytes(upload.id) == upload.size else None

    def note(self, upload: Upload) -> None:
        """Write down what an upload is, for the next run."""
        note = self._uploads / f"{upload.id}{_NOTE}"
        made = note.with_suffix(".making")
        made.write_bytes(msgspec.json.encode(upload))
        made.replace(note)

    def noted(self) -> list[Upload]:
        """Return the uploads of earlier runs; what belongs to none is removed."""
        found = []
        for note in self._uploads.glob(f"*{_NOTE}"):
            with suppress(msgspec.DecodeError, OSError):
                upload = msgspec.json.decode(note.read_bytes(), type=Upload)
                if note.name == f"{upload.id}{_NOTE}":
                    found.append(upload)
        known = {upload.id for upload in found}
        for path in self._uploads.glob("*"):
            if path.name.partition(".")[0] not in known:
                path.unlink(missing_ok=True)
        return found

    def forget(self, id_: str) -> None:
        """Remove all that belongs to an upload."""
        for suffix in ("", _CLEAN, _PREVIEW, _NOTE):
            (self._uploads / f"{id_}{suffix}").unlink(missing_ok=True)

    # Whole.

    def object(self, hash_: str) -> Path:
        """Return where the bytes with a hash are."""
        return self._objects / hash_[:2] / hash_

    def preview(self, hash_: str) -> Path:
        """Return where the smaller picture is of the one with a hash."""
        return self._objects / hash_[:2] / f"{hash_}{_PREVIEW}"

    def keep(self, id_: str, hash_: str, kept: Path) -> None:
        """Give what came of an upload its place: `kept`, whose hash this is, and its preview."""
        place = self.object(hash_)
        self._make_sure_of(place.parent)
        smaller = self.smaller(id_)
        if smaller.exists():
            _sync(smaller)
            smaller.replace(self.preview(hash_))
        if place.is_file() and place.stat().st_size == kept.stat().st_size:
            kept.unlink()  # the same bytes, which somebody may be reading
        else:
            _sync(kept)
            kept.replace(place)
        sync_folder(place.parent)  # an earlier run may have been killed before it did
        self.part(id_).unlink(missing_ok=True)  # it may tell more than what is kept

    def _make_sure_of(self, folder: Path) -> None:
        """Have a folder of objects; a run that was killed may have made it, and not synced it."""
        if folder in self._sure:
            return
        folder.mkdir(0o700, exist_ok=True)
        sync_folder(self._objects)
        if self._root not in self._sure:
            sync_folder(self._root)
            sync_folder(self._folder)
        self._sure |= {folder, self._root}

    def open_place_of(self, place: Path) -> Path:
        """Return where the bytes may gather that are to stand at a place of this store."""
        self._uploads.mkdir(0o700, parents=True, exist_ok=True)
        self._objects.mkdir(0o700, exist_ok=True)
        return self._uploads / f"{place.name}{_BROUGHT}"

    def place(self, part: Path, place: Path) -> None:
        """Give what was brought its place."""
        self._make_sure_of(place.parent)
        _sync(part)
        part.replace(place)
        sync_folder(place.parent)

    def remove(self, hash_: str) -> None:
        """Remove a file, and its preview."""
        self.object(hash_).unlink(missing_ok=True)
        self.preview(hash_).unlink(missing_ok=True)

    def has(self, hash_: str) -> bool:
        """Return whether a file is here."""
        return self.object(hash_).is_file()

    def hashes(self) -> Iterator[str]:
        """Yield the hashes of all files."""
        for path in self._objects.glob("??/*"):
            yield path.name.removesuffix(_PREVIEW)


def hash_of(path: Path) -> str:
    """Return the hash of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_all(folder: Path) -> None:
    """Have the disk keep all that is in a folder."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            _sync(path)
    sync_folder(folder)


def sync_folder(path: Path) -> None:
    """Have the disk keep which files a folder names."""
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
