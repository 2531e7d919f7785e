"""Which of a chatroom's addresses is tried next, and when. Pure."""

from hubbub.chat.errors import Unreachable
from hubbub.client.address import Address
from hubbub.client.nodes import led, why_left_out
from hubbub.client.retry import Backoff


class Turns:
    """`address`: whose turn it is. Without `backoff` only the first round is made.

    `is_astray`: we have been at an address that was only assumed to be the chatroom's.

    Each address has its turn as soon as the one before it has failed, or almost: many clients of a
    node that fell come to the next one spread out. A round is over when all of them have failed in
    a row; before the next round, the back-off is waited for.
    """

    def __init__(self, address: Address, backoff: Backoff | None) -> None:
        self.address = address
        self.is_astray = False
        self._backoff = backoff
        self._failed = 0
        self._stood = False

    def led(self, told: list[str]) -> None:
        """Take in where else the chatroom is, in the place of what was told before."""
        self.is_astray = self.is_astray or self.address.assumed
        self.address = led(self.address, told)

    def why(self, reason: str) -> str:
        """Return the reason of a failure, and what was left out beside."""
        left_out = self.address.left_out
        return f"{reason}; {why_left_out(left_out)}" if left_out else reason

    def stood(self) -> None:
        """Take in that messages could flow: the waits and the round begin anew."""
        self._failed = 0
        self._stood = True
        if self._backoff is not None:
            self._backoff.reset()

    def failed(self, reason: str, seconds_min: float, *, once: bool) -> float | Unreachable:
        """Give the next one its turn; return the seconds until then, or why it is over.

        `seconds_min`: how long the one that failed asks to be left alone. `once`: whether no more
        than a round is made.
        """
        former = self.address
        self.address = former.next
        self._failed += 1
        if self._failed <= len(former.others):
            if not self._stood:
                return 0
            if self._backoff is not None:
                return self._backoff.next_within_round()
        self._failed, reason = 0, self.why(reason)
        if once:
            tried = " or ".join(map(str, (*former.others, former)))
            return Unreachable(
                f"No chat server answers at {tried}: {reason}. "
                "Check the address, or start a server there with 'hubbub serve'."
            )
        seconds = None if self._backoff is None else self._backoff.next_seconds()
        if seconds is None:
            return Unreachable(f"The chat at {former} is lost: {reason}.")
        return max(seconds, seconds_min)

    def drop(self) -> None:
        """Do without this one for good, which is not the only one: it has failed for the last time.

        Until `failed` gives the one after it its turn, it is that of the one before it.
        """
        self.address = self.address.one_before
