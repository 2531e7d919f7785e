"""Whose turn it is: how the work of all connections is cut into turns of the event loop.

In one turn of the loop, conversations act for `TURN_SECONDS` altogether; then sockets are read and
written, commits are applied, and the next turn begins. Within it, a connection gets a slice of
`SLICE_UNITS`, then whoever comes next in the fair order of the accounts.

- As long as nobody waits and the turn has time left, whatever is heard is acted on at once.
- Else the connection *waits*: it is queued in its account, and so is every account above it.
- An account in debt is *parked*, with all that wait below it, until it has earned enough, or until
  somebody waits below it who may go on all the same. There is one timer for all that are parked,
  and accounts that many share have the fewest wake-ups.

What holds at all times: whoever waits is in the queue of its parent or parked, and so is each
account above it up to one that is parked. So nobody is forgotten. The queues hold accounts that
nobody waits in any more as well, and places that are further back by now: both are seen to when
they come to the front.
"""

from __future__ import annotations

import itertools
import math
from heapq import heappop, heappush, heapreplace
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from hubbub.server.fairness.accounts import SWEPT_AT_ONCE
from hubbub.server.fairness.delays import Delays
from hubbub.server.fairness.unwelcome import Unwelcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.server.fairness.accounts import Account, Accounts, Address, Connected

TURN_SECONDS: Final = 0.001
"""How long conversations act before the loop does something else."""

TURN_UNITS: Final = 150.0
"""The same in units, because some of what is begun in a turn is done in the next one."""

SLICE_UNITS: Final = 25.0
"""What one connection does before the next has its turn: a quarter of a millisecond."""


EXPECTED_PER_BYTE: Final = 0.0015
"""What a byte that was heard may cost: 40 lines of IRC, 16 kB, are a slice."""


class Alarm(Protocol):
    """A call that is to come."""

    def cancel(self) -> None:
        """Do not call."""


