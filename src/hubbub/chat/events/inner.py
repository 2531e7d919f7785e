"""What is told to those formats alone that `knows_inner`: no client has words for these events."""

import msgspec

from hubbub.chat.events.logged import Event


class InnerEvent(Event):
    """One of them."""


class Challenge(InnerEvent, tag="challenge"):
    """With what a password is to be proven, and `nonce`, which nobody could foresee."""

    nonce: str
    salt: bytes
    iterations: int
    ref: str | None = None


class Proven(InnerEvent, tag="proven"):
    """A password was proven; `signature` proves that the server knows what is kept of it."""

    signature: bytes
    ref: str | None = None


class Certificates(InnerEvent, tag="certificates"):
    """The certificates that the session's person has linked, by their fingerprints."""

    fingerprints: list[str]
    ref: str | None = None


class Account(InnerEvent, tag="account"):
    """Somebody is a member from now on, whose own name is `account`. `is_far` as in `Shown`."""

    name: str
    account: str
    is_far: bool = False


class Shown(InnerEvent, tag="shown"):
    """Somebody has another real name. `is_far`: the session watches them, but shares no room with
    them."""

    name: str
    real: str
    is_far: bool = False


class Wallops(InnerEvent, tag="wallops"):
    """Somebody who runs the server tells all who want to hear it something; it is not kept."""

    name: str
    text: str


class Metadata(InnerEvent, tag="metadata"):
    """What is said about a room or somebody, by key; of a room, perhaps also about its people."""

    said: dict[str, str]
    people: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    ref: str | None = None


class MetadataChanged(InnerEvent, tag="metadata_changed"):
    """Somebody says something else about themselves, or about a room, from now on."""

    name: str
    key: str
    value: str
    room: str = ""
