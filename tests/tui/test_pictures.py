"""Pictures in the log, in blocks of colour, and each alone as large as the terminal is."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.client import Chat, connect
from hubbub.tui.app import HubbubApp
from hubbub.tui.dialogs.picture import PictureScreen
from tests.faults.serving import ServerProcess

from .pictures.samples import stripes
from .seats import Seat, click, seat


def rows_with_blocks(ann: Seat) -> list[str]:
    return [row for row in ann.screen.split("\n") if "▀" in row]


def photo(path: Path, width: int = 400, height: int = 240) -> Path:
    path.write_bytes(stripes(width, height, "PNG"))
    return path


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a server that keeps files."""
    with ServerProcess(tmp_path / "data") as server:
        yield f"{server.host}:{server.port}"


def test_a_picture_is_drawn_below_its_name_and_opened_and_closed_by_keys(
    address: str, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.send_file("lobby", photo(tmp_path / "stripes.png"), "look")
            await ann.until("▤ stripes.png  400×240")
            await ann.until(lambda: len(rows_with_blocks(ann)) == 12)
            assert rows_with_blocks(ann)[0].count("▀") == 30, "three of four stripes"
            await ann.press("f6", "v")
            await ann.until(lambda: isinstance(ann.app.screen, PictureScreen))
            await ann.until(lambda: len(rows_with_blocks(ann)) == 28)
            await ann.press("escape")
            await ann.until("Esc back")
            await ann.press("enter")
            await ann.until(lambda: isinstance(ann.app.screen, PictureScreen))
            await ann.press("q", "escape")
            ann.send(click(ann.place("▀")))
            await ann.until(lambda: isinstance(ann.app.screen, PictureScreen))

    asyncio.run(scene())


def test_all_pictures_of_a_message_are_gone_through(address: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            files = [
                await bob.upload("lobby", photo(tmp_path / f"{name}.png")) for name in ("a", "b")
            ]
            await bob._driver.post("both", "lobby", files=tuple(file.id for file in files))
            await ann.until("b.png")
            await ann.say("/view")
            await ann.until("1 of 2  a.png")
            await ann.press("right")
            await ann.until("2 of 2  b.png")
            await ann.press("right")
            await ann.until("1 of 2  a.png")

    asyncio.run(scene())


def test_a_terminal_that_can_draw_is_given_the_picture(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(HubbubApp, "write_terminal", lambda _, sequence: told.append(sequence))

    async def scene() -> None:
        (tmp_path / "client.toml").write_text('pictures = "kitty"\n')
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.send_file("lobby", photo(tmp_path / "stripes.png"))
            await ann.until("stripes.png")
            await ann.say("/view")
            await ann.until(lambda: any("\x1b_Ga=T,f=100" in one for one in told))
            told.clear()
            await ann.press("escape")
            await ann.until(lambda: any("\x1b_Ga=d" in one for one in told))

    asyncio.run(scene())


def test_without_pictures_there_are_their_names(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(*_: object) -> bytes:
        raise AssertionError("nothing is to be fetched")

    monkeypatch.setattr(Chat, "preview", none)

    async def scene() -> None:
        (tmp_path / "client.toml").write_text('pictures = "off"\n')
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.send_file("lobby", photo(tmp_path / "stripes.png"))
            await ann.until("▤ stripes.png  400×240")
            await bob.say("after it")
            await ann.until("after it")
            assert not rows_with_blocks(ann)

    asyncio.run(scene())


def test_a_preview_that_is_none_leaves_the_name(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def bad(*_: object) -> bytes:
        return b"no picture"

    monkeypatch.setattr(Chat, "preview", bad)

    async def scene() -> None:
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await bob.send_file("lobby", photo(tmp_path / "stripes.png"))
            await bob.say("after it")
            await ann.until("after it")
            await ann.until(lambda: _row(ann, "after it") == _row(ann, "▤ stripes.png") + 1)
            await ann.say("/view")
            await ann.until("This picture cannot be shown.")

    asyncio.run(scene())


def _row(ann: Seat, text: str) -> int:
    return ann.place(text)[1]


def test_the_library_for_pictures_is_loaded_with_the_first_one() -> None:
    check = "import sys, hubbub.tui.app; assert 'PIL' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
