"""A session's conversation with the hub, as a state machine that performs no I/O.

The owner of the connection tells it what happens (`hear`, `answer`, `bring`, `tick`, …), and then
does what the conversation wants: its outputs are `reading`, `question`, `backlog`, `wake_at` and
`ended`.

The conversation acts on one thing at a time, in the order in which the peer said them. Four things
make the next one wait, and stop the reading meanwhile. So what is held for a peer is bounded, and
nothing that it sent is dropped:

    LOG       an earlier command still waits for an answer of the log or the hub
    COMMIT    too much of what this peer said is on its way to the log
    PEER      the peer leaves too many answers unread
    PACE      the peer says more per second than it may

The state of the connection decides which of these still count:

    state     entered when                           heeds              what is heard then
    OPEN      the connection is made                 all four           acted on, one by one
    HALF      the peer closes its sending half       all four           acted on to the end; the
                                                                        rest is written, then ENDED
    STOPPING  the server stops                       LOG                acted on at once; questions
                                                                        are dropped: nobody waits
    LOST      the connection is gone                 LOG                the same, then GONE
    ENDED     the last words are written             (nothing is acted on any more)
    GONE      the session has left the chatroom      (nothing at all)

In OPEN and HALF, a lagging session is also served from the log, one portion at a time.

What may race: answers, portions of the log, commits, the clock and the end come in any order, but
each input runs to its end before the next, and what comes after the end changes nothing. Only
`fell_behind` may come from within a write, so it only marks the session.
"""

from __future__ import annotations

import itertools
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import structlog

from hubbub.chat.commands import Delete, Edit, React, Resume, Say, Unlock
from hubbub.chat.errors import HubbubError, LogError, ProtocolError, Refused
from hubbub.chat.events import AnyLogged, Bye, Error, Page
from hubbub.chat.heard import Goodbye, Introduction, PlainLine, Refusal, Reply
from hubbub.server.backlogs import Backlogs
from hubbub.server.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hubbub.chat.format import Format
    from hubbub.chat.heard import Heard, Said
    from hubbub.chat.queries import Question
    from hubbub.hub import Decision, Session
    from hubbub.hub.asking import Reading
    from hubbub.server.backlogs import Backlog
    from hubbub.server.peer import Peer, Shared


class State(Enum):
    """What has become of the connection so far."""

    OPEN = auto()
    HALF = auto()
    STOPPING = auto()
    LOST = auto()
    ENDED = auto()
    GONE = auto()


class Signal(Enum):
    """What may happen to the connection."""

    PEER_ENDS = auto()
    SERVER_STOPS = auto()
    LOSS = auto()
    LAST_WORDS = auto()
    DEPARTURE = auto()


class Wait(Enum):
    """Why the next thing that was heard is not acted on yet."""

    LOG = auto()
    COMMIT = auto()
    PEER = auto()
    PACE = auto()


NEXT: Final = {
    (State.OPEN, Signal.PEER_ENDS): State.HALF,
    (State.OPEN, Signal.SERVER_STOPS): State.STOPPING,
    (State.OPEN, Signal.LOSS): State.LOST,
    (State.OPEN, Signal.LAST_WORDS): State.ENDED,
    (State.HALF, Signal.SERVER_STOPS): State.STOPPING,
    (State.HALF, Signal.LOSS): State.LOST,
    (State.HALF, Signal.LAST_WORDS): State.ENDED,
    (State.STOPPING, Signal.PEER_ENDS): State.STOPPING,
    (State.STOPPING, Signal.LOSS): State.LOST,
    (State.STOPPING, Signal.LAST_WORDS): State.ENDED,
    (State.LOST, Signal.SERVER_STOPS): State.LOST,
    (State.LOST, Signal.LAST_WORDS): State.LOST,  # nobody hears them; what was heard still counts
    (State.LOST, Signal.DEPARTURE): State.GONE,
    (State.ENDED, Signal.PEER_ENDS): State.ENDED,
    (State.ENDED, Signal.SERVER_STOPS): State.ENDED,
    (State.ENDED, Signal.LAST_WORDS): State.ENDED,
    (State.ENDED, Signal.LOSS): State.GONE,
    (State.GONE, Signal.SERVER_STOPS): State.GONE,
    (State.GONE, Signal.LAST_WORDS): State.GONE,
}
"""The transitions; what is not here cannot happen."""

