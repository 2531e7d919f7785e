"""What a transport hands over: what its peer said, in words that do not depend on the wire."""

import msgspec

from hubbub.chat.commands import AnyCommand
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


class Goodbye(msgspec.Struct, frozen=True):
    """The peer asks, in the words of its wire, to end the connection."""


Said = Introduction | AnyCommand | PlainLine | Refusal
"""What a conversation is about."""

Heard = Said | Reply | Filler | Goodbye
"""All that can come from a peer; the transport itself deals with what is not `Said`."""

FILLER = Filler()
