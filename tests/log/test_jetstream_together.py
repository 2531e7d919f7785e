"""What is there at once is done at once: counted in commits, hand-outs and messages of the stream.

One node stands still while others append. So all of that is there, except for what it has taken
already, when it moves on.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from hubbub.chat.commands import Join
from hubbub.chat.errors import LogError
from hubbub.chat.events import Entry, Message
from hubbub.chat.limits import Limits
from hubbub.hub import Hub
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.reading import place_of
from hubbub.server.sessions.commits import Commits
from hubbub.server.sockets.sending import Sending
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.log.drafts import all_of, said, seqs, until
from tests.log.feeds import handed_out
from tests.log.nodes import alike, nodes
from tests.log.test_removing import gone

AT_ONCE = 40
TURNS_MAX = 2
"""What was taken before the node stood still, and all else."""


async def are_there(log: JetStreamLog, count: int) -> None:
    """Wait until so many messages of the stream are at a node that stands still."""

    async def came() -> bool:
        waiting = sum(place_of(one.reply) is not None for one in log._stream._came)
        return log._seen - log._position + waiting == count

    await until(came)


def texts(events: Sequence[Entry]) -> list[str]:
    return [one.text for one in events if isinstance(one, Message)]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> dict[JetStreamLog, int]:
    """How often each node wrote its copy."""
    counted: dict[JetStreamLog, int] = {}
    commit = JetStreamLog._commit

    async def counting(self: JetStreamLog, entries: Sequence[Entry]) -> list[int]:
        counted[self] = counted.get(self, 0) + 1
        return await commit(self, entries)

    monkeypatch.setattr(JetStreamLog, "_commit", counting)
    return counted


def test_appends_that_are_there_at_once_are_one_commit(
    tmp_path: Path, nats: str, stream: str, commits: dict[JetStreamLog, int]
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            feed = one.follow()
            await one.stand_still()
            for number in range(AT_ONCE):
                await other.append([said(f"{number}"), said(f"{number} too")])
            await are_there(one, AT_ONCE)
            one.move_on()
            await alike([other, one])
            assert commits[other] == AT_ONCE
            assert commits[one] <= TURNS_MAX
            heard = handed_out(feed)
            assert seqs(heard) == sorted(seqs(heard))
            assert len(heard) == 2 * AT_ONCE

    asyncio.run(scene())


def test_our_append_is_one_commit_with_those_of_others_and_returns_before_any_is_heard(
    tmp_path: Path, nats: str, stream: str, commits: dict[JetStreamLog, int]
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            feed = one.follow()
            await one.stand_still()
            await other.append([said("taken already")])
            await are_there(one, 1)
            for number in range(5):
                await other.append([said(f"before {number}")])
            ours = [said("ours"), said("ours too")]
            appending = asyncio.create_task(one.append(ours))
            await are_there(one, 7)
            for number in range(5):
                await other.append([said(f"after {number}")])
            await are_there(one, 12)
            one.move_on()
            assert await appending == seqs(ours)
            assert commits[one] == TURNS_MAX
            assert texts(handed_out(feed)) == [
                "taken already",
                *(f"before {number}" for number in range(5)),
                *("ours", "ours too"),
                *(f"after {number}" for number in range(5)),
            ]
            await alike([one, other])

    asyncio.run(scene())


def test_of_our_appends_in_one_commit_each_returns_before_it_is_heard(
    tmp_path: Path, nats: str, stream: str, commits: dict[JetStreamLog, int]
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            feed = one.follow()
            heard: list[str] = []

            async def appended(text: str) -> None:
                (seq,) = await one.append([said(text)])
                assert seq
                assert text not in heard
                heard.extend(texts(handed_out(feed)))
                assert heard[-1] == text or heard[-1].startswith("between")

            await one.stand_still()
            await other.append([said("between 0")])
            await are_there(one, 1)
            tasks = []
            for number in range(1, 4):
                tasks.append(asyncio.create_task(appended(f"ours {number}")))
                await are_there(one, 2 * number)
                await other.append([said(f"between {number}")])
                await are_there(one, 2 * number + 1)
            one.move_on()
            await asyncio.gather(*tasks)
            assert commits[one] == TURNS_MAX
            in_order = [f"{who} {number}" for number in range(1, 4) for who in ("ours", "between")]
            assert heard == ["between 0", *in_order]
            await alike([one, other])

    asyncio.run(scene())


def test_what_was_given_up_is_heard_in_its_place_among_others(
    tmp_path: Path, nats: str, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            feed = one.follow()
            await one.stand_still()
            await other.append([said("taken already")])
            await are_there(one, 1)
            with monkeypatch.context() as impatient:
                impatient.setattr("hubbub.log.jetstream.publishing.PATIENCE_SECONDS", 0.1)
                with pytest.raises(LogError, match="too long"):
                    await one.append([said("given up", nonce="n")])
            await other.append([said("after")])
            again = asyncio.create_task(one.append([said("given up", nonce="n")]))
            one.move_on()
            (seq,) = await again
            await alike([one, other])
            events = handed_out(feed)
            assert texts(events) == ["taken already", "given up", "after"]
            assert events[1].seq == seq, "said twice, it is there once"

    asyncio.run(scene())


def test_rooms_that_are_removed_among_appends_that_are_there_at_once_are_gone_on_all_nodes(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            await one.stand_still()
            await other.append([said("old", nonce="n"), said(room="den")])
            await other.append([gone("lobby"), said("new", nonce="n")])
            ours = [said("newer", nonce="m")]
            appending = asyncio.create_task(one.append(ours))
            await other.append([said("newest")])
            one.move_on()
            assert await appending == seqs(ours)
            await alike([one, other])
            assert sorted(texts(await all_of(one, "lobby"))) == ["new", "newer", "newest"]

    asyncio.run(scene())


class Counting:
    """An outlet that counts the writes."""

    def __init__(self) -> None:
        self.writes = 0

    def write(self, payload: bytes) -> None:
        assert payload
        self.writes += 1

    def end(self) -> None:
        raise AssertionError("nobody leaves")


def test_each_member_is_written_to_once_for_all_appends_that_are_there_at_once(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream) as (one, other):
            hub = Hub(Limits(), server="test")
            commits = Commits(hub, one, Sending(asyncio.get_running_loop()))
            members = [Counting() for _ in range(5)]
            for number, member in enumerate(members):
                session, _ = hub.enter(f"m{number}", EVENTS, member, f"secret {number}")
                hub.command(session, Join(room="lobby"), 0)
            running = asyncio.create_task(commits.run())
            await one.stand_still()
            for number in range(AT_ONCE):
                (last,) = await other.append([said(f"{number}")])
            await are_there(one, AT_ONCE)
            for member in members:
                member.writes = 0
            one.move_on()

            async def is_heard() -> bool:
                return hub.last == last

            await until(is_heard)
            assert [1 <= member.writes <= TURNS_MAX for member in members] == [True] * 5
            running.cancel()

    asyncio.run(scene())


def test_what_is_said_at_once_in_a_room_is_one_message_of_the_stream(
    tmp_path: Path, nats: str, stream: str
) -> None:
    async def scene() -> None:
        async with nodes(tmp_path, nats, stream, 1) as (log,):
            hub = Hub(Limits(), server="test")
            commits = Commits(hub, log, Sending(asyncio.get_running_loop()))
            speakers = [
                hub.enter(f"m{number}", CLASSIC, Counting(), f"secret {number}")[0]
                for number in range(3)
            ]
            running = asyncio.create_task(commits.run())

            def say() -> None:
                for number in range(30):
                    hub.line(speakers[number % 3], f"line {number}", 0)
                commits.wake()

            start = log._position
            say()
            await commits.drained()
            assert log._position == start + 1
            await log.stand_still()
            say()  # and what is said while that is published is the next one

            async def is_published() -> bool:
                return commits.waiting_seconds > 0

            await until(is_published)
            for _ in range(3):
                say()
            log.move_on()
            await commits.drained()
            assert log._position == start + 3
            assert len(await all_of(log, "lobby")) == 5 * 30
            running.cancel()

    asyncio.run(scene())
