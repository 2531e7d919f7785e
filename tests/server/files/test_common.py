"""Files that the nodes of a stream have in common, with real servers: of NATS alone, and of S3."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.limits import FileLimits, Limits
from hubbub.log.jetstream.objects import AT_ONCE, Objects
from hubbub.server.app import running
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer
from tests.log.conftest import nats, stream
from tests.log.file_places import FilePlace, objects_of, place
from tests.log.s3_server import S3Server, s3
from tests.server.conftest import Meet
from tests.server.event_peer import JSON
from tests.server.files.pictures import photo
from tests.server.files.sharing import begin, get, kept, offset_of, patch, share, until
from tests.server.http.asking import ask

__all__ = ["nats", "place", "s3", "stream"]

CONTENT = bytes(range(256)) * 20_000
"""More than one chunk in a bucket holds, and many messages of the object store."""


@asynccontextmanager
async def served(folders: Sequence[Path], place: FilePlace) -> AsyncIterator[list[LocalServer]]:
    """Serve a node of the stream on each folder."""
    async with AsyncExitStack() as stack:
        nodes = []
        for folder in folders:
            log = await place.joined(folder)
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


async def held(value: bool) -> bool:
    return value


def given_out(server: LocalServer, file: JSON, what: str = "", **headers: str) -> bytes:
    answer = get(server, file, what, **headers)
    assert answer.status in {200, 206}, answer.body
    return answer.body


def play(scene: object) -> None:
    """Run a scene that talks to servers of the same event loop, with a bound."""
    asyncio.run(asyncio.wait_for(scene(), 120))  # type: ignore[operator]


def test_what_one_node_took_in_is_given_out_by_another_and_goes_from_all(
    tmp_path: Path, place: FilePlace, meet: Meet
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
        assert (CONTENT[:1000] in place.said()) == (place.address is None)
        assert file["sha256"].encode() in place.all()
        for seq in (said["seq"], picture_seq):
            assert ann.ask(type="delete", room="lobby", seq=seq)["type"] == "ok"
        until(lambda: not (kept(folders[0]) | kept(folders[1])), "the bytes are gone")
        assert get(other, file).status == get(other, picture, "preview").status == 404
        until(lambda: not place.all(), "they are gone from the servers, too")

    async def scene() -> None:
        async with served(folders, place) as nodes:
            await asyncio.to_thread(talk, *nodes)

    play(scene)


def test_nobody_hears_of_a_file_that_the_servers_do_not_have(
    tmp_path: Path, place: FilePlace, meet: Meet, monkeypatch: pytest.MonkeyPatch
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
        async with served([tmp_path], place) as (node,):
            await asyncio.to_thread(talk, node)

    play(scene)


def test_of_two_nodes_that_remove_and_post_the_same_bytes_the_post_keeps_them(
    tmp_path: Path, place: FilePlace
) -> None:
    path, brought = tmp_path / "a", tmp_path / "brought"
    path.write_bytes(CONTENT)

    async def scene() -> None:
        log = await place.joined(tmp_path / "node")
        objects, epochs = objects_of(log), await log.epochs()

        async def post() -> None:
            await objects.keep("a", path)

        await objects.keep("a", path)
        await objects.remove("a", partial(held, True))
        assert await objects.fetch("a", brought)
        # The post comes between its look and its act.
        removing = Objects(log.link, epochs, 1, caught_up=post, bucket=place.bucket())
        await removing.remove("a", partial(held, False))
        assert await objects.fetch("a", brought)
        assert brought.read_bytes() == CONTENT
        await objects.remove("a", partial(held, False))
        assert not await objects.fetch("a", brought)
        assert not await asyncio.to_thread(place.all)
        await post()  # it comes after
        assert await objects.fetch("a", brought)
        await log.close()

    play(scene)


def test_a_file_that_was_removed_while_it_was_posted_is_there_once_it_is_said(
    tmp_path: Path, place: FilePlace, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with served([tmp_path / "one", tmp_path / "other"], place) as (one, other):
            ann = await asyncio.to_thread(meet, one, "ann")
            put = Objects.keep

            async def put_and_lose(objects: Objects, name: str, path: Path) -> None:
                await put(objects, name, path)
                # As another node would that knows of no message yet.
                await objects.remove(name, partial(held, False))

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
    tmp_path: Path, place: FilePlace
) -> None:
    file = tmp_path / "files" / "objects" / "ab" / f"ab{'0' * 62}"
    file.parent.mkdir(parents=True)
    (tmp_path / "files" / "uploads").mkdir()
    file.write_bytes(CONTENT)

    async def scene() -> None:
        log = await place.joined(tmp_path)
        await objects_of(log).keep(file.name, file)
        await log.close()
        async with served([tmp_path], place):
            is_gone = lambda: not (file.exists() or place.all())  # noqa: E731
            await asyncio.to_thread(until, is_gone, "no message holds it")

    play(scene)


def test_what_a_node_stored_and_could_not_say_goes_when_the_upload_is_given_up(
    tmp_path: Path, place: FilePlace, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object) -> int:
        raise LogError("The NATS servers do not answer.")

    def talk(node: LocalServer) -> None:
        ann = meet(node, "ann")
        begun = begin(ann, len(CONTENT))
        with monkeypatch.context() as patched:
            patched.setattr(Objects, "_say", killed)
            assert patch(node, begun["address"], 0, CONTENT).status == 503
        assert place.all()
        assert ask(node, begun["address"], method="DELETE").status == 204
        until(lambda: not place.all(), "its bytes are gone")

    async def scene() -> None:
        async with served([tmp_path], place) as (node,):
            await asyncio.to_thread(talk, node)

    play(scene)


def test_bytes_that_go_as_left_behind_while_somebody_posts_them_are_stored_again(
    tmp_path: Path, place: FilePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another node posts and removes the same file, between the bytes of this one and its word."""
    path, brought = tmp_path / "a", tmp_path / "brought"
    path.write_bytes(CONTENT)

    async def scene() -> None:
        log = await place.joined(tmp_path / "node")
        objects, say, meanwhile = objects_of(log), Objects._say, [True]

        async def say_late(own: Objects, about: Any, expected: int) -> int:
            if meanwhile:
                meanwhile.clear()
                await objects.keep("a", path)
                await objects.remove("a", partial(held, False))
                assert not await asyncio.to_thread(place.all)
            return await say(own, about, expected)

        monkeypatch.setattr(Objects, "_say", say_late)
        await objects.keep("a", path)
        assert await objects.fetch("a", brought)
        assert brought.read_bytes() == CONTENT
        await log.close()

    play(scene)


