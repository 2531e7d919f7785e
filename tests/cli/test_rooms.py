"""`hubbub rooms` lists the rooms of a stopped server, and removes them."""

import asyncio
from pathlib import Path

import pytest

from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving
from tests.cli.commands import hubbub
from tests.cli.test_check import fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a log of a lobby and a den."""
    asyncio.run(fill(tmp_path / "log"))
    return tmp_path / "log"


def names(folder: Path) -> list[str]:
    done = hubbub("rooms", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    return [line.partition(":")[0] for line in done.stdout.splitlines()]


def test_rooms_are_listed_with_their_sizes(folder: Path) -> None:
    first, second = hubbub("rooms", str(folder)).stdout.splitlines()
    assert first.startswith("lobby: 15 events, ")
    assert second.startswith("den: 5 events, ")
    assert second.endswith(" bytes")


@pytest.mark.parametrize(
    ("removed", "kept"),
    [(["den"], ["lobby"]), (["D*"], ["lobby"]), (["den", "lobby"], []), (["*"], [])],
)
def test_rooms_are_removed_by_name_and_pattern(
    folder: Path, removed: list[str], kept: list[str]
) -> None:
    done = hubbub("rooms", str(folder), *(word for name in removed for word in ("--remove", name)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("Removed ") == 2 - len(kept)
    assert names(folder) == (kept or [f"Nothing was said in any room of {folder}."])
    assert "It is whole." in hubbub("check", str(folder)).stdout


def test_a_room_that_is_not_there_is_said_and_nothing_removed(folder: Path) -> None:
    done = hubbub("rooms", str(folder), "--remove", "den", "--remove", "attic")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "'attic', so no room was removed" in done.stderr
    assert names(folder) == ["lobby", "den"]


def test_a_running_server_is_not_touched(tmp_path: Path) -> None:
    config = Config(server=ServerSection(data=str(tmp_path)))
    with serving(config):
        done = hubbub("rooms", str(tmp_path), "--remove", "lobby")
    assert done.returncode == 1
    assert "in use by another hubbub server" in done.stderr


@pytest.mark.parametrize("what", ["nowhere", "empty"])
def test_a_folder_without_a_log_is_said(tmp_path: Path, what: str) -> None:
    (tmp_path / "empty").mkdir()
    done = hubbub("rooms", str(tmp_path / what))
    assert done.returncode == 1
    assert done.stderr.startswith("hubbub: There is no ")
    assert not (tmp_path / "nowhere").exists()
