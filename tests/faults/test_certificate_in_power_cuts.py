"""The power goes after a server has shown the certificate that it made: clients remember it."""

import asyncio
import random
import sys
from pathlib import Path

import pytest
from bench.promises.power import Disk
from bench.promises.system import System

from hubbub.server.config import TlsSection
from hubbub.server.tls.choosing import CERTIFICATE_FILE, KEY_FILE, certificates_of
from tests.faults.test_files_in_power_cuts import library

__all__ = ["library"]

SEEDS = 20
"""What is left of a disk is drawn."""

MAKE = """
import sys
from pathlib import Path
from hubbub.server.config import TlsSection
from hubbub.server.tls.choosing import certificates_of
print(certificates_of(TlsSection(self_signed=True), Path(sys.argv[1])).identity.fingerprint)
"""


async def run(system: System, folder: Path) -> str:
    """Have a server's certificate be made; return its fingerprint."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MAKE, str(folder)),
        stdout=asyncio.subprocess.PIPE,
        env=system.environment(),
    )
    written, _ = await process.communicate()
    assert process.returncode == 0
    return written.decode().strip()


def identity(folder: Path) -> str:
    certificates = certificates_of(TlsSection(self_signed=True), folder)
    assert certificates is not None
    return certificates.identity.fingerprint


def test_a_certificate_that_was_shown_is_there(tmp_path: Path, library: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    system = System(library, data, records=True)
    assert system.record is not None
    disk = Disk(data)
    shown = asyncio.run(run(system, data))
    recorded = system.record.read_bytes()
    for seed in range(SEEDS):
        disk.cut_power(system.record, random.Random(seed))
        assert identity(data) == shown
        for path in data.iterdir():
            path.unlink()
        system.record.write_bytes(recorded)
        disk = Disk(data)


@pytest.mark.parametrize("left", ["", "-----BEGIN CERTIFICATE-----\nMIIB"])
def test_one_that_was_not_finished_is_made_anew(tmp_path: Path, left: str) -> None:
    (tmp_path / KEY_FILE).write_text("")
    (tmp_path / CERTIFICATE_FILE).with_suffix(".new").write_text(left)
    made = identity(tmp_path)
    assert identity(tmp_path) == made
    assert sorted(path.name for path in tmp_path.iterdir()) == [KEY_FILE, CERTIFICATE_FILE]
