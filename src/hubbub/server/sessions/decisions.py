"""The decision that a session waits for, if any: one at a time, with the question it asks now."""

from __future__ import annotations

from functools import partial
from inspect import GEN_RUNNING, getgeneratorstate
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import LogError, unreadable
from hubbub.chat.queries import Guess

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.chat.queries import Answer, Question
    from hubbub.hub import Decision


class Decisions:
    """Makes a decision. What it raises comes out of `begin`, `answer` or `go_on`.

    `ref`: of the command that is decided. `only_asks`: nobody needs it who does not hear of it.
    """

    __slots__ = ("_only_asks", "decision", "kept", "question", "ref")

    def __init__(self, decision: Decision, ref: str | None, *, only_asks: bool) -> None:
        self.decision = decision
        """What is being decided, if it still is."""
        self._only_asks = only_asks
        self.ref = ref
        self.question: Question | None = None
        """What is asked now; `answer` it, or `keep` the answer and `go_on` later."""
        self.kept: tuple[Answer | LogError] | None = None
        """The answer, until it is the turn to go on with it."""

    def begin(self) -> None:
        """Begin with it."""
        assert self.decision is not None, "there is something to decide"
        self._step(partial(next, self.decision))

    @property
    def left(self) -> Decisions:
        """What is left to decide: this, or nothing."""
        return UNDECIDED if self.decision is None else self

    def keep(self, answer: Answer | LogError) -> None:
        """Ask nothing for now: this is the answer."""
        self.question, self.kept = None, (answer,)

    def answer(self, answer: Answer) -> None:
        """Go on with what the question's answer decides."""
        self.question, self.kept, decision = None, None, self.decision
        if decision is not None:  # else nobody waits for it any more
            self._step(lambda: decision.send(answer))

    def go_on(self) -> None:
        """Go on with the answer that was kept; raise Refused if the log could not be read."""
        assert self.kept is not None, "there is an answer"
        (answer,) = self.kept
        if isinstance(answer, LogError):
            self.drop()
            raise unreadable(answer)
        self.answer(answer)

    def look_at_secrets(self, may_be: Callable[[str], bool]) -> None:
        """Go on as long as a secret is to be looked at that may be, by its account, at once."""
        while isinstance(guess := self.question, Guess) and may_be(guess.account):
            self.answer(None)

    def _step(self, resume: Callable[[], Question]) -> None:
        """Go on up to the next question, or to the end."""
        try:
            self.question = resume()
        except StopIteration:
            self.decision = None
        except BaseException:
            self.decision = None
            raise

    def drop_questions(self) -> None:
        """Let go of a decision that only asks: nobody needs it now."""
        if self._only_asks:
            self.drop()

    def drop_guess(self) -> bool:
        """Let go of a decision that wants a secret looked at; return whether there was one.

        That may take long, and what was said behind it is by whomever the secret makes of the peer.
        """
        if is_guess := isinstance(self.question, Guess):
            self.drop()
        return is_guess

    def drop(self) -> None:
        """Let go of whatever is being decided: a name that was about to be taken is free again."""
        decision, self.decision, self.question, self.kept = self.decision, None, None, None
        if decision is None or getgeneratorstate(decision) == GEN_RUNNING:
            return  # the decision itself ends the session, and has nothing left to do
        decision.close()


UNDECIDED: Final = Decisions(None, None, only_asks=False)
"""One for all who wait for no decision, as nearly everybody does."""
