"""What some transports ask for by themselves: no client has words for these commands.

They are decided, priced and answered like all others.
"""

from hubbub.chat.commands.base import Command


class Challenge(Command, tag="challenge"):
    """Ask with what a password is to be proven (SCRAM); answered by the event `Challenge`."""

    name: str


class Prove(Command, tag="prove"):
    """Be the member of this name, whose password is proven, not given.

    `said` is what both sides have said for that, and `proof` what is made of it and the password.
    Answered by `Proven`, and then a `welcome`.
    """

    name: str
    said: str
    proof: bytes


class Certify(Command, tag="certify"):
    """Be the member who has linked this certificate, which the connection has shown.

    `fingerprint`: its SHA-256. With a `name`, the member must have it. Answered by a `welcome`.
    """

    fingerprint: str
    name: str = ""


class LinkCertificate(Command, tag="link_certificate"):
    """Let the certificate that the connection has shown be a device of the session's person; not
    `on`, do without one, which the beginning of its fingerprint names. Answered by `ok`."""

    fingerprint: str
    on: bool = True


class Certificates(Command, tag="certificates"):
    """Ask which certificates the session's person has linked; answered by `Certificates`."""


class Show(Command, tag="show"):
    """Say how the session's person is shown over IRC: by which user name, and which real name.

    None leaves one as it is. Whoever shares a room with them hears of another real name.
    """

    user: str | None = None
    real: str | None = None
    bot: bool | None = None
    """Whether they say of themselves that they are a program."""
    hidden: bool | None = None
    """Whether others are not to see in which rooms they are, other than their own."""


class SetMetadata(Command, tag="set_metadata"):
    """Say something about oneself, or about a room, under a key; None: nothing any more."""

    key: str
    value: str | None
    room: str = ""


class AskMetadata(Command, tag="ask_metadata"):
    """Ask what is said about somebody, or about a room; answered by `Metadata`.

    `with_people`: also about those who are in the room.
    """

    name: str = ""
    room: str = ""
    with_people: bool = False
