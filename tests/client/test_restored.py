"""A server that is started again on an older copy of its folder, under a client that stays."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.ports import free_port

from hubbub.chat import events as e
from hubbub.chat.limits import Limits
from hubbub.client import Backoff, Chat, connect
from hubbub.server.config import ClusterSection, Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving

from .chats import next_of
from .servers import play


@asynccontextmanager
async def served(
    folder: Path, port: int | None = None, cluster: ClusterSection | None = None
) -> AsyncIterator[LocalServer]:
    """Serve a folder, on the port of an earlier server; as a node, if a `cluster` is given."""
    listen = f"127.0.0.1:{port or free_port()}"
    config = Config(
        server=ServerSection(listen=listen, data=str(folder)),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
        cluster=cluster or ClusterSection(),
    )
    serve = serving(config)
    server = await asyncio.to_thread(serve.__enter__)
    try:
        yield server
    finally:
        await asyncio.to_thread(serve.__exit__, None, None, None)


def opened(server: LocalServer, name: str) -> Chat:
    return connect(server.address, name=name, reconnect=Backoff(0.01, 0.1))


async def replaced(chat: Chat) -> e.Room:
    """Wait until the chat is told that its history was replaced."""
    while not (room := await next_of(chat, e.Room)).replaced:
        pass
    return room


def test_only_the_new_history_is_held_however_far_it_has_grown(tmp_path: Path) -> None:
    async def scene() -> None:
        folder, copy = tmp_path / "data", tmp_path / "copy"
        async with served(folder) as server, opened(server, "bob") as bob:
            await bob.say("one")
        shutil.copytree(folder, copy)
        async with served(folder) as server:
            port = server.port
            ann = await opened(server, "ann").__aenter__()
            for text in ("two", "three"):
                await ann.say(text)
        saying = asyncio.create_task(ann.say("mine"))  # for want of a server it waits
        async with served(copy, port) as server:
            async with opened(server, "bob") as bob:
                for number in range(9):
                    await bob.say(f"another {number}")
            room = await replaced(ann)
            assert await saying is not None
            replica = ann.replicas["lobby"]
            assert replica.epoch == room.epoch
            assert replica.add_page(await ann.history("lobby"))
            texts = [message.text for message in replica.messages]
            assert texts[0] == "one"
            assert not {"two", "three"} & set(texts)
            assert texts.count("mine") == 1
        await ann.__aexit__(None, None, None)

    play(scene)


def test_a_server_that_was_only_started_again_has_the_same_history(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path) as server:
            port = server.port
            ann = await opened(server, "ann").__aenter__()
            await ann.say("one")
        for text in ("two", "three"):
            async with served(tmp_path, port):
                await ann.say(text)
        replica = ann.replicas["lobby"]
        assert replica.histories == 0
        async with served(tmp_path, port):
            await ann.say("four")
            assert [message.text for message in replica.messages] == ["one", "two", "three", "four"]
        await ann.__aexit__(None, None, None)

    play(scene)


def test_a_private_room_goes_on_at_a_server_that_was_started_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with served(tmp_path) as server:
            port = server.port
            ann = await opened(server, "ann").__aenter__()
            bob = await opened(server, "bob").__aenter__()
            private = await ann.direct("bob")
            await ann.say("psst", private.room)
        saying = asyncio.create_task(ann.say("psst again", private.room))
        async with served(tmp_path, port):
            await saying
            page = await bob.history(private.room)
            assert [message.text for message in page.messages] == ["psst again"]
            held = [message.text for message in ann.replicas[private.room].messages]
            assert held == ["psst", "psst again"]
        await ann.__aexit__(None, None, None)
        await bob.__aexit__(None, None, None)

    play(scene)
