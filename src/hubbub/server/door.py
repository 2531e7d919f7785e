"""The door: who has knocked, who is let in next, and what those left who hung up before that.

Whoever knocks is accepted at once, takes a place, and waits for a turn to be let in. Nothing is
read until then: what a peer has sent meanwhile stays with the system, which has a bound for it.

If the peer has hung up by then, there is no hurry. If it said nothing, it is let go. Else it
waits behind all that are there: only `LEFT_AT_ONCE` such connections of an address are let in at
a time, the next one when one of them is gone, and whatever they said comes after what others of
the address say (`Turn.depart`). More than `LEFT_MAX`, or of all addresses than a quarter of all
places, keep none, or whoever knocks and hangs up, over and over, would take all of them: what they
said is read, if it is short, and waits without a socket (`sockets/bequest.py`). Only what is long,
or more than `WORDS_BYTES_MAX`, is let go unread, like whoever finds no place.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter, deque
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from hubbub.background import begin
from hubbub.faults import faults
from hubbub.hub.cost import ACCEPTING, LETTING_IN
from hubbub.server.fairness.addresses import address_of
from hubbub.server.notes import logger
from hubbub.server.sockets.bequest import Bequest, bequest_of
from hubbub.server.sockets.places import Place
from hubbub.server.sockets.unread import has_left

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.server.fairness.turns import Turn, Turns
    from hubbub.server.sockets.channel import Channel
    from hubbub.server.sockets.keepalive import Keepalive
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.server.sockets.streams import Streams

KNOCKING_MAX: Final = 4096
"""Accepted, and not let in yet. Among these, addresses take turns; others wait in the system's
queue, in the order in which they came."""

LEFT_AT_ONCE: Final = 16
"""Connections of one address that are let in at the same time although their peers hung up."""

LEFT_MAX: Final = 2000
"""Connections of one address that keep their sockets while they wait though their peers hung up.
Those of all addresses have a quarter of all places, or a crowd from many could take all of them."""

WORDS_BYTES_MAX: Final = 33_554_432
"""What may wait without a socket: more than 20,000 connections that said a little."""

LINE_SECONDS: Final = 60.0

NOT_LET_IN: Final = "a connection was not let in"


class Welcoming(Protocol):
    """Answers those who are let in."""

    def stranger(self, turn: Turn, left: Callable[[], None], *, may_be_silent: bool) -> AnyProtocol:
        """Return the first protocol of a connection; `left` is called when it is gone."""


class _Leaving:
    """What is called when a connection is gone. There is one for each, so it is no closure."""

    __slots__ = ("_place", "_then", "_turn")

    def __init__(self, place: Place, turn: Turn, then: Callable[[], None] | None) -> None:
        self._place = place
        self._turn = turn
        self._then = then

    def __call__(self) -> None:
        """Give back the place and the turn."""
        self._turn.close()
        self._place.leave()
        if self._then is not None:
            self._then()


class _Left:
    """The connections of one address whose peers hung up and left something unread.

    Of some that wait there are only the words.
    """

    __slots__ = ("let_in", "waiting")

    def __init__(self) -> None:
        self.let_in = 0
        self.waiting: deque[Place | Bequest] = deque()


class Door:
    """Connections until they are let in. `streams`: their transports, else the loop's own."""

    def __init__(
        self,
        turns: Turns,
        welcoming: Welcoming,
        keepalive: Keepalive,
        loop: asyncio.AbstractEventLoop,
        places: int,
        *,
        streams: Streams | None = None,
    ) -> None:
        self._turns = turns
        self._welcoming = welcoming
        self._keepalive = keepalive
        self._loop = loop
        self._streams = streams
        self._left_max = places // 4
        self._kept = 0  # places of those that wait though their peers hung up
        self._knocking: dict[Place | Bequest, Turn] = {}
        self._left: dict[str, _Left] = {}
        self._arriving: set[asyncio.Task[None]] = set()
        self._words_bytes = 0
        self._unread: Counter[str] = Counter()
        self._told_at = -LINE_SECONDS

    @property
    def is_full(self) -> bool:
        """Whether nobody else should be accepted for now."""
        return len(self._knocking) >= KNOCKING_MAX

    async def close(self) -> None:
        """Let go of those that are not let in yet."""
        for one, turn in self._knocking.items():
            turn.close()
            if isinstance(one, Place):
                _let_go(one)
        for left in self._left.values():
            for one in left.waiting:
                if isinstance(one, Place):
                    _let_go(one)
            left.waiting.clear()
        # What has just been let in becomes a stranger within a turn of the loop.
        if self._arriving:
            await asyncio.wait(self._arriving)

    def knock(self, place: Place) -> None:
        """Let a connection in when it is its turn."""
        self._turns.accounts.visitors(place.host).spend(ACCEPTING)
        if not self._is_left(place):
            turn = self._knocking[place] = self._turns.turn(place.host)
            turn.wait(partial(self._open, place))

    def bring(self, place: Place, channel: Channel) -> None:
        """Let in a connection that waited at a relay's door."""
        turn = self._turns.turn(place.host)
        turn.spend(ACCEPTING + LETTING_IN)
        left = _Leaving(place, turn, None)
        try:
            stranger = self._welcoming.stranger(turn, left, may_be_silent=place.local)
            channel.set_protocol(stranger)
            place.transport = channel
            stranger.connection_made(channel)
        except Exception as error:  # noqa: BLE001 (it ends this connection, and not the link)
            left()
            channel.set_protocol(asyncio.Protocol())  # nobody else is to give the place back
            channel.fail_by_our_fault(error)

    def _open(self, place: Place) -> None:
        turn = self._knocking.pop(place)
        if self._is_left(place):
            turn.close()
        else:
            self._begin(place, turn)

    def _is_left(self, place: Place) -> bool:
        """Whether the peer has hung up: then its turn comes after all others, or never."""
        leaves_something = has_left(place.sock)
        if leaves_something:
            self._put_off(place)
        elif leaves_something is False:
            _let_go(place)
        return leaves_something is not None

    def _begin(self, place: Place, turn: Turn, then: Callable[[], None] | None = None) -> None:
        turn.spend(LETTING_IN)
        left = _Leaving(place, turn, then)
        if self._streams is None:
            task = begin(self._connect(place, turn, left), NOT_LET_IN)
            self._arriving.add(task)
            task.add_done_callback(self._arriving.discard)
            return
        # In this turn: with a task for each, all of a crowd would be let in in the next one.
        with faults.contained(NOT_LET_IN):
            try:
                stranger = self._stranger(place, turn, left)
                _connected(place, self._streams.open(place.sock, stranger))
            except Exception as error:  # noqa: BLE001 (it is raised again, or expected)
                _give_up(place, left, error)

    async def _connect(self, place: Place, turn: Turn, left: _Leaving) -> None:
        try:
            stranger = self._stranger(place, turn, left)
            transport, _ = await self._loop.connect_accepted_socket(lambda: stranger, place.sock)
            _connected(place, transport)
        except Exception as error:  # noqa: BLE001 (it is raised again, or expected)
            _give_up(place, left, error)

    def _stranger(self, place: Place, turn: Turn, left: _Leaving) -> AnyProtocol:
        # People type their name after a tutorial's client has connected: they may take a while.
        stranger = self._welcoming.stranger(turn, left, may_be_silent=place.local)
        place.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._keepalive.apply(place.sock)
        return stranger

    # Those that hung up.

    def _put_off(self, place: Place) -> None:
        address = address_of(place.host)
        left = self._left.setdefault(address, _Left())
        place.share()
        if left.let_in < LEFT_AT_ONCE:
            self._let_in_left(left, place)
        elif len(left.waiting) < LEFT_MAX and self._kept < self._left_max:
            self._kept += 1
            left.waiting.append(place)
        else:
            bequest = bequest_of(place.host, place.sock)
            if bequest is None or self._words_bytes + bequest.size > WORDS_BYTES_MAX:
                self._unread[address] += 1
            else:
                self._words_bytes += bequest.size
                left.waiting.append(bequest)
            _let_go(place)

    def _let_in_left(self, left: _Left, one: Place | Bequest) -> None:
        left.let_in += 1
        turn = self._knocking[one] = self._turns.turn(one.host)
        turn.depart()
        then = partial(self._go_on, left, one.host)

        def begin() -> None:
            del self._knocking[one]
            if isinstance(one, Place):
                self._begin(one, turn, then)
            else:
                self._words_bytes -= one.size
                self._hear(one, turn, then)

        turn.wait(begin)

    def _hear(self, bequest: Bequest, turn: Turn, then: Callable[[], None]) -> None:
        """Have somebody hear what is left of a connection that has no socket any more."""

        def left() -> None:
            turn.close()
            then()

        turn.spend(LETTING_IN)
        try:
            bequest.begin(self._welcoming.stranger(turn, left, may_be_silent=False))
        except Exception as error:  # noqa: BLE001 (the next one of the address is to be heard)
            left()
            faults.note(NOT_LET_IN, error)

    def _go_on(self, left: _Left, host: str) -> None:
        """Let the next one in: one of those that hung up is gone."""
        left.let_in -= 1
        if left.waiting:
            one = left.waiting.popleft()
            self._kept -= isinstance(one, Place)
            self._let_in_left(left, one)
        elif not left.let_in:
            del self._left[address_of(host)]

    def tell(self) -> None:
        """Write a line about those that were let go unread, once a minute at most."""
        now = self._loop.time()
        if self._unread and now >= self._told_at + LINE_SECONDS:
            logger.warning(
                "connections were let go unread: their peers hung up, and too many of their "
                "address had done so",
                most=", ".join(f"{one} ({n} times)" for one, n in self._unread.most_common(3)),
                connections=self._unread.total(),
            )
            self._told_at = now
            self._unread.clear()


def _connected(place: Place, transport: asyncio.Transport) -> None:
    # The peer may have said something and been lost within the turn of the loop before this.
    if not transport.is_closing():
        place.transport = transport


def _give_up(place: Place, left: _Leaving, error: Exception) -> None:
    """Let a connection go that could not be let in; raise what was a fault of ours."""
    # Whatever it is, the place must be free: the server ends when all of them are.
    place.sock.close()
    left()
    if not isinstance(error, OSError):  # else the peer was gone before it was let in
        raise error


def _let_go(place: Place) -> None:
    place.sock.close()
    place.leave()
