"""What the log as a stream bears with: servers that are full, hang or die, and strangers."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest
from nats.aio.client import Client

from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Message
from hubbub.log.jetstream import JetStreamLog, erasing, link, reading
from hubbub.log.jetstream.link import REST, TOKEN
from tests.log.drafts import all_of, fact, said, seqs, until
from tests.log.nats_servers import servers
from tests.log.nodes import ROOMS, alike, asked, nodes, whole_stream
from tests.log.test_removing import gone


def test_a_stream_that_is_full_refuses_and_loses_nothing(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            await log.append([said()])
            found = await log._link.stream_found()  # type: ignore[union-attr]
            assert found is not None
            config = {
                "name": stream,
                "subjects": [f"{stream}.log.>"],
                "discard": "new",
                "allow_atomic": True,
                "max_msgs": 3,
                "metadata": found.config.metadata,
            }
            await asked(nats, f"STREAM.UPDATE.{stream}", config)
            await log.append([said()])
            for batch in ([said()], [said(), said(room="den")]):
                with pytest.raises(LogError, match="refuse it"):
                    await log.append(batch)
                assert set(seqs(batch)) == {0}
            assert len(await all_of(log, "lobby")) == 2

    asyncio.run(scene())


def test_what_others_put_into_the_stream_is_passed_over(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            await log.append([said("a")])
            client = Client()
            await client.connect(nats)
            for payload in (b"", b"hello", b"[1]", b'[{"type":"message"}]'):
                await client.request(f"{stream}.log.room.x", payload, timeout=30)
            headers = {REST: "9999", TOKEN: "x"}
            await client.request(f"{stream}.log.room.x", b"[]", timeout=30, headers=headers)
            await client.close()
            await log.append([said("b")])
            assert len(await all_of(log, "lobby")) == 2
            assert len(log.damage) == 4

    asyncio.run(scene())


def test_a_consumer_that_is_gone_is_replaced_and_nothing_is_lost(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            client = Client()
            await client.connect(nats)
            answer = await client.request(f"$JS.API.CONSUMER.NAMES.{stream}", b"{}", timeout=30)
            for name in msgspec.json.decode(answer.data)["consumers"]:
                await client.request(f"$JS.API.CONSUMER.DELETE.{stream}.{name}", timeout=30)
            await client.close()
            for _ in range(5):
                await one.append([said()])
            await alike([one, other])
            assert one._stream.beginnings > 1

    asyncio.run(scene())


def test_a_server_that_hangs_fails_appends_soon_and_all_recovers(
    tmp_path: Path, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.log.jetstream.publishing.PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr("hubbub.log.jetstream.link.ASK_SECONDS", 1.0)

    async def scene() -> None:
        with servers(tmp_path) as (server,):
            async with nodes(tmp_path, server.address, stream) as (one, other):
                await one.append([said("before")])
                server.hang()
                with pytest.raises(LogError):
                    await one.append([said("lost", nonce="n")])

                async def is_refused() -> bool:
                    return raises(other.check)

                await until(is_refused)
                with pytest.raises(LogError):
                    await other.try_writing()
                assert len(await all_of(other, "lobby")) == 1, "what is here can be read"
                server.go_on()

                async def is_well() -> bool:
                    return not raises(one.check) and not raises(other.check)

                await until(is_well)
                await one.append([said("again", nonce="n")])
                await other.append([said("after")])
                await alike([one, other])
                assert len(await all_of(one, "lobby")) == 3, "said twice, it is there once"

    asyncio.run(scene())


def test_a_node_that_is_killed_has_lost_nothing_that_it_acknowledged(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "OTHERS_SECONDS", 0.1)

    async def killed(name: str, lines: int) -> list[list[int]]:
        """Run a node until it has told so many appends; return the number and seqs of each."""
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.log.killed_node", str(tmp_path / name), nats, stream),
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert running.stdout is not None
        told = [await running.stdout.readline() for _ in range(lines)]
        running.kill()
        told += (await running.stdout.read()).splitlines(keepends=True)
        await running.wait()
        return [[*map(int, line.split())] for line in told if line.endswith(b"\n")]

    async def scene() -> None:
        async with asyncio.timeout(120):
            told = await asyncio.gather(*(killed(name, 60) for name in ("node0", "node1")))
        async with nodes(tmp_path, nats, stream) as logs:
            await alike(logs)
            events = {event.seq: event for event in await all_of(logs[0], "lobby")}
            for of_node in told:
                for number, seq, _ in of_node:
                    message = events[seq]
                    assert isinstance(message, Message)
                    assert message.text == f"after {number}"
            nonces = [one.nonce for one in events.values() if isinstance(one, Message)]
            assert len(nonces) == len(set(nonces))

            texts = [one.text for one in events.values() if isinstance(one, Message)]
            unedited = sum(text.startswith("before") for text in texts)  # their last, at most
            assert unedited <= 2

            async def is_clean() -> bool:
                return (await whole_stream(nats, stream)).count(b"before") == unedited

            await until(is_clean)

    asyncio.run(scene())


def test_a_node_that_was_killed_within_an_append_applies_the_rest_of_it(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, commits = JetStreamLog._commit, 0

    async def once(self: JetStreamLog, entries: Sequence[Entry]) -> list[int]:
        nonlocal commits
        commits += 1
        if commits > 1:
            raise LogError("It is as good as killed.")
        return await commit(self, entries)

    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            await log.append([said(room=room) for room in ROOMS])
            with monkeypatch.context() as patched:
                patched.setattr(JetStreamLog, "_commit", once)
                with pytest.raises(LogError):
                    await log.append([gone("den"), gone("attic"), fact("a", 1), said("new")])
                assert await all_of(log, "den") == []
                assert await all_of(log, "attic") != []
                with pytest.raises(LogError, match="as good as killed"):
                    log.check()
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            assert await all_of(log, "attic") == []
            assert len(await all_of(log, "lobby")) == 2
            assert [one.key for one in await log.facts()] == ["a"]

    monkeypatch.setattr("hubbub.log.jetstream.publishing.PATIENCE_SECONDS", 1.0)
    asyncio.run(scene())


def test_a_stream_that_was_put_in_the_place_of_another_is_not_read(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            await log.append([said("old")])
            await asked(nats, f"STREAM.DELETE.{stream}", {})

            async def is_refused() -> bool:
                return raises(log.check)

            await until(is_refused)
            async with nodes(tmp_path / "other", nats, stream, 1) as (other,):
                for _ in range(5):
                    await other.append([said("new")])
                await asyncio.sleep(2 * reading.SILENCE_SECONDS)
                assert raises(log.check)
                assert len(await all_of(log, "lobby")) == 1
        with pytest.raises(LogError, match="another log"):
            await JetStreamLog.join(tmp_path / "node0", [nats], stream)

    asyncio.run(scene())


def test_a_stream_of_a_newer_hubbub_is_read_up_to_that(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            await one.append([said("old")])
            monkeypatch.setattr(link, "FORMAT_NOW", 2)
            with pytest.raises(LogError):
                await one.append([said("new")])

            async def are_refused() -> bool:
                return raises(one.check) and raises(other.check)

            await until(are_refused)
            for log in (one, other):
                with pytest.raises(LogError, match="A newer hubbub writes"):
                    log.check()
                assert len(await all_of(log, "lobby")) == 1
        with pytest.raises(LogError, match="A newer hubbub writes"):
            await JetStreamLog.join(tmp_path / "node0", [nats], stream)

    monkeypatch.setattr("hubbub.log.jetstream.publishing.PATIENCE_SECONDS", 1.0)
    asyncio.run(scene())


def raises(work: Callable[[], None]) -> bool:
    try:
        work()
    except LogError:
        return True
    return False


async def appended(log: JetStreamLog, make: Callable[[], Sequence[Entry]]) -> None:
    """Append until it succeeds, as clients do that say it again."""
    async with asyncio.timeout(60):
        while True:
            try:
                await log.append(make())
            except LogError:
                await asyncio.sleep(0.05)
            else:
                return


def test_nodes_begin_beside_three_servers_and_lose_nothing_as_these_are_lost_one_at_a_time(
    tmp_path: Path, stream: str
) -> None:
    async def talk(log: JetStreamLog, name: str, until_set: asyncio.Event) -> int:
        n = 0
        while not until_set.is_set():
            await appended(log, lambda: [said(f"{name} {n}", nonce=f"{name} {n}")])  # noqa: B023
            n += 1
        return n

    async def scene() -> None:
        with servers(tmp_path, 3) as running:
            addresses = [server.address for server in running]
            async with nodes(tmp_path, addresses, stream, 3, replicas=3) as logs:
                ending = asyncio.Event()
                talks = [
                    asyncio.create_task(talk(log, name, ending))
                    for log, name in zip(logs, "abc", strict=True)
                ]
                for server in running:
                    await asyncio.sleep(1)
                    server.kill()
                    await asyncio.sleep(1)
                    await asyncio.to_thread(server.start)
                    for log in logs:
                        await appended(log, lambda: [said(room="den")])
                ending.set()
                counts = await asyncio.gather(*talks)
                await alike(logs)
                events = await all_of(logs[0], "lobby")
                nonces = [event.nonce or "" for event in events if isinstance(event, Message)]
                assert len(nonces) == len(set(nonces)) == sum(counts)
                for name in "abc":
                    own = [one for one in nonces if one.startswith(name)]
                    assert own == [f"{name} {n}" for n in range(len(own))], "each in its order"

    asyncio.run(scene())


def test_attempts_to_connect_that_fail_leave_no_connection_open() -> None:
    async def scene() -> None:
        came: list[asyncio.StreamReader] = []
        ended: list[asyncio.StreamReader] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came.append(reader)
            try:
                if len(came) == 1:
                    writer.write(b'INFO {"version":"2.12.0","max_payload":1048576}\r\n')
                    await reader.readuntil(b"PING\r\n")
                    writer.write(b"PONG\r\n")
                else:
                    writer.write(b"HELLO\r\n")  # which fails the attempt, and ends nothing
                    await reader.read()
                    ended.append(reader)
            finally:
                writer.close()

        async def have_ended() -> bool:
            return len(ended) >= 2

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            client = await link._connected([f"nats://127.0.0.1:{port}"], "")
            try:
                await until(have_ended)
            finally:
                await client.close()

    asyncio.run(scene())
