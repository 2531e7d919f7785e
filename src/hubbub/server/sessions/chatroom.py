"""What the connections of a running chatroom share, and the clean-up among them."""

from __future__ import annotations

import asyncio
import secrets
import time
from functools import partial
from typing import TYPE_CHECKING

from hubbub.chat.errors import LogError, Refused
from hubbub.chat.events import Notice
from hubbub.chat.queries import (
    BackupQuery,
    FactsQuery,
    FreeSpace,
    Guess,
    HappenedQuery,
    HashPassword,
    ImportQuery,
    Moment,
    NewSecret,
    PageQuery,
    ReactionsQuery,
    ReloadQuery,
    RevisionsQuery,
    SearchQuery,
    SessionsQuery,
    Settled,
    StatusQuery,
    TimeQuery,
    VerifyPassword,
)
from hubbub.faults import faults
from hubbub.server.backup.copies import Copies
from hubbub.server.credentials.hashing import Hashing
from hubbub.server.credentials.threads import FairThreads
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.reading import Reading
from hubbub.server.fairness.shares import Shares
from hubbub.server.fairness.turns import Turns
from hubbub.server.files.intake import Intake
from hubbub.server.heartbeat import Heartbeat
from hubbub.server.importing import Importing
from hubbub.server.keeping import Keeping
from hubbub.server.notes import logger
from hubbub.server.protection import TlsCounts
from hubbub.server.sessions.clock import Clock
from hubbub.server.sessions.commits import Commits
from hubbub.server.sessions.guesses import Guesses
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.partings import Partings
from hubbub.server.sockets.sending import Sending
from hubbub.server.sockets.unfinished import (
    STRANGER_FREE_BYTES,
    STRANGERS_BYTES_MAX,
    UnfinishedFrames,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Protocol

    from hubbub.chat.events import Bye
    from hubbub.chat.limits import Limits
    from hubbub.chat.listed import RelaySummary
    from hubbub.chat.queries import AboutRunning, AboutServer, Answer, Question
    from hubbub.hub import Hub
    from hubbub.log.port import Log
    from hubbub.server.fairness.reading import Asker
    from hubbub.server.sessions.commits import Faulty
    from hubbub.server.sessions.conversation import Conversation
    from hubbub.server.stopgap import Stopgap

    class Running(Protocol):
        """Knows how the server does, and can have it changed."""

        def answer(self, question: StatusQuery | ReloadQuery) -> Answer:
            """Return what is asked for, or a sentence that says why it cannot be done."""

        async def sessions(self, question: SessionsQuery) -> Answer:
            """Return who is connected."""

    class Node(Protocol):
        """What the server is among others that serve the same rooms."""

        name: str

        @property
        def addresses(self) -> list[str]:
            """Where members reach the nodes, as far as it is configured."""

        @property
        def behind(self) -> int:
            """How many messages of what all have in common are still to be applied here."""

        @property
        def others(self) -> list[str]:
            """What the other nodes are called that are heard."""

        def complaints(self) -> Iterator[str]:
            """Return sentences of what keeps people from talking at this node."""

    class RelayLink(Protocol):
        """A link to a relay."""

        @property
        def summary(self) -> RelaySummary | None:
            """What the relay is; None if it has not said so yet."""

    class Conversing(Protocol):
        """A connection whose peer converses."""

        conversation: Conversation
        host: str

        @property
        def id(self) -> str:
            """What the journal and operators call it."""

        @property
        def link(self) -> object:
            """The link to the relay that holds the socket; None if nobody does for us."""

        def stop(self) -> None:
            """Listen to nothing more."""

        def give_up(self) -> None:
            """Act on nothing more of what was heard."""

        async def has_acted(self) -> None:
            """Wait until all that was heard has been acted on."""

        def time_is_up(self) -> None:
            """End the connection: its peer has not said who it is."""

        def go_on(self) -> None:
            """Receive more: there is room now."""

        def frame_is_late(self) -> None:
            """End the connection, if it is for the peer to go on."""

        def fail(self, error: Refused) -> None:
            """Say why the connection ends, and end it."""

        def fail_by_our_fault(self, error: Exception) -> None:
            """End the connection, and no other, because something is wrong with our code."""

        def end(self, *, patient: bool = False) -> None:
            """Send what was written, and wait for the peer to hang up; then, or in a while, close.

            `patient`: not before `cut` is called, if the peer has taken what was sent.
            """

        def cut(self) -> None:
            """Close at once."""

        def unread_bytes(self) -> int:
            """Return how many written bytes the peer's system has not taken yet."""


SWEEP_SECONDS = 1.0
UNFINISHED_SECONDS = 60.0
"""How long to wait before what the log could not take is tried again."""
PROOF_RESTS = 2.0
"""Proofs of the password take a third of what the loop could use, at the most."""
TELLING_RESTS = 2.0
"""So does reading what services send to webhooks."""
ACTING_SECONDS = 3.0
"""How long a server that stops goes on with what it was asked before."""
LAST_LOOK_SECONDS = 0.02
TALKING_SECONDS = 1.0
"""A peer that said something so shortly before the goodbye may be about to say more."""


class Chatroom:
    """One hub, one log, and everyone who is connected to them. Files are kept in `folder`."""

    def __init__(self, limits: Limits, hub: Hub, log: Log, folder: Path | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self.limits = limits
        self.folder = folder
        self.hub = hub
        self.clock = Clock(self.loop.time, lambda: time.time_ns() // 1_000_000)
        self.sending = Sending(self.loop)
        self.may_write = self.sending.may_write  # one for all: they keep it
        self.partings = Partings(self.loop)
        self.commits = Commits(hub, log, self.sending)
        self.commits.when_faulty = self._end_faulty
        self.damage = log.damage
        self.free_bytes = log.free_bytes
        self.heartbeat = Heartbeat()
        # Not the loop's clock: uvloop counts milliseconds.
        self.reading = Reading(log, time.perf_counter, self._version, hub.forgotten)
        self.hashing = Hashing(time.perf_counter)
        self.proofs = FairThreads(time.perf_counter, 1, "proofs", rests=PROOF_RESTS)
        self.telling = FairThreads(time.perf_counter, 1, "telling", rests=TELLING_RESTS)
        self.tls_counts = TlsCounts()
        self.files = Intake(limits, hub, log, self.clock.milliseconds, folder)
        self.copies = Copies(folder)
        self.importing = Importing(log, self.commits.bring)
        self.keeping = Keeping(hub, log, self.clock.milliseconds)
        self.guesses = Guesses(self.loop.time)
        self.shares = Shares(limits)
        # The loop's own time stands still within a turn.
        self.turns = Turns(Accounts(limits, time.monotonic), time.monotonic, self.loop)
        self.unfinished = UnfinishedFrames(limits, self.loop.time)
        self.unfinished_of_strangers = UnfinishedFrames(
            limits, self.loop.time, STRANGERS_BYTES_MAX, STRANGER_FREE_BYTES
        )
        self._handshakes = Deadlines(limits.handshake_seconds, self.loop.time)
        self.connections: dict[Conversing, None] = {}
        """Those whose peers converse, in order of arrival."""

        self.notes_sessions = False
        """Whether the journal has who comes and goes."""

        self.stopgap: Stopgap | None = None
        """What this server is while the one that it relays cannot be reached."""

        self.links: dict[RelayLink, None] = {}
        """Links to relays."""

        self.running: Running | None = None
        """Who answers what operators ask; there from when the server runs."""

        self.node: Node | None = None
        """What the server is among others, if it is one of several."""

        self._empty = asyncio.Event()
        self._empty.set()
        self._is_closing = False

    def stand_in(self, stopgap: Stopgap) -> None:
        """Be what a relay has as long as it is alone."""
        self.stopgap = stopgap
        self.hub.stand_in()

    def _version(self) -> int:
        """Return a number that grows with all that changes what the log says to those who read."""
        return self.hub.last + self.keeping.steps

    def arrived(self, connection: Conversing) -> None:
        """Count a new connection in."""
        self._empty.clear()
        self.connections[connection] = None
        self._handshakes.begin(connection)
        self.shares.divide(len(self.connections))

    def introduced(self, connection: Conversing) -> None:
        """Give a connection that has its name all the time it wants."""
        self._handshakes.end(connection)
        self.unfinished_of_strangers.gone(connection)
        session = connection.conversation.session
        if self.stopgap is not None and session is not None:
            session.send(Notice(text=self.stopgap.greeting))
        if self.notes_sessions:
            name = "" if session is None else session.name
            logger.debug(
                "a session began", connection=connection.id, address=connection.host, name=name
            )

    def departed(self, connection: Conversing) -> None:
        """Forget a connection that is gone."""
        self._handshakes.end(connection)
        self.connections.pop(connection, None)
        if not self.connections:  # whatever fails behind it: the server's end waits for it
            self._empty.set()
        self.files.keys.left(connection)
        self.unfinished.gone(connection)
        self.unfinished_of_strangers.gone(connection)
        self.shares.divide(len(self.connections))
        if self.notes_sessions:
            seconds = round(self.loop.time() - connection.conversation.began_at)
            logger.debug(
                "a connection ended",
                connection=connection.id,
                address=connection.host,
                seconds=seconds,
            )

    def _end_faulty(self, faulty: Faulty) -> None:
        # They may be all of a large room, so connections are gone through once.
        connections = {one.conversation.session: one for one in self.connections}
        for session, error in faulty:
            if (connection := connections.get(session)) is not None:
                connection.fail_by_our_fault(error)
            else:  # it only posts, and hears no more than its answer
                faults.note("a session failed", error, name=session.name)

    def relay_of(self, link: object) -> RelaySummary | None:
        """Return what is known of the relay through which somebody came; None if they did not.

        `link` is that of their connection.
        """
        if self.stopgap is not None:
            return self.stopgap.summary(len(self.connections))
        return next((one.summary for one in self.links if one is link), None)

    @property
    def relays(self) -> list[RelaySummary]:
        """The relays that are linked to this server, in the order in which they were."""
        return [one for link in self.links if (one := link.summary) is not None]

    def new_secret(self) -> str:
        """Return text that nobody can guess."""
        return secrets.token_urlsafe(16)

    async def answer(self, question: Question, asker: Asker) -> Answer:
        """Return the answer to a question of the hub's; raise LogError if the log fails."""
        match question:
            case Guess(account=account):
                await asyncio.sleep(self.guesses.delay(asker.host, account))
            case Moment(seconds=seconds):
                await asyncio.sleep(seconds)
            case Settled():
                await self.commits.settled(question)
                self.turns.look_at_clock(self.turns.clock())
            case (
                PageQuery()
                | HappenedQuery()
                | SearchQuery()
                | TimeQuery()
                | ReactionsQuery()
                | RevisionsQuery()
                | FactsQuery()
            ):
                return await self.reading.answer(asker, question)
            case StatusQuery() | SessionsQuery() | ReloadQuery():
                return await self._answer_about_running(question)
            case BackupQuery(place=place):
                return await self.copies.asked_for(place)
            case ImportQuery(source=source, messages=messages):
                return await self.importing.bring(source, messages)
            case HashPassword() | VerifyPassword() | NewSecret() | FreeSpace():
                return await self._answer_about_server(question, asker)
        return None

    async def _answer_about_running(self, question: AboutRunning) -> Answer:
        assert self.running is not None, "whoever asks is served by a server that runs"
        if isinstance(question, SessionsQuery):
            return await self.running.sessions(question)
        return self.running.answer(question)

    async def _answer_about_server(self, question: AboutServer, asker: Asker) -> str | bool | int:
        match question:
            case HashPassword(password=password, provable=provable):
                return await self.hashing.hash(asker.host, password, provable=provable)
            case VerifyPassword(password=password, hash=hash_, account=account):
                is_right = await self.hashing.verify(asker.host, password, hash_)
                if is_right:
                    self.guesses.right(asker.host, account)
                return is_right
            case NewSecret():
                return self.new_secret()
            case FreeSpace():
                # What came of an upload would not be known where people are sent later.
                return self.files.free_bytes() if self.stopgap is None else self.stopgap.greeting

    async def sweep(self) -> None:
        """End, for ever, sessions that take too long to give a name or are silent for too long."""
        steps: list[Callable[[], None]] = [
            lambda: self._handshakes.sweep(self.partings.see_to),
            self.turns.sweep,
            self.unfinished.sweep,
            self.unfinished_of_strangers.sweep,
            lambda: self.hub.free_names(self.clock.seconds()),
            lambda: self.hub.sweep(self.clock.milliseconds()),
            self.commits.wake,
            self.turns.delays.tell,
            self.turns.unwelcome.tell,
            self._end_idle,
        ]
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            for step in steps:
                with faults.contained("a part of what is done each second failed"):
                    step()

    def _end_idle(self) -> None:
        if idle_seconds := self.limits.idle_seconds:
            silence = Refused(
                f"You said nothing for {idle_seconds:g} seconds. Connect again to go on.",
                code="idle",
            )

            def is_silent(connection: Conversing) -> bool:
                return connection.conversation.heard_at < self.loop.time() - idle_seconds

            def end(connection: Conversing) -> None:
                if is_silent(connection):  # it may have said something since it was seen
                    connection.fail(silence)

            for connection in filter(is_silent, list(self.connections)):
                self.partings.see_to(partial(end, connection))

    async def finish(self) -> None:
        """Clear what deleted accounts left, for ever; no session waits for it."""
        asker = self.reading.asker("", lambda: False)
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if self._is_closing or (decision := self.hub.unfinished()) is None:
                continue
            try:
                question = next(decision)
                while not self._is_closing:
                    question = decision.send(await self.answer(question, asker))
            except StopIteration:
                pass
            except (LogError, Refused) as error:
                logger.warning("a deleted account is cleared later", reason=str(error))
                await asyncio.sleep(UNFINISHED_SECONDS)
            except Exception as error:  # noqa: BLE001 (it is tried again, and later than others)
                faults.note("a deleted account cannot be cleared", error)
                await asyncio.sleep(UNFINISHED_SECONDS)
            finally:
                decision.close()

    async def close(self, bye: Bye) -> None:
        """Commit what was accepted, and say goodbye.

        What was heard before the stop is acted on in order first, even where that reads the log.
        """
        self._is_closing = True
        self.turns.unwelcome.tell()
        self.reading.stop()
        self.turns.stop()
        for connection in list(self.connections):
            connection.stop()
        await self._all_acted(self.connections)
        self.hub.end()
        self.commits.wake()
        await self.commits.drained()
        await self._say_goodbye(self.connections, bye)
        for connection in list(self.connections):
            connection.cut()
        self.hashing.close()
        self.proofs.close()
        self.telling.close()
        self.copies.close()
        await self._empty.wait()  # each hears of it in one of the loop's next turns
        self.files.close()

    async def dismiss(self, link: object, bye: Bye) -> None:
        """Say goodbye to all who came by the link of a relay, which stops, as to all in `close`."""
        leaving = {one: None for one in self.connections if one.link is link}
        for connection in leaving:
            connection.stop()
        await self._all_acted(leaving)
        said = [one.conversation.session for one in leaving]
        while any(one and one.pending_bytes for one in said):  # noqa: ASYNC110 (nobody tells it)
            await asyncio.sleep(LAST_LOOK_SECONDS)
        await self._say_goodbye(leaving, bye)

    async def _say_goodbye(self, leaving: Mapping[Conversing, None], bye: Bye) -> None:
        for connection in list(leaving):
            with faults.contained("a goodbye cannot be said", connection=connection.id):
                connection.conversation.say_goodbye(bye)
            connection.end(patient=True)
        await self._last_words_read(leaving)

    async def _all_acted(self, leaving: Mapping[Conversing, None]) -> None:
        """Wait until what was heard is acted on, but no longer than for `ACTING_SECONDS`.

        Those who only said something are done by then, or at once. A flood of what has to wait for
        the log, one after the other, could go on for as long as it came: its rest gets no answer.
        """
        try:
            async with asyncio.timeout(ACTING_SECONDS):
                for connection in list(leaving):
                    await connection.has_acted()
        except TimeoutError:
            logger.warning("not all that was asked for before the stop is done")
            for connection in list(leaving):
                connection.give_up()

    async def _last_words_read(self, leaving: Mapping[Conversing, None]) -> None:
        """Wait until everybody has read the goodbye, for `shutdown_seconds` at most.

        That the system of a peer has taken the goodbye is enough if the peer only listens. If it is
        talking, what it says next would reset a connection that we have closed, and it might lose
        what it has not read. So we listen, and pass over what it says, until it hangs up.
        """
        talking_since = self.loop.time() - TALKING_SECONDS
        deadline = self.loop.time() + self.limits.shutdown_seconds
        while self.loop.time() < deadline:
            await asyncio.sleep(LAST_LOOK_SECONDS)
            if not any(
                connection.unread_bytes() or connection.conversation.heard_at > talking_since
                for connection in leaving
                if connection in self.connections
            ):
                break
