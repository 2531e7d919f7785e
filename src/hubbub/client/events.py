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
    """The connection is lost: `reason` says how. None as `retry_seconds` is for good.

    `code`: that of the server's goodbye, if there was one with a code.
    """

    reason: str
    retry_seconds: float | None
    code: str = ""


class Delayed(msgspec.Struct, frozen=True):
    """The server cannot take what is said in a room just now; it is said again by and by.

    `room` None: it cannot answer what is asked, which is asked again. `reason`: the server's
    sentence. Told once for each such time; `Settled` tells of its end.
    """

    room: str | None
    reason: str


class Settled(msgspec.Struct, frozen=True):
    """What was `Delayed` waits no more: the server does it again, or it was given up."""

    room: str | None


class NewCertificate(msgspec.Struct, frozen=True):
    """The server shows another certificate than before, and is trusted: `text` is for the user."""

    text: str


class ClassicMessage(msgspec.Struct, frozen=True):
    """What a tutorial server relays: no seq, no room, no time. Control characters are removed."""

    sender: str
    text: str


AnyClientEvent = AnyEvent | Online | Offline | Delayed | Settled | NewCertificate | ClassicMessage


class Received(msgspec.Struct, frozen=True):
    """An event, and the JSON in which it came; empty for what the client itself tells."""

    event: AnyClientEvent
    json: str = ""
