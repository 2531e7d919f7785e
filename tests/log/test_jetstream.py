"""The log as a stream: what several nodes agree on, and with which folders."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.queries import PageQuery
from hubbub.log.jetstream import JetStreamLog, moving, pieces
from hubbub.log.jetstream.reading import place_of
from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import all_of, deleted, edited, fact, said, seqs, told
from tests.log.feeds import handed_out
from tests.log.nodes import ROOMS, alike, asked, nodes
from tests.log.test_removing import gone

# What nodes agree on.


def test_all_nodes_have_the_same_events_in_the_same_order(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def talk(log: JetStreamLog, name: str) -> None:
        for n in range(30):
            batch = [said(f"{name} {n}", room=ROOMS[n % 3]), said(f"{name} too {n}")]
            given = await log.append(batch)
            assert given == seqs(batch)
            if n % 5 == 0:
                await log.append([edited(given[1], f"{name} edited {n}"), fact(f"k{n}", name)])

    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 3) as logs:
            feeds = [log.follow() for log in logs]
            talks = [talk(log, name) for log, name in zip(logs, "abc", strict=True)]
            await asyncio.gather(*talks)
            await alike(logs)
            heard = [handed_out(feed) for feed in feeds]
            assert heard[0] == heard[1] == heard[2]
            assert len(heard[0]) == 3 * (60 + 12)
            assert seqs(heard[0]) == sorted(seqs(heard[0]))

    asyncio.run(scene())


def test_what_two_nodes_post_under_one_nonce_is_posted_once(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            for n in range(20):
                drafts = [said(nonce=str(n)), said(nonce=str(n))]
                given = await asyncio.gather(one.append(drafts[:1]), other.append(drafts[1:]))
                assert given[0] == given[1]
                assert sorted(seqs(drafts)) == [0, given[0][0]]
            await alike([one, other])
            assert len(await all_of(one, "lobby")) == 20

    asyncio.run(scene())


def test_of_two_claims_the_first_stands_on_every_node(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as logs:
            for n in range(20):
                claims = [
                    log.append([fact(f"name/{n}", who, expects=0)]) for who, log in enumerate(logs)
                ]
                given = await asyncio.gather(*claims)
                await alike(logs)
                first = min(seq for (seq,) in given)
                ((_, seq, who),) = told(logs[0].look_up([f"name/{n}"]))
                assert seq == first
                assert [given[place] for place in (0, 1) if place == who] == [[first]]

    asyncio.run(scene())


def test_what_is_appended_at_once_is_heard_at_once(tmp_path: Path, nats: str, stream: str) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            feed = other.follow()
            for _ in range(20):
                await one.append([*(said(room=room) for room in ROOMS), fact("a", 1)])
                await asyncio.wait_for(feed.wait(), 30)
                assert len(handed_out(feed)) == 4

    asyncio.run(scene())


def test_an_append_returns_before_its_events_are_heard(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            feed = log.follow()
            returned: list[int] = []
            heard: list[int] = []

            async def hear() -> None:
                while len(heard) < 50:
                    await feed.wait()
                    heard.extend(seqs(handed_out(feed)))
                    assert set(heard) <= set(returned)

            hearing = asyncio.create_task(hear())
            for _ in range(50):
                returned += await log.append([said()])
            await asyncio.wait_for(hearing, 30)

    asyncio.run(scene())


def test_rooms_are_removed_on_all_nodes(tmp_path: Path, nats: str, stream: str) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as logs:
            await logs[0].append([said(nonce="n"), said(room="den"), fact("a", 1)])
            await logs[1].append([gone("lobby"), said("new", nonce="n"), fact("b", 1)])
            await alike(logs)
            (left,) = await all_of(logs[0], "lobby")
            assert left.prev == 0
            assert [key for key, *_ in told(await logs[0].facts())] == ["a", "b"]

    asyncio.run(scene())


# Folders.


def test_a_node_that_starts_late_or_was_away_has_all(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (one,):
            given = await one.append([said(f"{n}") for n in range(3000)])
            await one.append([edited(given[7], "new"), deleted(given[8])])
            async with nodes(tmp_path / "late", nats, stream, 1) as (late,):
                await alike([one, late])
            for n in range(200):
                await one.append([said(f"meanwhile {n}", room=ROOMS[n % 3])])
            async with nodes(tmp_path / "late", nats, stream, 1) as (late,):
                await alike([one, late])

    asyncio.run(scene())


def test_a_folder_of_another_log_is_refused(tmp_path: Path, nats: str, stream: str) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path / "served", durability="process")
        await log.append([said()])
        await log.close()
        with pytest.raises(LogError, match="holds another log than the stream"):
            await JetStreamLog.join(tmp_path / "served", [nats], stream)
        async with nodes(tmp_path, nats, stream, 1) as (one,):
            await one.append([said()])
        with pytest.raises(LogError, match="holds another log than the stream"):
            await JetStreamLog.join(tmp_path / "node0", [nats], f"{stream}b")

    asyncio.run(scene())


def test_a_stream_that_lost_its_beginning_is_no_log_for_an_empty_folder(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (one,):
            for _ in range(3):
                await one.append([said()])
            await asked(nats, f"STREAM.PURGE.{stream}", {"keep": 1})
            with pytest.raises(LogError, match="begins at its message 4"):
                await JetStreamLog.join(tmp_path / "empty", [nats], stream)
        async with nodes(tmp_path, nats, stream, 1) as (one,):
            assert len(await all_of(one, "lobby")) == 3

    asyncio.run(scene())


def test_a_stream_that_hubbub_did_not_make_is_left_alone(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        await asked(nats, f"STREAM.CREATE.{stream}", {"name": stream, "subjects": [f"{stream}.a"]})
        with pytest.raises(LogError, match="was not made by hubbub"):
            await JetStreamLog.join(tmp_path, [nats], stream)

    asyncio.run(scene())


def test_servers_that_are_not_there_are_named(
    tmp_path: Path, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.log.jetstream.link.OPEN_SECONDS", 0.5)

    async def scene() -> None:
        with pytest.raises(
            LogError, match=r"None of the NATS servers can be used .*127\.0\.0\.1:9"
        ):
            await JetStreamLog.join(tmp_path, ["nats://127.0.0.1:9"], stream)

    asyncio.run(scene())


def test_a_log_of_one_machine_goes_on_as_a_stream_and_back(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        log = await SqliteLog.open(tmp_path / "one", durability="process")
        given = await log.append([said(f"{n}", nonce=f"{n}") for n in range(3000)])
        await log.append([edited(given[0], "new", kept=True), fact("a", 1)])
        before = await all_of(log, "lobby"), told(await log.facts()), await log.epochs()
        await log.close()
        await moving.bring(tmp_path / "one", [nats], stream, 1)
        with pytest.raises(LogError, match="already"):
            await moving.bring(tmp_path / "one", [nats], stream, 1)
        with pytest.raises(LogError, match="Restore a backup of another node"):
            await JetStreamLog.join(tmp_path / "empty", [nats], stream)
        shutil.copytree(tmp_path / "one", tmp_path / "other")
        logs = [
            await JetStreamLog.join(tmp_path / name, [nats], stream) for name in ("one", "other")
        ]
        assert await all_of(logs[1], "lobby") == before[0]
        assert told(await logs[1].facts()) == before[1]
        assert await logs[1].append([said("again", nonce="7")]) == [8]
        (seq,) = await logs[0].append([said("more")])
        assert seq > log._writer.last
        await alike(logs)
        epochs = await logs[1].epochs()
        assert epochs[:-1] == before[2]
        assert epochs[-1].start == log._writer.last
        for one in logs:
            await one.close()
        log = await SqliteLog.open(tmp_path / "other", durability="process")
        assert (await all_of(log, "lobby"))[:-1] == before[0]
        assert await log.append([said("alone")]) == [seq + 1]
        assert (await log.epochs())[:-1] == epochs
        await log.close()
        with pytest.raises(LogError, match="another log"):
            await JetStreamLog.join(tmp_path / "other", [nats], stream)

    asyncio.run(scene())


# Parts.


@pytest.mark.parametrize(
    ("reply", "place"),
    [
        ("$JS.ACK.log.c1.1.7.3.1700000000.5", (7, 3, 5)),
        ("$JS.ACK.hub.ACC.log.c1.1.7.3.1700000000.5.r4nd", (7, 3, 5)),
        ("$JS.ACK._.ACC.log.c1.1.7.3.1700000000.5", (7, 3, 5)),
        ("", None),
        ("$JS.FC.log.c1.x", None),
        ("$JS.ACK.log.c1.1.x.3.1.0", None),
        ("$JS.ACK", None),
        ("_INBOX.a.b.c.d.e.f.g.h", None),
    ],
)
def test_places_are_told_in_either_form(reply: str, place: tuple[int, int, int] | None) -> None:
    assert place_of(reply) == place


def test_long_batches_are_cut_into_pieces_that_servers_take() -> None:
    drafts = [*(said("x" * 1000, room=ROOMS[n % 2]) for n in range(3000)), said("y" * 500_000)]
    drafts += [said(room="attic")] * 2500
    cut = pieces.cut(drafts)
    assert sorted(place for piece in cut for place in piece.places) == list(range(len(drafts)))
    for number, piece in enumerate(cut, 1):
        entries = pieces.numbered(number, piece.payload)
        assert [one.text for one in entries] == [drafts[at].text for at in piece.places]  # type: ignore[union-attr]
        assert len({one.room for one in entries}) == 1
        assert len(piece.payload) <= pieces.PIECE_BYTES_MAX or len(entries) == 1
        assert {pieces.number_of(one.seq) for one in entries} == {number}


def test_without_a_stream_nothing_of_nats_is_imported() -> None:
    asked = "import sys, hubbub.server.app, hubbub.cli.app; print('nats' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "False"


def test_what_was_edited_while_a_node_was_away_is_not_called_missing_while_it_still_reads(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            await log.append([said("a")])
            # As the stream has it once it was edited; the edit is yet to come.
            blank = """UPDATE segments SET body = replace(body, '"a"', '""'), checksum = NULL"""
            await log._writing.run(lambda db: db.execute(blank))
            monkeypatch.setattr(JetStreamLog, "behind", 1)
            with pytest.raises(LogError, match="still reads"):
                await log.page(PageQuery(room="lobby"))
            monkeypatch.setattr(JetStreamLog, "behind", 0)
            assert (await log.page(PageQuery(room="lobby"))).missing

    asyncio.run(scene())
