"""What the chatroom needs to know about the way a peer is spoken to."""

from typing import Protocol

from hubbub.chat.events import Event


class Format(Protocol):
    """How events are put into bytes for one kind of peer, or for one peer.

    Instances are compared by identity: members whose `shared` format is the same object share the
    encodings of what is said to all.
    """

    @property
    def shared(self) -> "Format":
        """What a room's members are told is encoded in this one; usually the format itself.

        It stays the same while its peer is in rooms, which know their live members by it, unless
        they are told (`Adapt`).
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
    def reads_by_time(self) -> bool:
        """Whether peers know how far they have read by its time, too."""

    @property
    def keeps_place(self) -> bool:
        """Whether peers remember nothing, so that the server takes them back to their rooms."""

    @property
    def knows_inner(self) -> bool:
        """Whether it has words for what clients have none for (commands/inner.py).

        Its peers keep no secrets of devices. They give passwords each time, or prove them: what
        that takes is kept of theirs.
        """

    @property
    def spoken(self) -> str:
        """What operators are told that its peers speak; empty if it has none."""

    @property
    def server(self) -> str:
        """Where peers find files, as in http://HOST:PORT; empty if they know that."""

    def encode(self, event: Event, recipient: str = "", /) -> bytes:
        """Return the bytes of `event` for `recipient`; empty if the format has no words for it.

        To a `shared` format, `recipient` makes no difference and may be left out.
        """
