"""Who has used how much work, and who may go first: a tree of accounts.

    everybody
    ├── an address          those that have their names, each connection with an account of its own
    │   ├── a connection
    │   └── the departed    what those said who have hung up
    │       └── a connection
    ├── a proxy             those for whom it asks; anybody behind it may make up addresses
    │   └── an address      and so on
    └── strangers           those that have no name yet, and all that speak HTTP
        ├── an address      and so on
        └── a proxy         and so on

Work is counted in units; one is what a short message in a small room costs, about 10 µs. Whatever
a connection uses is charged to its account and to all above it, when it is known what it was:
`spend` may leave a debt. Each account has two sides.

- A *budget* (`pace`), which limits what it may use in the long run. An account in debt waits, and
  all below it wait. Only those that used hardly anything lately go on for a moment longer
  (`overdraft`): what others of their address spent is not theirs.
- A *tag*, which says who goes first when there is more to do than one turn of the loop can hold
  (start-time fair queueing: Goyal, Vin, Cheng 1996). A tag is what the account has used, as seen by
  its siblings: the lowest goes first, and of connections that stand there whoever wants least
  (`expected`). So each account gets the same share of its parent's work, and one that uses less
  than its share hardly waits.

An account that was quiet is not owed all that it did not use, or a crowd of sleepers could wake up
and keep everybody waiting: its tag follows `CREDIT_UNITS` behind its parent's `virtual` time, which
is where the siblings that are served stand. A new account has no credit, nor has one that waited
because of its own debt. It starts behind its siblings, so to hang up and come back never brings
anybody forward.

Nor does it bring a new burst. The account of an address stays until its budgets are full again, and
lends each connection its burst (`bursts`); what a connection used of it is missing to the next one.

Nobody waits for what a connection said whose peer has hung up. However many of an address have,
they are one account beside those that are there, and share its turns.
"""

from __future__ import annotations

from itertools import islice
from math import inf
from typing import TYPE_CHECKING, Final

from hubbub.hub.cost import REQUEST
from hubbub.server.fairness.addresses import address_of
from hubbub.server.fairness.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.chat.limits import Limits

UNITS_PER_CORE: Final = 100_000.0
"""How many units one core can do in a second."""

CREDIT_UNITS: Final = 100.0
"""How far a quiet account may be ahead of those that are busy: a millisecond."""

PAUSE_SECONDS: Final = 0.1
"""A connection that has used its budget waits until it has earned so much, or for its burst."""

SHORT_PAUSE_SECONDS: Final = 0.001
"""The same for accounts that many share: those who used little there should not wait for long."""

SENDERS_PER_ADDRESS: Final = 200
"""An address may use as much as so many busy connections: by default a fifth of a core."""

BURSTS_PER_ADDRESS: Final = 20
"""How many bursts the connections of an address may have at once; they come back like one's own."""

ADDRESSES_PER_PROXY: Final = 3
"""All for whom a proxy asks may use as much as so many addresses: more than half of a core."""

OVERDRAFT_SECONDS: Final = 0.1
"""So far may an address be in debt before those wait who used hardly anything of their own."""

FRUGAL_SHARE: Final = 0.9
"""Whoever has so much of their own burst left used hardly anything."""

STRANGERS_SHARE: Final = 0.3
"""The part of a core for all peers without a name together; at once, a second's worth of it."""

ADDRESSES_MAX: Final = 10_000
"""Addresses that are remembered although nobody uses them; then some are forgotten."""

SWEPT_AT_ONCE: Final = 500


_CHILDLESS: Final[list[tuple[float, int, Account]]] = []
"""The queue of all who have no children: nobody is ever put into it."""


