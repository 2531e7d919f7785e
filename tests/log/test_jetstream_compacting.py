"""Facts that were replaced, and beginnings that are kept no longer, leave the stream."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import NOTHING, AnyLogged, Fact
from hubbub.chat.queries import Over
from hubbub.log.jetstream import JetStreamLog, compacting
from hubbub.log.jetstream.link import Link
from tests.log.drafts import all_of, fact, said, until
from tests.log.nodes import nodes, whole_stream
from tests.log.test_dropping import drop_all
from tests.log.test_jetstream_erasing import until_gone
from tests.log.test_removing import gone


def standing(facts: list[Fact]) -> list[tuple[str, int, bytes]]:
    """Return what stands: a fact that was compacted has lost what it expected."""
    return [(one.key, one.seq, bytes(one.value)) for one in facts]


async def rebuilt_the_same(folder: Path, nats: str, stream: str, log: JetStreamLog) -> None:
    """See that a node whose folder is empty comes to the same facts."""
    async with nodes(folder, nats, stream, 1) as (late,):
        assert standing(await late.facts()) == standing(await log.facts())


async def claim(log: JetStreamLog, key: str, value: object, before: int | None) -> int:
    (seq,) = await log.append([fact(key, value, expects=before)])
    return seq


def test_what_replaced_facts_said_leaves_the_stream_and_all_stands_as_before(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            first = await claim(log, "person/a", "secret1", 0)
            lost = await claim(log, "person/a", "secret2", 0)
            second = await claim(log, "person/a", "secret3", first)
            await claim(log, "person/a", "secret4", lost)
            await claim(log, "person/a", "stays", second)
            held = await claim(log, "name/b", "secret5", 0)
            await claim(log, "name/b", NOTHING, held)
            await claim(log, "devices/a/1", "secret6", None)
            await log.append([fact("devices/a/", NOTHING), fact("other", "too"), said("message")])
            await log._compacting.go_over()
            held_now = await whole_stream(nats, stream)
            assert b"secret" not in held_now
            assert all(word in held_now for word in (b"stays", b"too", b"message", b"name/b"))
            await rebuilt_the_same(tmp_path / "late", nats, stream, log)
            (third,) = [one.seq for one in log.look_up(["person/a"])]
            await claim(log, "person/a", "secret7", third)
            await log.append([fact("person/a", NOTHING)])
            await log._compacting.go_over()
            assert b"secret7" not in await whole_stream(nats, stream)
            await rebuilt_the_same(tmp_path / "later", nats, stream, log)

    asyncio.run(scene())


def test_a_node_that_was_away_meanwhile_comes_to_the_same(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            held = await claim(log, "name/b", "held", 0)
            other = await claim(log, "name/c", "held", 0)
            async with nodes(tmp_path / "away", nats, stream, 1):
                pass
            await claim(log, "name/b", NOTHING, held)
            again = await claim(log, "name/b", "again", 0)
            await claim(log, "name/b", NOTHING, again)
            other = await claim(log, "name/c", "between", other)
            await claim(log, "name/c", "in the end", other)
            await log._compacting.go_over()
            await rebuilt_the_same(tmp_path / "away", nats, stream, log)

    asyncio.run(scene())


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_claimed_and_wherever_a_pass_stops_readers_come_to_the_same(
    tmp_path: Path, nats: str, stream: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    keys = ["name/a", "name/b", "person/a", "person/b"]
    publish = Link.publish
    monkeypatch.setattr(compacting, "EMPTY_KEPT", timedelta(0))

    async def anything(log: JetStreamLog) -> None:
        drafts = []
        for key in chance.sample(keys, k=chance.randint(1, 3)):
            stands = [one.seq for one in log.look_up([key])]
            expects = chance.choice([None, 0, *stands, *stands])
            drafts.append(fact(key, chance.choice([NOTHING, chance.random()]), expects=expects))
        if chance.random() < 0.05:
            drafts.append(fact("person/", NOTHING))
        await log.append(drafts)

    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 2) as (one, other):
            for turn in range(12):
                if turn == 4:
                    async with nodes(tmp_path / "away", nats, stream, 1):
                        pass
                for _ in range(10):
                    await anything(chance.choice([one, other]))
                left = chance.choice([1, 2, 4, 8, 1000])

                async def stopping(link: Link, *args: object, **options: object) -> int:
                    nonlocal left
                    left -= 1
                    if left < 0:
                        raise LogError("killed")
                    return await publish(link, *args, **options)  # type: ignore[arg-type]

                with monkeypatch.context() as patched:
                    patched.setattr(Link, "publish", stopping)
                    passes = [log._compacting.go_over() for log in (one, other)]
                    await asyncio.gather(*passes, return_exceptions=True)
                await rebuilt_the_same(tmp_path / f"late{turn}", nats, stream, one)
            await rebuilt_the_same(tmp_path / "away", nats, stream, one)

    asyncio.run(scene())


def test_a_pass_comes_by_itself(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compacting, "PASS_SECONDS", 0.05)

    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            await one.append([fact("a", "secret")])
            await other.append([fact("a", "secret too")])
            await one.append([fact("a", "stays")])
            await until_gone(["secret"], nats, stream)
            await rebuilt_the_same(tmp_path / "late", nats, stream, one)

    asyncio.run(scene())


# The beginnings of rooms.


async def events_of(folder: Path, nats: str, stream: str) -> dict[str, list[AnyLogged]]:
    async with nodes(folder, nats, stream, 1) as (late,):
        return {room: await all_of(late, room) for room in ("lobby", "den")}


def test_what_is_kept_no_longer_leaves_the_stream_and_late_nodes_see_where_rooms_begin(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            for n in range(4):
                await log.append([said(f"secret{n}", at=n), said(f"den{n}", room="den", at=n)])
            async with nodes(tmp_path / "away", nats, stream, 1):
                pass
            for n in range(4, 9):
                await log.append([said(f"secret{n}", at=n), said(f"den{n}", room="den", at=n)])
            last = await drop_all(log, Over(before=7))
            await until_gone([f"secret{n}" for n in range(7)], nats, stream)
            now = {room: await all_of(log, room) for room in ("lobby", "den")}
            assert [one.at for one in now["lobby"]] == [7, 8]
            assert now["lobby"][0].prev == last
            for name in ("late", "away"):
                assert await events_of(tmp_path / name, nats, stream) == now
            async with nodes(tmp_path / "away", nats, stream, 1) as (away,):
                assert len(away.damage) == 0
                assert sorted(await away.heads(), key=lambda head: head.room) == sorted(
                    await log.heads(), key=lambda head: head.room
                )

    asyncio.run(scene())


def test_a_room_that_lost_all_goes_on_and_one_that_was_removed_begins_anew(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            for n in range(3):
                await log.append([said(f"secret{n}", at=n), said(f"den{n}", room="den", at=n)])
            for room in ("lobby", "den"):
                last = await drop_all(log, Over(before=7), room)
            await until_gone(["secret", "den0"], nats, stream)
            await log.append([gone("lobby")])
            await log.append([said("anew"), said("on", room="den")])
            now = {room: await all_of(log, room) for room in ("lobby", "den")}
            assert [now[room][0].prev for room in ("lobby", "den")] == [0, last]
            assert await events_of(tmp_path / "late", nats, stream) == now

            async def is_forgotten() -> bool:
                assert log._link is not None
                return len(await log._link.subjects("lost.*")) == 1

            await until(is_forgotten)

    asyncio.run(scene())
