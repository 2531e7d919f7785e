"""Asks again what the server could not answer or do just now. Pure.

A question that is refused for a passing reason is *put off*, and asked again under a new ref, ever
more rarely. What changes one message goes one at a time, and so do the topics of a room: the next
is asked when the one before is done. So no older text of a message comes after a newer one, however
often each is repeated. `web/js/chat/repeating.js` follows the same rules.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hubbub.chat import commands as c
from hubbub.client.questions import ANSWER_SECONDS, About, Question
from hubbub.client.retry import Backoff

Subject = tuple[str, int | None]
"""What is changed: the message with this seq in a room, or the room's topic."""

_READS = (
    c.Join
    | c.Direct
    | c.History
    | c.Search
    | c.Mentions
    | c.Replies
    | c.Pins
    | c.Revisions
    | c.Members
    | c.Rooms
)
_LASTING = {About.RETURNING, About.COMPARING}
"""What is wanted for as long as the connection stands."""


def subject_of(command: c.Command) -> Subject | None:
    """Return what a command changes, if it says how something shall stand from now on."""
    match command:
        case c.Edit() | c.Delete() | c.React() | c.Pin():
            return command.room, command.seq
        case c.SetTopic():
            return command.room, None
        case _:
            return None


class _PutOff(NamedTuple):
    question: Question
    until: float


class Repeating:
    """The questions of one connection that are asked again, or wait for another one to be done.

    `backoff` makes the waits of one of them, and is given how long they may last, None for any
    time. What only looks for something is given up after `ANSWER_SECONDS` of waiting, unless it is
    wanted for as long as the connection stands.
    """

    def __init__(self, backoff: Callable[[float | None], Backoff]) -> None:
        self._backoff = backoff
        self._waits: dict[str, Backoff] = {}  # by the first ref, of all that were refused so far
        self._put_off: dict[str, _PutOff] = {}
        self._forgotten: set[str] = set()
        self._lines: dict[Subject, deque[tuple[str, c.Command]]] = {}
        """Changes of one thing that are not done, in order; the first of them was asked."""

    def must_wait(self, command: c.Command) -> bool:
        """Whether an earlier change of the same thing is to be done first."""
        return subject_of(command) in self._lines

    def line_up(self, ref: str, command: c.Command) -> None:
        """Take in what the application asks, or will ask in its turn."""
        if (subject := subject_of(command)) is not None:
            self._lines.setdefault(subject, deque()).append((ref, command))

    def put_off(self, question: Question, now: float, *, is_wanted_now: bool) -> float | None:
        """Take in a refusal that passes; return when it is asked again, None if it is not."""
        ref, is_change = question.first_ref, subject_of(question.command) is not None
        if ref in self._forgotten or not (is_change or isinstance(question.command, _READS)):
            return None
        if (waits := self._waits.get(ref)) is None:
            lasts = (is_change or question.about in _LASTING) and not is_wanted_now
            waits = self._waits[ref] = self._backoff(None if lasts else ANSWER_SECONDS)
        seconds = waits.next_seconds()
        if seconds is None:
            return None
        self._put_off[ref] = _PutOff(question, now + seconds)
        return now + seconds

    def done(self, question: Question) -> tuple[str, c.Command] | None:
        """Take in that a question has its answer; return what may be asked now: ref, command."""
        self._forgotten.discard(question.first_ref)
        self._waits.pop(question.first_ref, None)
        return self._next(question.first_ref, question.command)

    def _next(self, ref: str, command: c.Command) -> tuple[str, c.Command] | None:
        subject = subject_of(command)
        line = self._lines.get(subject) if subject is not None else None
        if subject is None or not line or line[0][0] != ref:
            return None
        line.popleft()
        if line:
            return line[0]
        del self._lines[subject]
        return None

    def forget(self, ref: str) -> tuple[str, c.Command] | None:
        """Ask no more for what nobody waits for; return what may be asked now: ref, command."""
        if (put_off := self._put_off.pop(ref, None)) is not None:
            return self.done(put_off.question)
        for line in self._lines.values():
            for place, (queued, command) in enumerate(line):
                if place and queued == ref:
                    line.remove((queued, command))
                    return None
        self._forgotten.add(ref)  # it is under way; its answer lets the next one go
        return None

    def needs(self, room: str | None) -> bool:
        """Whether something is repeated: a change in a room, or, without one, a question."""
        return any(
            (room is None) if subject is None else subject[0] == room
            for subject in map(self._subject_of, self._waits)
        )

    def _subject_of(self, ref: str) -> Subject | None:
        return next((subject for subject, line in self._lines.items() if line[0][0] == ref), None)

    @property
    def due_at(self) -> float:
        """When to ask something again."""
        return min((one.until for one in self._put_off.values()), default=math.inf)

    def due(self, now: float) -> list[Question]:
        """Return what is to be asked again now, in the order in which it was put off."""
        due = [one.question for one in self._put_off.values() if one.until <= now]
        for question in due:
            del self._put_off[question.first_ref]
        return due

    def give_up(self) -> Iterator[tuple[str, About]]:
        """Yield, and forget, all that is not under way: the connection is lost."""
        put_off, lines = self._put_off, self._lines
        self._waits, self._put_off, self._lines = {}, {}, {}
        self._forgotten.clear()
        for ref, one in put_off.items():
            yield ref, one.question.about
        for line in lines.values():
            for ref, _ in list(line)[1:]:
                yield ref, About.ASKING
