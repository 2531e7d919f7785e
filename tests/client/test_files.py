"""Files by the client library: sent on after a loss, fetched, and checked."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events import Message
from hubbub.chat.files import FileSummary
from hubbub.client import Chat, connect
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.faults.serving import ServerProcess
from tests.server.files.pictures import photo

PATIENCE_SECONDS = 60
CONTENT = os.urandom(1_000_000)
Scene = Callable[[Chat, LocalServer], Awaitable[None]]


def play(folder: Path, scene: Scene) -> None:
    """Play a scene with somebody who is in the lobby."""

    async def played(server: LocalServer) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async with connect(server.address, name="ann") as chat:
                await scene(chat, server)

    with serving(Config(server=ServerSection(data=str(folder)))) as server:
        asyncio.run(played(server))


async def files_heard(chat: Chat) -> AsyncIterator[FileSummary]:
    """Yield the files of the next message that has any."""
    async for event in chat:
        if isinstance(event, Message) and event.files:
            for file in event.files:
                yield file
            return


async def shared(chat: Chat, seq: int | None) -> FileSummary:
    """Return the file of a message."""
    assert seq is not None
    page = await chat.history(chat.room, after=seq - 1, limit=1)
    return page.messages[0].files[0]


def test_an_upload_can_be_cancelled_whose_server_is_gone(tmp_path: Path) -> None:
    async def cancelled(server: ServerProcess) -> None:
        begun = asyncio.Event()
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            connect(f"{server.host}:{server.port}", name="ann") as chat,
        ):
            content = bytes(90_000_000)
            uploading = asyncio.create_task(
                chat.upload("lobby", content, progress=lambda *_: begun.set())
            )
            await begun.wait()
            server.kill()
            uploading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await uploading

    with ServerProcess(tmp_path / "data") as server:
        asyncio.run(cancelled(server))


def test_a_file_is_sent_and_fetched(tmp_path: Path) -> None:
    async def scene(chat: Chat, _server: LocalServer) -> None:
        path = tmp_path / "big.bin"
        path.write_bytes(CONTENT)
        told: list[tuple[int, int]] = []
        seq = await chat.send_file(
            "lobby", path, "look", progress=lambda *so_far: told.append(so_far)
        )
        assert told[-1] == (len(CONTENT), len(CONTENT))
        file = await shared(chat, seq)
        assert (file.name, file.size) == ("big.bin", len(CONTENT))
        assert await chat.fetch(file) == CONTENT
        told.clear()
        await chat.download(file, tmp_path / "again", progress=lambda *so_far: told.append(so_far))
        assert (tmp_path / "again").read_bytes() == CONTENT
        assert told[-1] == (len(CONTENT), len(CONTENT))

    play(tmp_path / "data", scene)


def test_bytes_are_sent_in_private_and_a_picture_has_a_preview(tmp_path: Path) -> None:
    async def scene(chat: Chat, server: LocalServer) -> None:
        async with connect(server.address, name="bob") as bob:
            room = await chat.direct("bob")
            await chat.send_file(room.room, photo(), name="cat.jpg")
            (file,) = [file async for file in files_heard(bob)]
            assert (file.name, file.preview) == ("cat.jpg", True)
            assert (await bob.preview(file))[8:12] == b"WEBP"
            async with connect(server.address, name="eve") as eve:
                with pytest.raises(Refused, match="those who may read its room"):
                    await eve.fetch(file)

    play(tmp_path / "data", scene)


class Flaky:
    """Passes bytes on to a server, and resets every connection after so many of them."""

    def __init__(self, server: LocalServer, bytes_max: int) -> None:
        self._server = server
        self._bytes_max = bytes_max
        self.resets = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            from_there, there = await asyncio.open_connection(self._server.host, self._server.port)
            back = asyncio.create_task(self._copy(from_there, writer, None))
            try:
                await self._copy(reader, there, self._bytes_max)
            finally:
                there.transport.abort()
                writer.transport.abort()
                await back

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, bytes_max: int | None
    ) -> None:
        passed = 0
        try:
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
                passed += len(piece)
                if bytes_max is not None and passed > bytes_max:
                    self.resets += 1
                    return
        except ConnectionError:
            return


def test_a_lost_connection_is_made_up_for(tmp_path: Path) -> None:
    async def scene(chat: Chat, server: LocalServer) -> None:
        flaky = Flaky(server, 700_000)
        between = await asyncio.start_server(flaky.pass_on, "127.0.0.1", 0)
        port = between.sockets[0].getsockname()[1]
        async with between, connect(f"127.0.0.1:{port}", name="bob") as bob:
            file = await bob.upload("lobby", CONTENT * 3)
            assert flaky.resets > 0
            assert file.size == len(CONTENT) * 3
            seq = await bob.say("", files=[file.id])
        assert await chat.fetch(await shared(chat, seq)) == CONTENT * 3

    play(tmp_path / "data", scene)


def test_what_is_refused_has_a_sentence(tmp_path: Path) -> None:
    async def scene(chat: Chat, _server: LocalServer) -> None:
        with pytest.raises(Refused, match="is empty"):
            await chat.upload("lobby", b"")
        with pytest.raises(Refused, match="no room 'elsewhere'"):
            await chat.upload("elsewhere", b"x")
        with pytest.raises(FileNotFoundError):
            await chat.upload("lobby", tmp_path / "none")
        missing = FileSummary(id="x" * 22, name="x", size=1, type="", sha256="")
        with pytest.raises(HubbubError, match="no such file"):
            await chat.fetch(missing)

    play(tmp_path / "data", scene)
