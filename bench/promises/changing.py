"""Those who edit what they said, take it back, and react: with the client library, and without.

One change of a message is under way at a time, and is made again until it is answered (protocol,
section 5.4). A message changes a few times and is left alone then, so that what came of it must
outlive all that happens later.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Final, Protocol, Self

from bench.promises.asking import Asker
from bench.promises.ledger import Ledger, Said
from bench.promises.senders import UNANSWERED, WINDOW, chatting, padding, pass_over
from bench.promises.talking import RETURN_SECONDS, Person
from hubbub.chat.errors import Unreachable

PAUSE_SECONDS: Final = 0.03
CHANGES_MAX: Final = 4
DELETED_SHARE: Final = 0.25
EMOJI: Final = ("👍", "🎉", "👀")


class Hand(Protocol):
    """Says and changes something, and returns when that is committed; raises one of UNANSWERED."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def say(self, said: Said) -> int:
        """Say it, and return its seq."""

    async def edit(self, room: str, seq: int, text: str) -> None:
        """Give it another text."""

    async def delete(self, room: str, seq: int) -> None:
        """Take it back."""

    async def react(self, room: str, seq: int, emoji: str, *, on: bool) -> None:
        """Give it an emoji, or take that back."""


class LibraryHand:
    """With the client library: it gives a change up that is not answered, so that is made again."""

    def __init__(self, person: Person, room: str) -> None:
        self._chat = chatting(person, room)
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._opened.enter_async_context(self._chat)
        reading = asyncio.create_task(pass_over(self._chat))
        self._opened.callback(reading.cancel)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def say(self, said: Said) -> int:
        """Say it, and return its seq."""
        seq = await self._chat.say(said.text, said.room, nonce=said.nonce)
        assert seq is not None
        return seq

    async def edit(self, room: str, seq: int, text: str) -> None:
        """Give it another text."""
        await self._done(lambda: self._chat.edit(room, seq, text))

    async def delete(self, room: str, seq: int) -> None:
        """Take it back."""
        await self._done(lambda: self._chat.delete(room, seq))

    async def react(self, room: str, seq: int, emoji: str, *, on: bool) -> None:
        """Give it an emoji, or take that back."""
        await self._done(lambda: self._chat.react(room, seq, emoji, on=on))

    async def _done(self, change: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await change()
            except Unreachable:
                await asyncio.sleep(RETURN_SECONDS)


class EventHand(Asker):
    """With commands of the protocol, which are said again after each loss."""

    async def say(self, said: Said) -> int:
        """Say it, and return its seq."""
        ok = await self.ask(type="say", room=said.room, text=said.text, nonce=said.nonce)
        return int(ok["seq"])

    async def edit(self, room: str, seq: int, text: str) -> None:
        """Give it another text."""
        await self.ask(type="edit", room=room, seq=seq, text=text)

    async def delete(self, room: str, seq: int) -> None:
        """Take it back."""
        await self.ask(type="delete", room=room, seq=seq)

    async def react(self, room: str, seq: int, emoji: str, *, on: bool) -> None:
        """Give it an emoji, or take that back."""
        await self.ask(type="react", room=room, seq=seq, emoji=emoji, on=on)


class Changer:
    """Says something in a room, and changes it and what others said there."""

    def __init__(
        self, ledger: Ledger, name: str, room: str, hand: Hand, chance: random.Random
    ) -> None:
        self._ledger = ledger
        self._name = name
        self._room = room
        self._hand = hand
        self._chance = chance
        self._places = asyncio.Semaphore(WINDOW)

    async def run(self) -> None:
        """Say and change something until it is over, and everything is acknowledged."""
        async with self._hand, asyncio.TaskGroup() as lives:
            while self._ledger.goes_on():
                await self._places.acquire()
                said = self._ledger.say(self._name, self._room, padding(self._chance))
                said.texts.append(said.text)
                try:
                    seq = await self._hand.say(said)
                except UNANSWERED as error:
                    self._ledger.find(f"{self._name} cannot say anything: {error}")
                    return
                await self._ledger.acknowledge(said, seq)
                lives.create_task(self._change(said, seq))
                await asyncio.sleep(PAUSE_SECONDS)

    async def _change(self, said: Said, seq: int) -> None:
        try:
            for _ in range(self._chance.randint(1, CHANGES_MAX)):
                match self._chance.randrange(4):
                    case 0:
                        await self._react(said, seq)
                    case 1:
                        other = self._chance.choice(self._settled() or [said])
                        await self._react(other, other.seq or seq)
                    case _:
                        await self._edit(said, seq)
            if self._chance.random() < DELETED_SHARE:
                said.is_deleted = True
                await self._answered(said, self._hand.delete(said.room, seq))
        except UNANSWERED as error:
            self._ledger.find(f"{self._name} cannot change '{said.text[:40]}': {error!r}")
        finally:
            self._places.release()

    def _settled(self) -> list[Said]:
        """Return what others said in the room, who never take it back."""
        return [
            said
            for said in self._ledger.said.values()
            if said.room == self._room
            and said.seq is not None
            and not said.texts
            and not said.unanswered
        ]

    async def _edit(self, said: Said, seq: int) -> None:
        version = f"{said.sender} {said.number}, version {len(said.texts) + 1}"
        said.texts.append(text := f"{version} {'ü' * padding(self._chance)}".strip())
        await self._answered(said, self._hand.edit(said.room, seq, text))

    async def _react(self, said: Said, seq: int) -> None:
        given = (self._chance.choice(EMOJI), self._name)
        on = given not in said.reactions
        said.reactions ^= {given}
        await self._answered(said, self._hand.react(said.room, seq, given[0], on=on))

    async def _answered(self, said: Said, change: Coroutine[Any, Any, None]) -> None:
        said.unanswered += 1
        await change
        said.unanswered -= 1
        self._ledger.changes += 1
