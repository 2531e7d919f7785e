"""Copies by the clock: made when they are due, as many kept as configured, failures told."""

import asyncio
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from hubbub.chat.errors import Refused
from hubbub.client import connect
from hubbub.server.backup import copies
from hubbub.server.backup.places import copies_in
from hubbub.server.config import BackupSection, Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.cli.commands import refused, told
from tests.server.noted import noted

PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(copies, "RETRY_SECONDS", 0.05)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def config(tmp_path: Path, folder: Path) -> Config:
    return Config(
        server=ServerSection(data=str(tmp_path / "data")),
        backup=BackupSection(every_hours=1, folder=str(folder), keep=2),
    )


def figure(server: LocalServer, name: str) -> float:
    with urllib.request.urlopen(f"http://{server.address}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), -1.0)


def test_a_copy_is_made_when_it_is_due_and_old_ones_go(tmp_path: Path) -> None:
    place = tmp_path / "copies"
    for year in (2019, 2020):
        (place / f"hubbub-{year}-01-01T00-00-00Z").mkdir(parents=True)
    with serving(config(tmp_path, place)) as server:
        until(lambda: figure(server, "hubbub_backup_seconds") > 1_600_000_000)
        until(lambda: len(copies_in(place)) == 2)
        newest, older = copies_in(place)
        assert older.name.startswith("hubbub-2020")
        assert (newest / "hubbub.db").exists()
        assert figure(server, "hubbub_backup_failing") == 0
        newest.rename(place / "hubbub-2021-01-01T00-00-00Z")  # as if it had been made long ago
        until(lambda: copies_in(place)[0].name > "hubbub-2022" and len(copies_in(place)) == 2)
    with serving(config(tmp_path, place)) as server:  # it is not due again
        until(lambda: figure(server, "hubbub_backup_seconds") > 1_600_000_000)
        assert copies_in(place)[1].name.startswith("hubbub-2021")


def test_a_copy_from_the_future_keeps_none_from_being_made(tmp_path: Path) -> None:
    place = tmp_path / "copies"
    (place / "hubbub-2999-01-01T00-00-00Z").mkdir(parents=True)
    (place / "hubbub-2999-99-99T00-00-00Z").mkdir()  # nobody's
    with serving(config(tmp_path, place)) as server:
        until(lambda: len(copies_in(place)) == 2)
        until(lambda: 0 < figure(server, "hubbub_backup_seconds") < 10_000_000_000)
    assert len(copies_in(place)) == 2, "the one that was made is known"


def test_a_copy_that_cannot_be_made_is_told_and_tried_again(tmp_path: Path) -> None:
    place = tmp_path / "copies"
    place.write_text("in the way")
    with noted() as notes, serving(config(tmp_path, place)) as server:
        until(lambda: figure(server, "hubbub_backup_failing") == 1)
        assert any("backup could not be made" in str(note["event"]) for note in notes)
        with urllib.request.urlopen(f"http://{server.address}/readyz", timeout=30) as answer:
            assert answer.status == 200, "people can talk"
        place.unlink()
        until(lambda: figure(server, "hubbub_backup_failing") == 0)
        assert len(copies_in(place)) == 1


def test_a_server_that_stops_gives_up_the_copy_that_it_makes(tmp_path: Path) -> None:
    place = tmp_path / "copies"
    with serving(config(tmp_path, place)):
        until(lambda: place.is_dir() and any(place.iterdir()))
    assert all(path.name.endswith("Z") for path in place.iterdir())


def test_whoever_has_the_machine_has_a_copy_made_anywhere(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(Config(server=ServerSection(data=str(data)))):
        lines = told("admin", "backup", str(tmp_path / "copy"), "--data", str(data)).splitlines()
        assert lines[0] == f"The copy is {tmp_path / 'copy'}."
        assert "It is whole." in lines
        assert (tmp_path / "copy" / "hubbub.db").exists()
        again = refused("admin", "backup", "--data", str(data))
        assert "The configuration has no folder for copies" in again
        audit = told("admin", "audit", "--data", str(data))
        assert "had a backup made" in audit


def test_an_operator_elsewhere_does_not_say_where_a_copy_goes(tmp_path: Path) -> None:
    place = tmp_path / "copies"
    for folder in ("2020-01-01T00-00-00Z", "2999-01-01T00-00-00Z"):  # so none is due
        (place / f"hubbub-{folder}").mkdir(parents=True)

    async def scene(server: LocalServer) -> None:
        async with connect(server.address, name="ann", device="a" * 22) as ann:
            await ann.join("lobby")
            with pytest.raises(Refused, match="Only somebody on the server's own machine"):
                await ann.backup(str(tmp_path / "stolen"))
            done = await ann.backup()
            assert done.whole
            assert "It is whole." in done.lines
        async with connect(server.address, name="eve", device="e" * 22) as eve:
            with pytest.raises(Refused, match="Only operators"):
                await eve.backup()

    with serving(config(tmp_path, place)) as server:
        asyncio.run(scene(server))
    assert not (tmp_path / "stolen").exists()
    kept = [one.name[:11] for one in copies_in(place)]
    assert kept[0] == "hubbub-2999"
    assert kept[1] != "hubbub-2020", "keep = 2"
