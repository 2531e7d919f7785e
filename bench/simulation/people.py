"""Who says something in the simulation, and what they were told.

Each person says one text after the other, under nonces, at whichever node is up, and says again
what was not acknowledged. Claimers take and let go of keys that only one of them may have.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Final

from bench.simulation.node import Node, Outlet
from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, LogError
from hubbub.chat.facts import fact_of
from hubbub.wire.codec import decode_event
from hubbub.wire.frames import FrameDecoder

ROOMS: Final = ("lobby", "den")
FRAME_BYTES_MAX: Final = 10_000_000
ANSWER_SECONDS: Final = 20.0
CLAIMED: Final = "claimed/"


@dataclass
class Claim:
    """A key that somebody was told to have, from one seq on; up to which, if they let it go."""

    key: str
    seq: int
    by: str
    at: float
    """When they were told, in seconds."""
    let_go_at: float = inf
    """When they tried to let it go for the first time, whatever became of that."""


@dataclass
class Ledger:
    """What everybody was told, and what is wrong with it."""

    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By text, the room and the seq."""
    said: int = 0
    deleted: dict[str, int] = field(default_factory=dict)
    """By text, the seqs of what was deleted, and that was acknowledged."""
    claims: list[Claim] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    is_over: bool = False

    def acknowledge(self, text: str, room: str, seq: int) -> None:
        """Note where a text is; it can be nowhere else."""
        known = self.acknowledged.setdefault(text, (room, seq))
        if known != (room, seq):
            self.findings.append(f"'{text}' is told to be at {known}, then at {(room, seq)}.")


class Person:
    """Somebody with a name of their own."""

    def __init__(
        self, name: str, nodes: Sequence[Node], ledger: Ledger, chance: random.Random
    ) -> None:
        self.name = name
        self._nodes = nodes
        self._ledger = ledger
        self._chance = chance
        self._count = 0
        self._decoder = FrameDecoder(FRAME_BYTES_MAX)
        self._last: dict[str, int] = {}
        self._answers: dict[str, asyncio.Future[e.AnyEvent]] = {}
        self.is_done = False

    async def live(self) -> None:
        """Say texts until the play is over, and then what was not acknowledged yet."""
        waiting: tuple[str, str] | None = None
        while not self._ledger.is_over or waiting:
            up = [node for node in self._nodes if node.is_up]
            if not up:
                await asyncio.sleep(0.5)
                continue
            with suppress(HubbubError):
                waiting = await self._visit(self._chance.choice(up), waiting)
            await asyncio.sleep(self._chance.uniform(0.1, 1.0))
        self.is_done = True

    async def _visit(self, node: Node, waiting: tuple[str, str] | None) -> tuple[str, str] | None:
        """Say something at a node; return what was not acknowledged there."""
        self._decoder, self._last, self._answers = FrameDecoder(FRAME_BYTES_MAX), {}, {}
        hub, outlet = node.hub, Outlet(self._hear)
        session = await node.enter(self.name, outlet)
        if session is None or node.hub is not hub:
            return waiting
        try:
            for room in ROOMS:
                await node.tell(session, c.Join(room=room, ref=f"join {room}"))
            for _ in range(self._chance.randint(1, 12)):
                is_over = self._ledger.is_over and not waiting
                if node.hub is not hub or outlet.is_ended or is_over:
                    break
                waiting = waiting or self._next()
                if not await self._say(node, session, *waiting):
                    break
                waiting = None
                if self._chance.random() < 0.2:
                    await self._delete(node, session)
                await asyncio.sleep(self._chance.expovariate(2))
        finally:
            if node.hub is hub and not outlet.is_ended:
                await node.leave(session)
        return waiting

    def _next(self) -> tuple[str, str]:
        self._count += 1
        self._ledger.said += 1
        return self._chance.choice(ROOMS), f"{self.name} {self._count}"

    async def _say(self, node: Node, session: object, room: str, text: str) -> bool:
        """Return whether a text was acknowledged."""
        command = c.Say(room=room, text=text, nonce=f"nonce of {text}", ref=text)
        answer = await self._asked(node, session, command)
        if not isinstance(answer, e.Ok) or answer.seq is None:
            return False
        self._ledger.acknowledge(text, room, answer.seq)
        return True

    async def _delete(self, node: Node, session: object) -> None:
        """Delete one of our own that was acknowledged."""
        own = [
            text
            for text in self._ledger.acknowledged
            if text.startswith(f"{self.name} ") and text not in self._ledger.deleted
        ]
        if not own:
            return
        text = self._chance.choice(own)
        room, seq = self._ledger.acknowledged[text]
        command = c.Delete(room=room, seq=seq, ref=f"delete {text}")
        if isinstance(await self._asked(node, session, command), e.Ok):
            self._ledger.deleted[text] = seq

    async def _asked(self, node: Node, session: object, command: c.AnyCommand) -> e.AnyEvent | None:
        answered = self._answers[command.ref or ""] = asyncio.get_running_loop().create_future()
        await node.tell(session, command)  # type: ignore[arg-type]
        await asyncio.wait({answered}, timeout=ANSWER_SECONDS)
        return answered.result() if answered.done() else None

    def _hear(self, payload: bytes) -> None:
        for frame in self._decoder.receive(payload):
            event = decode_event(frame.text)
            if isinstance(event, e.Ok | e.Error) and event.ref in self._answers:
                answered = self._answers.pop(event.ref)
                if not answered.done():
                    answered.set_result(event)
            elif isinstance(event, e.Room):
                self._last[event.room] = event.last
            elif isinstance(event, e.Message | e.Deleted | e.Edited):
                self._follow(event)

    def _follow(self, event: e.Message | e.Deleted | e.Edited) -> None:
        last = self._last.get(event.room)
        if last is not None and event.prev != last:
            self._ledger.findings.append(
                f"{self.name} hears the seq {event.seq} of {event.room}, which follows "
                f"{event.prev}, after {last}."
            )
        self._last[event.room] = event.seq


