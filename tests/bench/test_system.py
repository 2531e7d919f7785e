"""The system around a server fails as it is told to, and loses in a power cut what it may lose."""

import asyncio
import random
import shutil
import sys
from pathlib import Path

from bench.promises.power import Disk
from bench.promises.system import Dial, System

WRITER = """
import os, sys
folder = sys.argv[1]
def write(name, text, sync):
    descriptor = os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, text)
    if sync:
        os.fsync(descriptor)
    os.close(descriptor)
write("synced", b"all of it", True)
directory = os.open(folder, os.O_RDONLY)
os.fsync(directory)
write("unsynced", bytes(4096), False)
write("synced", b"ALL", False)
os.rename(f"{folder}/synced", f"{folder}/renamed")
"""


async def written(system: System, folder: Path) -> int:
    """Run a program that writes some things; return its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(folder), env=system.environment()
    )
    return await process.wait()


def test_a_power_cut_takes_what_was_not_synced_and_nothing_else(
    tmp_path: Path, library: Path
) -> None:
    data = tmp_path / "data"
    found = set()
    for seed in range(30):
        data.mkdir()
        (data / "old").write_bytes(b"there before")
        disk, system = Disk(data), System(library, data, records=True)
        assert asyncio.run(written(system, data)) == 0
        assert system.record is not None
        disk.cut_power(system.record, random.Random(seed))
        assert (data / "old").read_bytes() == b"there before"
        kept = [path for path in (data / "synced", data / "renamed") if path.exists()]
        assert kept, "a file that was synced in a folder that was synced has a name"
        assert {path.read_bytes() for path in kept} <= {b"all of it", b"ALL of it"}
        found.add((kept[0].name, kept[0].read_bytes(), (data / "unsynced").exists()))
        shutil.rmtree(data)
    assert len(found) > 3, "what is left is drawn"


def test_a_full_disk_and_one_that_cannot_be_written_refuse(tmp_path: Path, library: Path) -> None:
    for dial, number in ((Dial.ROOM_BYTES, 4), (Dial.READ_ONLY, 1), (Dial.SYNCS_FAIL, 1)):
        data = tmp_path / dial.name
        data.mkdir()
        system = System(library, data, records=False)
        system.set(dial, number)
        assert asyncio.run(written(system, data)) == 1
        system.rest()
        assert asyncio.run(written(system, data)) == 0