_IN_HASTE: Final = frozenset({State.STOPPING, State.LOST})

CHANGES: Final = (Delete, Edit, React, Say)
"""Commands that may read the log and are not questions."""

NOT_READ: Final = "The server cannot read its log now. Try again in a while."
logger = structlog.get_logger()
_NOTHING: Final[Iterator[Heard]] = iter(())


class Conversation:
    """One peer's side of the chatroom, from the first thing it says to the end."""

    __slots__ = (
        "_backlogs",
        "_decision",
        "_heard",
        "_hub",
        "_only_asks",
        "_pace",
        "_peer",
        "_ref",
        "_shared",
        "_speaking",
        "heard_at",
        "question",
        "session",
        "state",
        "wait",
        "wake_at",
    )

    def __init__(self, shared: Shared, peer: Peer, opening: Format) -> None:
        self._shared = shared
        self._hub = shared.hub
        self._peer = peer
        self._speaking = opening
        self._heard = _NOTHING
        self._decision: Decision = None
        self._only_asks = False  # whether nobody needs the decision who does not hear it
        self._ref: str | None = None  # of the command that is being decided
        self._pace: Pace | None = None
        self._backlogs: Backlogs | None = None  # most members never lag
        now = shared.clock.seconds()
        if per_second := shared.hub.limits.messages_per_second:
            self._pace = Pace(per_second, shared.hub.limits.burst, now)
        self.state = State.OPEN
        self.session: Session | None = None
        self.heard_at = now
        self.wait: Wait | None = None
        """Why nothing is acted on at the moment, if something waits at all."""
        self.question: Question | None = None
        """What the log or the hub is asked; `answer` it."""
        self.wake_at: float | None = None
        """When to call `tick`, in seconds of the clock."""

    # Outputs.

    @property
    def reading(self) -> bool:
        """Whether the peer should be read from: to act on it, or to let it finish and hang up."""
        return self.state is State.ENDED or (self.state is State.OPEN and self.wait is None)

    @property
    def wants_nothing(self) -> bool:
        """Whether the peer is to be read from, and nothing else is to be done."""
        return (
            self.state is State.OPEN
            and self.wait is None
            and self.question is None
            and self.wake_at is None
            and self._backlogs is None
        )

    @property
    def backlog(self) -> Backlog | None:
        """What the log is asked for a lagging member; `bring` it."""
        return None if self._backlogs is None else self._backlogs.asked

    @property
    def ended(self) -> bool:
        """Whether the last words are written: the connection is to be closed."""
        return self.state is State.ENDED

    @property
    def waits_for_commit(self) -> bool:
        """Whether `go_on` is to be called after the next commit."""
        session = self.session
        return self.wait is Wait.COMMIT or (
            self.state is State.HALF and session is not None and session.pending_bytes > 0
        )

    @property
    def is_idle(self) -> bool:
        """Whether all that was heard has been acted on, and nothing is being decided."""
        return self.wait is None and self.question is None

    @property
    def is_admitted(self) -> bool:
        """Whether the peer has its name by now."""
        session = self.session
        return session is not None and self._hub.has_name(session)

    # Inputs.

    def hear(self, heard: Iterator[Heard]) -> None:
        """Act on what was said, as far as it may be acted on now."""
        self.heard_at = self._shared.clock.seconds()
        if self.state is State.OPEN:
            # Not every event loop stops reading at once when it is told to.
            self._heard = heard if self.wait is None else itertools.chain(self._heard, heard)
            self.go_on()

    def peer_ends(self) -> None:
        """The peer will send nothing more, but may still read."""
        self._move(Signal.PEER_ENDS)
        self.go_on()

    def stop(self) -> None:
        """The server stops: act on what was heard, and listen to nothing more."""
        self._move(Signal.SERVER_STOPS)
        self._drop_questions()
        self.go_on()

    def lose(self) -> None:
        """The connection is gone: act on what was heard, then leave the chatroom."""
        self._move(Signal.LOSS)
        if self.state is State.GONE:
            self._leave()
        else:
            self._drop_questions()
            self.go_on()

    def tick(self) -> None:
        """`wake_at` has come."""
        self.wake_at = None
        if self._backlogs is not None:
            self._backlogs.retry_at = None
            self._serve_backlog()
        self.go_on()

    def go_on(self) -> None:
        """Act on what was heard until something makes it wait; called after commits as well."""
        at = self._shared.clock.milliseconds()
        try:
            while self.state is not State.ENDED and self.state is not State.GONE:
                self.wait = self._must_wait()
                if self.wait is not None:
                    break
                if (heard := next(self._heard, None)) is None:
                    self._heard = _NOTHING  # an exhausted generator still takes memory
                    break
                self._act(heard, at)
        except ProtocolError as error:
            self.fail(error)
        self._finish_if_done()

    def say_goodbye(self, reason: str) -> None:
        """Write the last words that everybody gets when the server stops."""
        if self.session is not None:
            self.session.send(Bye(reason=reason))
        self.end()

    def fail(self, error: HubbubError, ref: str | None = None) -> None:
        """Say why the connection ends, and end it."""
        if self.state is State.ENDED or self.state is State.GONE:
            return
        refusal = Error(code=error.code, message=str(error), ref=ref)
        self._peer.write(self._speaking.encode(refusal))
        self.end()

    def _drop_questions(self) -> None:
        """Let go of what nobody waits for any more."""
        self._backlogs = None
        if self._decision is not None and self._only_asks:
            self._decision.close()
            self._decision = self.question = None

    # What is waited for.

    def _must_wait(self) -> Wait | None:
        if self._decision is not None:
            return Wait.LOG
        if self.state is not State.OPEN and self.state in _IN_HASTE:
            return None
        session, shares = self.session, self._shared.shares
        if session is not None and session.pending_bytes > shares.pending_bytes:
            return Wait.COMMIT
        if self._peer.unsent_bytes() > shares.unread_bytes:
            return Wait.PEER
        if self._pace is not None:
            now = self._shared.clock.seconds()
            if delay := self._pace.delay(now):
                self._wake_at(now + delay)
                return Wait.PACE
        return None

    def _wake_at(self, seconds: float) -> None:
        self.wake_at = seconds if self.wake_at is None else min(self.wake_at, seconds)

    def _finish_if_done(self) -> None:
        """In the states that come to an end by themselves, see whether it is there."""
        if self.state is State.OPEN or self.wait is not None:
            return
        session = self.session
        if self.state is State.LOST:
            self._move(Signal.DEPARTURE)
            self._leave()
        elif (
            self.state is State.HALF
            and not (session and (session.pending_bytes or session.lagging))
            and self.question is None
        ):
            self.end()

    def end(self) -> None:
        """The last words are written: act on nothing more."""
        self._move(Signal.LAST_WORDS)
        if self.state is State.ENDED:
            self._forget()

    def _leave(self) -> None:
        self._forget()
        if self.session is not None:
            self._hub.depart(self.session)

    def _forget(self) -> None:
        """Ask nothing more, and hear nothing more."""
        self._heard = _NOTHING
        if self._decision is not None:
            self._decision.close()  # a name that was about to be taken is free again
        self._decision = self.question = self.wait = self.wake_at = None
        self._backlogs = None

    def _move(self, signal: Signal) -> None:
        self.state = NEXT[self.state, signal]

    # One thing that was said.

    def _act(self, heard: Heard, at: int) -> None:
        session = self.session
        if self._pace is not None and session is not None:
            self._pace.take()
        try:
            if isinstance(heard, Reply):
                self._peer.write(heard.payload)
            elif isinstance(heard, Goodbye):
                self.end()
            elif session is None:
                self._begin(heard)
            else:
                self._respond(session, heard, at)
        except Refused as error:
            self._refuse(error, getattr(heard, "ref", None))
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self.fail_by_our_fault(error, getattr(heard, "ref", None))
        if session is not None and session.lagging:
            self._serve_backlog()

    def _begin(self, said: Said) -> None:
        if isinstance(said, Refusal):
            self.fail(said.error, said.ref)
            return
        assert isinstance(said, Introduction), "dialects begin with an introduction"
        self._speaking = said.format
        try:
            self.session, decision = self._hub.enter(
                said.name, said.format, self._peer, self._shared.new_secret(), said.ref
            )
        except Refused as error:
            self.fail(error, said.ref)
            return
        if decision is not None:
            self._decide(decision, said.ref, only_asks=False)

    def _respond(self, session: Session, said: Said, at: int) -> None:
        ref: str | None = None
        if isinstance(said, PlainLine):
            decision = self._hub.line(session, said.text, at)
        elif isinstance(said, Refusal):
            raise said.error
        else:
            assert not isinstance(said, Introduction), "dialects introduce once"
            ref = said.ref
            if isinstance(said, Unlock):
                self._shared.guesses.check(self._peer.host)
            decision = self._hub.command(session, said, at)
        only_asks = not isinstance(said, (*CHANGES, Unlock, Resume))
        if decision is not None and not (only_asks and self.state in _IN_HASTE):
            self._decide(decision, ref, only_asks=only_asks)

    # Decisions that ask.

    def _decide(self, decision: Reading, ref: str | None, *, only_asks: bool) -> None:
        self._decision, self._ref, self._only_asks = decision, ref, only_asks
        self._ask(lambda: next(decision))

    def _ask(self, resume: Callable[[], Question]) -> None:
        """Go on with the decision up to its next question, or to its end."""
        try:
            self.question = resume()
        except StopIteration:
            self._decision = None
        except Refused as error:
            self._decision = None
            self._refuse(error, self._ref)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self._decision = None
            self.fail_by_our_fault(error, self._ref)

    def answer(self, page: Page | LogError | None) -> None:
        """Go on with what the question's answer decides."""
        self.question, decision = None, self._decision
        if decision is None:  # nobody waits for it any more
            return
        if isinstance(page, LogError):
            logger.warning("the log cannot be read", reason=str(page))
            decision.close()
            self._decision = None
            self._refuse(Refused(NOT_READ, code=page.code), self._ref)
        else:
            self._ask(lambda: decision.send(page))
        if self.session is not None and self.session.lagging:
            self._serve_backlog()
        self.go_on()

    # Refusals and faults.

    def _refuse(self, error: HubbubError, ref: str | None) -> None:
        session = self.session
        assert session is not None
        if session.held:  # only the right `resume` helps; all else is an attempt to take the name
            error = self._hub.name_taken(session)
        if error.code == "wrong_password":
            self._shared.guesses.wrong(self._peer.host)
        session.send(Error(code=error.code, message=str(error), ref=ref))
        if not session.admitted:
            self.end()

    def fail_by_our_fault(self, error: Exception, ref: str | None = None) -> None:
        """End this session, and no other, because something is wrong with our code."""
        if self._decision is not None:  # it was being decided
            ref = self._ref
        sentence = "The server has a fault and ends this session."
        self.fail(HubbubError(sentence, code="server_fault"), ref)
        name = self.session.name if self.session is not None else ""
        logger.error("a session failed", name=name, exc_info=error)

    # A slow reader.

    def fell_behind(self) -> None:
        """The connection is full: from now on the log keeps the session's place."""
        if self.session is not None:
            self._hub.lag(self.session)

    def caught_breath(self) -> None:
        """The connection takes bytes again."""
        if self.session is not None:
            self.session.congested = False
            if self.session.lagging:
                self._serve_backlog()
        self.go_on()

    def _serve_backlog(self) -> None:
        if self.session is not None and (self.state is State.OPEN or self.state is State.HALF):
            if self._backlogs is None:
                self._backlogs = Backlogs(self._hub, self._shared.clock)
            self._backlogs.ask(self.session)

    def bring(self, events: Sequence[AnyLogged] | LogError) -> None:
        """Take in what was asked for as `backlog`."""
        backlogs = self._backlogs
        if self.session is not None and backlogs is not None and backlogs.asked is not None:
            try:
                backlogs.bring(self.session, events)
            except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
                self.fail_by_our_fault(error)
            if backlogs.retry_at is not None:
                self._wake_at(backlogs.retry_at)
            if self.session.lagging:
                self._serve_backlog()
            else:
                self._backlogs = None
        self.go_on()
