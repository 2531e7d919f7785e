"""A desk at a real server: rooms, history, messages on their way, and what is remembered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.client import connect
from hubbub.desk.desk import Desk
from hubbub.desk.link import State
from hubbub.desk.log import Note, Said
from hubbub.desk.opening import Opening
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile
from hubbub.desk.room import Draft, RoomState
from hubbub.testing import LocalServer
from tests.interop.conftest import TutorialServer, tutorial_server

__all__ = ["tutorial_server"]


class User:
    """A desk, and what it has told so far."""

    def __init__(self, address: str, profile: Profile, name: str, room: str | None) -> None:
        self.alerts: list[str] = []
        self._stirred = asyncio.Event()
        self.desk = Desk(
            Opening(address=address, room=room),
            name,
            profile,
            lambda text, name: name in text,
            stirred=self._stirred.set,
            alert=self._alert,
        )

    def _alert(self, _room: RoomState, message: Message) -> None:
        self.alerts.append(message.text)

    async def until(self, holds: Callable[[], object]) -> None:
        """Take in what comes until something holds."""
        async with asyncio.timeout(20):
            while True:
                self._stirred.clear()
                self.desk.catch_up()
                if holds():
                    return
                await self._stirred.wait()

    def texts(self, room: RoomState | None = None) -> list[str]:
        """Return what is in a room's log, notes and pending messages too."""
        log = (room or self.desk.rooms.current).log
        items = [log[index] for index in range(log.first, log.end)]
        return [item.message.text if isinstance(item, Said) else item.text for item in items]


@asynccontextmanager
async def user(
    address: str, profile: Profile, name: str = "ann", room: str | None = None
) -> AsyncIterator[User]:
    one = User(address, profile, name, room)
    chatting = asyncio.create_task(one.desk.run())
    try:
        yield one
    finally:
        chatting.cancel()
        await asyncio.wait([chatting])


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile.load(tmp_path / "profile.json")


async def say(address: str, *texts: str, room: str | None = None, name: str = "bob") -> None:
    async with connect(address, name=name, room=room) as chat:
        for text in texts:
            await chat.say(text)


def test_history_is_there_and_older_pages_follow(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        texts = [f"m{number}" for number in range(1, 251)]
        await say(hubbub_server.address, *texts)
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.texts() == texts[-100:])
            room = ann.desk.rooms.current
            await ann.desk.paging.older(room)
            await ann.until(lambda: ann.texts() == texts[-200:])
            await ann.desk.paging.older(room)
            await ann.until(lambda: ann.texts() == texts)
            assert room.beginning

    asyncio.run(scene())


