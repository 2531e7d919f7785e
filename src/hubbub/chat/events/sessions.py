"""How a session begins and ends, and what answers a command that has no answer of its own."""

from typing import Self

import msgspec

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.events.logged import Event, Seq
from hubbub.chat.times import Milliseconds

PROTOCOL_VERSION = 1


class PersonSummary(msgspec.Struct, omit_defaults=True):
    """Somebody who is known. `kind` is "guest", "member", "bot", or one that is yet to come.

    `role` is "operator", or nothing: then it is the kind that says what they may.
    """

    id: str
    kind: str
    role: str = ""


class Welcome(Event, tag="welcome"):
    """The first event of every session. `session` is the secret that `resume` wants.

    `held`: only `resume` and `identify` are accepted. `locked`: only `unlock`, which is answered by
    a new one. `person`: who the session is, if they are known. `addresses`: where else the chatroom
    is, if several nodes serve it.
    """

    protocol: int
    server: str
    name: str
    session: str
    held: bool
    limits: dict[str, int]
    features: list[str]
    locked: bool = False
    person: PersonSummary | None = None
    rooms: list[str] = msgspec.field(default_factory=list)
    addresses: list[str] = msgspec.field(default_factory=list)
    ref: str | None = None


class Addresses(Event, tag="addresses"):
    """Where the chatroom is from now on: all of them, the node's own first."""

    addresses: list[str]


class Ok(Event, tag="ok"):
    """The command with this `ref` is done; `seq` is the event that it logged.

    `at`: when that came, for sessions that do not hear themselves.
    """

    ref: str
    seq: Seq | None = None
    at: Milliseconds | None = None


class Error(Event, tag="error"):
    """A refusal: `code` for programs, `message` a sentence for people.

    `retry_after`: in how many seconds the reason will have passed, if the server knows.
    """

    code: str
    message: str
    ref: str | None = None
    retry_after: int | None = None

    @classmethod
    def of(cls, error: HubbubError, ref: str | None) -> Self:
        """Return what a session is told of `error`."""
        retry_after = error.retry_after if isinstance(error, Refused) else None
        return cls(code=error.code, message=str(error), ref=ref, retry_after=retry_after)


class Upload(Event, tag="upload"):
    """The answer to `upload`: the id, for `say`, and the path that takes the bytes.

    Whoever knows `address` may send them, so it is secret.
    """

    upload: str
    address: str
    ref: str | None = None


class Notice(Event, tag="notice"):
    """The server answers a line that began with `/`."""

    text: str


class Bye(Event, tag="bye"):
    """The server ends the session; `reason` is a sentence.

    `code` is "resumed" when the session goes on in another connection, and "host_left" when the
    server ran beside the chat of somebody who has quit.
    """

    reason: str
    code: str = ""