class Account:
    """What one party has used, and where it stands among its siblings.

    `pace` is its budget, if it has one. If all of that is used, it waits until it has earned what
    `pause_seconds` bring, and not for each unit anew. `name` is for the journal.
    """

    __slots__ = (
        "act",
        "expected",
        "is_orphaned",
        "is_queued",
        "most",
        "name",
        "pace",
        "parent",
        "parked_until",
        "pause_units",
        "queue",
        "tag",
        "used",
        "virtual",
    )

    def __init__(
        self,
        parent: Account | None,
        name: str = "",
        pace: Pace | None = None,
        pause_seconds: float = SHORT_PAUSE_SECONDS,
    ) -> None:
        self.parent = parent
        self.name = name
        self.pace = pace
        self.pause_units = 0.0 if pace is None else pace.per_second * pause_seconds
        self.tag = 0.0
        if parent is not None:
            self.tag = min(parent.most, parent.virtual + CREDIT_UNITS)
        self.used = 0.0
        """All that was charged to it so far."""
        self.virtual: float = 0.0
        """The highest tag at which a child began something."""
        self.most: float = 0.0
        """The highest tag that a child ever had."""
        # What follows is for `Turns`.
        self.queue: list[tuple[float, int, Account]] = []
        """A heap of the children in which somebody waits, by the places that they had then."""
        self.is_queued = False
        self.parked_until: float | None = None
        """If it waits until it has earned enough: when that will be."""
        self.is_orphaned = False
        """Whether its own budget does not count any more: its connection is gone."""
        self.act: Callable[[], None] | None = None
        """What waits for its turn, in an account without children."""
        self.expected = 0.0
        """What that may use of its turn, as far as can be told."""

    @property
    def place(self) -> float:
        """Where it stands in the queue: the lowest goes first.

        Many may begin to say something at the same moment, with the same tag. Then whoever says
        little does not wait for all who say much.
        """
        return self.tag + self.expected

    def debt_seconds(self, now: float) -> float:
        """Return how long this account must wait by its own budget, 0 if it need not."""
        pace = self.pace
        if pace is None or self.is_orphaned or pace.left(now) > 0:
            return 0.0
        if self.queue and self.queue[0][2].overdraft(now) > 0:
            return 0.0
        return pace.delay(now, self.pause_units)

    def overdraft(self, now: float) -> float:  # noqa: ARG002 (see `Connected`)
        """Return how much it may use although its address is in debt."""
        return 0.0

    def catch_up(self, credit: float = CREDIT_UNITS) -> None:
        """Give up the credit of a long silence, up to `credit`."""
        if self.parent is not None and self.tag < self.parent.virtual - credit:
            self.tag = self.parent.virtual - credit

    @property
    def must_queue(self) -> bool:
        """Whether somebody waits whose turn may come before this account's."""
        parent = self.parent
        while parent is not None:
            if parent.queue:
                return True
            parent = parent.parent
        return self.act is not None

    def begin(self, now: float) -> float:
        """Have a turn from now on, unless there is a debt.

        Returns how many units the budgets leave for it, at the most 0 if there is a debt.
        """
        left = inf
        account: Account | None = self
        while account is not None:
            pace = account.pace
            if pace is not None and not account.is_orphaned and (own := pace.left(now)) < left:
                left = own
            account = account.parent
        if left <= 0 and (left := self.overdraft(now)) <= 0:
            return left
        account, parent = self, self.parent
        while parent is not None:
            tag, virtual = account.tag, parent.virtual
            if tag > virtual:
                parent.virtual = tag  # this is where its siblings stand
            elif tag < virtual - CREDIT_UNITS:
                account.tag = virtual - CREDIT_UNITS
            account, parent = parent, parent.parent
        return left

    def spend(self, units: float) -> None:
        """Charge what was done to this account and to all above it, in a turn or without one."""
        account, parent = self, self.parent
        while parent is not None:  # for each piece of a stream: written out, as calls take time
            account.used += units
            if account.pace is not None:
                account.pace.take(units)
            account.tag = tag = account.tag + units
            if tag > parent.most:  # noqa: PLR1730
                parent.most = tag
            account, parent = parent, parent.parent
        account.used += units


class Address(Account):
    """The account of an address; `bursts` is what its connections may have at once, if limited."""

    __slots__ = ("_departed", "bursts", "connections")

    def __init__(
        self, parent: Account, name: str, pace: Pace | None = None, bursts: Pace | None = None
    ) -> None:
        super().__init__(parent, name, pace)
        self.bursts = bursts
        self.connections = 0
        """Those that are there, or have left something to be acted on."""
        self._departed: Account | None = None

    @property
    def departed(self) -> Account:
        """The account above those whose peers have hung up."""
        if self._departed is None:
            self._departed = Account(self, self.name)
        return self._departed

    def is_full(self, now: float) -> bool:
        """Return whether a new one could use no more."""
        return all(one is None or one.is_full(now) for one in (self.pace, self.bursts))


class Connected(Account):
    """The account of one connection. `lent`: what it was given of its address's bursts."""

    __slots__ = ("address", "lent")

    def __init__(
        self,
        address: Address,
        pace: Pace | None = None,
        lent: float = 0.0,
        *,
        has_departed: bool = False,
    ) -> None:
        parent = address.departed if has_departed else address
        super().__init__(parent, address.name, pace, PAUSE_SECONDS)
        self.queue = _CHILDLESS
        self.address = address
        self.lent = lent
        address.connections += 1

    def is_fresh(self, now: float) -> bool:
        """Return whether a new one in its place would be no different."""
        waits = self.act is not None or self.is_queued or self.parked_until is not None
        is_gone = self.is_orphaned or self.parent is not self.address
        return not (waits or is_gone) and (self.pace is None or self.pace.is_full(now))

    def overdraft(self, now: float) -> float:
        """Return how much it may use although its address is in debt."""
        own, shared = self.pace, self.address.pace
        if own is None or shared is None or self.parent is not self.address:
            return 0.0
        if self.is_orphaned or own.left(now) < FRUGAL_SHARE * own.burst:
            return 0.0
        return shared.left(now) + OVERDRAFT_SECONDS * shared.per_second

    def departs(self) -> Connected:
        """Return the account that goes on in its place, among the departed."""
        self.address.connections -= 1
        return Connected(self.address, self.pace, self.lent, has_departed=True)

    def close(self, now: float) -> None:
        """Give back what was not used of the burst; what is owed, the address owes from now on."""
        self.address.connections -= 1
        assert self.address.connections >= 0, "an account is closed once"
        bursts = self.address.bursts
        if self.pace is not None and bursts is not None:
            returned = min(self.pace.left(now), self.lent)
            if returned > 0 or bursts.left(now) > 0:  # or one flood could be owed for hours
                bursts.take(-returned)


