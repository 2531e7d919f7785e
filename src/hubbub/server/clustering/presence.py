"""Who is at which node, told over NATS, and never stored.

How it works. Each node publishes on one subject: what changes as it comes, a beat each second, and
all of it when somebody asks. Everything of one node is counted: whoever misses one asks. A node
that is not heard for GONE_SECONDS is gone, with all who were there. What is for one node alone goes
to a subject of its own.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from hubbub.background import side_by_side
from hubbub.hub.present.far import Present, Upkeep
from hubbub.server.clustering.names import GONE_SECONDS, Acting, Names
from hubbub.server.clustering.told import (
    FORMAT,
    All,
    Asked,
    Changed,
    Guessed,
    Parted,
    Told,
    letters_of,
    understood,
)
from hubbub.server.node_addresses import Addresses
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from nats.aio.client import Client

    from hubbub.hub import Hub, Session
    from hubbub.log.jetstream import JetStreamLog
    from hubbub.server.sessions.guesses import Guesses

BEAT_SECONDS: Final = 1.0
GATHER_SECONDS: Final = 0.02
"""So long changes are gathered before they are told."""

T = TypeVar("T")


class Chatroom(Protocol):
    """What of a running chatroom others are told, and what is to hear of theirs."""

    hub: "Hub"
    guesses: "Guesses"

    @property
    def turns(self) -> Acting:
        """What acts on what is heard."""


class _Other:
    """Another node, as it is heard."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard_at = monotonic()
        self.count = -1
        """Of what was heard last; -1 while not all is known that it told before."""
        self.asked_at = 0.0
        self.parts: list[Present] = []
        self.is_newer = False
        """Whether it tells what only a newer hubbub knows."""


