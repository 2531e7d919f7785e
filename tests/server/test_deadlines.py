"""Connections that must do something in time are ended by a sweep if they did not."""

import asyncio
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from hubbub.chat.errors import HubbubError
from hubbub.chat.limits import Limits
from hubbub.hub import Hub
from hubbub.log.memory import MemoryLog
from hubbub.server.sessions.chatroom import Chatroom
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.partings import AT_ONCE, Partings
from tests.server.clockwork import Clockwork


class Waiting:
    """Notes that its time is up; ends the others of `company` with it."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self.told = 0
        self.company: list[Waiting] = []

    def time_is_up(self) -> None:
        self.told += 1
        for other in self.company:
            self._deadlines.end(other)


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def at_once(act: Callable[[], None]) -> None:
    """See to it now."""
    act()


def test_each_has_the_same_time_from_when_it_began() -> None:
    clock = Clock()
    deadlines = Deadlines(10, clock)
    early, late = Waiting(deadlines), Waiting(deadlines)
    deadlines.begin(early)
    clock.now = 5
    deadlines.begin(late)
    told = []
    for clock.now in (9.9, 10, 14.9, 15, 100):
        deadlines.sweep(at_once)
        told.append((early.told, late.told))
    assert told == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]


def test_one_that_did_what_it_had_to_is_not_told() -> None:
    clock = Clock()
    deadlines = Deadlines(10, clock)
    done = Waiting(deadlines)
    deadlines.begin(done)
    assert done in deadlines
    deadlines.end(done)
    assert done not in deadlines
    clock.now = 11
    deadlines.sweep(at_once)
    assert not done.told


def test_one_whose_end_another_brought_is_not_told() -> None:
    clock = Clock()
    deadlines = Deadlines(10, clock)
    first, second = Waiting(deadlines), Waiting(deadlines)
    first.company.append(second)
    for one in (first, second):
        deadlines.begin(one)
    clock.now = 10
    deadlines.sweep(at_once)
    assert (first.told, second.told) == (1, 0)


def test_a_connection_that_begins_again_has_the_whole_time_again() -> None:
    clock = Clock()
    deadlines = Deadlines(10, clock)
    again, other = Waiting(deadlines), Waiting(deadlines)
    deadlines.begin(again)
    deadlines.begin(other)
    clock.now = 5
    deadlines.end(again)
    deadlines.begin(again)
    clock.now = 10
    deadlines.sweep(at_once)
    assert (again.told, other.told) == (0, 1)


def test_many_whose_time_is_up_at_once_are_ended_in_several_turns_of_the_loop() -> None:
    clock, loop = Clock(), Clockwork()
    deadlines, partings = Deadlines(10, clock), Partings(loop)
    late = [Waiting(deadlines) for _ in range(3 * AT_ONCE)]
    for one in late:
        deadlines.begin(one)
    clock.now = 10
    deadlines.sweep(partings.see_to)
    assert sum(one.told for one in late) == AT_ONCE
    gone, again = late[-2:]
    deadlines.end(gone)
    deadlines.end(again)
    deadlines.begin(again)
    while loop.turn():
        pass
    assert [one.told for one in late] == [1] * (len(late) - 2) + [0, 0]
    assert again in deadlines


class Silent:
    """A connection that has said nothing for ever."""

    def __init__(self) -> None:
        self.conversation = SimpleNamespace(heard_at=-math.inf)
        self.told = 0

    def fail(self, _error: HubbubError) -> None:
        self.told += 1


def test_whoever_says_something_before_their_silence_is_ended_stays() -> None:
    async def scene() -> None:
        limits = Limits(idle_seconds=1)
        chatroom: Any = Chatroom(limits, Hub(limits, server="test"), MemoryLog())
        silent = [Silent() for _ in range(2 * AT_ONCE)]
        chatroom.connections = dict.fromkeys(silent)
        chatroom._end_idle()
        assert sum(one.told for one in silent) == AT_ONCE
        silent[-1].conversation.heard_at = math.inf
        for _ in range(5):
            await asyncio.sleep(0)
        assert [one.told for one in silent] == [1] * (len(silent) - 1) + [0]

    asyncio.run(scene())
