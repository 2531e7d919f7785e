"""What is deleted leaves the stream, and a copy that is filled anew is the same as others."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from hubbub.chat.files import FileSummary
from hubbub.chat.queries import PageQuery
from hubbub.log.jetstream import JetStreamLog, erasing
from hubbub.log.jetstream.erasing import Erasing
from tests.log.drafts import all_of, deleted, edited, reacted, said, until
from tests.log.nodes import ROOMS, alike, nodes, whole_stream
from tests.log.test_removing import gone


async def until_gone(words: Sequence[str], address: str, stream: str) -> None:
    async def are_gone() -> bool:
        held = await whole_stream(address, stream)
        return not any(word.encode() in held for word in words)

    await until(are_gone)


async def rebuilt_alike(folder: Path, address: str, stream: str, log: JetStreamLog) -> None:
    """See that a node whose folder is empty comes to the same as one that was there all along."""
    async with nodes(folder, address, stream, 1) as (late,):
        await alike([log, late])
        for room in ROOMS:
            query = PageQuery(room=room, limit=200)
            assert await late.page(query) == await log.page(query)


def test_what_was_deleted_or_edited_away_leaves_the_stream(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            given = await one.append([said(f"secret{n}", nonce=f"n{n}") for n in range(9)])
            await other.append([said("between"), said("den", room="den")])
            await one.append([edited(given[1], "secret again"), edited(given[2], "stays")])
            await other.append([deleted(given[0]), edited(given[1], "stays too")])
            await one.append([said("last", answers=given[5]), reacted(given[5], "👍")])
            await one.append([deleted(given[2])])
            gone_words = ["secret0", "secret1", "secret2", "secret again", '"stays"']
            await until_gone(gone_words, nats, stream)
            await alike([one, other])
            assert await one.append([said("secret3", nonce="n3")]) == [given[3]]
            await rebuilt_alike(tmp_path / "late", nats, stream, one)
            held = await whole_stream(nats, stream)
            assert all(f"secret{n}".encode() in held for n in range(3, 9)), "the rest stays"

    asyncio.run(scene())


def test_files_of_deleted_messages_leave_the_stream(tmp_path: Path, nats: str, stream: str) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            file = FileSummary("i" * 22, "holiday.png", 7, "image/png", sha256="a" * 64)
            (seq,) = await log.append([replace(said("look"), files=(file,))])
            await log.append([edited(seq, "look here")])
            await log.append([deleted(seq)])
            await until_gone(["holiday", "look"], nats, stream)
            await rebuilt_alike(tmp_path / "late", nats, stream, log)

    asyncio.run(scene())


def test_a_room_that_was_removed_leaves_the_stream(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "OTHERS_SECONDS", 0.1)

    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            given = await one.append([said("secret"), said("secret too"), said(room="den")])
            await one.append([edited(given[0], "secret again")])
            await other.append([gone("lobby"), said("new")])
            await until_gone(["secret"], nats, stream)
            await alike([one, other])
            async with nodes(tmp_path / "late", nats, stream, 1) as (late,):
                for room in ROOMS:
                    assert await all_of(late, room) == await all_of(one, room)

    asyncio.run(scene())


def test_what_a_killed_node_did_not_erase_is_erased_by_others_or_later(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(self: Erasing) -> None:
        await asyncio.Event().wait()

    async def scene() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Erasing, "run", killed)
            async with nodes(tmp_path, nats, stream, 1) as (log,):
                (seq,) = await log.append([said("secret")])
                await log.append([edited(seq, "secret again")])
                await log.append([deleted(seq)])
        assert b"secret" in await whole_stream(nats, stream)
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            await until_gone(["secret"], nats, stream)
            await rebuilt_alike(tmp_path / "late", nats, stream, log)

    monkeypatch.setattr(erasing, "OTHERS_SECONDS", 0.1)
    asyncio.run(scene())