class Presence:
    """What one node tells the others of its people, and hears of theirs."""

    def __init__(self, log: "JetStreamLog", run: str, name: str, address: str = "") -> None:
        self._log = log
        self._run = run
        self._name = name
        self._addresses = Addresses(address)
        self._count = 0
        self._others: dict[str, _Other] = {}
        self._woken = asyncio.Event()
        self._client: Client | None = None
        self._is_asked = False
        self._wrong: Counter[tuple[str, str]] = Counter()
        """How many secrets were wrong here lately, by where they came from and the account."""
        self._hub: Hub
        self._guesses: Guesses
        self._wake_session: Callable[[Session], None]

    @property
    def names(self) -> list[str]:
        """What the other nodes that are heard are called."""
        return sorted(other.name for other in self._others.values())

    @property
    def addresses(self) -> list[str]:
        """Where members reach the nodes, this one first."""
        return self._addresses.told(monotonic())

    async def run(self, chatroom: Chatroom, wake_session: "Callable[[Session], None]") -> None:
        """Tell and hear, for ever. `wake_session` has one served that is behind."""
        hub = self._hub = chatroom.hub
        self._guesses, self._wake_session = chatroom.guesses, wake_session
        self._guesses.note = self._note_wrong
        names = Names(self._log, self._run, hub, chatroom.turns)
        hub.elsewhere.when_due(self._woken.set)
        hub.elsewhere.all_present()
        hub.elsewhere.are_at(self.addresses)
        try:
            await side_by_side(self._keep_telling, partial(names.run, self._others.keys()))
        finally:
            await self._publish(Parted(run=self._run, name=self._name, count=self._next()))

    async def _keep_telling(self) -> None:
        beat_at = monotonic()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, beat_at - monotonic())):
                    await self._woken.wait()
                    await asyncio.sleep(GATHER_SECONDS)
            self._woken.clear()
            await self._subscribe()
            is_beat = monotonic() >= beat_at
            await self._tell(is_beat=is_beat)
            if is_beat:
                self._look_around()
                beat_at = monotonic() + BEAT_SECONDS

    # Telling.

    async def _tell(self, *, is_beat: bool) -> None:
        kept = self._hub.elsewhere.take_kept()
        if self._is_asked:
            await self._tell_all()
            kept = self._hub.elsewhere.all_kept()
        here, left = self._hub.elsewhere.take_moved()
        typing = self._hub.elsewhere.take_typing()
        if is_beat:
            await self._publish(self._changed(address=self._addresses.own))
        wrong, self._wrong = self._wrong, Counter()
        for guesses in self._parts([(*one, times) for one, times in wrong.items()]):
            await self._publish(
                Guessed(run=self._run, name=self._name, count=self._next(), wrong=guesses)
            )
        for names in self._parts(left):
            await self._publish(self._changed(left=names))
        for people in self._parts(here):
            await self._publish(self._changed(here=people))
        for rooms in self._parts(kept):
            await self._publish(self._changed(kept=rooms))
        for places in self._parts(typing):
            await self._publish(self._changed(typing=places))
        for run, letters in self._hub.elsewhere.take_letters().items():
            for part in self._parts(letters):
                await self._send(f"{self._log.link.stream}.to.{run}", msgspec.json.encode(part))

    def _changed(
        self,
        here: Sequence[Present] = (),
        left: Sequence[str] = (),
        typing: Sequence[tuple[str, str]] = (),
        kept: Sequence[Upkeep] = (),
        address: str = "",
    ) -> Changed:
        return Changed(
            run=self._run,
            name=self._name,
            count=self._next(),
            here=here,
            left=left,
            typing=typing,
            kept=kept,
            address=address,
        )

    def _note_wrong(self, host: str, account: str) -> None:
        self._wrong[host, account] += 1
        self._woken.set()

    def _parts(self, told: Sequence[T]) -> list[list[T]]:
        """Cut what is to be told into messages that the servers take, however much it is."""
        size_max = self._log.link.client.max_payload // 2  # around it stands who tells it
        parts: list[list[T]] = []
        size = 0
        for one in told:
            more = len(msgspec.json.encode(one)) + 1
            if not parts or size + more > size_max:
                parts.append([])
                size = 0
            parts[-1].append(one)
            size += more
        return parts

    async def _tell_all(self) -> None:
        self._is_asked = False
        parts = self._parts(self._hub.elsewhere.all_present()) or [[]]
        for number, part in enumerate(parts, 1):
            told = All(
                run=self._run,
                name=self._name,
                count=self._next(),
                here=part,
                is_first=number == 1,
                is_last=number == len(parts),
            )
            await self._publish(told)

    def _next(self) -> int:
        self._count += 1
        return self._count

    async def _publish(self, told: Told) -> None:
        await self._send(self._subject, msgspec.json.encode(told))

    async def _send(self, subject: str, payload: bytes) -> None:
        if self._client is not None:
            try:
                await self._client.publish(subject, payload)
            except (NatsError, OSError) as error:  # they miss it, and ask
                logger.debug("other nodes are not told", reason=str(error))

    @property
    def _subject(self) -> str:
        return f"{self._log.link.stream}.here"

    async def _subscribe(self) -> None:
        """Listen over the connection of the log, which may have become another one."""
        client = self._log.link.client
        if client is self._client:
            return
        try:
            await client.subscribe(self._subject, cb=self._hear)
            await client.subscribe(f"{self._log.link.stream}.to.{self._run}", cb=self._hear_letters)
        except (NatsError, OSError) as error:
            logger.debug("other nodes cannot be heard", reason=str(error))
            return
        self._client = client

    # Hearing.

    async def _hear(self, message: Msg) -> None:
        told = understood(message.data)
        if told is None:
            logger.warning("what another node tells is not understood")
            return
        if told.run == self._run or (isinstance(told, Parted) and told.run not in self._others):
            return
        other = self._others.get(told.run)
        if other is None:
            logger.info("another node is heard", node=told.name)
            other = self._others[told.run] = _Other(told.name)
        other.heard_at = monotonic()
        if told.format > FORMAT and not other.is_newer:
            other.is_newer = True
            logger.warning(
                "another node is of a newer hubbub, and not all that it tells is known here",
                node=told.name,
            )
        if isinstance(told, Changed):
            self._addresses.hear(told.address, other.heard_at)
        if isinstance(told, Parted):
            self._part(told.run, "another node stops")
            return
        if isinstance(told, Asked) and told.of == self._run:
            self._is_asked = True
            self._woken.set()
        begins = isinstance(told, All) and told.is_first
        if not begins and (other.count < 0 or told.count != other.count + 1):
            await self._ask(told.run, other)
            return
        other.count = told.count
        if isinstance(told, All):
            self._take_all(told, other)
        elif isinstance(told, Changed):
            self._take_changes(told)
        elif isinstance(told, Guessed):
            for host, account, times in told.wrong:
                self._guesses.hear(host, account, times)

    def _take_changes(self, told: Changed) -> None:
        elsewhere = self._hub.elsewhere
        if told.left:
            elsewhere.gone(told.run, told.left)
        elsewhere.take(told.run, told.here)
        elsewhere.keep(told.kept)
        for key, room in told.typing:
            elsewhere.typing(told.run, key, room)

    def _take_all(self, told: All, other: _Other) -> None:
        other.parts = [*([] if told.is_first else other.parts), *told.here]
        if told.is_last:
            parts, other.parts = other.parts, []
            self._hub.elsewhere.are_all(told.run, parts)

    async def _ask(self, run: str, other: _Other) -> None:
        other.count = -1
        if monotonic() - other.asked_at >= BEAT_SECONDS:
            other.asked_at = monotonic()
            await self._publish(Asked(run=self._run, name=self._name, count=self._next(), of=run))

    async def _hear_letters(self, message: Msg) -> None:
        for letter in letters_of(message.data):
            for session in self._hub.elsewhere.hear(letter):
                self._wake_session(session)

    # Which nodes there are.

    def _look_around(self) -> None:
        """See which nodes are gone."""
        now = monotonic()
        self._hub.elsewhere.are_at(self.addresses)
        for run in [run for run, one in self._others.items() if one.heard_at < now - GONE_SECONDS]:
            self._part(run, "another node is not heard any more")
        self._hub.elsewhere.try_again()

    def _part(self, run: str, why: str) -> None:
        logger.info(why, node=self._others.pop(run).name)
        self._hub.elsewhere.gone(run)
