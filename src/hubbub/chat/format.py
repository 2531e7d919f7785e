"""What the chatroom needs to know about the way a peer is spoken to."""

from typing import Protocol

from hubbub.chat.events import Event


class Format(Protocol):
    """How events are put into bytes for one kind of peer.

    Instances are compared by identity: members whose format is the same object share encodings.
    """

    @property
    def hears_itself(self) -> bool:
        """Whether senders receive their own messages, as events like everybody else's."""

    @property
    def knows_rooms(self) -> bool:
        """Whether peers can tell rooms apart, so that they may be in several, or in none."""

    @property
    def gets_answers(self) -> bool:
        """Whether peers understand `welcome`, `ok` and the other answers to commands."""

    @property
    def server(self) -> str:
        """Where peers find files, as in http://HOST:PORT; empty if they know that."""

    @property
    def is_personal(self) -> bool:
        """Whether the bytes depend on the recipient; they are then encoded for each one."""

    def encode(self, event: Event, recipient: str = "", /) -> bytes:
        """Return the bytes of `event` for `recipient`; empty if the format has no words for it.

        Unless the format is personal, `recipient` makes no difference and may be left out.
        """
