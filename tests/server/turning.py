"""Connections that do things in turns, on a loop whose time is the test's."""

from collections import deque

from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import Accounts, Connected
from hubbub.server.fairness.turns import TURN_SECONDS, Turn, Turns
from tests.server.clockwork import Clockwork

UNLIMITED = Limits(messages_per_second=0)
HERE, THERE = "192.0.2.1", "192.0.2.2"


class Room:
    """Turns, and all that is done in them, in order."""

    def __init__(self, limits: Limits = UNLIMITED, actions_per_turn: int = 10) -> None:
        self.loop = Clockwork(TURN_SECONDS / actions_per_turn / 2)
        self.turns = Turns(Accounts(limits, self.loop.clock), self.loop.clock, self.loop)
        self.done: list[Worker] = []

    def worker(self, host: str = HERE, *, is_stranger: bool = False, proxy: str = "") -> "Worker":
        turn = self.turns.turn(proxy or host)
        turn.move(host)
        if not is_stranger:
            turn.admit()
        return Worker(self, turn)


class Worker:
    """Does one thing after another, each of `units`, as long as it has something to do."""

    def __init__(self, room: Room, turn: Turn) -> None:
        self.room = room
        self.turn = turn
        self.costs: deque[float] = deque()
        self.used = 0.0
        self.heard_bytes = 0
        self._endless = 0.0

    @property
    def account(self) -> Connected:
        assert self.turn._account is not None, "it does not rest"
        return self.turn._account

    def do(self, *costs: float) -> "Worker":
        self.costs += costs
        self.go_on()
        return self

    def hear(self, heard_bytes: int, *costs: float) -> "Worker":
        """Do what so many bytes say."""
        self.heard_bytes = heard_bytes
        return self.do(*costs)

    def be_busy(self, units: float) -> "Worker":
        """Do things of so many units for ever."""
        self._endless = units
        return self.do(units)

    def go_on(self) -> None:
        spent = granted = 0.0
        while self.costs:
            if spent >= granted:
                self.turn.spend(spent)
                spent, granted = 0.0, self.turn.grant()
                if not granted:
                    self.turn.wait(self.go_on, self.heard_bytes)
                    return
            cost = self.costs.popleft()
            if self._endless:
                self.costs.append(self._endless)
            spent += cost
            self.used += cost
            self.room.done.append(self)
        self.turn.spend(spent)
