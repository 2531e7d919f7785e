"""A session's conversation with the hub, as a state machine that performs no I/O.

Whoever owns the connection tells it what happens (`hear`, `answer`, `brought`, `tick`, …), and
then does what it wants: its outputs are `reading`, `question`, `backlog`, `wake_at`, `ended`.

It acts on one thing after the other, in the order in which they were said. Five things make the
next one wait, and stop the reading meanwhile, so that what is held for a peer is bounded and what
it sent is never dropped:

    LOG       what was said before still asks the log something
    COMMIT    too much of what this peer said is on its way to the log
    PEER      the peer leaves too many answers unread
    PACE      the peer says more per second than it may

What happens to the connection decides which of these still count:

    state     entered when                           heeds              what is heard then
    OPEN      the connection is made                 all four           acted on, one by one
    HALF      the peer closes its sending half       all four           acted on to the end; the
                                                                        rest is written, then ENDED
    STOPPING  the server stops                       LOG                acted on at once; what only
                                                                        asks is dropped: nobody
                                                                        waits for the answer
    LOST      the connection is gone                 LOG                the same, then GONE
    ENDED     the last words are written             (nothing is acted on any more)
    GONE      the session has left the chatroom      (nothing at all)

Beside this, a member that lags is served from the log, one portion at a time, in OPEN and HALF.
"""

from __future__ import annotations

import itertools
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import structlog

from hubbub.chat.commands import Delete, Edit, React, Resume, Say, Unlock
from hubbub.chat.errors import HubbubError, LogError, ProtocolError, Refused
from hubbub.chat.events import AnyLogged, Bye, Error, Page
from hubbub.chat.heard import Introduction, PlainLine, Refusal
from hubbub.server.backlogs import Backlogs
from hubbub.server.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from hubbub.chat.format import Format
    from hubbub.chat.heard import Said
    from hubbub.chat.queries import Question
    from hubbub.hub import Hub, Outlet, Session
    from hubbub.server.backlogs import Backlog
    from hubbub.server.clock import Clock
    from hubbub.server.guesses import Guesses
    from hubbub.server.shares import Shares


class State(Enum):
    """What became of the connection so far."""

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

_AT_LEISURE: Final = frozenset({State.OPEN, State.HALF})
_IN_HASTE: Final = frozenset({State.STOPPING, State.LOST})

CHANGES: Final = (Delete, Edit, React, Say)
"""Commands that may read the log and are not questions."""

NOT_READ: Final = "The server cannot read its log now. Try again in a while."
logger = structlog.get_logger()


