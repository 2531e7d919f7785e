"""Who takes part in a round, in which room, and over what."""

import random
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.promises import irc, looks
from bench.promises.changing import Changer, EventHand, LibraryHand
from bench.promises.irc import IrcReader, IrcSender
from bench.promises.ledger import Ledger, Look
from bench.promises.owned import HALL, Owned, done
from bench.promises.programs import PageReader, TailReader
from bench.promises.readers import ClassicListener, EventReader, HttpReader, LibraryReader
from bench.promises.senders import ClassicSender, EventSender, HttpSender, LibrarySender
from bench.promises.spies import ClassicSpy, EventSpy, HttpSpy, IrcSpy
from bench.promises.standing import RoomLook
from bench.promises.talking import Line, Person, Visitor, join, known
from bench.promises.way import Way

LOBBY: Final = "lobby"
KITCHEN: Final = "kitchen"
CELLAR: Final = "cellar"
"""A private room, whose members are known."""


class Cast:
    """Everybody. `plain` and `secure` are the ways to the server, `home` is a folder for a user.

    `owned`: those who decide about rooms, if any do.
    """

    def __init__(
        self,
        ledger: Ledger,
        plain: Way,
        secure: Way,
        seed: int,
        home: Path,
        *,
        owned: Owned | None = None,
    ) -> None:
        self._ledger = ledger
        self._plain = plain
        self._secure = secure
        self._seed = seed
        self._home = home
        self._owned = owned
        can_be = PageReader.can_be()
        rooms = [] if owned is None else [HALL]
        self._page = PageReader(ledger, "page", plain, home, *rooms) if can_be else None
        self._talk = ""
        self._paula, self._peter = known("paula", plain), known("peter", plain)
        self._petra = known("petra", plain, websocket=True)
        self._tom, self._tina = known("tom", plain), known("tina", secure)
        self._visitor = Visitor("visitor", plain)

    async def prepare(self) -> None:
        """Have what is private be there; raises Failed, and one of LOST."""
        for one in (self._paula, self._peter, self._petra, self._tom, self._tina):
            async with one.enter():
                pass  # from now on they are known
        self._ledger.hidden.add(CELLAR)
        async with self._paula.enter() as line:
            await join(line, room=CELLAR)
            await done(line, type="rules", room=CELLAR, private=True)
            for one in (self._peter, self._petra):
                await done(line, type="add", room=CELLAR, name=one.name)
            await self._say_first(line, "paula", CELLAR)
        async with self._tom.enter() as line:
            self._talk = (await done(line, type="direct", name="tina"))["room"]
            self._ledger.hidden.add(self._talk)
            await self._say_first(line, "tom", self._talk)
        if self._owned is not None:
            await self._owned.prepare()

    async def _say_first(self, line: Line, name: str, room: str) -> None:
        said = self._ledger.say(name, room)
        ok = await done(line, type="say", room=room, text=said.text, nonce=said.nonce)
        await self._ledger.acknowledge(said, ok["seq"])

    def senders(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what those do who say something, until it is over."""
        ledger, plain, secure = self._ledger, self._plain, self._secure
        chances = (random.Random(self._seed * 100 + number) for number in range(100))

        def chance() -> random.Random:
            return next(chances)

        web = Person("webster", plain, websocket=True)
        yield EventSender(ledger, Person("evelyn", plain), LOBBY, chance()).run()
        yield EventSender(ledger, Person("edward", plain), KITCHEN, chance()).run()
        yield EventSender(ledger, web, LOBBY, chance()).run()
        yield EventSender(ledger, Person("esther", secure), KITCHEN, chance()).run()
        yield EventSender(ledger, self._paula, CELLAR, chance()).run()
        yield EventSender(ledger, self._tom, self._talk, chance()).run()
        yield HttpSender(ledger, "hector", plain, LOBBY, chance()).run()
        yield HttpSender(ledger, "hannah", secure, KITCHEN, chance()).run()
        yield LibrarySender(ledger, Person("libby", secure), KITCHEN, chance()).run()
        yield LibrarySender(ledger, Person("louis", plain), LOBBY, chance()).run()
        yield LibrarySender(ledger, self._peter, CELLAR, chance()).run()
        for name, hand in (
            ("charly", EventHand(ledger, known("charly", plain), LOBBY)),
            ("carla", LibraryHand(known("carla", plain), LOBBY)),
        ):
            yield Changer(ledger, name, LOBBY, hand, chance()).run()
        yield ClassicSender(ledger, "clive", plain).run()
        yield IrcSender(ledger, "ingrid", plain, LOBBY).run()
        if self._owned is not None:
            yield from self._owned.senders(chance)

    def readers(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what those do who read, for ever."""
        ledger, plain, secure = self._ledger, self._plain, self._secure
        yield EventReader(ledger, Person("rachel", plain), LOBBY).run()
        yield EventReader(ledger, Person("ronald", secure), KITCHEN).run()
        yield EventReader(ledger, Person("rufus", plain, websocket=True), LOBBY).run()
        yield EventReader(ledger, self._petra, CELLAR).run()
        yield EventReader(ledger, self._tina, self._talk).run()
        yield HttpReader(ledger, "request", secure, KITCHEN).run()
        yield HttpReader(ledger, "requests", plain, LOBBY).run()
        yield LibraryReader(ledger, Person("reader", plain), LOBBY).run()
        yield LibraryReader(ledger, Person("reading", secure), KITCHEN).run()
        yield ClassicListener(ledger, "listener", plain).run()
        yield IrcReader(ledger, "irene", secure, LOBBY).run()
        yield TailReader(ledger, "tail", plain, LOBBY, self._home).run()
        if self._owned is not None:
            yield from self._owned.readers()
        if self._page is not None:
            yield self._page.run()

    def spies(self) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what those do who try to hear what is private, for ever."""
        ledger, plain, secure = self._ledger, self._plain, self._secure
        yield EventSpy(ledger, Person("sam", plain)).run()
        yield EventSpy(ledger, known("sophie", secure, websocket=True)).run()
        yield HttpSpy(ledger, "sybil", plain).run()
        yield IrcSpy(ledger, "simon", plain).run()
        yield ClassicSpy(ledger, "stella", plain).run()

    def inside(self) -> Iterator[tuple[Person, str]]:
        """Yield each room with somebody who may look at it."""
        yield from ((self._visitor, LOBBY), (self._visitor, KITCHEN))
        if self._owned is not None:
            yield self._visitor, HALL
        yield from ((self._petra, CELLAR), (self._tina, self._talk))

    def look_by(self, plain: Way, secure: Way) -> None:
        """Have all who look do so by these ways from now on."""
        self._plain, self._secure = plain, secure
        for person in (self._visitor, self._petra):
            person.way = plain
        self._tina.way = secure

    def looks(self) -> Iterator[Callable[[], Coroutine[Any, Any, Look]]]:
        """Yield ways to look at the rooms; each raises one of LOST."""
        for person, room in self.inside():
            yield partial(looks.pages, person, room)
            yield partial(looks.backlog, person, room)
        for room in (LOBBY, KITCHEN):
            yield partial(looks.over_http, self._secure, room)
        yield partial(irc.look, self._plain, LOBBY)
        if self._page is not None:
            yield partial(self._look_at_page, self._page)

    async def _look_at_page(self, page: PageReader) -> Look:
        end = await looks.end(self._visitor, LOBBY)
        return await page.look(LOBBY, end.event)

    def room_looks(self) -> Iterator[Callable[[], Coroutine[Any, Any, RoomLook]]]:
        """Yield ways to look at what was decided; each raises one of LOST."""
        if self._owned is not None:
            yield from self._owned.looks(self._page)

    async def look_at_names(self) -> None:
        """Look at what people are called; raises one of LOST."""
        if self._owned is not None:
            await self._owned.look_at_names()