class Accounts:
    """The tree of accounts. `limits` give the budgets; without a pace there are none."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._per_second, self._burst = limits.messages_per_second, float(limits.burst)
        self._members: dict[tuple[str, str], Address] = {}
        self._visitors: dict[tuple[str, str], Address] = {}
        self._proxies: dict[tuple[Account, str], Account] = {}
        self.everybody = Account(None)
        share = STRANGERS_SHARE * UNITS_PER_CORE
        self.strangers = Account(
            self.everybody, "strangers", Pace(share, share, clock()) if self._per_second else None
        )

    def member(self, host: str, proxy: str = "") -> Connected:
        """Return an account for a connection from `host` that has its name.

        If a `proxy` says that it asks for `host`, the account is below that of the proxy.
        """
        names = proxy, address_of(host)
        if (address := self._members.get(names)) is None:
            pace = self._pace(SENDERS_PER_ADDRESS, BURSTS_PER_ADDRESS)
            parent = self._proxied(self.everybody, proxy)
            address = Address(parent, names[1], pace, self._pace(BURSTS_PER_ADDRESS))
            self._remember(self._members, names, address)
        return self._connected(address, 1)

    def again(self, address: Address, lent: float) -> Connected:
        """Return an account for a connection that is there, and was quiet for so long."""
        address.connections -= 1
        account = Connected(address, self._pace(1), lent)
        account.tag = min(account.tag, address.virtual - CREDIT_UNITS)
        return account

    def stranger(self, host: str, proxy: str = "") -> Connected:
        """Return an account for a connection from `host` that has no name yet.

        It may ask for as many pages as it may say things once it has one.
        """
        return self._connected(self.visitors(host, proxy), REQUEST)

    def visitors(self, host: str, proxy: str = "") -> Address:
        """Return the account of all strangers at `host`."""
        names = proxy, address_of(host)
        if (address := self._visitors.get(names)) is None:
            parent = self._proxied(self.strangers, proxy)
            address = Address(parent, names[1], None, self._pace(REQUEST * BURSTS_PER_ADDRESS))
            self._remember(self._visitors, names, address)
        return address

    def _proxied(self, parent: Account, proxy: str) -> Account:
        """Return the account above the addresses for which `proxy` asks, if there is a proxy."""
        if not proxy:
            return parent
        key = parent, address_of(proxy)
        if key not in self._proxies:  # there are few, and the operator has named them
            pace = None
            if parent is self.everybody:
                pace = self._pace(ADDRESSES_PER_PROXY * SENDERS_PER_ADDRESS, BURSTS_PER_ADDRESS)
            self._proxies[key] = Account(parent, f"behind {key[1]}", pace)
        return self._proxies[key]

    def _remember(
        self, addresses: dict[tuple[str, str], Address], names: tuple[str, str], address: Address
    ) -> None:
        if len(addresses) >= ADDRESSES_MAX:
            self._forget(addresses, 2)
        addresses[names] = address

    def _pace(self, times: float, bursts: float | None = None) -> Pace | None:
        if not self._per_second:
            return None
        burst = _multiple(self._burst, times if bursts is None else bursts)
        return Pace(_multiple(self._per_second, times), burst, self._clock())

    def _connected(self, address: Address, times: float) -> Connected:
        if address.bursts is None:
            return Connected(address)
        now = self._clock()
        burst = _multiple(self._burst, times)
        lent = max(0.0, min(burst, address.bursts.left(now)))
        address.bursts.take(lent)
        pace = Pace(_multiple(self._per_second, times), burst, now, lent)
        return Connected(address, pace, lent)

    def sweep(self) -> None:
        """Forget addresses that nobody uses and whose budgets are full: some at a time."""
        for addresses in (self._members, self._visitors):
            self._forget(addresses, SWEPT_AT_ONCE)

    def _forget(self, addresses: dict[tuple[str, str], Address], count: int) -> None:
        """Look at the first `count` addresses; those that stay go to the end."""
        now = self._clock()
        for names in list(islice(addresses, count)):
            address = addresses.pop(names)
            is_too_many = len(addresses) >= ADDRESSES_MAX
            if address.connections or not (is_too_many or address.is_full(now)):
                addresses[names] = address


def _multiple(value: float, times: float) -> float:
    """Return `value` that many times; once, it is the same object in each account."""
    return value if times == 1 else value * times
