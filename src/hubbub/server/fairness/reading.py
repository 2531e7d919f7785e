"""Reading the log for those who are connected, in fair turns.

The log has a reader for pages and backlogs, and one for searches, each a *lane* (lanes.py). A turn
is one short read (log/port.py): a page, a portion of a backlog, a step of a search.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from hubbub.chat.errors import Interrupted
from hubbub.chat.events import AnyLogged, Fact, Page, Reaction, Revisions
from hubbub.chat.queries import (
    AboutLog,
    Answer,
    FactsQuery,
    HappenedQuery,
    PageQuery,
    ReactionsQuery,
    RevisionsQuery,
    SearchQuery,
    TimeQuery,
)
from hubbub.hub.known.forgotten import ForgottenPeople
from hubbub.log.port import Log
from hubbub.server.fairness.fair_queue import Party
from hubbub.server.fairness.lanes import Lane, Waiter
from hubbub.server.fairness.searching import Search

BACKLOG_BYTES: Final = 131_072
"""How much of the log is read at a time for a lagging member."""

SHORT_SECONDS: Final = 0.1
"""What a search may take until it counts as a long one."""

PORTIONS_MAX: Final = 8
"""Portions of backlogs that are kept for others who read the same: half a megabyte each."""


class Asker:
    """One who asks, from `host`, perhaps through a `proxy`.

    Nothing is searched for one who `is_gone`.
    """

    __slots__ = ("_parties", "_proxy", "_reading", "host", "is_gone")

    def __init__(
        self, reading: "Reading", host: str, is_gone: Callable[[], bool], proxy: str
    ) -> None:
        self._reading = reading
        self._proxy = proxy
        self._parties: tuple[Party[Waiter] | None, ...] = (None,) * 4  # most ask for one thing
        self.host = host
        self.is_gone = is_gone

    @property
    def pages(self) -> Party[Waiter]:
        """Its place among those who ask for pages."""
        return self._party(0, self._reading.pages)

    @property
    def backlogs(self) -> Party[Waiter]:
        """Its place among those who ask for backlogs."""
        return self._party(1, self._reading.pages, is_long=True)

    @property
    def searches(self) -> Party[Waiter]:
        """Its place among those who search for what is soon found."""
        return self._party(2, self._reading.searches)

    @property
    def long_searches(self) -> Party[Waiter]:
        """Its place among those who search for longer."""
        return self._party(3, self._reading.searches, is_long=True)

    def _party(self, place: int, lane: Lane, *, is_long: bool = False) -> Party[Waiter]:
        if (party := self._parties[place]) is None:
            party = lane.party(self.host, self._proxy, is_long=is_long)
            self._parties = (*self._parties[:place], party, *self._parties[place + 1 :])
        return party


class Portion(NamedTuple):
    """A part of a backlog, as it reads for as long as the log has this version.

    `seconds` is what it took to read.
    """

    version: int
    events: Sequence[AnyLogged]
    seconds: float


class Reading:
    """The log's reads, in turns. All of them raise LogError if the log fails.

    `clock` returns seconds, and `version` a number that grows with all that anybody is told of, and
    with all that is kept no longer. What `forgotten` people said is read under another name.
    """

    def __init__(
        self,
        log: Log,
        clock: Callable[[], float],
        version: Callable[[], int],
        forgotten: ForgottenPeople,
    ) -> None:
        self._log = log
        self._forgotten = forgotten
        self._clock = clock
        self._version = version
        self._is_stopping = False
        self._portions: OrderedDict[tuple[str, int], Portion] = OrderedDict()
        self.pages = Lane(clock)
        self.searches = Lane(clock)

    def asker(self, host: str, is_gone: Callable[[], bool], proxy: str = "") -> Asker:
        """Return a new asker from `host`, for which a `proxy` may ask."""
        return Asker(self, host, is_gone, proxy)

    async def answer(self, asker: Asker, query: AboutLog) -> Answer:
        """Return the answer to a question about the log."""
        match query:
            case PageQuery():
                return await self.page(asker, query)
            case HappenedQuery():
                return await self.happened(asker, query)
            case SearchQuery():
                return await self.search(asker, query)
            case TimeQuery():
                return await self.seqs_at(asker, query)
            case ReactionsQuery() | RevisionsQuery():
                return await self.about_messages(asker, query)
            case FactsQuery():
                return await self.facts(asker, query)

    async def page(self, asker: Asker, query: PageQuery) -> Page:
        """Return a page of messages."""
        page = await self.pages.turn(asker.pages, partial(self._log.page, query))
        return self._forgotten.page(page)

    async def happened(self, asker: Asker, query: HappenedQuery) -> list[AnyLogged]:
        """Return what was logged in a room besides messages."""
        events = await self.pages.turn(asker.pages, partial(self._log.happened, query))
        return [*self._forgotten.events(events)]

    async def about_messages(
        self, asker: Asker, query: ReactionsQuery | RevisionsQuery
    ) -> list[Reaction] | Revisions:
        """Return reactions under the names under which they were given, or former texts."""
        if isinstance(query, RevisionsQuery):
            return await self.pages.turn(asker.pages, partial(self._log.revisions, query))
        return await self.pages.turn(asker.pages, partial(self._log.reactions, query))

    async def seqs_at(self, asker: Asker, query: TimeQuery) -> tuple[int, int]:
        """Return between which seqs the first event that came at a time or later stands."""
        return await self.pages.turn(asker.pages, partial(self._log.seqs_at, query))

    async def facts(self, asker: Asker, query: FactsQuery) -> list[Fact]:
        """Return the facts that stand under some keys."""
        return await self.pages.turn(asker.pages, partial(self._log.facts, query.prefix))

    async def holder(self, asker: Asker, file: str) -> tuple[str, int] | None:
        """Return the room and the seq of the message that holds a file."""
        return await self.pages.turn(asker.pages, partial(self._log.holder, file))

    async def backlog(self, asker: Asker, room: str, after: int) -> Sequence[AnyLogged]:
        """Return the next portion of a room's events after seq `after`.

        A crowd that comes back reads the same, and shares it.
        """
        read = partial(self._portion, asker, room, after)
        return await self.pages.turn(asker.backlogs, read)

    async def _portion(self, asker: Asker, room: str, after: int) -> Sequence[AnyLogged]:
        version, started = self._version(), self._clock()
        portion = self._portions.pop((room, after), None)
        if portion is None or portion.version != version:
            stored = await self._log.backlog(room, after, BACKLOG_BYTES)
            events = self._forgotten.events(stored)
            portion = Portion(version, events, self._clock() - started)
        else:  # for the same price, or those who share would run ahead of whoever reads for them
            self.pages.charge(asker.backlogs, portion.seconds)
        self._portions[room, after] = portion
        if len(self._portions) > PORTIONS_MAX:
            self._portions.popitem(last=False)
        return portion.events

    async def search(self, asker: Asker, query: SearchQuery) -> Page:
        """Return a page of the messages that match, as far as can be told in a second."""
        search = Search(query)
        while not search.is_done and not (self._is_stopping and search.reached):
            party = asker.searches if search.seconds < SHORT_SECONDS else asker.long_searches
            try:
                await self.searches.turn(party, partial(self._step, asker, search))
            except Interrupted:
                if search.reached is None:
                    raise
                break
        return self._forgotten.page(search.page())

    async def _step(self, asker: Asker, search: Search) -> None:
        if asker.is_gone():
            search.is_done = True
            return
        step = await self._log.search(search.query, search.windows)
        search.take(step, self._log.search_seconds)

    def stop(self) -> None:
        """Break off all searches after the step that they are at: the server stops."""
        self._is_stopping = True
