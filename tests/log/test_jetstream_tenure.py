"""What a node appends counts only as long as no other node has taken it for gone."""

import asyncio
from pathlib import Path

import pytest
from bench.promises.proxy import Proxy

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Message
from hubbub.log.jetstream import JetStreamLog
from tests.log.drafts import all_of, fact, said, until
from tests.log.nats_servers import servers
from tests.log.nodes import ROOMS, alike, nodes


async def texts(log: JetStreamLog, room: str = "lobby") -> list[str]:
    """Return what stands in a room."""
    return [one.text for one in await all_of(log, room)]  # type: ignore[union-attr]


def test_nothing_that_a_node_appends_is_stored_once_another_shut_it_out(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            await one.register("one")
            await other.register("other")
            await one.append([said("before")])
            over = []
            assert one.tenure is not None
            one.tenure.when_over = lambda: over.append(True)
            await other.shut_out("one")
            batches: list[list[Entry]] = [
                [said("late")],
                [fact("k", 1), said("late"), said("late", room="den")],
            ]
            with pytest.raises(LogError, match="refuse it"):
                await one.append(batches[0])
            assert over == [True]
            for batch in batches:
                with pytest.raises(LogError, match="took this one for gone"):
                    await one.append(batch)
            with pytest.raises(LogError, match="took this one for gone"):
                one.check()
            await other.append([said("meanwhile")])
            await one.register("one")
            # By then it has read all that came before.
            assert await texts(one) == ["before", "meanwhile"]
            await one.append([said("again"), said("again", room="den")])
            await alike([one, other])
            assert await texts(other) == ["before", "meanwhile", "again"]
            assert await texts(other, "den") == ["again"]

    asyncio.run(scene())


def test_an_append_for_many_rooms_is_refused_as_a_whole_after_its_node_was_shut_out(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            await one.register("one")
            await other.shut_out("one")
            with pytest.raises(LogError, match="refuse it"):
                await one.append([fact("k", 1), *(said("late", room=room) for room in ROOMS)])
            await other.append([said("last")])
            await alike([one, other])
            assert [await texts(other, room) for room in ROOMS] == [["last"], [], []]
            assert await other.facts() == []

    asyncio.run(scene())


def test_what_is_on_its_way_as_a_node_is_shut_out_is_never_stored(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with Proxy(int(nats.rpartition(":")[2])) as way:
            near = await JetStreamLog.join(tmp_path / "near", [nats], stream)
            far = await JetStreamLog.join(
                tmp_path / "far", [f"nats://127.0.0.1:{way.port}"], stream
            )
            try:
                await far.register("far")
                await far.append([said("before")])
                way.hold()
                late = asyncio.create_task(far.append([said("late")]))
                with pytest.raises(LogError):  # as far as anybody is told
                    await late
                await near.shut_out("far")
                await near.append([said("after")])
                way.release()
                await until(lambda: _lets_in(far))
                await far.append([said("again")])
                await alike([near, far])
                assert await texts(near) == ["before", "after", "again"]
            finally:
                await far.close()
                await near.close()

    async def _lets_in(log: JetStreamLog) -> bool:
        try:
            await log.register("far")
        except LogError:
            return False
        return True

    asyncio.run(scene())


def test_a_node_that_stops_leaves_no_registration(tmp_path: Path, nats: str, stream: str) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            await one.register("one")
            assert len(await other.link.subjects("run.*")) == 1
            await one.sign_off()
            assert await other.link.subjects("run.*") == []
            await other.append([said("goes on")])
            await alike([one, other])

    asyncio.run(scene())


async def _takes(log: JetStreamLog, one: Message) -> bool:
    try:
        await log.append([one])
    except LogError:
        return False
    return True


def test_three_servers_keep_out_whoever_was_shut_out(tmp_path: Path, stream: str) -> None:
    async def scene(addresses: list[str]) -> None:
        async with nodes(tmp_path, addresses, stream, replicas=3) as (one, other):
            await one.register("one")
            await other.register("other")
            for number in range(20):
                await one.append([said(f"{number}"), said(f"{number}", room="den")])
            late = asyncio.create_task(other.shut_out("one"))
            said_meanwhile = 20
            while await _takes(one, said(f"{said_meanwhile}")):
                said_meanwhile += 1
            await late
            await other.append([said("after")])
            await one.register("one")
            await alike([one, other])
            expected = [*(f"{number}" for number in range(said_meanwhile)), "after"]
            assert await texts(other) == expected

    with servers(tmp_path, 3) as running:
        asyncio.run(scene([one.address for one in running]))
