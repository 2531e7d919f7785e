"""What the terminal client is told when it starts."""

import msgspec


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Where to chat, and as whom.

    `name` None: the remembered one, else ask. `password` empty: the same, where one is needed.
    `room` None: the room in the address, else where the last chat ended.
    `hosted_in`: the folder of the log when the server runs in this very process.
    """

    address: str = ""
    name: str | None = None
    password: str = ""
    room: str | None = None
    theme: str | None = None
    reconnect: bool = True
    hosted_in: str | None = None
