"""A node of the simulation: the log of the cluster, and the hub that is served by it."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bench.simulation.loop import WHOSE, VirtualLoop
from bench.simulation.server import Server
from bench.simulation.wire import Wire
from hubbub.chat.commands import AnyCommand
from hubbub.chat.errors import LogError
from hubbub.chat.limits import Limits
from hubbub.chat.queries import (
    Answer,
    FactsQuery,
    NewSecret,
    PageQuery,
    Question,
    Settled,
)
from hubbub.hub import Decision, Hub, Session
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.link import Link
from hubbub.server.clustering.presence import Presence
from hubbub.server.config import Config
from hubbub.server.sessions.commits import Commits
from hubbub.server.sessions.guesses import Guesses
from hubbub.server.sockets.sending import Sending
from hubbub.server.starting import hub_from
from hubbub.wire.framed import EVENTS

if TYPE_CHECKING:
    from nats.aio.client import Client

STREAM = "hubbub"
RETRY_SECONDS = 1.0
SWEEP_SECONDS = 1.0


class Outlet:
    """Where the hub writes what one session is told."""

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._hear = hear
        self.is_ended = False

    def write(self, payload: bytes) -> None:
        """Hear it at once."""
        self._hear(payload)

    def end(self) -> None:
        """The session is over."""
        self.is_ended = True


class Turns:
    """When what is heard is acted on: as server/fairness/turns.py, at once."""

    def __init__(self) -> None:
        self.stale_at = inf
        self.when_stale: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """Something is about to be acted on."""
        if asyncio.get_running_loop().time() > self.stale_at:
            self.when_stale()


@dataclass
class _Chatroom:
    hub: Hub
    turns: Turns
    guesses: Guesses


class Node:
    """Runs on `folder`; what ends it by itself is in `faults`."""

    def __init__(self, number: int, folder: Path, server: Server, chance: random.Random) -> None:
        self.number = number
        self.faults: list[str] = []
        self._folder = folder
        self._server = server
        self._chance = chance
        self._secrets = 0
        self._starts = 0
        self._killed = asyncio.Event()
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._turns = Turns()
        self.log: JetStreamLog | None = None
        self.hub: Hub | None = None
        self.wire: Wire | None = None
        self._commits: Commits | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_up(self) -> bool:
        """Whether people can come in."""
        return self.hub is not None

    async def start(self, *, is_cut: bool = False) -> None:
        """Open what the folder holds, and serve it; try until the stream can be read."""
        context = copy_context()
        context.run(WHOSE.set, self)
        await asyncio.create_task(self._start(is_cut=is_cut), context=context)

    async def _start(self, *, is_cut: bool) -> None:
        self._starts += 1
        run = f"run {self.number} {self._starts}"
        while True:
            self.wire = Wire(self._server, self._chance)
            self.wire.is_cut = is_cut
            log = await JetStreamLog.open(self._folder, durability="process")
            try:
                await log.go_on(self._folder, Link(cast("Client", self.wire), [], STREAM), 1)
                await log.register(run)
            except LogError:
                await log.close()
                await asyncio.sleep(RETRY_SECONDS)
                is_cut = False
                continue
            self.log = log
            break
        await log.stand_still()
        hub = await hub_from(log, Config(), Limits(), "", run)
        loop = asyncio.get_running_loop()
        self._commits = Commits(hub, log, Sending(loop, loop.time))
        log.move_on()
        self._killed = asyncio.Event()
        presence = Presence(log, run, f"node {self.number}")
        self._turns = turns = Turns()
        chatroom = _Chatroom(hub, turns, Guesses(loop.time))
        present = presence.run(chatroom, lambda _: None)
        work = (self._commits.run(), self._sweep(), present)
        self._tasks = [asyncio.create_task(one) for one in work]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        self.hub = hub

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.faults.append(f"Node {self.number} ends by itself: {error!r}.")

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if self.hub is not None and self._commits is not None:
                self.hub.sweep(self.now)
                self._commits.wake()

    @property
    def now(self) -> int:
        """The time, in milliseconds."""
        return time.time_ns() // 1_000_000

    async def kill(self) -> None:
        """End as a killed process does: at whatever it was doing."""
        self.hub = None
        self._killed.set()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        log, self.log = self.log, None
        if self.wire is not None:
            self.wire.reset()
        if log is not None:
            await log.close()

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still: nobody is told anything there."""
        return not self._thawed.is_set()

    def freeze(self) -> None:
        """Stand still, as by SIGSTOP."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self._thawed.clear()
        loop.freeze(self)

    def thaw(self) -> None:
        """Go on: what people said meanwhile is heard before what the server did, or after it."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        acts: list[Callable[[], None]] = [self._thawed.set, partial(loop.thaw, self)]
        self._chance.shuffle(acts)
        for act in acts:
            act()

    async def _begins(self) -> None:
        """Wait for the moment in which something that was said is acted on."""
        await self._thawed.wait()
        self._turns.begin()

    # What people do.

    async def enter(self, name: str, outlet: Outlet) -> Session | None:
        """Let somebody in; None if the node goes down meanwhile. Raises Refused."""
        await self._begins()
        assert self.hub is not None, "only a node that is up is frozen"
        self._secrets += 1
        secret = f"secret {self.number} {self._secrets} {self.now}"
        session, decision = self.hub.enter(name, EVENTS, outlet, secret)
        await self._decide(decision)
        return session

    async def tell(self, session: Session, command: AnyCommand) -> None:
        """Have a session say something; what becomes of it is told to its outlet, or refused."""
        await self._begins()
        if self.hub is not None and self.hub.has_name(session):
            await self._decide(self.hub.command(session, command, self.now))

    async def leave(self, session: Session) -> None:
        """Have a session lose its connection."""
        await self._thawed.wait()
        if self.hub is not None and self._commits is not None:
            self.hub.depart(session)
            self._commits.wake()

    async def _decide(self, decision: Decision) -> None:
        hub, commits = self.hub, self._commits
        if commits is not None:
            commits.wake()
        with suppress(StopIteration):
            question = next(decision) if decision else None
            while decision and question and self.hub is hub:
                question = decision.send(await self._answer(question))
        if commits is not None and self.hub is hub:
            commits.wake()

    async def _unless_killed(self, waiting: Coroutine[Any, Any, None]) -> None:
        """Wait for something; raise LogError if the node is killed meanwhile."""
        killed = asyncio.create_task(self._killed.wait())
        task = asyncio.create_task(waiting)
        await asyncio.wait({killed, task}, return_when=asyncio.FIRST_COMPLETED)
        if killed.done():
            task.cancel()
            raise LogError("The node was killed.")
        killed.cancel()

    async def _answer(self, question: Question) -> Answer:
        assert self.log is not None
        assert self._commits is not None
        answer: Answer = None
        match question:
            case Settled():
                self._commits.wake()
                await self._unless_killed(self._commits.settled(question))
                await self._begins()
            case PageQuery():
                answer = await self.log.page(question)
            case FactsQuery(prefix=prefix):
                answer = await self.log.facts(prefix)
            case NewSecret():
                self._secrets += 1
                answer = f"{self.number:02d}{self._secrets:020d}"
        return answer
