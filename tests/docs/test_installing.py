"""docs/operations.md says how to install, start and upgrade: its lines are run, as they stand.

They are run by a shell, into folders of the test: a fresh virtual environment, and a server that is
started as the unit says. What only root may do to a machine, or only systemd, is written down
instead by programs of the same names.
"""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.faults.serving import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
UNIT = (ROOT / "deploy" / "systemd" / "hubbub.service").read_text("utf-8")
INSTALL_SECONDS = 600

FOLDERS = {
    "/etc/systemd/system/": "units/",
    "/opt/hubbub": "opt",
    "/etc/hubbub": "etc",
    "/var/lib/hubbub": "data",
    "/var/backups/hubbub": "backups",
    "/usr/local/bin/hubbub": "bin/hubbub",
}
ROOT_ALONE = ("useradd", "chown", "systemctl", "journalctl")
WRITES_DOWN = '#!/bin/sh\necho "$(basename "$0") $*" >> "$NOTED"\n'
INSTALLS_AS_OURSELVES = """#!/bin/sh
echo "install $*" >> "$NOTED"
exec /usr/bin/install $(echo "$*" | sed 's/-o hubbub -g hubbub//')
"""


def lines_under(heading: str) -> str:
    """Return the first block of shell under a heading."""
    found = re.search(rf"^##+ {heading}\n.*?^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


class Machine:
    """Folders that stand for those of a machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.noted = folder / "noted"
        (folder / "bin").mkdir()
        (folder / "units").mkdir()
        for name in ROOT_ALONE:
            self._program(name, WRITES_DOWN)
        self._program("install", INSTALLS_AS_OURSELVES)
        path = f"{folder / 'bin'}:{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "NOTED": str(self.noted)}

    def _program(self, name: str, text: str) -> None:
        program = self.folder / "bin" / name
        program.write_text(text)
        program.chmod(0o755)

    def here(self, text: str) -> str:
        """Return lines with these folders in the place of the machine's."""
        for there, name in FOLDERS.items():
            text = text.replace(there, f"{self.folder}/{name}")
        return text

    def run(self, lines: str) -> str:
        """Run lines, each of which must succeed; return what they print."""
        ended = subprocess.run(
            ["sh", "-eu", "-c", self.here(lines)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=INSTALL_SECONDS,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_what_is_installed_starts_as_the_unit_says_and_is_upgraded(machine: Machine) -> None:
    machine.run(lines_under("Installing it"))
    config = machine.folder / "etc" / "hubbub.toml"
    assert config.stat().st_mode & 0o777 == 0o640
    machine.run(lines_under("Under systemd"))
    assert {path.name for path in (machine.folder / "units").iterdir()} == {
        "hubbub.service",
        "hubbub.socket",
    }
    (command,) = re.findall(r"^ExecStart=(.*)$", UNIT, re.MULTILINE)
    arguments = [*shlex.split(machine.here(command)), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=machine.environment) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith(b"hubbub")
            said = machine.run(lines_under("Upgrades"))
        finally:
            server.terminate()
            server.wait(PATIENCE_SECONDS)
    assert "It is whole." in said
    assert "ready: yes" in said
    noted = machine.noted.read_text().splitlines()
    assert [line.split()[0] for line in noted] == [
        *("useradd", "install", "install", "chown"),
        *("systemctl", "systemctl", "journalctl", "systemctl"),
    ]