class Loop(Protocol):
    """What turns need of an event loop."""

    def call_soon(self, callback: Callable[[], None]) -> object:
        """Call back in the loop's next turn."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Alarm:
        """Call back after so many seconds."""


class Turns:
    """The turns of all connections. `clock` returns seconds, and does not stand still in a turn."""

    def __init__(self, accounts: Accounts, clock: Callable[[], float], loop: Loop) -> None:
        self.accounts = accounts
        self.delays = Delays(clock)
        self.unwelcome = Unwelcome(clock)
        self.clock = clock
        self._loop = loop
        self._everybody = accounts.everybody
        self._order = itertools.count()
        self._numbers = itertools.count(1)
        self._is_begun = False
        self._ends_at = 0.0
        self.units_left = 0.0
        """What may still be charged in this turn of the loop."""
        self._is_stopped = False
        self._served: Account | None = None
        self._parked: list[tuple[float, int, Account]] = []
        self._busy: dict[Turn, None] = {}
        """The turns of those who have a name, and an account."""
        self._alarm: Alarm | None = None
        self._wakes_at = 0.0
        self.stale_at = math.inf
        """By then it has to be said anew that what is known of other nodes is recent."""

        self.when_stale: Callable[[], None] = lambda: None
        """Called before anything is acted on, if that was not said."""

    def turn(self, host: str) -> Turn:
        """Return the turns of a new connection from `host`."""
        return Turn(self, host, next(self._numbers))

    def is_busy(self, turn: Turn) -> None:
        """Take in that a turn has an account from now on."""
        self._busy[turn] = None

    def is_over(self, turn: Turn) -> None:
        """Take in that a turn has none any more."""
        self._busy.pop(turn, None)

    def sweep(self) -> None:
        """Let accounts go of connections that are quiet, which most are: some at a time."""
        self.accounts.sweep()
        now = self.clock()
        for turn in list(islice(self._busy, SWEPT_AT_ONCE)):
            del self._busy[turn]
            if not turn.rests(now):
                self._busy[turn] = None
        if not self._busy:
            self._busy = {}  # one that was large stays so

    def grant(self, account: Account) -> float:
        """Return how many units the account may use now; 0: it must wait for its turn."""
        now = self.clock()
        self.look_at_clock(now)
        if self._is_stopped:
            return SLICE_UNITS
        if account is self._served:
            self._served = None  # one slice is its turn
        elif account.must_queue:
            return 0.0
        elif not self._is_begun:
            self._begin(now)
        elif now >= self._ends_at or self.units_left <= 0:
            return 0.0
        return max(0.0, min(SLICE_UNITS, account.begin(now)))

    def look_at_clock(self, now: float) -> None:
        """See whether this process stood still, before something is acted on."""
        if now > self.stale_at:
            self.when_stale()

    def stop(self) -> None:
        """From now on nobody waits: what was heard until now is acted on at once."""
        self._is_stopped = True
        for _, _, account in self._parked:
            account.parked_until = None
            self._queue(account, self.clock())
        self._parked = []

    def wait(self, account: Account, act: Callable[[], None]) -> None:
        """Have `act` called once, when it is the account's turn."""
        account.act = act
        now = self.clock()
        self._queue(account, now)
        self._release(now)  # a busy loop looks at its timers late

    def _begin(self, now: float) -> None:
        self._is_begun = True
        self._ends_at, self.units_left = now + TURN_SECONDS, TURN_UNITS
        self._loop.call_soon(self._go_round)

    # The queue.

    def _queue(self, account: Account, now: float) -> None:
        while (parent := account.parent) is not None:
            if account.is_queued:
                return
            if (seconds := self._debt_seconds(account, now)) > 0:
                if account.parked_until is None:
                    self._park(account, now + seconds)
                return
            account.parked_until = None
            account.catch_up()
            account.is_queued = True
            heappush(parent.queue, (account.place, next(self._order), account))
            account = parent
        if not self._is_begun:
            self._begin(now)

    def _go_round(self) -> None:
        """Serve one after another until the turn ends or nobody waits."""
        now = self.clock()
        self._ends_at, self.units_left = now + TURN_SECONDS, TURN_UNITS
        self._is_begun = False
        try:
            while now < self._ends_at and self.units_left > 0:
                if (account := self._first(now)) is None:
                    break
                act, account.act = account.act, None
                assert act is not None
                self._served, self._is_begun = account, True
                act()
                now = self.clock()
        finally:
            self._served = None
            if self._is_begun:  # what is left of this turn is for those who come in it after us
                self._loop.call_soon(self._go_round)

    def _first(self, now: float) -> Account | None:
        """Take the next one out of the queues, None if nobody is to be served."""
        parent = self._everybody
        while True:
            if not parent.queue:
                if parent.parent is None:
                    return None
                self._drop_first(parent.parent)
                parent = self._everybody
                continue
            place, _, account = parent.queue[0]
            if account.place > place:
                heapreplace(parent.queue, (account.place, next(self._order), account))
            elif (seconds := self._debt_seconds(account, now)) > 0:
                self._drop_first(parent)
                self._park(account, now + seconds)
            elif account.act is not None:
                self._drop_first(parent)
                return account
            else:
                parent = account

    def _drop_first(self, parent: Account) -> None:
        heappop(parent.queue)[2].is_queued = False

    # Debts.

    def _debt_seconds(self, account: Account, now: float) -> float:
        return 0.0 if self._is_stopped else account.debt_seconds(now)

    def _park(self, account: Account, until: float) -> None:
        account.parked_until = until
        self.delays.note(account)
        heappush(self._parked, (until, next(self._order), account))
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Wake up when the first of those that are parked has earned enough, or before."""
        at = self._parked[0][0]
        if self._alarm is not None:
            if at >= self._wakes_at:
                return
            self._alarm.cancel()
        self._wakes_at = at
        self._alarm = self._loop.call_later(max(0.0, at - self.clock()), self._wake)

    def _wake(self) -> None:
        self._alarm = None
        self._release(self.clock())
        if self._parked:
            self._set_alarm()

    def _release(self, now: float) -> None:
        """Queue those again that have earned enough by now."""
        due = []
        while self._parked and self._parked[0][0] <= now:
            until, _, account = heappop(self._parked)
            if account.parked_until == until:  # else it has gone on since
                account.parked_until = None
                due.append(account)
        for account in due:
            account.catch_up(credit=0)  # or all who were in debt would go before who used little
            if account.act is not None or account.queue:
                self._queue(account, now)


class Turn:
    """The turns of one connection from `host`, which is a stranger until it is admitted.

    Most connections are quiet. One that has been so until its budget was full has no account: a new
    one is no different, and an account takes more memory than all else that is kept of a turn.
    """

    __slots__ = (
        "_account",
        "_address",
        "_lent",
        "_number",
        "_turns",
        "has_departed",
        "host",
        "peer",
    )

    def __init__(self, turns: Turns, host: str, number: int) -> None:
        self._number = number
        self._turns = turns
        self._account: Connected | None = turns.accounts.stranger(host)
        self._address: Address | None = None
        self._lent = 0.0
        """Of an account that it had, and has again when it does something."""
        self.host = self.peer = host
        """Whom it is charged to, and where the connection comes from; that may be a proxy."""
        self.has_departed = False
        """Whether it goes behind those whose peers are there."""

    @property
    def id(self) -> str:
        """What the journal and operators call the connection."""
        return f"c{self._number}"

    @property
    def proxy(self) -> str:
        """Who says that it asks for `host`, if anybody does."""
        return "" if self.host == self.peer else self.peer

    def turned_away(self, why: str) -> None:
        """Count its peer among those that the journal tells of; `why` is the code of a refusal."""
        self._turns.unwelcome.note(why, self.host, self.id)

    def grant(self) -> float:
        """Return how many units may be used now; 0: `wait` for a turn."""
        return self._turns.grant(self._account or self._again())

    def spend(self, units: float) -> None:
        """Charge what was done, allowed or not."""
        self._turns.units_left -= units
        (self._account or self._again()).spend(units)

    def wait(self, act: Callable[[], None], heard_bytes: int = 0) -> None:
        """Have `act` called once when the turn comes; to ask again while waiting is no harm.

        `heard_bytes`: how much was heard that is to be acted on.
        """
        account = self._account or self._again()
        if account.act is None:
            account.expected = min(SLICE_UNITS, heard_bytes * EXPECTED_PER_BYTE)
            self._turns.wait(account, act)

    def rests(self, now: float) -> bool:
        """Have no account any more, if a new one would be no different; return whether it is so."""
        account = self._account
        assert account is not None, "it is busy"
        if not account.is_fresh(now):
            return False
        self._address, self._lent, self._account = account.address, account.lent, None
        return True

    def _again(self) -> Connected:
        """Have an account again."""
        assert self._address is not None, "it had one, and rests"
        self._account = account = self._turns.accounts.again(self._address, self._lent)
        self._turns.is_busy(self)
        return account

    def admit(self) -> None:
        """Charge its address as that of a named peer. If it waits for a turn, it must ask again."""
        was = self._leave_account()
        self._account = self._turns.accounts.member(self.host, self.proxy)
        self._go_on_as(was)
        self._turns.is_busy(self)

    def move(self, host: str) -> None:
        """Charge `host` from now on, for whom the connection says that it speaks."""
        was = self._leave_account()
        self.host = host
        self._account = self._turns.accounts.stranger(host, self.proxy)
        self._go_on_as(was)

    def _go_on_as(self, was: Connected) -> None:
        assert self._account is not None
        if self.has_departed:
            self._account = self._account.departs()
        self._account.is_orphaned = was.is_orphaned

    def depart(self) -> None:
        """Let those go first whose peers are there; that of this connection has hung up.

        If it waits for a turn, it must ask again.
        """
        if not self.has_departed:
            self.has_departed = True
            was = self._account or self._again()
            was.act = None
            self._account = was.departs()
            self._account.is_orphaned = was.is_orphaned

    def outlive(self) -> None:
        """Go on without the connection, which is gone: what came from it is still to be acted on.

        Its own budget does not count any more, but only its address's: nothing can come after it.
        """
        self.depart()
        assert self._account is not None
        self._account.is_orphaned = True

    def close(self) -> None:
        """Wait no more: the connection is gone, or somebody else's."""
        self._leave_account()

    def _leave_account(self) -> Connected:
        account = self._account or self._again()
        self._turns.is_over(self)
        account.act = None
        account.close(self._turns.clock())
        return account
