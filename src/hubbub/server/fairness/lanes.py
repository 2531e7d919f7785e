"""Fair turns at something that few can use at once, such as a reader of the log.

An asker that needs more than a turn waits again. What a turn cost is the time for which it occupied
a place. So the expensive turns of one connection, or of all connections of an address, delay those
of others by no more than the turns that have begun (fair_queue.py).

What is soon done does not wait for what takes long either, even within an address: half of a lane's
time is for what is short, the other half for what is long.

What may race: somebody who asks may go away at any moment. While they wait, they are forgotten.
Once their turn has begun, it goes on to its end, for the place is occupied until then.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeVar

from hubbub.background import Work, awaited
from hubbub.server.fairness.addresses import address_of
from hubbub.server.fairness.fair_queue import FairQueue, Party

CREDIT_SECONDS: Final = 0.01
"""How much use a quiet party may catch up on before it takes turns with those who used much."""

ADDRESSES_MAX: Final = 10_000
"""Addresses whose use is remembered; the one that asked longest ago is forgotten first."""

T = TypeVar("T")
Waiter = asyncio.Future[None]
"""Done when its turn begins."""


class Lane:
    """Something that `places` can use at once, and those who wait for it. `clock` returns seconds.

    Parties form a tree: everybody → what is short, what is long → an address → a connection. An
    address for which a proxy asks is below that of the proxy.
    """

    def __init__(self, clock: Callable[[], float], places: int = 1) -> None:
        self._clock = clock
        self._places = places
        self._queue: FairQueue[Waiter] = FairQueue(CREDIT_SECONDS)
        self._short: Party[Waiter] = Party(self._queue.everybody)
        self._long: Party[Waiter] = Party(self._queue.everybody)
        self._addresses: OrderedDict[tuple[str, str, bool], Party[Waiter]] = OrderedDict()
        self._waiting_since: dict[Waiter, float] = {}
        self._occupied = 0
        self.turns = 0
        self.seconds = 0.0
        """For which places were occupied, all in all."""

    @property
    def waiting(self) -> int:
        """How many turns are waited for."""
        return len(self._queue)

    @property
    def waiting_seconds(self) -> float:
        """For how long the one that has waited longest has been waiting."""
        since = next(iter(self._waiting_since.values()), None)
        return 0.0 if since is None else self._clock() - since

    def party(self, host: str, proxy: str = "", *, is_long: bool = False) -> Party[Waiter]:
        """Return a new party for what is short or long, among those of the address of `host`.

        All addresses for which a `proxy` says that it asks are one beside the others.
        """
        above = self._long if is_long else self._short
        if proxy:
            above = self._remembered(("", address_of(proxy), is_long), above)
        return Party(self._remembered((proxy, address_of(host), is_long), above))

    def _remembered(self, name: tuple[str, str, bool], above: Party[Waiter]) -> Party[Waiter]:
        party = self._addresses.pop(name, None) or Party(above)
        self._addresses[name] = party
        if len(self._addresses) > ADDRESSES_MAX:
            self._addresses.popitem(last=False)
        return party

    async def turn(self, party: Party[Waiter], use: Callable[[], Work[T]]) -> T:
        """Wait for a turn of `party`, and return what `use` does."""
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self._queue.put(party, waiter)
        self._waiting_since[waiter] = self._clock()
        self._go_on()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter in party.items:
                self._forget(party, waiter)
            elif not waiter.cancelled():  # it had just begun
                self._leave()
            raise
        started = self._clock()
        using = awaited(use())
        using.add_done_callback(lambda _: self._end(party, started))
        return await asyncio.shield(using)

    def charge(self, party: Party[Waiter], seconds: float) -> None:
        """Count what somebody got as if it had occupied a place for so long."""
        self._queue.charge(party, seconds)

    def _go_on(self) -> None:
        """Let turns begin that are waited for, as far as there are places."""
        while self._queue and self._occupied < self._places:
            _, waiter = self._queue.take()
            del self._waiting_since[waiter]
            if not waiter.cancelled():
                self._occupied += 1
                waiter.set_result(None)

    def _leave(self) -> None:
        self._occupied -= 1
        self._go_on()

    def _forget(self, party: Party[Waiter], waiter: Waiter) -> None:
        self._queue.discard(party, waiter)
        del self._waiting_since[waiter]

    def _end(self, party: Party[Waiter], started: float) -> None:
        cost = self._clock() - started
        self.charge(party, cost)
        self.turns += 1
        self.seconds += cost
        self._leave()
