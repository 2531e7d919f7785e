"""The power goes after a server has shown the certificate that it made: clients remember it."""

import asyncio
import random
import shutil
import sys
from pathlib import Path

import pytest
from bench.promises.power import Disk
from bench.promises.system import System

from hubbub.server.config import TlsSection
from hubbub.server.tls.acme.files import Files
from hubbub.server.tls.choosing import CERTIFICATE_FILE, KEY_FILE, certificates_of
from hubbub.tls.certificates import server_context
from hubbub.tls.self_signed import make_certificate
from tests.bench.conftest import library

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

KEEP = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hubbub.server.tls.acme.files import Files
folder, given = map(Path, sys.argv[1:])
files = Files(folder)
files.prepare(["chat.example.org"])
private = load_pem_private_key((given / "given.key").read_bytes(), None)
files.keep((given / "given.pem").read_bytes(), private)
"""


async def run(system: System, script: str, *arguments: Path) -> str:
    """Have a certificate be made or kept; return what is told of it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, *map(str, arguments)),
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
    shown = asyncio.run(run(system, MAKE, data))
    recorded = system.record.read_bytes()
    for seed in range(SEEDS):
        disk.cut_power(system.record, random.Random(seed))
        assert identity(data) == shown
        for path in data.iterdir():
            path.unlink()
        system.record.write_bytes(recorded)
        disk = Disk(data)


def test_one_of_an_authority_is_there_once_it_is_kept(tmp_path: Path, library: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    pem, key = tmp_path / "given.pem", tmp_path / "given.key"
    make_certificate(pem, key, ["chat.example.org"])
    system = System(library, data, records=True)
    assert system.record is not None
    disk = Disk(data)
    asyncio.run(run(system, KEEP, data, tmp_path))
    recorded = system.record.read_bytes()
    for seed in range(SEEDS):
        disk.cut_power(system.record, random.Random(seed))
        files = Files(data)
        assert files.certificate.read_bytes() == pem.read_bytes()
        server_context(files.certificate, files.key)
        shutil.rmtree(files.key.parent)
        system.record.write_bytes(recorded)
        disk = Disk(data)


@pytest.mark.parametrize("left", ["", "-----BEGIN CERTIFICATE-----\nMIIB"])
def test_one_that_was_not_finished_is_made_anew(tmp_path: Path, left: str) -> None:
    (tmp_path / KEY_FILE).write_text("")
    (tmp_path / CERTIFICATE_FILE).with_suffix(".new").write_text(left)
    made = identity(tmp_path)
    assert identity(tmp_path) == made
    assert sorted(path.name for path in tmp_path.iterdir()) == [KEY_FILE, CERTIFICATE_FILE]
