"""Files that the nodes of a stream have in common, with real servers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.limits import FileLimits, Limits
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.objects import Objects
from hubbub.server.app import running
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer
from tests.log.conftest import nats, stream
from tests.log.nodes import whole_stream
from tests.server.conftest import Meet
from tests.server.event_peer import JSON
from tests.server.files.pictures import photo
from tests.server.files.sharing import begin, get, kept, offset_of, patch, share, until

__all__ = ["nats", "stream"]

CONTENT = bytes(range(256)) * 2000
"""More than three messages of the object store hold."""


@asynccontextmanager
async def served(
    folders: Sequence[Path], nats: str, stream: str
) -> AsyncIterator[list[LocalServer]]:
    """Serve a node of the stream on each folder."""
    async with AsyncExitStack() as stack:
        nodes = []
        for folder in folders:
            log = await JetStreamLog.join(folder, [nats], stream)
            stack.push_async_callback(log.close)
            config = Config(
                server=ServerSection(listen="127.0.0.1:0", data=str(folder)),
                limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
                files=FileLimits(disk_free_megabytes_min=0),
            )
            node = running(config, log, folder=folder)
            host, _, port = (await stack.enter_async_context(node)).rpartition(":")
            nodes.append(LocalServer(host, int(port)))
        yield nodes


def given_out(server: LocalServer, file: JSON, what: str = "", **headers: str) -> bytes:
    answer = get(server, file, what, **headers)
    assert answer.status in {200, 206}, answer.body
    return answer.body


def in_store(nats: str, stream: str) -> bytes:
    return asyncio.run(whole_stream(nats, f"OBJ_{stream}_files"))


def play(scene: object) -> None:
    """Run a scene that talks to servers of the same event loop, with a bound."""
    asyncio.run(asyncio.wait_for(scene(), 120))  # type: ignore[operator]


def test_what_one_node_took_in_is_given_out_by_another_and_goes_from_all(
    tmp_path: Path, nats: str, stream: str, meet: Meet
) -> None:
    folders = [tmp_path / "one", tmp_path / "other"]

    def talk(one: LocalServer, other: LocalServer) -> None:
        ann = meet(one, "ann")
        begun = begin(ann, len(CONTENT))
        assert patch(one, begun["address"], 0, CONTENT[:1000]).status == 204
        assert offset_of(one, begun["address"]) == 1000
        file = patch(one, begun["address"], 1000, CONTENT[1000:]).json["file"]
        said = ann.ask(type="say", room="lobby", text="", files=[file["id"]])
        picture_seq, picture = share(one, ann, photo())
        until(lambda: get(other, file).status == 200, "the other node has the message")
        assert given_out(other, file) == CONTENT
        assert given_out(other, file, Range="bytes=200000-200009") == CONTENT[200_000:200_010]
        assert given_out(other, picture) == given_out(one, picture)
        assert given_out(other, picture, "preview") == given_out(one, picture, "preview")
        assert kept(folders[0]) == kept(folders[1]) != set()
        for seq in (said["seq"], picture_seq):
            assert ann.ask(type="delete", room="lobby", seq=seq)["type"] == "ok"
        until(lambda: not (kept(folders[0]) | kept(folders[1])), "the bytes are gone")
        assert get(other, file).status == get(other, picture, "preview").status == 404
        until(lambda: not in_store(nats, stream), "they are gone from the servers, too")

    async def scene() -> None:
        async with served(folders, nats, stream) as nodes:
            await asyncio.to_thread(talk, *nodes)

    play(scene)


def test_nobody_hears_of_a_file_that_the_servers_do_not_have(
    tmp_path: Path, nats: str, stream: str, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise LogError("The NATS servers do not answer.")

    def talk(node: LocalServer) -> None:
        ann = meet(node, "ann")
        begun = begin(ann, len(CONTENT))
        with monkeypatch.context() as patched:
            patched.setattr(Objects, "keep", away)
            assert patch(node, begun["address"], 0, CONTENT).status == 503
            said = ann.ask(type="say", room="lobby", text="", files=[begun["upload"]])
            assert said["type"] == "error"
        answer = patch(node, begun["address"], len(CONTENT), b"")
        assert answer.status == 200
        assert ann.ask(type="say", room="lobby", text="", files=[begun["upload"]])["type"] == "ok"
        assert given_out(node, answer.json["file"]) == CONTENT

    async def scene() -> None:
        async with served([tmp_path], nats, stream) as (node,):
            await asyncio.to_thread(talk, node)

    play(scene)


def test_of_two_nodes_that_remove_and_post_the_same_bytes_the_post_keeps_them(
    tmp_path: Path, nats: str, stream: str
) -> None:
    path, brought = tmp_path / "a", tmp_path / "brought"
    path.write_bytes(CONTENT)

    async def scene() -> None:
        log = await JetStreamLog.join(tmp_path / "node", [nats], stream)
        assert isinstance(log.objects, Objects)
        objects, link = log.objects, log._link
        assert link is not None

        async def held(value: bool) -> bool:
            return value

        async def post() -> None:
            await objects.keep("a", path)

        await objects.keep("a", path)
        await objects.remove("a", partial(held, True))
        assert await objects.fetch("a", brought)
        removing = Objects(link, 1, caught_up=post)  # the post comes between its look and its act
        await removing.remove("a", partial(held, False))
        assert await objects.fetch("a", brought)
        assert brought.read_bytes() == CONTENT
        await objects.remove("a", partial(held, False))
        assert not await objects.fetch("a", brought)
        assert not await whole_stream(nats, f"OBJ_{stream}_files")
        await post()  # it comes after
        assert await objects.fetch("a", brought)
        await log.close()

    play(scene)


def test_a_file_that_was_removed_while_it_was_posted_is_there_once_it_is_said(
    tmp_path: Path, nats: str, stream: str, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with served([tmp_path / "one", tmp_path / "other"], nats, stream) as (one, other):
            ann = await asyncio.to_thread(meet, one, "ann")
            put = Objects.keep

            async def put_and_lose(objects: Objects, name: str, path: Path) -> None:
                await put(objects, name, path)
                await objects._purge(">")  # as another node would that knows of no message yet

            with monkeypatch.context() as patched:
                patched.setattr(Objects, "keep", put_and_lose)
                begun = await asyncio.to_thread(begin, ann, len(CONTENT))
                answer = await asyncio.to_thread(patch, one, begun["address"], 0, CONTENT)
            file = answer.json["file"]
            said = partial(ann.ask, type="say", room="lobby", text="", files=[file["id"]])
            await asyncio.to_thread(said)
            is_there = lambda: get(other, file).status == 200  # noqa: E731
            await asyncio.to_thread(until, is_there, "it is there again")

    play(scene)


def test_what_a_killed_node_left_behind_goes_when_it_is_back(
    tmp_path: Path, nats: str, stream: str
) -> None:
    place = tmp_path / "files" / "objects" / "ab" / f"ab{'0' * 62}"
    place.parent.mkdir(parents=True)
    (tmp_path / "files" / "uploads").mkdir()
    place.write_bytes(CONTENT)

    async def scene() -> None:
        log = await JetStreamLog.join(tmp_path, [nats], stream)
        assert log.objects is not None
        await log.objects.keep(place.name, place)
        await log.close()
        async with served([tmp_path], nats, stream):
            is_gone = lambda: not (place.exists() or in_store(nats, stream))  # noqa: E731
            await asyncio.to_thread(until, is_gone, "no message holds it")

    play(scene)
