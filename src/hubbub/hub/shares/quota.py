"""How much was posted from where lately, so that nobody can fill the disk.

An address may post its share in a day. People who have posted little may go on beyond it, up to
twice the share, so that one flood does not silence everybody behind the same router.
"""

from math import ceil, inf
from typing import Final

from hubbub.chat.errors import Refused
from hubbub.hub.shares.buckets import Buckets

SHARES_OF_THIS_MACHINE: Final = 10
"""Many programs and proxies may be behind this machine's address."""

EVENT_BYTES: Final = 256
"""About what an event takes on disk besides its text and the index of it."""

FEW_DRAFTS: Final = 100
"""People who posted no more may go on when others have used up the share of their address."""


class Quota:
    """Each address may post, or `verb`, `share_bytes` a day, 0 is no limit. This machine is ''."""

    def __init__(self, share_bytes: int, *, verb: str = "post") -> None:
        self._share_bytes = share_bytes
        self._verb = verb
        self._posted = Buckets(self._share)

    def _share(self, origin: str) -> float:
        return self._share_bytes * (1 if origin else SHARES_OF_THIS_MACHINE)

    def take(self, origin: str, text_bytes: int, at: int, drafts: int) -> None:
        """Count a text; raise Refused `too_much` if it is more than may be posted now.

        `drafts`: how many the same person posted before it.
        """
        if not self._share_bytes:
            return
        posted, size = self._posted.of(origin, at), text_bytes + EVENT_BYTES
        share = posted.per_day
        if posted.level + size > share:  # only now: this is asked for each message
            allowed = share if drafts > FEW_DRAFTS else 2 * share
            if (excess := posted.left(at) + size - allowed) > 0:
                seconds = posted.seconds_for(excess)
                again = f"{self._verb.capitalize()} this again in {seconds} seconds."
                raise Refused(
                    f"People at your address have {self._verb}ed {ceil(posted.level)} bytes "
                    f"lately; {share:.0f} a day are allowed. {again}",
                    code="too_much",
                    retry_after=seconds,
                )
        posted.level += size

    def sure_bytes(self, origin: str, at: int) -> float:
        """Return how many bytes may be counted of texts and events, whoever posts them.

        It may be more: what has leaked since is not known yet.
        """
        if not self._share_bytes:
            return inf
        posted = self._posted.of(origin, at)
        return posted.per_day - posted.level

    def count(self, origin: str, size: int, at: int) -> None:
        """Count so many bytes, which are no more than are sure."""
        if self._share_bytes:
            self._posted.of(origin, at).level += size

    def give_back(self, origin: str, text_bytes: int) -> None:
        """Count a text no longer: nothing of it was stored, or it stood in the log already."""
        if self._share_bytes:
            self._posted.take_back(origin, text_bytes + EVENT_BYTES)
