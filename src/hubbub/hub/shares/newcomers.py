"""How many become guests from where: each is remembered for weeks, so there is an end to them."""

from typing import Final

from hubbub.chat.errors import Refused
from hubbub.hub.shares.buckets import Buckets

OF_ADDRESS_MAX: Final = 500
OF_THIS_MACHINE_MAX: Final = 20_000
"""Guests in a day; many people may come through a proxy on this machine."""


class Newcomers:
    """Counts by address who became a guest lately. This machine is called ''."""

    def __init__(self) -> None:
        self._came = Buckets[str](lambda one: OF_ADDRESS_MAX if one else OF_THIS_MACHINE_MAX)

    def check(self, origin: str, at: int) -> None:
        """Raise Refused `too_much` if nobody else from there may become a guest at the moment."""
        came = self._came.of(origin, at)
        if (excess := came.left(at) - (came.per_day - 1)) > 0:
            seconds = came.seconds_for(excess)
            raise Refused(
                "Too many people at your address were new here lately. You can chat all the same; "
                f"the chatroom can remember you in {seconds} seconds.",
                code="too_much",
                retry_after=seconds,
            )

    def came(self, origin: str, at: int) -> None:
        """Count somebody who became a guest."""
        came = self._came.of(origin, at)
        came.level = came.left(at) + 1
