"""The power goes just after somebody was told that a file is there (protocol, section 6.2)."""

import asyncio
import hashlib
import random
import sys
from pathlib import Path

import pytest
from bench.promises.power import Disk
from bench.promises.system import System

from tests.bench.conftest import library

__all__ = ["library"]

CONTENT = b"all of it"
HASH = hashlib.sha256(CONTENT).hexdigest()
SEEDS = 20
"""What is left of a disk is drawn."""

KEEP = """
import sys
from pathlib import Path
from hubbub.chat.files import Upload
from hubbub.server.files.store import Store
folder, hash_, content = sys.argv[1:]
store = Store(Path(folder))
upload = Upload(id="i", secret="s", room="lobby", name="a", size=len(content), owner="ann",
                since=0, origin="", at=1)
store.append(upload, content.encode())
store.keep("i", hash_, store.part("i"))
"""

MAKE = """
import sys
from pathlib import Path
(Path(sys.argv[1]) / "files/objects" / sys.argv[2][:2]).mkdir(parents=True)
"""
"""What a run does that is killed before it has synced anything."""


async def run(program: str, system: System, folder: Path) -> None:
    """Run a program whose writes are recorded."""
    command = [sys.executable, "-c", program, str(folder), HASH, CONTENT.decode()]
    process = await asyncio.create_subprocess_exec(*command, env=system.environment())
    assert await process.wait() == 0


@pytest.mark.parametrize("before", ["", MAKE], ids=["the first run", "after a killed one"])
def test_a_file_is_there_whose_name_was_told(tmp_path: Path, library: Path, before: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    system = System(library, data, records=True)
    assert system.record is not None
    disk = Disk(data)
    for program in filter(None, (before, KEEP)):
        asyncio.run(run(program, system, data))
    recorded = system.record.read_bytes()
    for seed in range(SEEDS):
        disk.cut_power(system.record, random.Random(seed))
        assert (data / "files/objects" / HASH[:2] / HASH).read_bytes() == CONTENT
        for path in sorted(data.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        system.record.write_bytes(recorded)
        disk = Disk(data)
