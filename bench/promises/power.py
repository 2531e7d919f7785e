"""What a disk holds after a power cut: all that was synced, and of the rest whatever it likes.

system.c records what a server does to its folder. `Disk` plays the record: what is written waits
until the file is synced, and a name until its folder is. At the cut, each write that still waits
is there, lost, or there in part; of the names that wait in a folder, the first few are there.
This is as much as POSIX promises, and less than usual file systems keep.
"""

import random
import shutil
import struct
from collections import defaultdict
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Final, NamedTuple

_ENTRY: Final = struct.Struct("=IIQQ")
SECTOR_BYTES: Final = 512
INDEX_OF_WAL: Final = "-shm"
"""It is memory that SQLite's connections share, and is made anew by the first of them."""


class Kind(IntEnum):
    """What an entry of the record tells; as in system.c."""

    MADE = 1
    WRITTEN = 2
    CUT = 3
    SYNCED = 4
    FOLDER_MADE = 5
    NAMED = 6
    UNNAMED = 7


class Entry(NamedTuple):
    """`place`: in the file, or the inode of the folder that has the name in `data`."""

    kind: Kind
    inode: int
    place: int
    data: bytes


def entries(record: Path) -> Iterator[Entry]:
    """Yield what was recorded; an entry that was cut off by a kill is none."""
    if not record.exists():
        return
    with record.open("rb") as file:
        while len(head := file.read(_ENTRY.size)) == _ENTRY.size:
            kind, size, inode, place = _ENTRY.unpack(head)
            if len(data := file.read(size)) < size:
                return
            yield Entry(Kind(kind), inode, place, data)


class Disk:
    """The folder `data` as its disk has it. Make one before a server is started there."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._root = 0
        self._files: dict[int, bytearray] = {}
        self._folders: dict[int, dict[str, int]] = {}
        self._unsynced: dict[int, list[Entry]] = defaultdict(list)
        self._reused: dict[int, int] = {}
        self._new = 0
        self._begin()

    def _begin(self) -> None:
        """Take what stands there for what the disk has."""
        self._files, self._folders = {}, {}
        self._unsynced.clear()
        self._reused.clear()
        self._root = self._data.stat().st_ino
        for path in (self._data, *self._data.rglob("*")):
            inode = path.stat().st_ino
            if path.is_dir():
                self._folders[inode] = {}
            elif path.is_file():
                self._files[inode] = bytearray(path.read_bytes())
            else:  # a socket
                continue
            if path != self._data:
                self._folders[path.parent.stat().st_ino][path.name] = inode

    def cut_power(self, record: Path, chance: random.Random) -> None:
        """Leave of the folder what a power cut leaves; the server is killed."""
        for entry in entries(record):
            self._play(entry)
        for inode, waiting in self._unsynced.items():
            self._lose(inode, waiting, chance)
        for path in self._data.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        self._write(self._root, self._data)
        record.unlink(missing_ok=True)
        self._begin()

    def _play(self, entry: Entry) -> None:
        if entry.kind in (Kind.MADE, Kind.FOLDER_MADE):
            # Its inode may have been another's, of which the disk still has a name: so it is told
            # apart by a number below 0.
            self._new -= 1
            self._reused[entry.inode] = self._new
        entry = entry._replace(inode=self._reused.get(entry.inode, entry.inode))
        if entry.kind in (Kind.NAMED, Kind.UNNAMED):
            entry = entry._replace(place=self._reused.get(entry.place, entry.place))
        match entry.kind:
            case Kind.MADE:
                self._files[entry.inode] = bytearray()
            case Kind.FOLDER_MADE:
                self._folders[entry.inode] = {}
            case Kind.WRITTEN | Kind.CUT:
                self._unsynced[entry.inode].append(entry)
            case Kind.NAMED | Kind.UNNAMED:
                self._unsynced[entry.place].append(entry)
            case Kind.SYNCED:
                for waiting in self._unsynced.pop(entry.inode, ()):
                    self._keep(waiting)

    def _keep(self, entry: Entry) -> None:
        """Have a change on the disk."""
        match entry.kind:
            case Kind.WRITTEN if (file := self._files.get(entry.inode)) is not None:
                file.extend(bytes(max(0, entry.place - len(file))))
                file[entry.place : entry.place + len(entry.data)] = entry.data
            case Kind.CUT if (file := self._files.get(entry.inode)) is not None:
                del file[entry.place :]
                file.extend(bytes(max(0, entry.place - len(file))))
            case Kind.NAMED if entry.place in self._folders:
                self._folders[entry.place][entry.data.decode()] = entry.inode
            case Kind.UNNAMED if entry.place in self._folders:
                self._folders[entry.place].pop(entry.data.decode(), None)

    def _lose(self, inode: int, waiting: list[Entry], chance: random.Random) -> None:
        if inode in self._folders:
            for entry in waiting[: chance.randint(0, len(waiting))]:
                self._keep(entry)
            return
        share = chance.choice((0.0, 0.5, 0.9, 1.0))
        for entry in waiting:
            if chance.random() < share:
                self._keep(_torn(entry, chance) if chance.random() < 0.2 else entry)

    def _write(self, folder: int, to: Path) -> None:
        for name, inode in self._folders[folder].items():
            if inode in self._folders:
                (to / name).mkdir(0o700)
                self._write(inode, to / name)
            elif inode in self._files and not name.endswith(INDEX_OF_WAL):
                (to / name).write_bytes(self._files[inode])


def _torn(entry: Entry, chance: random.Random) -> Entry:
    """Return a write of which only the first sectors came to the disk."""
    sectors = len(entry.data) // SECTOR_BYTES
    return entry._replace(data=entry.data[: chance.randint(0, sectors) * SECTOR_BYTES])
