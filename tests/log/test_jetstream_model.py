"""Whatever is done to them, nodes answer as the memory log does, and so does a late one."""

import asyncio
import re
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hubbub.chat.events import AnyLogged, Edited, Message
from hubbub.chat.queries import PageQuery
from hubbub.log.jetstream import JetStreamLog, erasing
from hubbub.log.sqlite import segments
from tests.log.dense import Dense
from tests.log.drafts import all_of, until
from tests.log.nodes import whole_stream
from tests.log.test_model import ROOMS, Intent, Pair, Removal, intents, rooms

MARK = re.compile(r"mark\d+")


class Nodes(Pair):
    """The memory log, and two nodes that are used by turns. Each text has a mark of its own."""

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(folder)
        self.address = address
        self.stream = f"t{secrets.token_hex(8)}"
        self.logs: list[JetStreamLog] = []
        self.given: list[int] = []
        self.marks = 0

    async def open(self) -> None:
        self.logs = [await self.node(name) for name in ("one", "other")]
        self.turn(0)

    async def node(self, name: str) -> JetStreamLog:
        return await JetStreamLog.join(self.folder / name, [self.address], self.stream)

    def turn(self, number: int) -> None:
        self.sqlite = Dense(self.logs[number % len(self.logs)], self.given)  # type: ignore[assignment]

    def draft(self, intent: Intent) -> AnyLogged | None:
        made = super().draft(intent)
        if isinstance(made, Message | Edited):
            self.marks += 1
            return replace(made, text=f"{made.text} mark{self.marks}")
        return made

    async def level(self) -> None:
        """Wait until both nodes are as far."""

        async def are_level() -> bool:
            return len({log._position for log in self.logs}) == 1

        await until(are_level)

    async def standing_marks(self) -> set[str]:
        """Return the marks of all texts that can be read."""
        pages = [await self.memory.page(PageQuery(room=room, limit=200)) for room in ROOMS]
        return {mark for page in pages for one in page.messages for mark in MARK.findall(one.text)}

    async def is_clean(self) -> bool:
        held = await whole_stream(self.address, self.stream)
        return set(MARK.findall(held.decode())) == await self.standing_marks()


async def play(folder: Path, address: str, steps: Sequence[list[Intent] | Removal]) -> None:
    pair = Nodes(folder, address)
    await pair.open()
    try:
        for number, step in enumerate(steps):
            pair.turn(number)
            if isinstance(step, Removal):
                await pair.remove(step.room)
            else:
                await pair.append(step)
            await pair.level()
        for number in range(2):
            pair.turn(number)
            await pair.agree()
        await until(pair.is_clean)
        pair.logs.append(await pair.node("late"))
        pair.turn(2)
        for room in ROOMS:
            assert await all_of(pair.sqlite, room) == await all_of(pair.memory, room)
            query = PageQuery(room=room, limit=200)
            late, early = await pair.sqlite.page(query), await pair.memory.page(query)
            assert late.messages == early.messages
        assert len(pair.logs[2].damage) == 0
    finally:
        for log in pair.logs:
            await log.close()


@settings(max_examples=12, deadline=None)
@given(
    steps=st.lists(
        st.lists(intents, min_size=1, max_size=8) | st.builds(Removal, room=rooms),
        min_size=1,
        max_size=10,
    )
)
def test_nodes_answer_as_memory_does(nats: str, steps: list[list[Intent] | Removal]) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(erasing, "OTHERS_SECONDS", 0.3)
        patch.setattr(segments, "SEGMENT_BYTES_MAX", 400)
        asyncio.run(play(Path(folder), nats, steps))
