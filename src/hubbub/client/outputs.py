"""What a session asks of its driver, in the order in which it is to be done."""

import msgspec

from hubbub.chat.errors import HubbubError
from hubbub.chat.events import AnyEvent
from hubbub.client.address import Address
from hubbub.client.events import Received


class Dial(msgspec.Struct, frozen=True):
    """Connect to the server; report it with `connected` or `lost`."""


class Write(msgspec.Struct, frozen=True):
    """Send these bytes. With a `nonce`, report with `written` when the system has taken them."""

    raw: bytes
    nonce: str | None = None


class Tell(msgspec.Struct, frozen=True):
    """Hand this to the application."""

    received: Received


class Answer(msgspec.Struct, frozen=True):
    """The application's question `ref` is answered, refused, or will not be answered any more."""

    ref: str
    outcome: AnyEvent | HubbubError


class Posted(msgspec.Struct, frozen=True):
    """The message `nonce` has a seq, was taken by a server without seqs (None), or was refused."""

    nonce: str
    outcome: int | HubbubError | None


class HangUp(msgspec.Struct, frozen=True):
    """Close the connection at once; nothing is heard of it any more.

    `returning`: we come back, and want our name kept until then.
    """

    returning: bool = False


class Learn(msgspec.Struct, frozen=True):
    """A server told where else the chatroom is; it took our password if `locked`."""

    at: Address
    told: list[str]
    locked: bool


class Over(msgspec.Struct, frozen=True):
    """The session has ended for good."""

    error: HubbubError


Output = Dial | Write | Tell | Answer | Posted | HangUp | Learn | Over
