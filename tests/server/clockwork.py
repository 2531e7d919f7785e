"""An event loop whose turns and whose time are the test's."""

import itertools
from collections.abc import Callable
from heapq import heappop, heappush

from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import Accounts
from hubbub.server.fairness.turns import Turn, Turns


class Alarm:
    """A call that is to come, unless it is cancelled."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback = callback
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Clockwork:
    """`seconds` passes as the test says, and by `step_seconds` each time that it is looked at."""

    def __init__(self, step_seconds: float = 0.0) -> None:
        self.seconds = 0.0
        self.step_seconds = step_seconds
        self._order = itertools.count()
        self._soon: list[Callable[[], None]] = []
        self._alarms: list[tuple[float, int, Alarm]] = []

    def clock(self) -> float:
        self.seconds += self.step_seconds
        return self.seconds

    def time(self) -> float:
        return self.seconds

    def call_soon(self, callback: Callable[[], None]) -> None:
        self._soon.append(callback)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Alarm:
        alarm = Alarm(callback)
        heappush(self._alarms, (self.seconds + seconds, next(self._order), alarm))
        return alarm

    @property
    def alarms(self) -> int:
        """How many calls are to come at some time."""
        return sum(not alarm.is_cancelled for _, _, alarm in self._alarms)

    def lose_alarms(self) -> None:
        """Have none of the calls come that were to come at some time."""
        self._alarms.clear()

    def turn(self) -> bool:
        """Do what is due in the next turn; return whether there was anything."""
        soon, self._soon = self._soon, []
        for callback in soon:
            callback()
        return self._ring() or bool(soon)

    def _ring(self) -> bool:
        rang = False
        while self._alarms and self._alarms[0][0] <= self.seconds:
            alarm = heappop(self._alarms)[2]
            if not alarm.is_cancelled:
                alarm.callback()
                rang = True
        return rang

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and everything happen in it."""
        until = self.seconds + seconds
        while self.turn() or (self._alarms and self._alarms[0][0] <= until):
            if not self._soon and self._alarms and self._alarms[0][0] <= until:
                self.seconds = max(self.seconds, self._alarms[0][0])
        self.seconds = max(self.seconds, until)

    def go_on(self) -> bool:
        """Do what is due in the next turn, or else let the time come for what is due next."""
        if self.turn():
            return True
        while self._alarms and self._alarms[0][2].is_cancelled:
            heappop(self._alarms)
        if not self._alarms:
            return False
        self.seconds = max(self.seconds, self._alarms[0][0])
        return self.turn()


def turn_of(host: str) -> Turn:
    """Return the turns of a connection from there, with nobody else."""
    loop = Clockwork()
    return Turns(Accounts(Limits(), loop.clock), loop.clock, loop).turn(host)
