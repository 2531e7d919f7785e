"""The questions that the server has yet to answer. Pure.

Every ref comes from here, whatever the question is about, and what a ref stands for is kept here
and nowhere else. So an answer cannot be mistaken for that to another kind of question, whatever
nonces a program chooses.
"""

import itertools
import math
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from hubbub.chat.commands import Command, Link

ANSWER_SECONDS = 25.0
"""How long a question may stay unanswered on a connection that lives."""

LINK_SECONDS = 600.0 + ANSWER_SECONDS
"""The same, where somebody has to say yes on another device while a code counts."""


class About(Enum):
    """What is done with the answer."""

    UNLOCKING = "the password"
    IDENTIFYING = "the secret of our device"
    RESUMING = "our earlier secret"
    RETURNING = "a room we are in, as far as we know"
    COMPARING = "a page of a room's new history, which may hold what we posted to the old one"
    POSTING = "a message of the outbox"
    LIVING = "a sign of life"
    ASKING = "what the application asks"


class Question(NamedTuple):
    """A command that was sent `at` some time; `first_ref` stays the same when it is repeated."""

    about: About
    command: Command
    at: float
    first_ref: str


class Questions:
    """The questions of one session; no ref is used twice.

    Messages have their own patience: a server may take many before it answers the first, and answer
    as slowly as its pace demands. So they wait from the latest answer to one of them.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: dict[str, Question] = {}
        self._linking: dict[str, Question] = {}
        self._posting: dict[str, Question] = {}
        self._posted_at = 0.0

    def new_ref(self) -> str:
        """Return a ref that stands for nothing yet."""
        return str(next(self._numbers))

    def ask(self, about: About, command: Command, now: float, first_ref: str = "") -> str:
        """Give a command its ref, and expect an answer. `first_ref`: under which it is known."""
        ref = self.new_ref()
        command.ref = ref
        if about is About.POSTING:
            kept = self._posting
        else:
            kept = self._linking if isinstance(command, Link) else self._open
        kept[ref] = Question(about, command, now, first_ref or ref)
        return ref

    @property
    def is_posting(self) -> bool:
        """Whether a message is not answered yet."""
        return bool(self._posting)

    def answered(self, ref: str | None, now: float) -> Question | None:
        """Return the question with this ref, which is open no more; None if there is none."""
        if ref is None:
            return None
        if (posting := self._posting.pop(ref, None)) is not None:
            self._posted_at = now
            return posting
        return self._open.pop(ref, None) or self._linking.pop(ref, None)

    def wait_anew(self, now: float) -> None:
        """Begin to wait only now: until now nothing was read that could be an answer."""
        self._posted_at = now
        self._open = {ref: question._replace(at=now) for ref, question in self._open.items()}

    @property
    def overdue_at(self) -> float:
        """When a question will have waited too long."""
        asked_at, linking_at = _oldest_at(self._open), _oldest_at(self._linking)
        return min(self._posting_overdue_at, asked_at + ANSWER_SECONDS, linking_at + LINK_SECONDS)

    @property
    def _posting_overdue_at(self) -> float:
        oldest = next(iter(self._posting.values()), None)
        return math.inf if oldest is None else max(oldest.at, self._posted_at) + ANSWER_SECONDS

    def posting_is_overdue(self, now: float) -> bool:
        """Whether messages have waited too long for any answer."""
        return now >= self._posting_overdue_at

    def overdue(self, now: float) -> Iterator[tuple[str, Question]]:
        """Yield, and close, the other questions that have waited too long."""
        for kept, seconds in ((self._open, ANSWER_SECONDS), (self._linking, LINK_SECONDS)):
            while now >= _oldest_at(kept) + seconds:
                ref = next(iter(kept))
                yield ref, kept.pop(ref)

    def give_up(self) -> Iterator[tuple[str, Question]]:
        """Yield, and close, all questions but messages, which are asked again: the link is lost."""
        self._posting.clear()
        for kept in (self._open, self._linking):
            while kept:
                ref = next(iter(kept))
                yield ref, kept.pop(ref)


def _oldest_at(kept: dict[str, Question]) -> float:
    return next((question.at for question in kept.values()), math.inf)
