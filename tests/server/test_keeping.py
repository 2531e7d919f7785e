"""What is kept no longer goes, of all rooms or of one; members are told; a hold stops it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.queries import Drops, Over
from hubbub.chat.retention import Retention, parse_retention
from hubbub.client import Chat, connect
from hubbub.log.memory import MemoryLog
from hubbub.log.sqlite import SqliteLog
from hubbub.server import keeping
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from tests.log.drafts import said

PATIENCE_SECONDS = 60
LONG_AGO = 1_600_000_000_000


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LOOK_SECONDS", 0.02)


async def old(folder: Path) -> None:
    """Keep a log with messages of long ago, and of a moment ago, in a folder."""
    log = await SqliteLog.open(folder, durability="process")
    for number in range(10):
        await log.append([said(f"old {number}", room="den", at=LONG_AGO + number)])
    await log.close()


def config(folder: Path, **retention: int) -> Config:
    return Config(server=ServerSection(data=str(folder)), retention=Retention(**retention))


def chatting(server: LocalServer, name: str, secret: str) -> Chat:
    return connect(server.address, name=name, device=secret * 22)


async def texts(chat: Chat, room: str = "den") -> list[str]:
    return [one.text for one in (await chat.history(room, limit=100)).messages]


async def until_texts(chat: Chat, wanted: list[str], room: str = "den") -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await texts(chat, room) != wanted:  # noqa: ASYNC110 (nothing tells when)
            await asyncio.sleep(0.02)


async def entered(chat: Chat, room: str, after: int | None = None) -> e.Room:
    return await chat.join(room, after=after)


def test_old_messages_go_and_a_cursor_from_before_is_told_of_the_gap(tmp_path: Path) -> None:
    asyncio.run(old(tmp_path))

    async def scene(server: LocalServer) -> None:
        async with chatting(server, "ann", "a") as ann:
            room = await entered(ann, "den")
            await until_texts(ann, [])
            page = await ann.history("den")
            assert (page.dropped, page.more) == (True, False)
            await ann.say("new", "den")
            await until_texts(ann, ["new"])
            assert (room.last, room.gap) == (10, False)
        async with chatting(server, "bob", "b") as bob:
            room = await entered(bob, "den", after=4)
            assert (room.gap, room.first) == (True, room.last)
        async with chatting(server, "cleo", "c") as cleo:
            room = await entered(cleo, "den", after=10)
            assert not room.gap

    with serving(config(tmp_path, days=30)) as server:
        asyncio.run(scene(server))
    with serving(config(tmp_path)) as server:  # and a server that starts on the folder knows it

        async def again() -> None:
            async with chatting(server, "bob", "b") as bob:
                assert (await entered(bob, "den", after=4)).gap

        asyncio.run(again())


class PatientLog(MemoryLog):
    """Drops nothing until it is let."""

    is_let = False

    async def drop(self, over: Mapping[str, Over]) -> Drops:
        return await super().drop(over) if self.is_let else Drops({}, ())


async def comes_back(chat: Chat, wanted: list[str]) -> None:
    """Leave a room, come back as after its beginning, and wait for what is brought."""
    if "den" in chat.replicas:
        await chat.leave("den")
    await chat.join("den", after=0)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while [one.text for one in chat.replicas["den"].messages] != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def test_what_somebody_read_before_it_went_is_brought_to_nobody_afterwards() -> None:
    log = PatientLog()

    async def scene(server: LocalServer) -> None:
        async with chatting(server, "ann", "a") as ann, chatting(server, "bob", "b") as bob:
            await entered(ann, "den")
            for number in range(3):
                await ann.say(str(number), "den")
            await comes_back(bob, ["0", "1", "2"])
            log.is_let = True
            await until_texts(ann, ["2"])
            await comes_back(bob, ["2"])

    with serving(Config(retention=Retention(messages=1)), log) as server:
        asyncio.run(scene(server))


def test_no_more_than_the_newest_messages_are_kept() -> None:
    log = MemoryLog()

    async def scene(server: LocalServer) -> None:
        async with chatting(server, "ann", "a") as ann:
            await entered(ann, "den")
            for number in range(10):
                await ann.say(str(number), "den")
            await until_texts(ann, ["7", "8", "9"])
            await ann.say("10", "den")
            await until_texts(ann, ["8", "9", "10"])

    with serving(Config(retention=Retention(messages=3)), log) as server:
        asyncio.run(scene(server))


def test_an_owner_may_ask_for_less_and_only_an_operator_for_a_hold(tmp_path: Path) -> None:
    async def scene(server: LocalServer) -> None:
        async with chatting(server, "ann", "a") as ann, chatting(server, "bob", "b") as bob:
            await entered(bob, "den")  # ann is the operator; this one is bob's
            first = await bob.say("0", "den")
            assert first is not None
            await entered(ann, "den")
            with pytest.raises(Refused, match="legal hold"):
                await bob.rules("den", held=True)
            await ann.rules("den", held=True)
            await bob.rules("den", retention=Retention(messages=2))
            for number in range(1, 5):
                await bob.say(str(number), "den")
            for act in (
                bob.delete("den", first),
                bob.edit("den", first, "other"),
                ann.delete("den", first),
                bob.delete_room("den"),
            ):
                with pytest.raises(Refused, match="under a legal hold"):
                    await act
            await asyncio.sleep(0.2)
            assert await texts(bob) == ["0", "1", "2", "3", "4"]
            assert bob.replicas["den"].rules.held
            assert bob.replicas["den"].rules.retention == Retention(messages=2)
            await ann.rules("den", held=False)
            await until_texts(bob, ["3", "4"])
            await bob.rules("den", retention=Retention())
            assert bob.replicas["den"].rules.retention is None

    with serving(Config(server=ServerSection(data=str(tmp_path)))) as server:
        asyncio.run(scene(server))


GOLDEN = Path(__file__).parents[1] / "golden" / "tables" / "retention.json"


@pytest.mark.parametrize(("words", "meant"), json.loads(GOLDEN.read_text("utf-8")))
def test_people_say_how_long(words: str, meant: dict[str, int] | None) -> None:
    assert parse_retention(words) == (None if meant is None else Retention(**meant))


def test_the_stricter_one_holds() -> None:
    assert Retention(30, 0).within(Retention(0, 100)) == Retention(30, 100)
    assert Retention(30, 10).within(Retention(7, 100)) == Retention(7, 10)
    assert Retention().within(Retention()).is_for_ever
    assert str(Retention(1, 5)) == "for 1 day and while they are among the newest 5"
