"""What the log says of people: the values of facts, and the keys under which they stand.

A person who is known has an id, which never changes; a name may. Of secrets only the hash is kept:
they are random, so that nobody finds one by trying.
"""

import hashlib
import string
from typing import Final, Literal

import msgspec

from hubbub.chat.text import inert_line
from hubbub.chat.times import Milliseconds

ID_CHARS: Final = 11
"""Of 62 kinds each: more than 65 random bits."""

_DIGITS: Final = string.digits + string.ascii_letters

Kind = Literal["guest", "member", "bot"]


class Device(msgspec.Struct, frozen=True, omit_defaults=True):
    """What holds one secret of a person: a browser, or a profile of a program.

    `hash` is the SHA-256 of the secret, in hexadecimal digits; `since` when it came first, `seen`
    when it was here last, about, 0 if it never left.
    """

    id: str
    hash: str
    since: Milliseconds
    label: str = ""
    seen: Milliseconds = 0


class Profile(msgspec.Struct, frozen=True, omit_defaults=True):
    """Under `person/ID`: who somebody is. `seen` is when they were here last, about.

    `invited`: an invitation let them in, so they need no password of the chatroom's.
    `password` is what is kept of a member's own: its hash, perhaps with what proofs are checked
    with (scram.py). It is empty for guests, and for members who have none.
    `formerly` is what they were called before, if they were renamed.
    """

    name: str
    kind: Kind
    since: Milliseconds
    seen: Milliseconds
    devices: tuple[Device, ...] = ()
    password: str = ""
    invited: bool = False
    formerly: str = ""


class Held(msgspec.Struct, frozen=True, omit_defaults=True):
    """Under `name/KEY`, where KEY is what all spellings of a name share: whose it is, by id.

    Where several nodes let people in, a name in passing is claimed by the `run` of the node where
    its holder is: without an id, with the hashes of the `secrets` that prove to be the same person,
    and `since` when it is theirs: the newest seq then, 0 for that of this fact.
    """

    person: str = ""
    run: str = ""
    secrets: tuple[str, ...] = ()
    since: int = 0


class Conversation(msgspec.Struct, frozen=True):
    """Under `conversation/ROOM`: between whom a private room is, one of them known at least.

    `people` are their handles (see names.py), who began it first; `names` what they were called.
    """

    people: tuple[str, str]
    names: tuple[str, str]


class Ignored(msgspec.Struct, frozen=True):
    """Under `ignore/…`: one person ignores another, who was called so then."""

    name: str


class Said(msgspec.Struct, frozen=True):
    """Under `about/ID/KEY`: what somebody says of themselves to programs that know the key."""

    text: str


class Forgotten(msgspec.Struct, frozen=True, omit_defaults=True):
    """Under `forgotten/ID`: this person's account is deleted.

    While it holds their former `name`, their reactions are still to be cleared, and with `messages`
    all that they said.
    """

    name: str = ""
    messages: bool = False


FORGOTTEN: Final = "forgotten/"
ABOUT: Final = "about/"
"""Under `about/ID/KEY`: what somebody says of themselves; a slash in KEY stands there as a colon,
which no such key has."""
CONVERSATION: Final = "conversation/"
PERSON: Final = "person/"
NAME: Final = "name/"
PLACE: Final = "place/"
"""Under `place/ID`: up to where rooms were written to clients that remember nothing."""
READ: Final = "read/"
"""Under `read/ID/ROOM`: up to which seq somebody has read a room."""
IGNORE: Final = "ignore/"
"""Under `ignore/ID/person/ID` and `ignore/ID/name/KEY`: that the first one ignores the other."""


def new_id(secret: str) -> str:
    """Return an id that nobody can foresee who does not know `secret`, which is used for one."""
    number, id_ = int.from_bytes(hashlib.sha256(f"id {secret}".encode()).digest()), ""
    for _ in range(ID_CHARS):
        number, digit = divmod(number, len(_DIGITS))
        id_ += _DIGITS[digit]
    return id_


def new_device(hash_: str, at: Milliseconds, label: str) -> Device:
    """Return the device whose secret has this hash; others may read its label in a terminal."""
    return Device(new_id(f"device {hash_}"), hash_, at, inert_line(label).strip())


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
