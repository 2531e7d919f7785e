"""Conversations driven by hand: a hub, a log and a clock without an event loop, and their peers."""

import itertools
from collections.abc import Callable
from typing import TypeVar

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import LogError
from hubbub.chat.format import Format
from hubbub.chat.heard import Introduction, PlainLine, Said
from hubbub.chat.limits import Limits
from hubbub.chat.queries import (
    FactsQuery,
    HashPassword,
    Moment,
    NewSecret,
    PageQuery,
    SearchQuery,
    Settled,
    VerifyPassword,
)
from hubbub.hub import Hub
from hubbub.log.memory import MemoryLog
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.reading import BACKLOG_BYTES
from hubbub.server.fairness.shares import Shares
from hubbub.server.fairness.turns import Turns
from hubbub.server.sessions.clock import Clock
from hubbub.server.sessions.conversation import Conversation
from hubbub.server.sessions.guesses import Guesses
from hubbub.server.sessions.states import State, Wait
from hubbub.wire.codec import decode_event
from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.frames import FrameDecoder
from tests.hub.peers import now
from tests.log.feeds import handed_out
from tests.server.clockwork import Clockwork

T = TypeVar("T")
EVERYTHING_BYTES = 100_000_000


class Stage:
    """Everything but the connections. `committed` are all events in the log's order.

    Time passes by `step_seconds` when the turns look at their clock.
    """

    def __init__(self, limits: Limits | None = None, step_seconds: float = 0.0) -> None:
        self.limits = limits or Limits()
        self.log = MemoryLog()
        self.feed = self.log.follow()
        self.hub = Hub(self.limits, (), now(self.log.epochs()), known=self.log, server="test")
        self.loop = Clockwork(step_seconds)
        self.clock = Clock(lambda: self.loop.seconds, lambda: 1_000)
        self.turns = Turns(Accounts(self.limits, self.loop.clock), self.loop.clock, self.loop)
        self.shares = Shares(self.limits)
        self.guesses = Guesses(self.clock.seconds)
        self.committed: list[e.Entry] = []
        self.peers: list[Peer] = []
        self._secrets = itertools.count(1)
        self.after: set[Peer] = set()
        """Who wants to go on after the next commit."""
        self.reads = True
        """Whether the log can be read."""

    def connect(self, name: str, *, classic: bool = False, room_bytes: int | None = None) -> "Peer":
        """Return a new peer that says its name."""
        peer = self.peer(classic=classic, room_bytes=room_bytes)
        peer.say(Introduction(name, CLASSIC if classic else EVENTS))
        return peer

    def peer(self, *, classic: bool = False, room_bytes: int | None = None) -> "Peer":
        """Return a new peer that has said nothing yet."""
        opening = CLASSIC if classic else EVENTS
        self.peers.append(Peer(self, opening=opening, room_bytes=room_bytes))
        return self.peers[-1]

    def commit(self, *, fails: bool = False) -> bool:
        """Commit one batch, or fail to; return whether there was one."""
        if not self.hub.has_pending:
            return False
        batch = self.hub.take()
        if fails:
            self.hub.refuse(batch)
        else:
            self.hub.acknowledge(batch, now(self.log.append([draft.event for draft in batch])))
            if events := handed_out(self.feed):
                self.committed += events
                self.hub.apply(events)
        after, self.after = self.after, set()
        for peer in after:
            peer.conversation.go_on()
            peer.follow()
        return True

    def new_secret(self) -> str:
        """Return a secret that no other session has."""
        return f"secret {next(self._secrets)}"

    def run(self) -> None:
        """Do all that there is to do, until nothing changes any more."""
        while self.commit() or any(peer.work() for peer in self.peers) or self.loop.go_on():
            pass


