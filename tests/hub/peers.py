"""Peers of a hub in a test: they record what is written to them, and read when told to."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hubbub.chat.commands import AnyCommand, InnerCommand
from hubbub.chat.errors import Refused
from hubbub.chat.events import AnyEvent, BackedUp, Reloaded, Sessions, Status
from hubbub.chat.format import Format
from hubbub.chat.limits import Limits
from hubbub.chat.queries import (
    AboutLog,
    AboutRunning,
    AboutServer,
    Answer,
    BackupQuery,
    FactsQuery,
    FreeSpace,
    HappenedQuery,
    HashPassword,
    NewSecret,
    PageQuery,
    Question,
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
from hubbub.chat.scram import Verifier
from hubbub.hub import Decision, Draft, Hub, Session
from hubbub.log.memory import MemoryLog
from hubbub.wire.codec import decode_event
from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.frames import FrameDecoder
from tests.log.feeds import handed_out

T = TypeVar("T")
FRAME_BYTES_MAX = 10_000_000


def now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, such as those of the memory log."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise AssertionError("the coroutine waits for something")


class Chatroom:
    """A hub and a memory log, driven by hand; of a node with this `run`, if there are several."""

    def __init__(
        self,
        limits: Limits | None = None,
        password: str = "",
        *,
        log: MemoryLog | None = None,
        run: str = "",
    ) -> None:
        self.log = log or MemoryLog()
        self.run = run
        self.feed = self.log.follow()
        self.limits = limits or Limits()
        self.password = password
        self.failing = False
        self.clock = 1_000
        self.verified = 0
        self.secrets = 0
        self.visits = 0
        self.hub = self.opened()

    def opened(self) -> Hub:
        """Return a hub that starts on what the log holds now."""
        return Hub(
            self.limits,
            now(self.log.heads()),
            now(self.log.epochs()),
            now(self.log.facts()),
            self.log,
            server="test",
            password=self.password,
            at=self.clock,
            run=self.run,
        )

    def restart(self) -> None:
        """Kill the server and start it again; who was connected is not any more."""
        handed_out(self.feed)
        self.hub = self.opened()

    def pass_time(self, milliseconds: int) -> None:
        """Let time pass, and have the hub do what it brings."""
        self.clock += milliseconds
        self.hub.sweep(self.clock)
        self.commit()

    def enter(self, name: str, format_: Format = EVENTS, *, origin: str = "") -> "Peer":
        """Let a peer in."""
        return Peer(self, name, format_, origin=origin)

    def commit(self) -> None:
        """Commit and apply all that waits."""
        self.apply()
        while self.hub.has_pending:
            self.settle(self.hub.take())

    def settle(self, batch: list[Draft]) -> None:
        """Commit and apply one batch, or refuse it while the log fails."""
        if self.failing:
            self.hub.refuse(batch)
        else:
            self.hub.acknowledge(batch, self.append(batch))
            self.apply()

    def append(self, batch: list[Draft]) -> list[int]:
        """Have the log commit a batch."""
        return now(self.log.append([draft.event for draft in batch]))

    def apply(self) -> None:
        """Take in what the log hands out."""
        if events := handed_out(self.feed):
            self.hub.apply(events)

    def announce(self) -> None:
        """Tell everybody who came, went or types."""
        while self.hub.has_announcements:
            self.hub.announce()

    def answer(self, question: Question) -> Answer:
        """Return the answer to a question of the hub's."""
        match question:
            case Settled():
                self.commit()
                assert self.hub.has_settled(question)
            case (
                PageQuery()
                | HappenedQuery()
                | SearchQuery()
                | TimeQuery()
                | ReactionsQuery()
                | RevisionsQuery()
                | FactsQuery()
            ):
                return self._read(question)
            case HashPassword() | VerifyPassword() | NewSecret() | FreeSpace():
                return self._answer_about_server(question)
            case StatusQuery() | SessionsQuery() | ReloadQuery() | BackupQuery():
                return _about_running(question, self.clock)
        return None

    def _read(self, query: AboutLog) -> Answer:
        match query:
            case PageQuery():
                return self.hub.forgotten.page(now(self.log.page(query)))
            case HappenedQuery():
                return now(self.log.happened(query))
            case SearchQuery():
                return self.hub.forgotten.page(now(self.log.search(query, 1)))
            case TimeQuery():
                return now(self.log.seqs_at(query))
            case FactsQuery(prefix=prefix):
                return now(self.log.facts(prefix))
            case ReactionsQuery() | RevisionsQuery():
                return self._read_about_messages(query)

    def _read_about_messages(self, query: ReactionsQuery | RevisionsQuery) -> Answer:
        if isinstance(query, ReactionsQuery):
            return now(self.log.reactions(query))
        return now(self.log.revisions(query))

    def _answer_about_server(self, question: AboutServer) -> str | bool | int:
        match question:
            case HashPassword(password=password, provable=provable):
                hash_ = f"hash of {password}"
                return Verifier.of(password, b"salt", 1).behind(hash_) if provable else hash_
            case VerifyPassword(password=password, hash=hash_):
                self.verified += 1
                return hash_.partition(" SCRAM")[0] == f"hash of {password}"
            case NewSecret():
                self.secrets += 1
                return f"{self.run}{self.secrets:022d}"
            case FreeSpace():
                return 10**12

    def finish(self) -> None:
        """Go on with what nobody waits for any more."""
        while (decision := self.hub.unfinished()) is not None:
            self.decide(decision)

    def decide(self, decision: Decision) -> None:
        """Answer all that a decision asks."""
        try:
            question = next(decision, None) if decision else None
            while decision and question:
                question = decision.send(self.answer(question))
        except StopIteration:
            pass


