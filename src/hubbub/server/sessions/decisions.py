"""The decision that a session waits for, if any: one at a time, with the question it asks now."""

from __future__ import annotations

from inspect import GEN_RUNNING, getgeneratorstate
from typing import TYPE_CHECKING

from hubbub.chat.queries import Guess

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.chat.queries import Answer, Question
    from hubbub.hub import Decision
    from hubbub.hub.asking import Reading


class Decisions:
    """Makes one decision after another. What a decision raises, comes out of `begin` or `answer`.

    `ref`: of the command that is or was decided last.
    """

    __slots__ = ("_only_asks", "decision", "question", "ref")

    def __init__(self) -> None:
        self.decision: Decision = None
        """What is being decided, if anything is."""
        self._only_asks = False
        self.ref: str | None = None
        self.question: Question | None = None
        """What is asked now; `answer` it."""

    def begin(self, decision: Reading, ref: str | None, *, only_asks: bool) -> None:
        """Begin with a decision. `only_asks`: nobody needs it who does not hear of it."""
        assert self.decision is None, "one thing at a time, in the order in which it was said"
        self.decision, self.ref, self._only_asks = decision, ref, only_asks
        self._step(lambda: next(decision))

    def answer(self, answer: Answer) -> None:
        """Go on with what the question's answer decides."""
        self.question, decision = None, self.decision
        if decision is not None:  # else nobody waits for it any more
            self._step(lambda: decision.send(answer))

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
        decision, self.decision, self.question = self.decision, None, None
        if decision is None or getgeneratorstate(decision) == GEN_RUNNING:
            return  # the decision itself ends the session, and has nothing left to do
        decision.close()