class Conversation:
    """One peer's side of the chatroom, from the first thing it says to the end.

    `host` is where it comes from. `unsent_bytes` gives how many written bytes it has not taken.
    """

    __slots__ = (
        "_backlogs",
        "_clock",
        "_decision",
        "_guesses",
        "_heard",
        "_host",
        "_hub",
        "_outlet",
        "_pace",
        "_ref",
        "_secret",
        "_shares",
        "_speaking",
        "_unsent_bytes",
        "heard_at",
        "question",
        "session",
        "state",
        "wait",
        "wake_at",
    )

    def __init__(
        self,
        hub: Hub,
        outlet: Outlet,
        opening: Format,
        *,
        clock: Clock,
        shares: Shares,
        guesses: Guesses,
        host: str,
        secret: Callable[[], str],
        unsent_bytes: Callable[[], int],
    ) -> None:
        self._hub = hub
        self._outlet = outlet
        self._speaking = opening
        self._clock = clock
        self._shares = shares
        self._guesses = guesses
        self._host = host
        self._secret = secret
        self._unsent_bytes = unsent_bytes
        self._heard: Iterator[Said] = iter(())
        self._decision: Generator[Question, Page | None, None] | None = None
        self._ref: str | None = None  # of the command that is being decided
        self._pace: Pace | None = None
        self._backlogs = Backlogs(hub, clock)
        now = clock.seconds()
        if per_second := hub.limits.messages_per_second:
            self._pace = Pace(per_second, hub.limits.burst, now)
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
    def backlog(self) -> Backlog | None:
        """What the log is asked for a lagging member; `bring` it."""
        return self._backlogs.asked

    @property
    def ended(self) -> bool:
        """Whether the last words are written: the connection is to be closed."""
        return self.state is State.ENDED

    @property
    def is_over(self) -> bool:
        """Whether the session has left the chatroom."""
        return self.state is State.GONE

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
        """Whether the peer bears a name here."""
        session = self.session
        return session is not None and self._hub.bears_name(session)

    # Inputs.

    def hear(self, heard: Iterator[Said]) -> None:
        """Act on what was said, as far as it may be acted on now."""
        self.heard_at = self._clock.seconds()
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
        self.go_on()

    def lose(self) -> None:
        """The connection is gone: act on what was heard, then leave the chatroom."""
        self._move(Signal.LOSS)
        if self.state is State.GONE:
            self._leave()
        else:
            self.go_on()

    def tick(self) -> None:
        """`wake_at` has come."""
        self.wake_at = None
        self._backlogs.retry_at = None
        self._serve_backlog()
        self.go_on()

    def go_on(self) -> None:
        """Act on what was heard until nothing is left, or something makes it wait.

        To be called as well after a commit, and when the peer has read.
        """
        try:
            while self.state is not State.ENDED and self.state is not State.GONE:
                self.wait = self._must_wait()
                if self.wait is not None or (said := next(self._heard, None)) is None:
                    break
                self._act(said)
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
        if self.state in {State.ENDED, State.GONE}:
            return
        refusal = Error(code=error.code, message=str(error), ref=ref)
        self._outlet.write(self._speaking.encode(refusal))
        self.end()

    # What is waited for.

    def _must_wait(self) -> Wait | None:
        if self._decision is not None:
            return Wait.LOG
        if self.state in _IN_HASTE:
            return None
        session = self.session
        if session is not None and session.pending_bytes > self._shares.pending_bytes:
            return Wait.COMMIT
        if self._unsent_bytes() > self._shares.unread_bytes:
            return Wait.PEER
        if self._pace is None or not (delay := self._pace.delay(self._clock.seconds())):
            return None
        self._wake_at(self._clock.seconds() + delay)
        return Wait.PACE

    def _wake_at(self, seconds: float) -> None:
        self.wake_at = seconds if self.wake_at is None else min(self.wake_at, seconds)

    def _finish_if_done(self) -> None:
        """In the states that come to an end by themselves, see whether it is there."""
        session = self.session
        if self.wait is not None:
            return
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
        self._heard = iter(())
        if self._decision is not None:
            self._decision.close()  # a name that was about to be taken is free again
        self._decision = self.question = self.wait = self.wake_at = None
        self._backlogs.forget()

    def _move(self, signal: Signal) -> None:
        self.state = NEXT[self.state, signal]

    # One thing that was said.

    def _act(self, said: Said) -> None:
        session = self.session
        ref: str | None = None
        try:
            if session is None:
                self._begin(said)
                return
            if self._pace is not None:
                self._pace.take()
            at = self._clock.milliseconds()
            match said:
                case PlainLine(text):
                    decision = self._hub.line(session, text, at)
                case Refusal(error, ref):
                    raise error
                case command:
                    assert not isinstance(command, Introduction), "dialects introduce once"
                    ref = command.ref
                    if isinstance(command, Unlock):
                        self._guesses.check(self._host)
                    decision = self._hub.command(session, command, at)
            if decision is not None and (
                self.state not in _IN_HASTE or isinstance(said, (*CHANGES, Unlock, Resume))
            ):
                self._decide(decision, ref)
        except Refused as error:
            self._refuse(error, ref)
        except ProtocolError:
            raise
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self._fail_by_our_fault(error)
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
                said.name, said.format, self._outlet, self._secret(), said.ref
            )
        except Refused as error:
            self.fail(error, said.ref)
            return
        if decision is not None:
            self._decide(decision, said.ref)

    # Decisions that ask.

    def _decide(self, decision: Generator[Question, Page | None, None], ref: str | None) -> None:
        self._decision, self._ref = decision, ref
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
            self._fail_by_our_fault(error)

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
        self._serve_backlog()
        self.go_on()

    # Refusals and faults.

    def _refuse(self, error: HubbubError, ref: str | None) -> None:
        session = self.session
        assert session is not None
        if session.held:  # only the right `resume` helps; all else is an attempt to take the name
            error = self._hub.name_taken(session)
        if error.code == "wrong_password":
            self._guesses.wrong(self._host)
        session.send(Error(code=error.code, message=str(error), ref=ref))
        if not session.admitted:
            self.end()

    def _fail_by_our_fault(self, error: Exception) -> None:
        self.fail(HubbubError("The server has a fault and ends this session.", code="server_fault"))
        name = self.session.name if self.session is not None else ""
        logger.error("a session failed", name=name, exc_info=error)

    # A slow reader.

    def fell_behind(self) -> None:
        """The connection is full: from now on the log keeps the session's place.

        This may come from within any write, so it only marks the session.
        """
        if self.session is not None:
            self._hub.lag(self.session)

    def caught_breath(self) -> None:
        """The connection takes bytes again."""
        if self.session is not None:
            self.session.congested = False
            self._serve_backlog()
        self.go_on()

    def _serve_backlog(self) -> None:
        if self.session is not None and self.state in _AT_LEISURE:
            self._backlogs.ask(self.session)

    def bring(self, events: Sequence[AnyLogged] | LogError) -> None:
        """Take in what was asked for as `backlog`."""
        if self.session is not None and self.backlog is not None:
            try:
                self._backlogs.bring(self.session, events)
            except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
                self._fail_by_our_fault(error)
            if (at := self._backlogs.retry_at) is not None:
                self._wake_at(at)
            self._serve_backlog()
        self.go_on()
