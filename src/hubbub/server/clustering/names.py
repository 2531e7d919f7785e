"""Whose the names in passing are that nodes have claimed, when one of them is cut off or gone.

A node that does not hear the stream for ALONE_SECONDS ends its sessions in passing, since others
free the names that it has claimed once it was not heard for FORGO_SECONDS. The second is longer by
far, so the names are let go before anybody else may take them. Those who are known stay: their
names are theirs for good.

Who hears the stream may hear a server that has lost touch with the others, which knows nothing of
that as long as nobody says anything. So each node asks, all the time, whether its own registration
still stands, which only the servers together can tell.

A node that stands still, as when its machine is put to sleep, can do nothing in time. It sees how
late it is before it acts on anything that it heard (`Turns.stale_at`), and ends those sessions
then. What it cannot see, such as that it stood still between a decision and the wire, the servers
see: whoever frees its names has it shut out first, so nothing more is stored that was said under
them (log/jetstream/tenure.py). It is let in again once nothing of that waits here any more.
"""

import asyncio
from collections.abc import Set
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from hubbub.chat.errors import LogError
from hubbub.server.notes import logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.hub import Hub
    from hubbub.log.jetstream import JetStreamLog

LOOK_SECONDS: Final = 1.0
GONE_SECONDS: Final = 5.0
ALONE_SECONDS: Final = 15.0
FORGO_SECONDS: Final = 45.0


class Acting(Protocol):
    """Acts on what is heard."""

    stale_at: float
    when_stale: "Callable[[], None]"


class Names:
    """Of the node of a `run`, whose log is registered as that."""

    def __init__(self, log: "JetStreamLog", run: str, hub: "Hub", turns: Acting) -> None:
        self._log = log
        self._run = run
        self._hub = hub
        self._turns = turns
        self._is_alone = False
        self._unheard: dict[str, float] = {}  # since when, of those who have claimed names
        turns.when_stale = self.doubt
        assert log.tenure is not None, "it is registered before anybody is let in"
        log.tenure.when_over = self.doubt

    async def run(self, others: Set[str]) -> None:
        """See to it, for ever; `others` are the runs of the nodes that are heard."""
        while True:
            self._turns.stale_at = inf if self._is_alone else monotonic() + ALONE_SECONDS
            latest = monotonic() + LOOK_SECONDS + ALONE_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            await self._look(others, latest)
            if monotonic() > latest:  # it stood still while it asked
                self.doubt()

    def doubt(self) -> None:
        """End all sessions in passing: whose their names are is not known here any more."""
        if not self._is_alone:
            logger.warning("this node is cut off; it ends its sessions in passing")
        self._turns.stale_at = inf
        self._is_alone = True
        self._unheard.clear()
        self._hub.elsewhere.end_passing()

    async def _look(self, others: Set[str], latest: float) -> None:
        is_let_in = not self._is_cut_off(latest) and await self._is_let_in()
        if self._is_cut_off(latest):
            self.doubt()
        elif is_let_in:
            if self._is_alone:
                self._is_alone = False
                self._hub.elsewhere.let_in_passing()
            await self._free(others)

    def _is_cut_off(self, latest: float) -> bool:
        return self._log.silence_seconds > ALONE_SECONDS or monotonic() > latest

    async def _is_let_in(self) -> bool:
        """Return whether what is appended counts: nobody took this node for gone, or not now."""
        tenure = self._log.tenure
        assert tenure is not None
        try:
            await tenure.look()
            if tenure.is_over:
                # What was said under names that others may have by now must never be stored.
                if not self._hub.put_off():
                    return False
                await self._log.register(self._run)
        except LogError as error:
            logger.debug("whether this node is cut off is not known", reason=str(error))
            return False
        return True

    async def _free(self, others: Set[str]) -> None:
        """Let others have what nodes have claimed that are gone for good."""
        now = monotonic()
        claimants = self._hub.elsewhere.claimants - others
        self._unheard = {run: self._unheard.get(run, now) for run in claimants}
        for run, since in self._unheard.items():
            if now - since >= FORGO_SECONDS - GONE_SECONDS:
                try:
                    await self._log.shut_out(run)
                except LogError as error:
                    logger.debug(
                        "the names of a node that is gone are not free yet", reason=str(error)
                    )
                    return
                self._hub.elsewhere.forgo(run)
