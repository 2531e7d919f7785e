"""Reads the stream from a number on, each message once and in order, whatever breaks meanwhile.

How it works. A reading is a consumer that the server makes for it, and that it forgets soon after
nobody listens. It numbers what it delivers; when one of these numbers is missing, the consumer is
given up for another, which begins behind the last message that was taken. So nothing is asked for
by hand, and a message that came is never asked for again. The server sends no faster than this
takes (flow control): it asks now and then how far that is, and waits for the answer.

The watchdog. A connection that is there proves nothing: the consumer may be gone, or send where
nobody listens. So the server says each HEARTBEAT_SECONDS that it has nothing to send, and says with
it what it sent last. If nothing was heard for SILENCE_SECONDS, or something is missing, another
consumer is made. Where somebody knows that there is more to read, they say so (`doubt`).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from hubbub.chat.errors import LogError
from hubbub.chat.queries import Epoch
from hubbub.log.jetstream.link import (
    FORMAT,
    FORMAT_NOW,
    REST,
    TOKEN,
    Answer,
    Link,
    check_is_same,
)

if TYPE_CHECKING:
    from nats.aio.subscription import Subscription

HEARTBEAT_SECONDS: Final = 0.5
SILENCE_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 0.2
LEAVE_SECONDS: Final = 4.0
"""A server by which the stream cannot be read for so long is left for another one."""

FORGOTTEN_SECONDS: Final = 10
"""The server forgets a consumer to which nobody listened for so long."""

TAKEN_BYTES: Final = 262_144
"""About so much is taken at once; what is read of a long stream is committed in portions."""

COUNT_DIGITS_MAX: Final = 4

_SECOND: Final = 1_000_000_000

_logger = logging.getLogger(__name__)


class _Consumer(Answer):
    num_pending: int = 0


class Delivered(NamedTuple):
    """A message of the stream."""

    number: int
    subject: str
    payload: bytes
    token: str
    """Of the append that it is of."""
    rest: int
    """How many messages of that append follow."""
    format: int
    """By which it was written; above ours if a newer hubbub did."""


class Place(NamedTuple):
    """Where a message stands: in the stream, and among those that the consumer delivered."""

    number: int
    delivered: int
    pending: int
    """How many come after it, as far as the server knew when it sent it."""


def place_of(reply: str) -> Place | None:
    """Return the place that the subject for an acknowledgment tells, in its old or newer form."""
    tokens = reply.split(".")
    if tokens[:2] != ["$JS", "ACK"]:
        return None
    # $JS.ACK, then since the newer form a domain and an account, then: stream, consumer, number of
    # deliveries, the two numbers, the time, how many are pending, and more.
    start = 2 if len(tokens) == 9 else 4
    numbers = tokens[start + 3 : start + 7]
    if len(numbers) < 4 or not all(map(str.isdecimal, numbers)):
        return None
    number, delivered, _, pending = map(int, numbers)
    return Place(number, delivered, pending)


class Reading:
    """Where the stream with these epochs is read, behind its message `after`."""

    def __init__(self, link: Link, epochs: Sequence[Epoch], after: int) -> None:
        self._link = link
        self._clock = asyncio.get_running_loop().time
        self._epochs = epochs
        self._after = after
        self._delivered = 0
        self._subscription: Subscription | None = None
        self._came: deque[Msg] = deque()
        self._woken = asyncio.Event()
        self._is_doubted = True
        self._begun_at = -RETRY_SECONDS
        self._heard_at = -SILENCE_SECONDS
        self.pending = 0
        """How many messages there were behind what was taken, when that was sent."""
        self.beginnings = 0
        """How many consumers were made."""

    @property
    def is_live(self) -> bool:
        """Whether the server was heard lately, so that what comes would be here."""
        return self.silence_seconds < SILENCE_SECONDS

    @property
    def silence_seconds(self) -> float:
        """For how long the server has not been heard."""
        return self._clock() - self._heard_at

    def doubt(self) -> None:
        """Read with another consumer: this one does not bring what is there."""
        self._is_doubted = True
        self._woken.set()

    async def take(self) -> list[Delivered]:
        """Return the next messages; waits for one, however long.

        Returns none if another consumer was made, and there is none for it to deliver.
        """
        while True:
            if self._is_doubted:
                await self.begin()
                if not self.pending:
                    return []
            if taken := await self._take_what_came():
                return taken
            if self._is_doubted:
                continue
            self._woken.clear()
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                _logger.info("nothing is heard of the stream; it is read anew")
                self._is_doubted = True

    async def _take_what_came(self) -> list[Delivered]:
        taken: list[Delivered] = []
        size = 0
        while self._came and size < TAKEN_BYTES and not self._is_doubted:
            message = self._came.popleft()
            place = place_of(message.reply)
            if place is None:
                await self._hear_control(message)
            elif place.delivered != self._delivered + 1 or place.number <= self._after:
                self._is_doubted = True
            else:
                self._after, self._delivered, self.pending = place
                taken.append(_delivered(place.number, message))
                size += len(message.data)
        return taken

    async def _hear_control(self, message: Msg) -> None:
        """Act on what the server says beside the messages: that it is there, or waits for us."""
        headers = message.headers or {}
        if headers.get("Status") != "100":  # the consumer is no more
            self._is_doubted = True
            return
        last = headers.get("Nats-Last-Consumer", "")
        if last.isdecimal() and int(last) != self._delivered:
            self._is_doubted = True
        for waiting in (message.reply, headers.get("Nats-Consumer-Stalled", "")):
            if waiting:
                with suppress(NatsError, OSError):
                    await self._link.client.publish(waiting)

    async def begin(self, seconds_max: float | None = None) -> None:
        """Make a consumer that goes on behind what was taken; try until it can be made.

        Raises LogError if that takes longer than `seconds_max`.
        """
        try:
            async with asyncio.timeout(seconds_max):
                tried_since = self._clock()
                while True:
                    rest = self._begun_at + RETRY_SECONDS - self._clock()
                    await asyncio.sleep(max(rest, 0.0))
                    self._begun_at = self._clock()
                    if await self._made():
                        return
                    if self._clock() > tried_since + LEAVE_SECONDS:
                        tried_since = self._clock()
                        await self._leave()
        except TimeoutError:
            raise LogError("The NATS servers do not let the stream be read.") from None

    async def _made(self) -> bool:
        await self._end()
        try:
            await self._link.revive()
            await self._make()
        except (NatsError, OSError, LogError) as error:
            _logger.debug("the stream cannot be read yet: %s", error)
            return False
        return True

    async def _leave(self) -> None:
        """Go on at another server: this one answers nothing, though it may be connected."""
        if self._link.client.is_connected:
            try:
                await self._link.leave()
            except LogError as error:
                _logger.debug("there is no other server now: %s", error)

    async def _make(self) -> None:
        client, stream = self._link.client, self._link.stream
        # While nobody looked, another stream may have come in its place.
        check_is_same(await self._link.stream_found(), self._epochs, self._after)
        self._came = came = deque[Msg]()
        self._delivered = 0
        self.beginnings += 1
        inbox = client.new_inbox()

        async def hear(message: Msg) -> None:
            self._heard_at = self._clock()
            came.append(message)
            self._woken.set()

        self._subscription = await client.subscribe(inbox, cb=hear)
        asked = {
            "stream_name": stream,
            "config": {
                "deliver_subject": inbox,
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": self._after + 1,
                "ack_policy": "none",
                "max_deliver": 1,
                "replay_policy": "instant",
                "flow_control": True,
                "idle_heartbeat": int(HEARTBEAT_SECONDS * _SECOND),
                "inactive_threshold": FORGOTTEN_SECONDS * _SECOND,
                "mem_storage": True,
                "num_replicas": 1,
            },
        }
        answer = await self._link.ask(f"CONSUMER.CREATE.{stream}", asked, _Consumer)
        if answer.error is not None:
            raise LogError(answer.error.description)
        self.pending = answer.num_pending
        self._heard_at = self._clock()
        self._is_doubted = False

    async def _end(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with suppress(NatsError, OSError):
                await subscription.unsubscribe()


def _delivered(number: int, message: Msg) -> Delivered:
    headers = message.headers or {}
    rest, form = (_count(headers.get(name, "")) for name in (REST, FORMAT))
    return Delivered(
        number, message.subject, message.data, headers.get(TOKEN, ""), rest, form or FORMAT_NOW
    )


def _count(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) <= COUNT_DIGITS_MAX else 0
