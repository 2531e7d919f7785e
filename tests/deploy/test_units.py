"""The units for systemd and the Containerfile."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.tmux import require

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
PROGRAM = "/opt/hubbub/bin/hubbub"
EXPOSURE_MAX = 20
"""In tenths; systemd calls less than 20 well protected."""


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """The units, with a program that there is, where nothing else is read."""
    require("systemd-analyze")
    paths = []
    for unit in sorted(UNITS.iterdir()):
        text = unit.read_text("utf-8")
        assert unit.suffix == ".socket" or PROGRAM in text
        path = tmp_path / unit.name
        path.write_text(text.replace(PROGRAM, sys.executable))
        paths.append(str(path))
    return paths


def analyzed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )


def test_systemd_takes_the_units(units: list[str]) -> None:
    ended = analyzed("verify", "--man=no", *units)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_service_may_do_little_else(units: list[str]) -> None:
    (service,) = (one for one in units if one.endswith(".service"))
    ended = analyzed("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", service)
    assert ended.returncode == 0, ended.stdout


def test_the_container_copies_what_there_is_and_runs_without_power() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE)
    assert copied
    assert all((ROOT / path).exists() for line in copied for path in line.split())
    (user,) = re.findall(r"^USER (\S+)$", text, re.MULTILINE)
    assert f" {user} " in text.split("useradd", 1)[1]
    assert user != "root"
