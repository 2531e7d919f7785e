"""Who is at which node, told over NATS, and never stored.

How it works. Each node publishes on one subject: what changes as it comes, a beat each second, and
all of it when somebody asks. Everything of one node is counted: whoever misses one asks. A node
that is not heard for GONE_SECONDS is gone, with all who were there. What is for one node alone goes
to a subject of its own.

Being cut off. A node that does not hear the stream for ALONE_SECONDS ends its sessions in passing,
since others free the names that it has claimed once it was not heard for FORGO_SECONDS. The second
is longer by far, so the names are let go before anybody else may take them. Those who are known
stay: their names are theirs for good.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from hubbub.hub.present.far import Letter, Present

if TYPE_CHECKING:
    from collections.abc import Callable

    from nats.aio.client import Client

    from hubbub.hub import Hub, Session
    from hubbub.log.jetstream import JetStreamLog

BEAT_SECONDS: Final = 1.0
GATHER_SECONDS: Final = 0.02
"""So long changes are gathered before they are told."""

GONE_SECONDS: Final = 5.0
ALONE_SECONDS: Final = 15.0
FORGO_SECONDS: Final = 45.0

T = TypeVar("T")

logger = structlog.get_logger()


class _Told(msgspec.Struct, tag_field="type", omit_defaults=True, kw_only=True):
    """What a node tells all others, as the `count`th since its start."""

    run: str
    name: str
    count: int


class _Changed(_Told, tag="changed"):
    """Who came or changed, who left, and who is writing where. Without any it is a beat."""

    here: Sequence[Present] = ()
    left: Sequence[str] = ()
    typing: Sequence[tuple[str, str]] = ()


class _All(_Told, tag="all"):
    """All who are at the node, in several messages that follow each other."""

    here: list[Present]
    is_first: bool
    is_last: bool


class _Asked(_Told, tag="asked"):
    """The node with this run is to tell all of it."""

    of: str


class _Parted(_Told, tag="parted"):
    """The node stops: nobody is there any more."""


_decoder = msgspec.json.Decoder(_Changed | _All | _Asked | _Parted)
_letters = msgspec.json.Decoder(list[Letter])


class _Other:
    """Another node, as it is heard."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.heard_at = monotonic()
        self.count = -1
        """Of what was heard last; -1 while not all is known that it told before."""
        self.asked_at = 0.0
        self.parts: list[Present] = []


