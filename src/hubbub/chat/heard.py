"""What a transport hands over: what its peer said, in words that do not depend on the wire."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from hubbub.chat.commands import AnyCommand, InnerCommand
from hubbub.chat.errors import Refused
from hubbub.chat.format import Format


class Introduction(msgspec.Struct, frozen=True):
    """The first thing that a peer says: its name, and by implication how to speak to it.

    `again`: its language has a word for another try. If the name is refused, the peer may give
    another one, and somebody in passing may come anew under another name. It has none for the
    secret with which others come back.
    """

    name: str
    format: Format
    ref: str | None = None
    again: bool = False


class PlainLine(msgspec.Struct, frozen=True):
    """A text for the room that plain lines go to, or a `/` command."""

    text: str


class Refusal(msgspec.Struct, frozen=True):
    """Something that cannot be read as a command; `ref` is the ref in it, if one can be found."""

    error: Refused
    ref: str | None = None


class Reply(msgspec.Struct, frozen=True):
    """Bytes that the wire itself wants sent back at once, such as the answer to a ping."""

    payload: bytes


class Filler(msgspec.Struct, frozen=True):
    """What a wire has beside words: an empty frame, a pong, a part of a message.

    It means nothing, but to read it takes time, and somebody has to take turns with it.
    """


class Read(Filler, frozen=True):
    """A line that took longer to read than those: what it says comes after it, if it says anything
    by itself."""


class Adaptable(Protocol):
    """Whose format can change while it is in rooms."""

    def adapt(self, change: Callable[[], None]) -> None:
        """Have a `change` of the format made."""


class Adapt(msgspec.Struct, frozen=True):
    """The peer is to be spoken to otherwise from now on: its format is, once `change` is called.

    The format may then be shared with others than before.
    """

    change: Callable[[], None]

    def be_made(self, session: Adaptable | None) -> None:
        """Have the change made: the rooms of the session are to know of it."""
        if session is None:
            self.change()
        else:
            session.adapt(self.change)


class Goodbye(msgspec.Struct, frozen=True):
    """The peer asks, in the words of its wire, to end the connection."""


Said = Introduction | AnyCommand | InnerCommand | PlainLine | Refusal
"""What a conversation is about."""

Heard = Said | Reply | Filler | Goodbye | Adapt
"""All that can come from a peer; the transport itself deals with what is not `Said`."""

FILLER = Filler()
READ = Read()
