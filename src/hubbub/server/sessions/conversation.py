"""A session's conversation with the hub, as a state machine that performs no I/O.

The owner of the connection tells it what happens (`hear`, `answer`, `bring`, `tick`, …), and then
does what the conversation wants: its outputs are `reading`, `question`, `backlog`, `wake_at` and
`ended`.

The conversation acts on one thing at a time, in the order in which the peer said them. What makes
the next one wait, and what becomes of a conversation in the end, is a table: `states.py`.

What may race: answers, portions of the log, commits, the clock and the end come in any order, but
each input runs to its end before the next, and what comes after the end changes nothing. Only
`fell_behind` may come from within a write, so it only marks the session.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import HubbubError, LogError, ProtocolError, Refused, WrongSecret
from hubbub.chat.events import AnyLogged, Bye, Error
from hubbub.chat.heard import Adapt, Filler, Goodbye, Introduction, PlainLine, Refusal, Reply
from hubbub.faults import faults
from hubbub.hub import cost
from hubbub.hub.speech import Allowed
from hubbub.server.notes import logger
from hubbub.server.sessions.backlogs import Backlogs
from hubbub.server.sessions.beginning import enter
from hubbub.server.sessions.decisions import UNDECIDED, Decisions
from hubbub.server.sessions.peer import GONE
from hubbub.server.sessions.refusing import why_refused
from hubbub.server.sessions.states import ASKS, NEXT, Signal, State, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hubbub.chat.format import Format
    from hubbub.chat.heard import Heard, Said
    from hubbub.chat.queries import Answer, Question
    from hubbub.hub import Session
    from hubbub.server.sessions.backlogs import Backlog
    from hubbub.server.sessions.peer import Peer, Shared, Turn

_UNHEARD: Final = (State.STOPPING, State.LOST)
_NOTHING: Final[Iterator[Heard]] = iter(())


class Conversation:
    """One peer's side of the chatroom, from the first thing it says to the end."""

    __slots__ = (
        "_backlogs",
        "_decisions",
        "_heard",
        "_hub",
        "_is_fragment",
        "_is_stranger",
        "_is_unread",
        "_lost_at",
        "_may_try_again",
        "_peer",
        "_shared",
        "_speaking",
        "_turn",
        "began_at",
        "heard_at",
        "session",
        "state",
        "wait",
        "wake_at",
    )

    def __init__(self, shared: Shared, peer: Peer, turn: Turn, opening: Format) -> None:
        self._shared, self._hub = shared, shared.hub
        self._peer, self._speaking = peer, opening
        self._heard = _NOTHING
        self._is_fragment = False  # nothing in what came last was whole
        self._turn = turn
        self._is_stranger = True  # as far as its account knows
        self._is_unread = False  # though the connection is lost
        self._decisions = UNDECIDED
        self._backlogs: Backlogs | None = None  # most members never lag
        self._may_try_again = False  # with another name, if one is refused
        self._lost_at: float | None = None  # if the peer did not want it
        self.state = State.OPEN
        self.session: Session | None = None
        self.began_at = self.heard_at = shared.clock.seconds()
        self.wait: Wait | None = None
        """Why nothing is acted on at the moment, if anything waits."""
        self.wake_at: float | None = None
        """When to call `tick`, in seconds of the clock."""

    # Outputs.

    @property
    def reading(self) -> bool:
        """Whether the peer should be read from: to act on it, or to let it finish and hang up."""
        return self.wait is None and (self.state is State.OPEN or self.state is State.ENDED)

    @property
    def wants_rest(self) -> bool:
        """Whether more of what was unread is wanted, of a connection that is lost."""
        return self._is_unread and self.wait is None and self.state is State.LOST

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
    def question(self) -> Question | None:
        """What the log or the hub is asked; `answer` it."""
        return self._decisions.question

    @property
    def backlog(self) -> Backlog | None:
        """What the log is asked for a lagging member; `bring` it."""
        return None if self._backlogs is None else self._backlogs.asked

    @property
    def ended(self) -> bool:
        """Whether the last words are written."""
        return self.state is State.ENDED

    @property
    def waits_for_commit(self) -> bool:
        """Whether `go_on` is to be called after the next commit."""
        pending_bytes = 0 if self.session is None else self.session.pending_bytes
        return self.wait is Wait.COMMIT or (self.state is State.HALF and pending_bytes > 0)

    @property
    def is_idle(self) -> bool:
        """Whether all that was heard has been acted on, and nothing is being decided."""
        return self.wait is None and self.question is None

    @property
    def is_admitted(self) -> bool:
        """Whether the peer has its name by now."""
        return self.session is not None and self._hub.has_name(self.session)

    # Inputs.

    def hear(self, heard: Iterator[Heard], size: int = 0) -> None:
        """Act on what was said in `size` bytes, as far as it may be acted on now."""
        self.heard_at = self._shared.clock.seconds()
        if self.state is State.OPEN or self._is_unread:
            # Not every event loop stops reading at once when it is told to.
            self._heard = heard if self.wait is None else itertools.chain(self._heard, heard)
            self._is_fragment = True  # so far
        self.go_on(cost.CHUNK + size * cost.BYTE)

    def peer_ends(self) -> None:
        """The peer will send nothing more, but may still read."""
        self._move(Signal.PEER_ENDS)
        self._turn.depart()
        self.go_on()

    def stop(self) -> None:
        """The server stops: act on what was heard, and listen to nothing more."""
        self._is_unread = False
        self._move(Signal.SERVER_STOPS)
        self._drop_questions()
        self.go_on()

    def lose(self, *, broken: bool = False, is_unread: bool = False) -> None:
        """The connection is gone: act on what was heard, then leave the chatroom.

        `broken`: it was reset or cut off on its way, so the peer may want to come back.
        `is_unread`: there is more to be heard, and then its end.
        """
        # Else one side has said that it ends, or the peer was told no secret to come back with.
        if broken and self.state is State.OPEN and not self._may_try_again:
            self._lost_at = self._shared.clock.seconds()
        self._move(Signal.LOSS)
        if self.state is State.GONE:
            self._leave()
        else:
            self._is_unread = is_unread
            self._turn.outlive()
            self._drop_questions()
            self.go_on()

    def hear_end(self) -> None:
        """Of a connection that is gone, everything was heard."""
        self._is_unread = False
        self.go_on()

    def give_up(self) -> None:
        """Act on nothing more of what was heard: it would take too long."""
        self._heard = _NOTHING
        self._decisions.drop()
        self.go_on()

    def tick(self) -> None:
        """`wake_at` has come."""
        self.wake_at = None
        if self._backlogs is not None:
            self._backlogs.retry_at = None
            self._serve_backlog()
        self.go_on()

    def go_on(self, spent: float = 0.0) -> None:
        """Act on what was heard until something makes it wait; charge what was `spent` as well."""
        at, granted, shares = self._shared.clock.milliseconds(), 0.0, self._shared.shares
        try:
            while self.state is not State.GONE:
                if self._is_stranger and self.is_admitted:
                    self._is_stranger = False
                    self._turn.spend(spent)
                    self._turn.admit()
                    spent = granted = 0.0
                self.wait = self._must_wait()
                if self.wait is not None:
                    break
                if spent >= granted:
                    if granted:
                        self._turn.spend(spent)
                        spent = 0.0
                    if not (granted := self._turn.grant()):
                        self.wait = Wait.TURN
                        break
                if (kept := self._decisions.kept) is not None:
                    spent += self._go_on_deciding(*kept)
                    continue
                heard = next(self._heard, None)
                if type(heard) is PlainLine and self.session is not None:
                    allowed = Allowed(at, granted - spent, shares.pending_bytes, self._turn.spend)
                    used, heard = self._hub.speak(self.session, heard, self._heard, allowed)
                    spent, self._is_fragment = spent + used, False
                    if heard is None:
                        continue
                if heard is None:
                    spent += self._heard_all()
                    break
                self._is_fragment = False
                spent += self._hub.price(self.session, heard) - self._hub.written
                self._act(heard, at)
                spent += self._hub.written
        except ProtocolError as error:
            spent += cost.REFUSAL
            self.fail(error)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self.fail_by_our_fault(error)
        self._turn.spend(spent)
        self._finish_if_done()

    def _heard_all(self) -> float:
        """Return what it costs more if nothing was whole of what came last."""
        self._heard = _NOTHING  # an exhausted generator still takes memory
        is_fragment, self._is_fragment = self._is_fragment, False
        return cost.FRAGMENT if is_fragment else 0.0

    def say_goodbye(self, bye: Bye) -> None:
        """Write the last words that everybody gets when the server stops."""
        if self.session is not None:
            self.session.send(bye)
        self.end()

    def fail(self, error: HubbubError, ref: str | None = None) -> None:
        """Say why the connection ends, and end it."""
        if self.state is State.ENDED or self.state is State.GONE:
            return
        self._turn.turned_away(error.code)
        self._peer.write(self._speaking.encode(Error.of(error, ref)))
        self.end()

    def _drop_questions(self) -> None:
        """Let go of what nobody waits for any more."""
        self._backlogs = None
        self._decisions.drop_questions()
        self._pass_over_secrets()

    # What is waited for.

    def _must_wait(self) -> Wait | None:
        """Return what there is to wait for, other than a turn."""
        if self._decisions.decision is not None:
            return Wait.LOG if self._decisions.kept is None else None
        if self.state is not State.OPEN and self.state is not State.HALF:
            return None
        session, shares = self.session, self._shared.shares
        if session is not None and session.pending_bytes > shares.pending_bytes:
            return Wait.COMMIT
        if self._peer.unsent_bytes() > shares.unread_bytes:
            return Wait.PEER
        return None

    def _finish_if_done(self) -> None:
        """In the states that come to an end by themselves, see whether it is there."""
        if self.state is State.OPEN or self.wait is not None:
            return
        session = self.session
        if self.state is State.LOST and not self._is_unread:
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
        was_gone = self.state is State.GONE
        self._move(Signal.LAST_WORDS)
        if self.state is State.ENDED:
            self._forget()
        elif not was_gone:
            self._leave()

    def _leave(self) -> None:
        self._forget()
        try:
            self._turn.spend(cost.departure(self.session))
        finally:
            if self.session is not None:
                self._hub.depart(self.session, self._lost_at)

    def let_go(self) -> None:
        """Forget the peer: if the two kept each other, only the garbage collector could end it."""
        self._peer = GONE
        if self.session is not None:
            self.session.outlet = GONE

    def _forget(self) -> None:
        """Ask nothing more, and hear nothing more."""
        self._heard = _NOTHING
        self._decisions.drop()
        self.wait = self.wake_at = self._backlogs = None

    def _move(self, signal: Signal) -> None:
        if self.session is not None and signal in (Signal.PEER_ENDS, Signal.LOSS):
            self.session.leaving = True
        self.state = NEXT[self.state, signal]

    # One thing that was said.

    def _act(self, heard: Heard, at: int) -> None:
        session = self.session
        try:
            if isinstance(heard, Filler):
                return
            if isinstance(heard, Reply):
                self._peer.write(heard.payload)
            elif isinstance(heard, Adapt):
                heard.be_made(session)
            elif isinstance(heard, Goodbye):
                self._lost_at = None  # it was said before the connection broke
                self.end()
                self._leave()  # the connection may stay for a while
            elif session is None or isinstance(heard, Introduction):
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
        self._speaking, self._may_try_again = said.format, said.again
        try:
            self.session, decision = enter(self._shared, self._peer, said, self.session)
        except Refused as error:
            if said.again:
                self._peer.write(said.format.encode(Error.of(error, said.ref)))
            else:
                self.fail(error, said.ref)
            return
        if decision is not None:
            self._decisions = Decisions(decision, said.ref, only_asks=False)
            self._decide(self._decisions.begin)

    def _respond(self, session: Session, said: Said, at: int) -> None:
        ref: str | None = None
        if isinstance(said, PlainLine):
            decision, only_asks = self._hub.line(session, said.text, at), True
        elif isinstance(said, Refusal):
            raise said.error
        else:
            assert not isinstance(said, Introduction), "it begins a session"
            ref, only_asks = said.ref, isinstance(said, ASKS)
            if only_asks and self.state in _UNHEARD:
                return
            decision = self._hub.command(session, said, at)
        if decision is not None and not (only_asks and self.state in _UNHEARD):
            self._decisions = Decisions(decision, ref, only_asks=only_asks)
            self._decide(self._decisions.begin)

    # Decisions that ask.

    def _decide(self, step: Callable[[], None]) -> None:
        """Go on with a decision, and refuse what it refuses."""
        delay, host = self._shared.guesses.delay, self._peer.host
        try:
            step()
            if self.state is not State.STOPPING:
                self._decisions.look_at_secrets(lambda account: not delay(host, account))
            self._pass_over_secrets()
        except Refused as error:
            self._refuse(error, self._decisions.ref)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self.fail_by_our_fault(error, self._decisions.ref)
        self._decisions = self._decisions.left

    def _pass_over_secrets(self) -> None:
        """If nobody waits for a secret any more, drop it with what its owner would have said."""
        if self.state in _UNHEARD and self._decisions.drop_guess():
            self._heard = _NOTHING
            self._is_unread = False

    def answer(self, answer: Answer | LogError) -> None:
        """Go on with what the question's answer decides: in a turn, as many may have asked."""
        if self._decisions.decision is None:  # nobody waits for it any more
            return
        if isinstance(answer, LogError):
            logger.warning("the log cannot be read", connection=self._turn.id, reason=str(answer))
        self._decisions.keep(answer)
        self.go_on()

    def _go_on_deciding(self, answer: Answer | LogError) -> float:
        """Go on with what was answered; return the units that it takes."""
        units = cost.COMMAND - self._hub.written
        if not isinstance(answer, LogError):
            units += cost.answer(answer)
        self._decide(self._decisions.go_on)
        self._serve_backlog()
        return units + self._hub.written

    # Refusals and faults.

    def _refuse(self, error: HubbubError, ref: str | None) -> None:
        session = self.session
        assert session is not None
        if isinstance(error, WrongSecret):
            self._turn.turned_away(error.code)
        session.refuse(why_refused(self._shared, self._peer, session, error), ref)
        if not (self.is_admitted or self._may_try_again):  # it may be waiting for its name
            self.end()

    def fail_by_our_fault(self, error: Exception, ref: str | None = None) -> None:
        """End this session, and no other, because something is wrong with our code."""
        if self._decisions.decision is not None:  # it was being decided
            ref = self._decisions.ref
        name = self.session.name if self.session is not None else ""
        faults.note("a session failed", error, connection=self._turn.id, name=name)
        fault = HubbubError("The server has a fault and ends this session.", code="server_fault")
        self.fail(fault, ref)

    # A slow reader.

    def fell_behind(self) -> None:
        """The connection is full: from now on the log keeps the session's place."""
        if self.session is not None:
            self._hub.lag(self.session)

    def caught_breath(self) -> None:
        """The connection takes bytes again."""
        if self.session is not None:
            self.session.congested = False
        self._serve_backlog()
        self.go_on()

    def _serve_backlog(self) -> None:
        session, is_read = self.session, self.state is State.OPEN or self.state is State.HALF
        if session is not None and session.lagging and is_read:
            if self._backlogs is None:
                self._backlogs = Backlogs(self._hub, self._shared.clock, self._turn.id)
            self._backlogs.ask(session)

    def bring(self, events: Sequence[AnyLogged] | LogError) -> None:
        """Take in what was asked for as `backlog`."""
        backlogs = self._backlogs
        if self.session is not None and backlogs is not None and backlogs.asked is not None:
            self._turn.spend(cost.PORTION)
            try:
                backlogs.bring(self.session, events)
            except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
                self.fail_by_our_fault(error)
            if (at := backlogs.retry_at) is not None:
                self.wake_at = at if self.wake_at is None else min(self.wake_at, at)
            self._serve_backlog()
            if not self.session.lagging:
                self._backlogs = None
        self.go_on()
