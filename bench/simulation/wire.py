"""A node's connection to the server: late, lost or repeated as a seed has it.

It takes the place of the client of NATS (`log/jetstream/link.py`). Each direction keeps its order,
as TCP does. A connection that is cut loses what is under way in both directions, so a request may
have been done though its answer never comes; the client has another at once, or when the cut ends.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context, copy_context
from typing import NamedTuple

from nats.errors import TimeoutError as NoAnswerError

from bench.simulation.server import Server

REPEATS = 0.01
"""The share of deliveries that come twice."""


class Message(NamedTuple):
    """What a client hears."""

    subject: str
    reply: str
    data: bytes
    headers: Mapping[str, str]


Hear = Callable[[Message], Awaitable[None]]


class Subscription:
    """Where something is heard until it is given up."""

    def __init__(self, wire: "Wire", inbox: str) -> None:
        self._wire, self._inbox = wire, inbox

    async def unsubscribe(self) -> None:
        """Hear nothing more of it."""
        self._wire.hearing.pop(self._inbox, None)
        self._wire.forget(self._inbox)


class Wire:
    """A client of `server`."""

    max_payload = 1_048_576
    is_closed = False
    is_connected = False
    """As far as is asked: there is no other server to which one could go."""

    def __init__(self, server: Server, chance: random.Random) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = server
        self._chance = chance
        self._own = copy_context()  # what was sent arrives even if whoever sent it stands still
        self._nobodys = Context()
        self.hearing: dict[str, Hear] = {}
        self.delay_seconds = 0.001
        self.is_cut = False
        self._connections = 0
        self._sent_at = self._heard_at = 0.0
        self._inboxes = 0

    def reset(self) -> None:
        """Lose what is under way."""
        self._connections += 1

    def new_inbox(self) -> str:
        """Return a subject that nobody else has."""
        self._inboxes += 1
        return f"_INBOX.{id(self)}.{self._inboxes}"

    async def subscribe(self, inbox: str, cb: Hear) -> Subscription:
        """Have `cb` called with what comes for a subject."""
        self.hearing[inbox] = cb
        if not inbox.startswith("_INBOX."):
            self._server.listeners.append((inbox, self._deliver))
        return Subscription(self, inbox)

    def forget(self, inbox: str) -> None:
        """Have the server deliver nothing more there."""
        for consumer in self._server.consumers:
            if consumer.inbox == inbox:
                consumer.is_known = False

    async def publish(
        self, subject: str, payload: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Send something that is not answered."""
        self._send(lambda: self._server.answer(subject, payload, headers or {}, self._deliver))

    async def request(
        self,
        subject: str,
        payload: bytes,
        timeout: float,  # noqa: ASYNC109 (as the client of NATS has it)
        headers: Mapping[str, str] | None = None,
    ) -> Message:
        """Send something, and return the answer."""
        answered: asyncio.Future[Message] = self._loop.create_future()

        def arrive() -> None:
            answer = self._server.answer(subject, payload, headers or {}, self._deliver)
            if answer is not None:
                told = Message("", "", json.dumps(answer).encode(), {})
                self._receive(lambda: None if answered.done() else answered.set_result(told))

        self._send(arrive)
        try:
            return await asyncio.wait_for(answered, timeout)
        except TimeoutError:
            raise NoAnswerError from None

    def _send(self, arrive: Callable[[], object]) -> None:
        self._sent_at = self._at(self._sent_at)
        self._pass(self._sent_at, arrive, self._nobodys)

    def _receive(self, hear: Callable[[], object]) -> None:
        self._heard_at = self._at(self._heard_at)
        self._pass(self._heard_at, hear, self._own)

    def _at(self, before: float) -> float:
        late = self._loop.time() + self._chance.expovariate(1 / self.delay_seconds)
        return max(before + 1e-6, late)

    def _pass(self, at: float, arrive: Callable[[], object], context: Context) -> None:
        connection = self._connections

        def come() -> None:
            if not self.is_cut and connection == self._connections:
                arrive()

        self._loop.call_at(at, come, context=context)

    def _deliver(self, subject: str, reply: str, data: bytes, headers: Mapping[str, str]) -> None:
        message = Message(subject, reply, data, headers)

        def hear() -> None:
            if (heard := self.hearing.get(headers["to"])) is not None:
                self._loop.create_task(heard(message))  # type: ignore[arg-type]

        self._receive(hear)
        if self._chance.random() < REPEATS:
            self._receive(hear)

    async def close(self) -> None:
        """End."""
        for inbox in [*self.hearing]:
            self.forget(inbox)
        self._server.listeners = [one for one in self._server.listeners if one[1] != self._deliver]
        self.hearing.clear()