class Peer:
    """Someone connected to the hub; `room_bytes` is how much it takes before it falls behind."""

    def __init__(
        self, chatroom: Chatroom, name: str, format_: Format = EVENTS, *, origin: str = ""
    ) -> None:
        self.chatroom = chatroom
        self.name = name
        self.ended = False
        self.writes: list[bytes] = []
        self.room_bytes: int | None = None
        self._unread_bytes = 0
        self._decoder = FrameDecoder(FRAME_BYTES_MAX)
        self._entered = False
        # Never one that was used before: ids of people are made from it.
        chatroom.visits += 1
        secret = f"secret of {name} {chatroom.run}{chatroom.visits}"
        session, decision = chatroom.hub.enter(name, format_, self, secret, origin=origin)
        self.session: Session = session
        chatroom.decide(decision)
        self._entered = True

    # The hub's Outlet.

    def write(self, payload: bytes) -> None:
        assert payload, "an empty write is a wasted one"
        if self.ended:
            return
        self.writes.append(payload)
        self._unread_bytes += len(payload)
        if self.room_bytes is None or not self._entered or self.session.congested:
            return  # asyncio, too, tells once that a connection is full, until it is not
        if self._unread_bytes > self.room_bytes:
            self.chatroom.hub.lag(self.session)

    def end(self) -> None:
        self.ended = True

    # What a test does.

    def tell(self, command: AnyCommand | InnerCommand) -> None:
        """Send a command; what it asks of the log is read at once, a refusal is sent as one."""
        hub, at = self.chatroom.hub, self.chatroom.clock
        self._decide(lambda: hub.command(self.session, command, at), command.ref)

    def type(self, line: str) -> None:
        """Send a plain line."""
        hub, at = self.chatroom.hub, self.chatroom.clock
        self._decide(lambda: hub.line(self.session, line, at), None)

    def _decide(self, decide: Callable[[], Decision], ref: str | None) -> None:
        try:
            self.chatroom.decide(decide())
        except Refused as error:
            self.session.refuse(error, ref)
        self.serve()

    def serve(self, bytes_max: int = 100_000) -> None:
        """Let the peer be served from the log, as long as it has room."""
        session, hub = self.session, self.chatroom.hub
        while session.lagging and not session.congested:
            member = next(iter(session.lagging.values()))
            events = now(self.chatroom.log.backlog(member.room.name, member.cursor, bytes_max))
            hub.catch_up(member, hub.forgotten.events(events))

    def read(self, bytes_max: int = 100_000) -> list[tuple[str, str] | AnyEvent]:
        """Read all that was written, until nothing more comes; return events or classic pairs."""
        received: list[tuple[str, str] | AnyEvent] = []
        self.chatroom.announce()
        while True:
            arrived, self.writes = b"".join(self.writes), []
            self._unread_bytes = 0
            self.session.congested = False
            received += self._parse(arrived)
            self.serve(bytes_max)
            if not self.writes:
                return received

    def events(self) -> list[AnyEvent]:
        """Read as an event session."""
        return [event for event in self.read() if not isinstance(event, tuple)]

    def pairs(self) -> list[tuple[str, str]]:
        """Read as a classic session."""
        return [pair for pair in self.read() if isinstance(pair, tuple)]

    def _parse(self, arrived: bytes) -> list[tuple[str, str] | AnyEvent]:
        frames = list(self._decoder.receive(arrived))
        if self.session.format is CLASSIC:
            texts = [frame.text for frame in frames]
            assert len(texts) % 2 == 0, "a lone frame without its partner"
            return list(zip(texts[::2], texts[1::2], strict=True))
        events = [decode_event(frame.text) for frame in frames]
        assert all(frame.event for frame in frames)
        return [event for event in events if event is not None]


def _about_running(question: AboutRunning | BackupQuery, now_: int) -> Answer:
    match question:
        case StatusQuery():
            return Status("test", "", 0, now_, 0, 0, 0, 0, 0)
        case SessionsQuery():
            return Sessions([])
        case ReloadQuery():
            return Reloaded(applied=["server.hosts"], restart=[])
        case BackupQuery():
            return BackedUp(whole=True, lines=["It is whole."])
