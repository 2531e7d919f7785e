"""A desk at a real server, for tests: its user looks, and waits until something holds."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from hubbub.chat.events import Message
from hubbub.client import connect
from hubbub.desk.desk import Desk
from hubbub.desk.log import Said
from hubbub.desk.opening import Opening
from hubbub.desk.profile import Profile
from hubbub.desk.room import RoomState
from hubbub.desk.verbs import VERBS


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
        try:
            async with asyncio.timeout(20):
                while True:
                    self._stirred.clear()
                    self.desk.catch_up()
                    if holds():
                        return
                    await self._stirred.wait()
        except TimeoutError:
            rooms = {room.title: self.texts(room) for room in self.desk.rooms}
            raise AssertionError(f"it does not come; the rooms: {rooms}") from None

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


@asynccontextmanager
async def after(first: User, coming: AbstractAsyncContextManager[User]) -> AsyncIterator[User]:
    """Have somebody come once another one is there, who owns the room that they open."""
    await first.until(lambda: ready(first))
    async with coming as second:
        yield second


def offered(ann: User) -> set[str]:
    """Return what can be done at a desk now, by the names of the verbs."""
    return {verb.name for verb in VERBS if verb.is_offered(ann.desk)}


def ready(ann: User) -> bool:
    """Return whether a user is known, and the room on their screen is filled."""
    return ann.desk.rooms.current.filled and ann.desk.chat.person is not None


async def done(ann: User, words: str) -> None:
    """Wait until the room on the screen says so."""
    await ann.until(lambda: any(words in text for text in ann.texts()))


def shows(ann: User, title: str) -> bool:
    """Return whether the room on the screen has this title."""
    return ann.desk.rooms.current.title == title


async def say(address: str, *texts: str, room: str | None = None, name: str = "bob") -> None:
    async with connect(address, name=name, room=room) as chat:
        for text in texts:
            await chat.say(text)


def unsent_folder(profile: Profile) -> Path:
    """Return where what a user says is kept until it is sent."""
    assert profile.unsent is not None
    return profile.unsent
