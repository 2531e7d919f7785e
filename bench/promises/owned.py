"""Those of the cast who decide about rooms, and those whom that is about."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any, Final

from bench.peers.server import Failed
from bench.promises import looks, room_looks
from bench.promises.deleting import Clearer
from bench.promises.irc_owner import IrcOwner, Member
from bench.promises.ledger import Json, Ledger
from bench.promises.outsiders import ClassicOutsider, EventOutsider, IrcOutsider
from bench.promises.owners import Owner
from bench.promises.programs import PageReader
from bench.promises.readers import EventReader
from bench.promises.renaming import Renamed, Renamer
from bench.promises.standing import RoomLook, Standing
from bench.promises.talking import RETURN_SECONDS, Line, Person, Visitor, answer, join, known
from bench.promises.way import Way

HALL: Final = "hall"
PARLOUR: Final = "parlour"
"""A private room, out of which members are put."""

GARDEN: Final = "garden"
"""Its owner speaks IRC."""

PASSWORD: Final = "three words here"
TRIES_MAX: Final = 50


async def done(line: Line, **fields: object) -> Json:
    """Return the answer to a command; raise Failed if it is refused."""
    for _ in range(TRIES_MAX):
        answered = await answer(line, **fields)
        if answered["type"] != "error":
            return answered
        await asyncio.sleep(RETURN_SECONDS)  # another node has not heard yet of whom it is about
    raise Failed(f"What there is to be could not be prepared: {fields} got {answered}")


class Owned:
    """All of them, and three rooms."""

    def __init__(self, ledger: Ledger, plain: Way, secure: Way) -> None:
        self._ledger = ledger
        self._plain = plain
        self._olive, self._vera = known("olive", plain), known("vera", secure)
        self._ivan, self._kurt = known("ivan", plain), known("kurt", plain)
        self._ben, self._pam = known("ben", secure), known("pam", plain, websocket=True)
        self._dora, self._dave = known("dora", plain), known("dave", plain, websocket=True)
        rita = Renamed("rita", plain, device="the-only-device-of-rita", names=["rita"])
        self._standings = {
            room: Standing(room, rules={"private": room == PARLOUR})
            for room in (HALL, PARLOUR, GARDEN)
        }
        for standing in self._standings.values():
            ledger.note_room(standing)
        self._visitor = Visitor("guest", plain)
        self._renamer = Renamer(ledger, rita, "lobby")

    async def prepare(self) -> None:
        """Have the rooms be there; raises Failed, and one of LOST."""
        for one in (self._kurt, self._ivan):
            async with one.enter() as line:
                await done(line, type="register", password=PASSWORD)
        for one in (self._pam, self._ben):
            async with one.enter():
                pass  # from now on they are known
        self._ledger.hidden.add(PARLOUR)
        for owner, room in ((self._olive, HALL), (self._vera, PARLOUR), (self._ivan, GARDEN)):
            async with owner.enter() as line:
                await join(line, room=room)
                if room == PARLOUR:
                    await done(line, type="rules", room=room, private=True)
                    for one in (self._pam, self._kurt):
                        await done(line, type="add", room=room, name=one.name)
                said = self._ledger.say(owner.name, room)
                about = {"text": said.text, "nonce": said.nonce}
                ok = await done(line, type="say", room=room, **about)
                await self._ledger.acknowledge(said, ok["seq"])

    def senders(self, chance: Callable[[], random.Random]) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what those do who say and decide something, until it is over."""
        ledger, standings = self._ledger, self._standings
        ivan = Member("ivan", PASSWORD, self._plain)
        yield EventOutsider(ledger, self._ben, HALL, chance()).run()
        yield EventOutsider(ledger, self._pam, PARLOUR, chance()).run()
        yield Owner(ledger, self._olive, standings[HALL], chance()).run()
        yield Owner(ledger, self._vera, standings[PARLOUR], chance()).run()
        yield IrcOwner(ledger, ivan, standings[GARDEN], chance()).run()
        yield self._renamer.run()
        yield Clearer(ledger, self._dora, self._dave, chance()).run()

    def readers(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what those do who read, and try to, for ever."""
        ledger, plain = self._ledger, self._plain
        yield EventReader(ledger, Person("harriet", plain), HALL).run()
        yield ClassicOutsider(ledger, "tobias", plain, HALL).run()
        yield ClassicOutsider(ledger, "kurt", plain, PARLOUR, PASSWORD).run()
        yield ClassicOutsider(ledger, "theo", plain, GARDEN).run()
        yield IrcOutsider(ledger, "ilse", plain, GARDEN).run()

    def looks(
        self, page: PageReader | None
    ) -> Iterator[Callable[[], Coroutine[Any, Any, RoomLook]]]:
        """Yield ways to look at the rooms; each raises one of LOST."""
        for owner, room in ((self._olive, HALL), (self._vera, PARLOUR), (self._ivan, GARDEN)):
            yield partial(room_looks.by_events, owner, room, is_owner=True)
        for room in (HALL, GARDEN):
            yield partial(room_looks.by_events, self._visitor, room)
            yield partial(room_looks.over_http, self._plain, room)
            yield partial(room_looks.over_irc, self._plain, room)
        if page is not None:
            yield partial(self._look_at_page, page)

    async def _look_at_page(self, page: PageReader) -> RoomLook:
        end = await looks.end(self._visitor, HALL)
        return await page.look_at_room(HALL, end.event)

    async def look_at_names(self) -> None:
        """Look at what those are called who are renamed; raises one of LOST."""
        await self._renamer.look(self._visitor)