class Presence:
    """What one node tells the others of its people, and hears of theirs."""

    def __init__(self, log: "JetStreamLog", run: str, name: str) -> None:
        self._log = log
        self._run = run
        self._name = name
        self._count = 0
        self._others: dict[str, _Other] = {}
        self._woken = asyncio.Event()
        self._client: Client | None = None
        self._is_asked = False
        self._is_alone = False
        self._unheard: dict[str, float] = {}  # since when, of those who have claimed names
        self._hub: Hub
        self._wake_session: Callable[[Session], None]

    @property
    def names(self) -> list[str]:
        """What the other nodes that are heard are called."""
        return sorted(other.name for other in self._others.values())

    async def run(self, hub: "Hub", wake_session: "Callable[[Session], None]") -> None:
        """Tell and hear, for ever. `wake_session` has one served that is behind."""
        self._hub, self._wake_session = hub, wake_session
        hub.elsewhere.when_due(self._woken.set)
        hub.elsewhere.all_present()
        try:
            await self._keep_telling()
        finally:
            await self._publish(_Parted(run=self._run, name=self._name, count=self._next()))

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
                self._look_around(late=monotonic() - beat_at)
                beat_at = monotonic() + BEAT_SECONDS

    # Telling.

    async def _tell(self, *, is_beat: bool) -> None:
        if self._is_asked:
            await self._tell_all()
        here, left = self._hub.elsewhere.take_moved()
        typing = self._hub.elsewhere.take_typing()
        if is_beat:
            await self._publish(self._changed())
        for names in self._parts(left):
            await self._publish(self._changed(left=names))
        for people in self._parts(here):
            await self._publish(self._changed(here=people))
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
    ) -> _Changed:
        return _Changed(
            run=self._run, name=self._name, count=self._next(), here=here, left=left, typing=typing
        )

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
            told = _All(
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

    async def _publish(self, told: _Told) -> None:
        await self._send(self._subject, msgspec.json.encode(told))

    async def _send(self, subject: str, payload: bytes) -> None:
        if self._client is not None:
            try:
                await self._client.publish(subject, payload)
            except (NatsError, OSError) as error:  # they miss it, and ask
                logger.debug("other nodes are not told: %s", error)

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
            logger.debug("other nodes cannot be heard: %s", error)
            return
        self._client = client

    # Hearing.

    async def _hear(self, message: Msg) -> None:
        try:
            told = _decoder.decode(message.data)
        except msgspec.DecodeError as error:
            logger.warning("what another node tells is not understood: %s", error)
            return
        if told.run == self._run or (isinstance(told, _Parted) and told.run not in self._others):
            return
        other = self._others.get(told.run)
        if other is None:
            logger.info("another node is heard", node=told.name)
            other = self._others[told.run] = _Other(told.name)
        other.heard_at = monotonic()
        if isinstance(told, _Parted):
            self._part(told.run, "another node stops")
            return
        if isinstance(told, _Asked) and told.of == self._run:
            self._is_asked = True
            self._woken.set()
        begins = isinstance(told, _All) and told.is_first
        if not begins and (other.count < 0 or told.count != other.count + 1):
            await self._ask(told.run, other)
            return
        other.count = told.count
        if isinstance(told, _All):
            self._take_all(told, other)
        elif isinstance(told, _Changed):
            self._take_changes(told)

    def _take_changes(self, told: _Changed) -> None:
        elsewhere = self._hub.elsewhere
        if told.left:
            elsewhere.gone(told.run, told.left)
        elsewhere.take(told.run, told.here)
        for key, room in told.typing:
            elsewhere.typing(told.run, key, room)

    def _take_all(self, told: _All, other: _Other) -> None:
        other.parts = [*([] if told.is_first else other.parts), *told.here]
        if told.is_last:
            parts, other.parts = other.parts, []
            self._hub.elsewhere.are_all(told.run, parts)

    async def _ask(self, run: str, other: _Other) -> None:
        other.count = -1
        if monotonic() - other.asked_at >= BEAT_SECONDS:
            other.asked_at = monotonic()
            await self._publish(_Asked(run=self._run, name=self._name, count=self._next(), of=run))

    async def _hear_letters(self, message: Msg) -> None:
        try:
            letters = _letters.decode(message.data)
        except msgspec.DecodeError as error:
            logger.warning("what another node wants is not understood: %s", error)
            return
        for letter in letters:
            for session in self._hub.elsewhere.hear(letter):
                self._wake_session(session)

    # Which nodes there are.

    def _look_around(self, late: float) -> None:
        """See which nodes are gone, and whether this one is cut off itself."""
        now = monotonic()
        for run in [run for run, one in self._others.items() if one.heard_at < now - GONE_SECONDS]:
            self._part(run, "another node is not heard any more")
        self._hub.elsewhere.try_again()
        if self._log.silence_seconds > ALONE_SECONDS or late > ALONE_SECONDS:
            self._unheard.clear()
            if not self._is_alone:
                logger.warning("this node is cut off; it ends its sessions in passing")
                self._hub.end_passing()
            self._is_alone = True
            return
        self._is_alone = False
        self._free_names(now)

    def _part(self, run: str, why: str) -> None:
        logger.info(why, node=self._others.pop(run).name)
        self._hub.elsewhere.gone(run)

    def _free_names(self, now: float) -> None:
        """Let others have what nodes have claimed that are gone for good."""
        claimants = self._hub.claimants - self._others.keys()
        self._unheard = {run: self._unheard.get(run, now) for run in claimants}
        for run, since in self._unheard.items():
            if now - since >= FORGO_SECONDS - GONE_SECONDS:
                self._hub.forgo(run)
