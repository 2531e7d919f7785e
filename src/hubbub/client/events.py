"""What the client itself tells beside the server's events."""

import msgspec

from hubbub.chat.events import AnyEvent


class Online(msgspec.Struct, frozen=True):
    """The connection stands. `events` is False with a tutorial server, which knows messages only.

    `server` is what the server calls itself; a tutorial server says nothing.
    """

    events: bool
    address: str
    server: str = ""


class Offline(msgspec.Struct, frozen=True):
    """The connection is lost: `reason` says how. None as `retry_seconds` is for good."""

    reason: str
    retry_seconds: float | None


class ClassicMessage(msgspec.Struct, frozen=True):
    """What a tutorial server relays: no seq, no room, no time. Control characters are removed."""

    sender: str
    text: str


AnyClientEvent = AnyEvent | Online | Offline | ClassicMessage


class Received(msgspec.Struct, frozen=True):
    """An event, and the JSON in which it came; empty for what the client itself tells."""

    event: AnyClientEvent
    json: str = ""
