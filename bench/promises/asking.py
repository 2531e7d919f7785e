"""A session that says its commands again until they are answered (protocol, section 5.4)."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from bench.peers.server import Failed
from bench.promises.ledger import Json, Ledger
from bench.promises.talking import LOST, PASSING, RETURN_SECONDS, Line, Person, join, next_event
from hubbub.chat.errors import Refused


@dataclass(slots=True)
class _Asked:
    command: Json
    answered: asyncio.Future[Json]
    done_already: str
    times: int = 0


class Asker:
    """Somebody in some `rooms`, who comes back after each loss."""

    def __init__(self, ledger: Ledger, person: Person, *rooms: str) -> None:
        self.ledger = ledger
        self.person = person
        self._rooms = rooms
        self.line: Line | None = None
        self._open: dict[str, _Asked] = {}
        self._asked = 0
        self._speaking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._speaking = asyncio.create_task(self._speak())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._speaking is not None
        self._speaking.cancel()
        (ended,) = await asyncio.gather(self._speaking, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended

    async def ask(self, **fields: object) -> Json:
        """Return the answer to a command; raise Refused for a lasting reason."""
        return await self.ask_until("", **fields)

    async def ask_until(self, done_already: str, /, **fields: object) -> Json:
        """Do so; a repeat that is refused with this code was done the first time."""
        self._asked += 1
        ref = str(self._asked)
        asked = _Asked(
            {**fields, "ref": ref}, asyncio.get_running_loop().create_future(), done_already
        )
        self._open[ref] = asked
        if self.line is not None:
            with suppress(*LOST):
                await self._send(self.line, asked)
        event = await asked.answered
        is_done = asked.times > 1 and event.get("code") == done_already
        if event["type"] == "error" and not is_done:
            raise Refused(event["message"], code=event["code"])
        return event

    def told(self, event: Json) -> None:
        """Hear of something, be it an answer or not."""

    async def _send(self, line: Line, asked: _Asked) -> None:
        asked.times += 1
        await line.say(**asked.command)

    async def _speak(self) -> None:
        while True:
            try:
                async with self.person.enter() as line:
                    for room in self._rooms:
                        await join(line, room=room)
                    self.line = line  # what is asked from here on is said at once
                    for asked in [*self._open.values()]:
                        await self._send(line, asked)
                    while True:
                        await self._hear(line, await next_event(line))
            except LOST:
                pass
            except Failed as failure:
                self.ledger.find(str(failure))
            self.line = None
            await asyncio.sleep(RETURN_SECONDS)

    async def _hear(self, line: Line, event: Json) -> None:
        self.told(event)
        if (ref := event.get("ref", "")) not in self._open:
            return
        if event.get("code") in PASSING:
            self.ledger.count_refusal()
            await asyncio.sleep(RETURN_SECONDS)
            await self._send(line, self._open[ref])
        elif not (answered := self._open.pop(ref).answered).done():  # else nobody waits any more
            answered.set_result(event)
