"""What an attack is, and what it knows of the server that it is let loose on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from threading import BrokenBarrierError
from typing import TYPE_CHECKING

from bench import log
from bench.peers.server import PATIENCE_SECONDS
from bench.workloads import Scale

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized
    from multiprocessing.synchronize import Barrier

PROCESSES = get_context("fork")
"""Attacks are functions, and forked processes need not find them by name."""

LOG_ROOM = log.ROOM
CROWD_ROOM = "crowd"
PAIR_ROOM = "pair"


class Over(Exception):
    """The time of the attack is over."""


class HungUp(Exception):
    """The server ended a connection, or did not take one."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What all processes of an attack did: connections that they opened, and moves.

    A move is what the attack repeats: a frame, a request, a command.
    """

    connections: "Synchronized[int]" = field(default_factory=lambda: PROCESSES.Value("q", 0))
    moves: "Synchronized[int]" = field(default_factory=lambda: PROCESSES.Value("q", 0))


@dataclass(slots=True)
class Target:
    """A server under attack, as one process of the attack sees it.

    An attack prepares, calls `begin`, and goes on while `goes_on`. It may be run again after that,
    if the server has hung up on it. `number` is that of the process.
    """

    port: int
    pid: int
    scale: Scale
    gate: "Barrier"
    tally: Tally
    number: int = 0
    abroad: bool = False
    """Whether each connection is to come from another address: see `Attack`."""
    cookie: str = ""
    """That of our page, if the target is a side-car."""
    has_begun: bool = False
    ends_at: float = field(default_factory=lambda: time.monotonic() + PATIENCE_SECONDS)
    _named: int = 0

    def begin(self) -> None:
        """Wait, the first time, until everybody is ready; the time of the attack runs then."""
        if not self.has_begun:
            try:
                self.gate.wait(PATIENCE_SECONDS)
            except BrokenBarrierError:
                raise Over from None
            self.has_begun = True
            self.ends_at = time.monotonic() + self.scale.seconds

    def goes_on(self) -> bool:
        """Return whether there is time left."""
        return self.left() > 0

    def left(self) -> float:
        """Return for how many seconds something may still be waited for."""
        return self.ends_at - time.monotonic()

    def name(self) -> str:
        """Return a name that nobody else has, or had."""
        self._named += 1
        return f"h{self.number}n{self._named}"

    def moved(self, moves: int = 1) -> None:
        """Count moves."""
        with self.tally.moves:
            self.tally.moves.value += moves


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to stop a server, run in `processes` of its own.

    A `crowd` of so many people sits in the room `CROWD_ROOM`, of both servers, and the pair talks
    there. So many messages are in the room `LOG_ROOM` at the start; if there are any, somebody asks
    for pages and searches, whose answers are timed as well. With a `password`, everybody honest
    gives it. With `tls`, the server has a certificate; the pair does without it. If it comes from
    `abroad`, the server takes each address of loopback for one of another machine.

    With a `car`, it is let loose on a side-car, and everybody honest comes through one: the control
    is another side-car, with a server of its own. If it is `by_others`, another user makes it.
    """

    name: str
    run: Callable[[Target], None]
    processes: int = 1
    crowd: int = 0
    log: int = 0
    password: str = ""
    tls: bool = False
    abroad: bool = False
    car: bool = False
    by_others: bool = False

    @property
    def room(self) -> str:
        """Where the pair talks."""
        return CROWD_ROOM if self.crowd else PAIR_ROOM

    @property
    def config(self) -> str:
        """What stands in the server's configuration."""
        server = f'[server]\npassword = "{self.password}"\n' if self.password else ""
        return server + ("[tls]\nself_signed = true\n" if self.tls else "")

    @property
    def title(self) -> str:
        """A sentence that says what it does."""
        return (self.run.__doc__ or "").partition("\n")[0]