class Contenders:
    """Two who want the same name: one of them may have it at a time, wherever they are."""

    def __init__(
        self, name: str, nodes: Sequence[Node], ledger: Ledger, chance: random.Random
    ) -> None:
        self.name = name
        self._nodes = nodes
        self._ledger = ledger
        self._chance = chance
        self._inside: dict[object, Callable[[], bool]] = {}
        self.times = 0
        """How often one of them had it."""

    async def contend(self) -> None:
        """Come in under the name, stay for a while, and leave, until the play is over."""
        while not self._ledger.is_over:
            await asyncio.sleep(self._chance.expovariate(1))
            up = [node for node in self._nodes if node.is_up]
            if up:
                with suppress(HubbubError):
                    await self._visit(self._chance.choice(up))

    async def _visit(self, node: Node) -> None:
        hub, outlet = node.hub, Outlet(lambda _: None)
        session = await node.enter(self.name, outlet)
        if session is None or hub is None or not hub.has_name(session):
            return
        self.times += 1
        said = f"{self.name} {self.times}"
        self._inside[session] = lambda: (
            node.hub is hub and not node.is_frozen and not outlet.is_ended and hub.has_name(session)
        )
        self.look()
        clock = asyncio.get_running_loop().time
        until = clock() + self._chance.uniform(0.0, self._chance.choice([3.0, 60.0]))
        try:
            await node.tell(session, c.Join(room=ROOMS[0]))
            while clock() < until and hub.has_name(session):
                await node.tell(session, c.Say(room=ROOMS[0], text=said))
                await asyncio.sleep(self._chance.expovariate(0.5))
        finally:
            del self._inside[session]
            if node.hub is hub and not outlet.is_ended:
                await node.leave(session)

    def look(self) -> None:
        """Note it if both have the name, as far as those can say who do not stand still."""
        if sum(has_it() for has_it in self._inside.values()) > 1:
            self._ledger.findings.append(f"Two have the name '{self.name}' at a time.")


async def claiming(name: str, nodes: Sequence[Node], ledger: Ledger, chance: random.Random) -> None:
    """Take a key, keep it for a while, and let it go, until the play is over."""
    while not ledger.is_over:
        await asyncio.sleep(chance.expovariate(1))
        up = [node for node in nodes if node.is_up]
        if not up:
            continue
        node, key = chance.choice(up), f"{CLAIMED}{chance.randrange(2)}"
        try:
            claim = await _claimed(node, key, name)
        except LogError:
            continue  # it may have been taken: then nobody has the key any more
        if claim is None:
            continue
        ledger.claims.append(claim)
        await asyncio.sleep(chance.expovariate(0.5))
        await _let_go(claim, nodes, chance)


async def _claimed(node: Node, key: str, name: str) -> Claim | None:
    log = node.log
    if log is None:
        return None
    standing = log.look_up([key])
    # Of somebody whose claim failed, as far as they know: it is taken over.
    expects = standing[0].seq if standing and standing[0].sender == name else 0
    (seq,) = await log.append([fact_of(key, 1, by=name, at=node.now, expects=expects)])
    if [one.seq for one in log.look_up([key])] == [seq]:
        return Claim(key, seq, name, asyncio.get_running_loop().time())
    return None


async def _let_go(claim: Claim, nodes: Sequence[Node], chance: random.Random) -> None:
    claim.let_go_at = asyncio.get_running_loop().time()
    for _ in range(100):
        up = [node for node in nodes if node.is_up]
        if up and (log := chance.choice(up).log) is not None:
            try:
                await log.append([fact_of(claim.key, None, by=claim.by, at=0, expects=claim.seq)])
            except LogError:
                pass
            else:
                return
        await asyncio.sleep(1)
