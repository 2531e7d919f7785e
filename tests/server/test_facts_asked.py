"""A decision may ask for facts: they are read in fair turns, beside pages."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hubbub.chat.errors import LogError
from hubbub.chat.events import Fact, Page
from hubbub.chat.limits import Limits
from hubbub.chat.queries import FactsQuery, PageQuery
from hubbub.hub import Hub
from hubbub.log.memory import MemoryLog
from hubbub.server.app import running
from hubbub.server.config import Config, ServerSection
from hubbub.server.fairness.reading import Asker
from hubbub.server.sessions.chatroom import Chatroom
from tests.log.drafts import fact, told


class GatedLog(MemoryLog):
    """Reads no page until the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def page(self, query: PageQuery) -> Page:
        await self.gate.wait()
        return await super().page(query)


class FailingLog(MemoryLog):
    """Cannot read what stands."""

    async def facts(self, prefix: str = "") -> list[Fact]:
        raise LogError(f"Nothing can be read under '{prefix}'.")


def play(scene: Callable[[Chatroom, Asker], Awaitable[None]], log: MemoryLog) -> None:
    async def session() -> None:
        await log.append([fact("read/a/lobby", 1), fact("read/b/lobby", 2), fact("own/a", 3)])
        limits = Limits()
        chatroom = Chatroom(limits, Hub(limits, server="test"), log)
        async with asyncio.timeout(30):
            await scene(chatroom, chatroom.reading.asker("192.0.2.1", lambda: False))
        chatroom.hashing.close()

    asyncio.run(session())


def test_the_facts_under_some_keys_are_answered() -> None:
    async def scene(chatroom: Chatroom, asker: Asker) -> None:
        answer = await chatroom.answer(FactsQuery("read/a/"), asker)
        assert isinstance(answer, list)
        facts = [one for one in answer if isinstance(one, Fact)]
        assert told(facts) == [("read/a/lobby", 1, 1)]
        assert await chatroom.answer(FactsQuery("read/c/"), asker) == []

    play(scene, MemoryLog())


def test_facts_wait_for_the_turn_that_has_begun() -> None:
    log = GatedLog()

    async def scene(chatroom: Chatroom, asker: Asker) -> None:
        page = asyncio.create_task(chatroom.answer(PageQuery(room="lobby"), asker))
        await asyncio.sleep(0)
        facts = asyncio.create_task(chatroom.answer(FactsQuery("read/"), asker))
        await asyncio.sleep(0)
        assert chatroom.reading.pages.waiting == 1
        log.gate.set()
        await page
        assert len(await facts) == 2  # type: ignore[arg-type]

    play(scene, log)


def test_whoever_asks_for_facts_is_told_that_the_log_fails() -> None:
    async def scene(chatroom: Chatroom, asker: Asker) -> None:
        with pytest.raises(LogError):
            await chatroom.answer(FactsQuery("read/"), asker)

    play(scene, FailingLog())


class Noting(MemoryLog):
    """Notes under which keys it was asked for facts."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def facts(self, prefix: str = "") -> list[Fact]:
        self.asked.append(prefix)
        return await super().facts(prefix)


def test_a_start_asks_for_nothing_that_is_personal() -> None:
    log = Noting()

    async def scene() -> None:
        await log.append([fact("read/a/lobby", 1), fact("own/a", 2), fact("name/ann", {})])
        async with asyncio.timeout(30), running(Config(ServerSection(listen="127.0.0.1:0")), log):
            pass

    asyncio.run(scene())
    assert log.asked
    personal = [one.key for asked in log.asked for one in asyncio.run(MemoryLog.facts(log, asked))]
    assert personal == []
