"""Somebody who opens rooms, has things said there, and deletes them for good.

What was said there must be nowhere then, and the name is free: in every other room that is deleted,
another one is opened, in which nothing of the former one may be.
"""

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Final

from bench.promises.asking import Asker
from bench.promises.ledger import Json, Ledger, Said
from bench.promises.senders import REQUEST_SECONDS, HttpSender
from bench.promises.talking import Person
from hubbub.chat.errors import Refused

PAUSE_SECONDS: Final = 0.1
MESSAGES_MAX: Final = 5


class Witness(Asker):
    """Is in the room when it is deleted, and is told of it."""

    def __init__(self, ledger: Ledger, person: Person) -> None:
        super().__init__(ledger, person)
        self._removed: set[str] = set()
        self._connection: object = None

    async def enter(self, room: str) -> None:
        """Enter the room."""
        await self.ask(type="join", room=room)
        self._connection = self.line

    async def expect_end(self, room: str) -> None:
        """Have heard that the room is gone, unless the connection was lost meanwhile."""
        await self.ask(type="ping")
        if self.line is self._connection and room not in self._removed:
            self.ledger.find(f"{self.person.name} is not told that {room} is deleted.")

    def told(self, event: Json) -> None:
        """Note what is gone."""
        if event["type"] == "removed" and event.get("gone"):
            self._removed.add(event["room"])


class Clearer:
    """Has messages, a file, a pin, a topic and rules in a room, and deletes it."""

    def __init__(
        self, ledger: Ledger, person: Person, guest: Person, chance: random.Random
    ) -> None:
        self._ledger = ledger
        self._asker = Asker(ledger, person)
        self._guest = Witness(ledger, guest)
        self._person = person
        self._chance = chance

    async def run(self) -> None:
        """Go on until it is over, and every room is deleted."""
        number = 0
        async with self._asker, self._guest:
            while self._ledger.goes_on():
                number += 1
                try:
                    await self._live_and_die(f"shed-{number}")
                except Refused as refusal:
                    self._ledger.find(f"{self._person.name} is refused in shed-{number}: {refusal}")
                await asyncio.sleep(PAUSE_SECONDS)

    async def _live_and_die(self, room: str) -> None:
        entered = await self._asker.ask(type="join", room=room, epoch="")
        said = [await self._say(room) for _ in range(self._chance.randint(1, MESSAGES_MAX))]
        said.append(await self._say_file(room))
        at = said[0].seq
        await self._in(room, type="pin", seq=at)
        await self._in(room, type="topic", text=f"{self._person.name} deletes this")
        await self._in(room, type="rules", title=f"old-{room}", revisions=True)
        await self._guest.enter(room)
        await self._asker.ask_until("no_such_room", type="delete_room", room=room)
        for one in said:
            one.is_gone = True
        self._ledger.changes += 1
        await self._guest.expect_end(room)
        cursor = {"room": room, "after": at, "epoch": entered["epoch"]}
        await self._is_refused(type="join", **cursor)
        await self._is_refused(type="history", room=room)
        if self._chance.random() < 0.5:
            await self._begin_again(room, cursor)

    async def _begin_again(self, room: str, cursor: Json) -> None:
        entered = await self._asker.ask(type="join", room=room, epoch="")
        shown = [entered.get(what) for what in ("topic", "title", "last")]
        if shown not in (["", None, 0], ["", "", 0]):
            self._ledger.find(f"{room} was deleted, and begins again as {entered}")
        await self._say(room)
        entered = await self._asker.ask(type="join", **cursor)
        if not entered.get("replaced"):
            self._ledger.find(f"{room} is another one, and a former cursor counts: {entered}")

    async def _say(self, room: str) -> Said:
        said = self._ledger.say(self._person.name, room)
        left = ["not_a_member"]
        if not self._is_used(room):
            left.append("no_such_room")  # where nothing was said, there is no room after a restart
        ok = await self._in(room, left=left, type="say", text=said.text, nonce=said.nonce)
        await self._ledger.acknowledge(said, ok["seq"])
        return said

    def _is_used(self, room: str) -> bool:
        """Whether something is acknowledged that was said in the room which has this name now."""
        said = (one for one in self._ledger.said.values() if one.room == room)
        return any(one.seq is not None and not one.is_gone for one in said)

    async def _say_file(self, room: str) -> Said:
        way = self._person.way
        sender = HttpSender(self._ledger, "porter", way, room, self._chance)
        async with way.http(REQUEST_SECONDS) as http:
            return await sender.post_file(http)

    async def _in(
        self, room: str, *, left: Sequence[str] = ("not_a_member",), **fields: object
    ) -> Json:
        """Do something in a room, which a lost connection left; the codes in `left` tell of it."""
        while True:
            try:
                return await self._asker.ask(room=room, **fields)
            except Refused as refusal:
                if refusal.code not in left:
                    raise
            await self._asker.ask(type="join", room=room)

    async def _is_refused(self, **fields: Any) -> None:
        try:
            answer = await self._asker.ask(**fields)
        except Refused as refusal:
            if refusal.code == "no_such_room":
                return
            answer = {"code": refusal.code}
        self._ledger.find(f"{fields['room']} is deleted, and '{fields['type']}' gets {answer}")
