"""What a node appends counts only as long as no other node has taken it for gone.

How it works. A run of a node, from its start to its end, registers: with a message under a subject
of its own. Of all that it appends, it has the servers check that this message is still there. So
whoever gives to others what the run alone could have, such as names, removes the message first
(`shut_out`). The servers decide on both in one order: nothing that the run appends is stored after
that, however long it stood still meanwhile, and wherever it did, be it between its decision and the
wire. A clock at the node could never know that.

A run that is shut out finds that nothing is stored any more. It lets go of what it held, and
registers anew.
"""

from collections.abc import Callable, Mapping
from typing import Final

from hubbub.chat.errors import LogError
from hubbub.log.jetstream.link import Link
from hubbub.log.jetstream.pieces import Piece, registration, subject_of_run

_EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"


class Tenure:
    """Of one run, which has yet to be registered. `when_over` is called once others end it.

    `doubt` is called when nothing is known of it: what is heard of the stream may then come from a
    server that is cut off itself.
    """

    def __init__(self, link: Link, run: str, doubt: Callable[[], None]) -> None:
        self._link = link
        self._doubt = doubt
        self._subject = link.subject(subject_of_run(run))
        self._number = 0
        self.is_over = False
        self.when_over: Callable[[], None] = lambda: None
        self.registration: Piece = registration(run)
        """What is to be published; the newest counts."""

    def begin(self, number: int) -> None:
        """Take in that the registration is the stream's message with this number."""
        self._number, self.is_over = number, False

    @property
    def headers(self) -> Mapping[str, str]:
        """What the servers are to check before they store something."""
        return {_EXPECTED: str(self._number), f"{_EXPECTED}-Subject": self._subject}

    def check(self) -> None:
        """Raise LogError if nothing that is appended would count."""
        if self.is_over:
            raise LogError("The other nodes took this one for gone. It joins them again soon.")

    async def look(self) -> None:
        """See whether it is over; raises LogError if that cannot be found out."""
        try:
            newest = await self._link.message(last_by_subj=self._subject)
        except LogError:
            self._doubt()
            raise
        if not self.is_over and (newest is None or newest.seq != self._number):
            self.is_over = True
            self.when_over()

    async def end(self) -> None:
        """End it by itself. Raises LogError."""
        await self._link.purge(self._subject)


async def shut_out(link: Link, run: str) -> None:
    """Have nothing stored any more that this run appends, before it registers anew.

    Raises LogError if it is not known whether that is so.
    """
    await link.purge(link.subject(subject_of_run(run)))