class Peer:
    """One connection: `room_bytes` is how much it takes before it counts as full."""

    def __init__(
        self, stage: Stage, *, opening: Format = EVENTS, room_bytes: int | None = None
    ) -> None:
        self.stage = stage
        self.room_bytes = room_bytes
        self.written = b""
        self.unread = 0
        self.congested = False
        self.closing = False
        self.refs = 0
        self.host = "here"
        self.is_proven = False
        self.is_relayed = False
        self.turn = stage.turns.turn(self.host)
        self.is_gone = False
        self.conversation = Conversation(stage, self, self.turn, opening)

    def unsent_bytes(self) -> int:
        return self.unread

    # What the conversation wants.

    def write(self, payload: bytes) -> None:
        assert payload, "an empty write is a wasted one"
        if self.closing:
            return
        self.written += payload
        self.unread += len(payload)
        if self.room_bytes is not None and self.unread > self.room_bytes and not self.congested:
            self.congested = True
            self.conversation.fell_behind()

    def end(self) -> None:
        self.closing = True
        self.conversation.end()
        self.follow()

    def follow(self) -> None:
        """Do what the conversation wants at once, as a connection does."""
        conversation = self.conversation
        if conversation.wait is Wait.TURN:
            self.turn.wait(self.go_on)
        if conversation.state is State.GONE and not self.is_gone:
            self.is_gone = True
            self.turn.close()
        if self.conversation.waits_for_commit:
            self.stage.after.add(self)
        if self.conversation.ended:
            self.closing = True

    def go_on(self) -> None:
        """Have its turn."""
        self.conversation.go_on()
        self.follow()

    # What happens to it.

    def say(self, *said: Said) -> None:
        """Say things in one go."""
        assert self.conversation.reading, "it is not read from"
        self.conversation.hear(iter(said))
        self.follow()

    def line(self, text: str) -> None:
        """Say a plain line."""
        self.say(PlainLine(text))

    def command(self, command: c.AnyCommand | c.InnerCommand) -> str:
        """Say a command with a ref of its own; return the ref."""
        self.refs += 1
        command.ref = str(self.refs)
        self.say(command)
        return command.ref

    def read(self) -> None:
        """Read all that was written."""
        self.unread = 0
        if self.congested:
            self.congested = False
            self.conversation.caught_breath()
            self.follow()

    def hang_up(self) -> None:
        """Send nothing more."""
        self.conversation.peer_ends()
        self.follow()

    def vanish(self) -> None:
        """Be gone."""
        self.closing = True
        self.conversation.lose()
        self.follow()

    def work(self) -> bool:
        """Have the log answer, and the time come; return whether anything was waited for."""
        return any([self.answer(), self.bring(), self.tick()])

    def answer(self) -> bool:
        """Answer what the conversation asks, if anything."""
        question = self.conversation.question
        match question:
            case None:
                return False
            case Settled():
                if not self.stage.hub.has_settled(question):
                    return False
                self.conversation.answer(None)
            case Moment():
                self.conversation.answer(None)
            case HashPassword(password=password):
                self.conversation.answer(f"the hash of {password}")
            case VerifyPassword(password=password, hash=hash_):
                self.conversation.answer(hash_ == f"the hash of {password}")
            case NewSecret():
                self.conversation.answer(self.stage.new_secret())
            case FactsQuery(prefix=prefix):
                self._told(lambda: now(self.stage.log.facts(prefix)), self.conversation.answer)
            case PageQuery():
                self._told(lambda: now(self.stage.log.page(question)), self.conversation.answer)
            case SearchQuery():
                self._told(
                    lambda: now(self.stage.log.search(question, 1)), self.conversation.answer
                )
        self.follow()
        return True

    def bring(self) -> bool:
        """Bring what a lagging member missed, if that is asked for."""
        asked = self.conversation.backlog
        if asked is None:
            return False
        room, log = asked.member.room.name, self.stage.log
        self._told(
            lambda: now(log.backlog(room, asked.cursor, BACKLOG_BYTES)), self.conversation.bring
        )
        self.follow()
        return True

    def _told(self, read: Callable[[], T], tell: Callable[[T | LogError], None]) -> None:
        if self.stage.reads:
            tell(read())
        else:
            tell(LogError("The disk is gone."))

    def tick(self) -> bool:
        """Let the time come for which the conversation waits, if any."""
        at = self.conversation.wake_at
        if at is None:
            return False
        self.stage.loop.seconds = max(self.stage.loop.seconds, at)
        self.conversation.tick()
        self.follow()
        return True

    # What it was told.

    @property
    def events(self) -> list[e.AnyEvent]:
        """All that was written to an event session."""
        frames = FrameDecoder(EVERYTHING_BYTES).receive(self.written)
        events = [decode_event(frame.text) for frame in frames]
        return [event for event in events if event is not None]

    @property
    def answers(self) -> list[str]:
        """The refs of all answers, in order."""
        refs = [getattr(event, "ref", None) for event in self.events]
        return [ref for ref in refs if ref is not None]
