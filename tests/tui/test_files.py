"""Files in the terminal: sent by their path, shown by name and size, and saved."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubbub.client import connect
from tests.faults.serving import ServerProcess

from .seats import Seat, seat


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a server that keeps files."""
    with ServerProcess(tmp_path / "data") as server:
        yield f"{server.host}:{server.port}"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A file that a shell would have to quote."""
    path = tmp_path / "my picture.txt"
    path.write_bytes(b"not really")
    return path


def paste(ann: Seat, text: str) -> None:
    """Have the terminal paste a text."""
    ann.send(f"\x1b[200~{text}\x1b[201~")


@pytest.mark.parametrize("quoting", ['"{}"', "'{}'", "{}", "escaped"])
def test_a_file_is_sent_by_its_path_and_read_by_others(
    address: str, picture: Path, tmp_path: Path, quoting: str
) -> None:
    async def scene() -> None:
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            typed = f"{picture}".replace(" ", r"\ ")
            if quoting != "escaped":
                typed = quoting.format(picture)
            text = "" if quoting == "{}" else " look"
            await ann.say(f"/send {typed}{text}")
            await ann.until("my picture.txt  10 bytes")
            assert text.strip() in ann.screen
            message = (await bob.history("lobby")).messages[-1]
            assert (message.text, message.files[0].name) == (text.strip(), "my picture.txt")
            assert await bob.fetch(message.files[0]) == b"not really"

    asyncio.run(scene())


def test_what_cannot_be_sent_is_refused_and_comes_back(address: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with seat(address, tmp_path) as ann:
            for typed, why in (
                ("/send /nowhere/x.png look", "There is no file /nowhere/x.png"),
                (f"/send {tmp_path}", "is no file"),
                ("/send ~nobody-of-this-name/x.png", "There is no file ~nobody"),
                (f"/send {'x' * 300}", "xxxxxxxxxx"),
            ):
                await ann.say(typed)
                await ann.until(why[:30])
                assert ann.draft == typed
                await ann.press("ctrl+c")

    asyncio.run(scene())


def test_the_path_of_a_file_that_is_pasted_becomes_the_command(
    address: str, picture: Path, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with seat(address, tmp_path) as ann:
            paste(ann, f"'{picture}'")
            await ann.until(lambda: ann.draft == f'/send "{picture}" ')
            await ann.press("enter")
            await ann.until("my picture.txt  10 bytes")
            paste(ann, "/no/such/file")
            await ann.until(lambda: ann.draft == "/no/such/file")
            paste(ann, f"{picture}")
            await ann.until(lambda: ann.draft == f"/no/such/file{picture}")

    asyncio.run(scene())


def test_files_are_saved_beside_those_that_are_there(
    address: str, picture: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"

    async def scene() -> None:
        async with connect(address, name="bob") as bob, seat(address, tmp_path) as ann:
            await ann.say("/download")
            await ann.until("No message here has files")
            await ann.press("ctrl+c")
            await bob.send_file("lobby", picture, "for you")
            await ann.until("my picture.txt")
            for name in ("my picture.txt", "my picture (2).txt"):
                await ann.say(f"/download {folder}")
                await ann.until((folder / name).exists)
                await ann.until("Saved")
            assert (folder / "my picture (2).txt").read_bytes() == b"not really"

    asyncio.run(scene())
