"""The man page: made of the command line that there is, and part of what is installed."""

import subprocess
import sys
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "hubbub.1"


def test_it_says_what_the_commands_say_now() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "scripts" / "man_page.py"],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert made.stdout == PAGE.read_text("utf-8"), (
        "make it anew: .venv/bin/python scripts/man_page.py > docs/hubbub.1"
    )


def test_it_is_installed_with_the_program(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        (page,) = [name for name in names if name.endswith("/data/share/man/man1/hubbub.1")]
        assert files.read(page) == PAGE.read_bytes()
    assert "hubbub/web/index.html" in names, "and the page of the chatroom, too"
