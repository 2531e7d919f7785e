"""A member whose node is lost goes on at another by itself: the real library, at real processes."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

from hubbub.chat import events as e
from hubbub.client import Chat, Online, connect
from tests.faults.serving import ServerProcess

MESSAGES = 200
KILLED_AFTER = 60
IN_FLIGHT_MAX = 8
PATIENCE_SECONDS = 120
DEVICE = "device-of-ann-and-of-nobody-else"


async def listen(chat: Chat, heard: list[tuple[int, str]], places: list[str]) -> None:
    """Note what is heard, and where, until all is heard that is said."""
    async for event in chat:
        if isinstance(event, e.Message):
            heard.append((event.seq, event.text))
        elif isinstance(event, Online):
            places.append(event.address)
        if len({text for _, text in heard}) == MESSAGES:
            return


async def say_all(chat: Chat, said: dict[str, int | None], killing: asyncio.Event) -> None:
    """Say everything, some at a time; have the node killed in the middle."""
    places = asyncio.Semaphore(IN_FLIGHT_MAX)

    async def say(text: str) -> None:
        async with places:
            said[text] = await chat.say(text)
        if len(said) == KILLED_AFTER:
            killing.set()

    async with asyncio.TaskGroup() as tasks:
        for number in range(MESSAGES):
            tasks.create_task(say(f"m{number}"))


async def talk(first: ServerProcess, second: ServerProcess) -> None:
    n1, n2 = (f"127.0.0.1:{one.port}" for one in (first, second))
    heard: dict[str, list[tuple[int, str]]] = {"ann": [], "ben": []}
    places: dict[str, list[str]] = {"ann": [], "ben": []}
    said: dict[str, int | None] = {}
    killing = asyncio.Event()
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        connect(f"{n1},{n2}", name="ann", device=DEVICE) as ann,
        connect(f"{n1},{n2}", name="ben") as ben,
        asyncio.TaskGroup() as tasks,
    ):
        person = ann.person
        for chat in (ann, ben):
            tasks.create_task(listen(chat, heard[chat.name], places[chat.name]))
        tasks.create_task(say_all(ann, said, killing))
        await killing.wait()
        first.kill()
        assert len(said) < MESSAGES, "it was killed while somebody talked"
    assert places == {"ann": [n1, n2], "ben": [n1, n2]}
    assert ann.name == "ann"
    assert ann.person == person
    assert ben.name == "ben", "a name in passing is kept, too"
    in_order = sorted((seq, text) for text, seq in said.items() if seq is not None)
    assert len(in_order) == MESSAGES
    assert heard == {"ann": in_order, "ben": in_order}
    assert [text for _, text in in_order] == [f"m{number}" for number in range(MESSAGES)]


def test_members_whose_node_is_killed_go_on_at_the_next_address_with_nothing_lost_or_doubled(
    tmp_path: Path, nats: str, stream: str
) -> None:
    config = f'[cluster]\nservers = ["{nats}"]\nstream = "{stream}"\n'
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(ServerProcess(tmp_path / name, config)) for name in ("n1", "n2")
        )
        asyncio.run(talk(first, second))