def test_an_own_message_is_pending_at_once_and_then_settled(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            ann.desk.posting.say(ann.desk.rooms.current, "hello")
            assert ann.texts() == ["hello"]
            assert unsent(ann.desk.rooms) == 1
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            assert ann.texts() == ["hello"]
            assert unsent(ann.desk.rooms) == 0

    asyncio.run(scene())


def test_a_refused_message_stays_says_why_and_can_be_tried_again(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            ann.desk.posting.say(ann.desk.rooms.current, "x" * 70_000)
            pending = ann.desk.rooms.current.log.pending[0]
            await ann.until(lambda: pending.failure)
            assert "70000 bytes" in (pending.failure or "")
            pending.text = "short enough"
            ann.desk.posting.retry(ann.desk.rooms.current, pending)
            await ann.until(lambda: not ann.desk.rooms.current.log.pending)
            assert ann.texts() == ["short enough"]

    asyncio.run(scene())


def test_messages_elsewhere_count_and_alert(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            kitchen = await ann.desk.join("Kitchen")
            await ann.until(lambda: kitchen.filled)
            ann.desk.show(next(iter(ann.desk.rooms)))
            await say(hubbub_server.address, "soup", "for ann", room="kitchen")
            await ann.until(lambda: kitchen.unread == 2)
            assert (kitchen.name, kitchen.mentions) == ("kitchen", 1)
            assert ann.alerts == ["soup", "for ann"]
            ann.desk.show(kitchen)
            ann.desk.look(looking=True)
            assert (kitchen.unread, kitchen.unread_after) == (0, 0)

    asyncio.run(scene())


def test_a_private_message_opens_its_room(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            async with connect(hubbub_server.address, name="bob") as bob:
                private = await bob.direct("ann")
                await bob.say("psst", private.room)
                await ann.until(lambda: ann.desk.rooms.get(private.room))
                room = ann.desk.rooms.get(private.room)
                assert room is not None
                await ann.until(lambda: ann.texts(room) == ["psst"])
                assert (room.title, room.mentions) == ("@bob", 1)

    asyncio.run(scene())


def test_rooms_markers_and_drafts_are_there_again_the_next_time(
    hubbub_server: LocalServer, profile: Profile, tmp_path: Path
) -> None:
    async def scene() -> None:
        await say(hubbub_server.address, "one", room="kitchen")
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            kitchen = await ann.desk.join("kitchen")
            await ann.until(lambda: ann.texts(kitchen) == ["one"])
            kitchen.draft = Draft("half a th")
            ann.desk.remember()
            profile.save()
        await say(hubbub_server.address, "two", "three", room="kitchen")
        again = Profile.load(tmp_path / "profile.json")
        async with user(hubbub_server.address, again) as ann:
            await ann.until(lambda: len(ann.desk.rooms) == 2)
            room = ann.desk.rooms.current
            assert (room.name, room.draft.text) == ("kitchen", "half a th")
            await ann.until(lambda: ann.texts(room) == ["one", "two", "three"])
            assert room.unread_after == 1

    asyncio.run(scene())


def test_a_message_far_back_is_loaded_with_all_between(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        await say(hubbub_server.address, *[f"m{number}" for number in range(1, 451)])
        async with user(hubbub_server.address, profile) as ann:
            room = ann.desk.rooms.current
            await ann.until(lambda: room.filled)
            await ann.desk.paging.back_to(room, 7)
            await ann.until(lambda: room.log.index_of(7) is not None)
            assert ann.texts()[-1] == "m450"

    asyncio.run(scene())


def test_a_tutorial_server_gets_and_gives_messages(
    tutorial_server: TutorialServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(tutorial_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.link.state is State.CLASSIC)
            async with user(tutorial_server.address, profile, "bob") as bob:
                await bob.until(lambda: bob.desk.is_classic)
                bob.desk.posting.say(bob.desk.rooms.current, "hi ann")
                await ann.until(lambda: ann.texts() == ["hi ann"])
                ann.desk.posting.say(ann.desk.rooms.current, "hi bob")
                await bob.until(lambda: bob.texts() == ["hi ann", "hi bob"])
                await ann.until(lambda: ann.texts() == ["hi ann", "hi bob"])
                assert not ann.desk.rooms.current.log.pending

    asyncio.run(scene())


def test_a_name_that_is_taken_is_refused(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with connect(hubbub_server.address, name="ann"):
            desk = User(hubbub_server.address, profile, "ann", None).desk
            with pytest.raises(Refused, match="taken"):
                await desk.run()

    asyncio.run(scene())


def test_the_last_room_stays(hubbub_server: LocalServer, profile: Profile) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            with pytest.raises(Refused, match="only room"):
                await ann.desk.leave(ann.desk.rooms.current)
            kitchen = await ann.desk.join("kitchen")
            await ann.desk.leave(kitchen)
            assert ann.desk.rooms.current.name == "lobby"

    asyncio.run(scene())


def test_what_the_server_answers_becomes_a_note(
    hubbub_server: LocalServer, profile: Profile
) -> None:
    async def scene() -> None:
        async with user(hubbub_server.address, profile) as ann:
            await ann.until(lambda: ann.desk.rooms.current.filled)
            await ann.desk.chat.line("/nonsense")
            await ann.until(ann.texts)
            log = ann.desk.rooms.current.log
            note = log[log.first]
            assert isinstance(note, Note)
            assert note.is_error
            assert "no command /nonsense" in note.text

    asyncio.run(scene())
