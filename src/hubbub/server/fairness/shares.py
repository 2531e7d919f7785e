"""How much memory one conversation may use, so that all of them together have a bound."""

from typing import Final

from hubbub.chat.limits import Limits

UNREAD_BYTES_MAX: Final = 1_048_576
"""A peer with so much unread is not listened to until it reads: its answers would pile up."""

SHARED_BYTES_MAX: Final = 1_073_741_824
"""What all conversations together may leave unread, and once more what they may have pending."""

SHARE_BYTES_MIN: Final = 65_536


class Shares:
    """What one conversation may hold: of `total` bytes, the less the more of them there are.

    `pending_bytes` are of messages on their way to the log, `unread_bytes` of answers. Neither is
    ever less than `SHARE_BYTES_MIN`, nor than what a connection takes before it counts as full:
    a conversation that waits for a connection that is not full would never be woken.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.divide(1)

    def divide(self, conversations: int) -> None:
        """Share anew among so many conversations."""
        share = max(SHARE_BYTES_MIN, SHARED_BYTES_MAX // max(conversations, 1))
        self.pending_bytes = min(self._limits.pending_bytes_max, share)
        self.unread_bytes = max(self._limits.unsent_bytes_max, min(UNREAD_BYTES_MAX, share))
