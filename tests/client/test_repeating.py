"""What a server could not answer or do just now is asked of it again: with a real server."""

import asyncio

import pytest

from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import Backoff, Chat, Delayed, Settled, connect
from hubbub.client.events import AnyClientEvent
from hubbub.testing import serving
from tests.moody import MoodyLog

PATIENCE_SECONDS = 60
SOON = Backoff(0.01, 0.02)


def chat_at(address: str) -> Chat:
    return connect(address, name="ann", reconnect=SOON)


async def heard(chat: Chat, *wanted: AnyClientEvent) -> None:
    """Return when these events have come, in this order."""
    left = list(wanted)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for event in chat:
            if left and type(event) is type(left[0]) and event.room == left[0].room:  # type: ignore[union-attr]
                left.pop(0)
                if not left:
                    return


def test_reads_are_repeated_until_the_log_can_be_read_and_the_program_is_told() -> None:
    log = MoodyLog(reads=range(1, 4))

    async def scene(address: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), chat_at(address) as chat:
            await chat.say("hello")
            assert [one.text for one in (await chat.history("lobby")).messages] == ["hello"]
            assert log.reads == 4
            log.failing_reads = range(5, 8)
            assert [one.text for one in (await chat.search("hello")).messages] == ["hello"]
            assert log.reads == 8
            await heard(chat, Delayed(None, ""), Settled(None), Delayed(None, ""), Settled(None))

    with serving(log=log) as server:
        asyncio.run(scene(server.address))


def test_a_read_that_is_repeated_for_too_long_ends_with_the_servers_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hubbub.client.repeating.ANSWER_SECONDS", 0.1)
    log = MoodyLog(reads=range(1, 1_000_000))

    async def scene(address: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), chat_at(address) as chat:
            with pytest.raises(Refused, match="log") as refused:
                await chat.history("lobby")
            assert refused.value.code == "log_unavailable"
            assert log.reads > 3
            await heard(chat, Delayed(None, ""), Settled(None))

    with serving(log=log) as server:
        asyncio.run(scene(server.address))


def test_nothing_is_asked_again_for_a_caller_who_has_gone() -> None:
    log = MoodyLog(reads=range(1, 4), writes=range(2, 1_000_000))

    async def scene(address: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), chat_at(address) as chat:
            await chat.say("hello")
            reading = asyncio.create_task(chat.history("lobby"))
            await heard(chat, Delayed(None, ""))
            log.failing_reads = ()
            edits = [asyncio.create_task(chat.edit("lobby", 1, text)) for text in ("one", "two")]
            await heard(chat, Delayed("lobby", ""))
            for task in (reading, *reversed(edits)):  # else the first would let the second go
                task.cancel()
            await asyncio.wait([*edits, reading])
            writes, log.failing_writes = log.writes, ()
            await chat.edit("lobby", 1, "three")
            assert log.writes <= writes + 2, "what was on its way, and this one"

    with serving(log=log) as server:
        asyncio.run(scene(server.address))
    assert log.said_in("lobby")[-1] == "three"
    assert "two" not in log.said_in("lobby")


@pytest.mark.parametrize("writes", [[2], [3], [2, 4, 6], range(2, 60, 2)])
def test_changes_of_a_message_are_repeated_in_order(writes: list[int]) -> None:
    log = MoodyLog(writes=writes)
    texts = [f"text {number}" for number in range(20)]

    async def scene(address: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), chat_at(address) as chat:
            await chat.say("hello")
            async with asyncio.TaskGroup() as tasks:
                for text in texts:
                    tasks.create_task(chat.edit("lobby", 1, text))
                    tasks.create_task(chat.topic("lobby", text))
                for number in range(5):
                    tasks.create_task(chat.react("lobby", 1, "+1", on=number % 2 == 0))
            (message,) = (await chat.history("lobby")).messages
            assert message.text == texts[-1]
            assert message.reactions == {"+1": ["ann"]}
            assert chat.replicas["lobby"].topic == texts[-1]
            await chat.delete("lobby", 1)

    with serving(log=log) as server:
        asyncio.run(scene(server.address))
    assert log.said_in("lobby")[-20:] == texts


def test_a_room_whose_backlog_cannot_be_read_just_now_is_entered_all_the_same() -> None:
    log = MoodyLog()

    async def scene(address: str) -> None:
        async with chat_at(address) as chat:
            for text in ("one", "two"):
                await chat.say(text)
        log.failing_reads = range(log.reads + 1, log.reads + 4)
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            connect(address, name="bob", reconnect=SOON, after=0) as chat,
        ):
            texts: list[str] = []
            async for event in chat:
                texts += [text] if (text := getattr(event, "text", "")) else []
                if texts == ["one", "two"]:
                    return

    with serving(log=log) as server:
        asyncio.run(scene(server.address))


def test_a_change_that_waits_ends_with_its_connection() -> None:
    log = MoodyLog(writes=range(2, 1_000_000))

    async def scene(address: str) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), chat_at(address) as chat:
            await chat.say("hello")
            edits = [asyncio.create_task(chat.edit("lobby", 1, text)) for text in ("one", "two")]
            await heard(chat, Delayed("lobby", ""))
            connection = chat._driver._connection
            assert connection is not None
            connection.abort(returning=True)
            ends = await asyncio.gather(*edits, return_exceptions=True)
            assert all(isinstance(end, Unreachable) for end in ends)
            log.failing_writes = ()
            await chat.say("goes on")

    with serving(log=log) as server:
        asyncio.run(scene(server.address))
    assert log.said_in("lobby") == ["hello", "goes on"]