def test_a_node_that_is_told_of_another_place_says_so_and_finds_what_is_in_its_own(
    tmp_path: Path, nats: str, stream: str, s3: S3Server
) -> None:
    """As when a bucket is set later: what was stored before is found, and not the other way."""
    path, brought = tmp_path / "a", tmp_path / "brought"
    path.write_bytes(CONTENT)
    before, after = FilePlace(nats, stream, None), FilePlace(nats, stream, s3)

    async def scene() -> None:
        logs = [await before.joined(tmp_path / "old"), await after.joined(tmp_path / "new")]
        old, new = (objects_of(log) for log in logs)
        await old.keep("a", path)
        await new.keep("b", path)
        assert await new.fetch("a", brought)
        assert brought.read_bytes() == CONTENT
        with pytest.raises(LogError, match=rf"is in s3://{stream}/files/of-us, which is not where"):
            await old.fetch("b", brought)
        await new.remove("a", partial(held, False))
        await new.remove("b", partial(held, False))
        assert not await asyncio.to_thread(after.all)
        for log in logs:
            await log.close()

    play(scene)


def test_so_many_chunks_are_in_memory_and_no_more(
    tmp_path: Path, place: FilePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"{number}" for number in range(2 * AT_ONCE)]
    for path in paths:
        path.write_bytes(path.name.encode() * 10)
    under_way, most = 0, 0

    async def scene() -> None:
        log = await place.joined(tmp_path / "node")
        objects, many = objects_of(log), asyncio.Event()
        kind = type(objects._places[-1])
        put = kind.put

        async def counted(self: Any, *chunk: Any) -> None:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            if under_way == AT_ONCE:
                many.set()
            await many.wait()
            await put(self, *chunk)
            under_way -= 1

        monkeypatch.setattr(kind, "put", counted)
        keeping = [asyncio.create_task(objects.keep(path.name, path)) for path in paths]
        await many.wait()
        assert objects._turns.locked(), "all others wait"
        await asyncio.gather(*keeping)
        assert most == AT_ONCE
        await log.close()

    play(scene)


def test_a_file_that_is_removed_while_it_is_brought_is_gone_and_not_damaged(
    tmp_path: Path, place: FilePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, brought = tmp_path / "a", tmp_path / "brought"
    path.write_bytes(CONTENT)

    async def scene() -> None:
        log = await place.joined(tmp_path / "node")
        objects, write = objects_of(log), Objects._write

        async def write_late(own: Objects, *what: Any) -> str:
            await objects.remove("a", partial(held, False))
            return await write(own, *what)

        async def write_later(own: Objects, *what: Any) -> str:
            monkeypatch.setattr(Objects, "_write", write)
            await objects.remove("a", partial(held, False))
            await objects.keep("a", path)
            return await write(own, *what)

        await objects.keep("a", path)
        monkeypatch.setattr(Objects, "_write", write_late)
        assert not await objects.fetch("a", brought)
        await objects.keep("a", path)
        monkeypatch.setattr(Objects, "_write", write_later)
        assert await objects.fetch("a", brought)
        assert brought.read_bytes() == CONTENT
        await log.close()

    play(scene)
