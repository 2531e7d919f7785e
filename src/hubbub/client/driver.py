"""Drives a session: gives it sockets, a clock, and an application that awaits answers.

It decides nothing. Whatever happens is told to the session, and then all of its outputs are carried
out, in order, before anything else can happen: between an input and its outputs there is no await.
"""

import asyncio
import math
from typing import TYPE_CHECKING

from hubbub.background import awaited, begin, side_by_side
from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.client.answers import Answers
from hubbub.client.connection import Connection
from hubbub.client.errors import Disconnected
from hubbub.client.events import Received
from hubbub.client.inbox import Inbox
from hubbub.client.nodes import Nodes
from hubbub.client.nonces import Nonces
from hubbub.client.outbox import Post
from hubbub.client.outputs import Answer, Dial, HangUp, Learn, Output, Over, Posted, Tell, Write
from hubbub.client.session import Session
from hubbub.client.states import State
from hubbub.client.trust import Trust
from hubbub.faults import faults

if TYPE_CHECKING:
    import ssl

    from hubbub.chat.errors import HubbubError


STUMBLED = "this program has a fault"
STEADY_SECONDS = 60.0
"""If there is another fault before, the chat ends: a third connection would meet it as well."""


class Driver:
    """`start` it within a running event loop, and `close` it at the end.

    Reading pauses while the application leaves many events waiting: the server keeps our place. But
    while an answer is awaited reading goes on, or a program that says something from within its
    loop over events would wait for ever; if then even more piles up, a room's events are left out
    altogether, and fetched again by cursor once the application has caught up.
    """

    def __init__(
        self, session: Session, trust: Trust, nodes: Nodes, *, waits_to_enter: bool
    ) -> None:
        self.session = session
        self.fingerprint = ""
        """That of the server's certificate; empty where there is no TLS."""
        self.authorities: ssl.SSLContext | None = None
        """Those of whom one vouched for it, if that was so: they may vouch for the next one."""
        self._trust = trust
        self._nodes = nodes
        self._waits_to_enter = waits_to_enter
        self._inbox = Inbox()
        self._posted: Answers[int | None] = Answers()
        self._answers: Answers[e.AnyEvent] = Answers()
        self._nonces = Nonces()
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._due = asyncio.Event()
        self._dialled = asyncio.Event()
        self._entered = asyncio.Event()
        self._stirred = asyncio.Event()  # the application took an event, or asked for something
        self._unsent_bytes = 0
        self._ended: HubbubError | None = None
        self._fault: Exception | None = None
        self._steady_at = -math.inf
        self._closing = False

    # What the application wants.

    async def start(self) -> None:
        """Connect, and return when messages can flow; at once unless it `waits_to_enter`.

        Raises Unreachable, or Refused if the server wants neither the name nor the room, or another
        password.
        """
        self.session.start()
        self._task = awaited(self._run())
        self._carry_out()
        if self._waits_to_enter:
            await self._entered.wait()
            # A server that lets us in, says something and hangs up has said something to read.
            if self._ended is not None and not self.session.has_entered:
                raise self._ended

    async def close(self) -> None:
        """Send what is written, and end everything."""
        self._closing = True
        connection, self._connection = self._connection, None
        self.session.close()
        self._carry_out()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if connection is not None:
            self._leave(connection)
        if self._leaving is not None:
            await self._leaving
        if self._task is not None and not self._task.cancelled():
            self._task.result()  # a fault of ours, if there was one
        if self._fault is not None:
            raise self._fault

    async def receive(self) -> Received | None:
        """Return the next event; None once closed. Raises what ended the session for good."""
        received = await self._inbox.next()
        if received is None:
            if self._ended is not None and not self._closing:
                raise self._ended
            return None
        if self._inbox.low:
            self.session.exchange.catch_up_left_out(self._now)
            self._carry_out()
        self._stirred.set()
        return received

    def retry_now(self) -> None:
        """Connect again at once, if that is waited for."""
        self.session.retry_now(self._now)
        self._carry_out()

    async def request(self, command: c.Command) -> e.AnyEvent:
        """Send a command and return its answer.

        Raises Refused; Unreachable if there is no connection, or no more before the answer, or no
        answer in good time.
        """
        if self._ended is not None:
            raise self._ended
        return await self._answered(self.session.ask(command, self._now))

    async def command_line(self, line: str) -> None:
        """Send a `/` line, and return when the server has dealt with it."""
        if self._ended is not None:
            raise self._ended
        await self._answered(self.session.command_line(line, self._now))

    async def _answered(self, ref: str) -> e.AnyEvent:
        answer = self._answers.expect(ref)
        self._stirred.set()
        self._carry_out()
        try:
            return await answer
        except asyncio.CancelledError:
            self.session.forget(ref, self._now)
            self._carry_out()
            raise

    async def post(
        self,
        text: str,
        room: str | None = None,
        reply_to: int | None = None,
        nonce: str | None = None,
        *,
        me: bool = False,
        files: tuple[str, ...] = (),
    ) -> int | None:
        """Send a message, now or when it can be; return its seq.

        With a tutorial server: return None once the system has taken it.
        """
        if self._ended is not None:
            raise self._ended
        nonce = nonce or self._nonces.next()
        if (same := self._posted.expected(nonce)) is not None:
            return await asyncio.shield(same)  # it is on its way already
        post = Post(nonce, room or self.session.rooms.current, text, reply_to, me, files)
        posted = self._posted.expect(nonce)
        self.session.say(post, self._now)
        self._stirred.set()
        self._carry_out()
        return await posted

    # What happens.

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _run(self) -> None:
        try:
            await side_by_side(self._keep_time, self._keep_connected)
        finally:
            # After a fault past help nothing more comes: tell those who wait. `close` raises it.
            self.session.close()
            self._carry_out()

    async def _keep_connected(self) -> None:
        while self._ended is None:
            await self._dialled.wait()
            self._dialled.clear()
            try:
                await self._converse()
            except Exception as fault:  # noqa: BLE001 (whatever it is, another connection may do)
                self._stumble(fault)
            finally:
                connection, self._connection = self._connection, None
                if connection is not None:
                    connection.abort()

    def _stumble(self, fault: Exception) -> None:
        """Give up the connection for a fault of ours: the next one goes on behind what was seen."""
        faults.note("a connection is given up", fault)
        if self._now < self._steady_at:
            raise fault
        self._steady_at = self._now + STEADY_SECONDS
        self._hang_up(returning=True)
        self.session.lost(STUMBLED, self._now)
        self._carry_out()
        if self._ended is not None:  # there is to be no other
            self._fault = fault

    async def _converse(self) -> None:
        """Live through one connection."""
        try:
            session = self.session
            connection = await Connection.open(session.address, session.password, self._trust)
        except Refused as refusal:
            self.session.distrust(refusal, self._now)
            self._carry_out()
            return
        except Disconnected as failure:
            self.session.lost(str(failure), self._now)
            self._carry_out()
            return
        self._connection = connection
        if self.session.state is State.OVER:
            return  # it was closed in the moment in which the connection was made
        self.fingerprint = connection.line.fingerprint
        self.authorities = connection.line.authorities
        self.session.connected(self._now, connection.line.protection, connection.line.news)
        self._carry_out()
        # Once the session has hung up, what the old connection still brings is nothing to it.
        while self._connection is connection:
            try:
                await self._read(connection)
            except Disconnected as end:
                if self._connection is connection:
                    self._connection = None
                    connection.abort()
                    self.session.lost(str(end), self._now)
                    self._carry_out()

    async def _read(self, connection: Connection) -> None:
        if not self._may_read():
            self.session.pause()
            while self._connection is connection and not self._may_read():
                self._stirred.clear()
                await self._stirred.wait()
            self.session.listen(self._now)
        frames = await connection.read()
        now = self._now
        self.session.heard(now)
        for frame in frames:
            if self._connection is not connection:
                return
            self.session.exchange.full = self._inbox.full
            self.session.receive(frame, now)
            self._carry_out()
        self._carry_out()

    def _may_read(self) -> bool:
        if not self._inbox.pausing:
            return True
        is_awaited = len(self._answers) + len(self._posted) > 0
        # A tutorial server cannot repeat what is left out.
        return is_awaited and not (self.session.state is State.CLASSIC and self._inbox.full)

    async def _keep_time(self) -> None:
        while self._ended is None:
            await self._due.wait()
            self._due.clear()
            try:
                self._tick()
            except Exception as fault:  # noqa: BLE001 (whatever it is, another connection may do)
                self._stumble(fault)

    def _on_time(self) -> None:
        self._timer = None
        self._due.set()

    def _tick(self) -> None:
        connection = self._connection
        if connection is not None:
            # A big message on its way out is a sign of life as well.
            unsent_bytes = connection.unsent_bytes
            if unsent_bytes < self._unsent_bytes:
                self.session.heard(self._now)
            self._unsent_bytes = unsent_bytes
        self.session.tick(self._now)
        self._carry_out()

    def _set_timer(self) -> None:
        """Wake up no later than the session wants; too early does no harm, and costs less."""
        at = self.session.wake_at
        if self._timer is not None and (self._ended is not None or at < self._timer.when()):
            self._timer.cancel()
            self._timer = None
        if self._timer is None and at < math.inf and self._ended is None:
            self._timer = asyncio.get_running_loop().call_at(at, self._on_time)

    # What is to be done.

    def _carry_out(self) -> None:
        outputs = self.session.outputs
        while outputs:
            self._do(outputs.pop(0))
        if self.session.has_entered:
            self._entered.set()
        self._set_timer()

    def _do(self, output: Output) -> None:
        match output:
            case Write(raw=raw, nonce=nonce):
                if self._connection is not None:
                    self._connection.write(raw)
                    if nonce is not None:
                        begin(
                            self._report_written(self._connection, nonce),
                            "it is not known whether a message was sent",
                        )
            case Tell(received=received):
                self._inbox.add(received)
            case Answer(ref=ref, outcome=outcome):
                self._answers.settle(ref, outcome)
            case Posted(nonce=nonce, outcome=outcome):
                self._posted.settle(nonce, outcome)
            case Dial():
                self._dialled.set()
            case HangUp(returning=returning):
                self._hang_up(returning=returning)
            case Learn(at=at, told=told, locked=locked):
                self._nodes.learn(at, told, locked=locked)
            case Over(error=error):
                self._ended = error
                self._answers.refuse_all(error)
                self._posted.refuse_all(error)
                self._inbox.end()
                self._entered.set()
                self._dialled.set()
                self._due.set()

    def _hang_up(self, *, returning: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if returning:
                connection.abort(returning=True)  # which ends the read that waits for it
            else:
                self._leave(connection)
            self._stirred.set()

    def _leave(self, connection: Connection) -> None:
        """Say goodbye, which takes a moment, in the background."""
        self._leaving = awaited(self._say_goodbye(connection))

    async def _say_goodbye(self, connection: Connection) -> None:
        if await connection.close():
            self.session.left()

    async def _report_written(self, connection: Connection, nonce: str) -> None:
        """Tell the session when the system has taken what is written."""
        try:
            await connection.flushed()
        except Disconnected:
            return  # the reading loop meets the same end
        if self._connection is connection:
            self.session.written(nonce, self._now)
            self._carry_out()
