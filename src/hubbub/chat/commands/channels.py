"""What IRC asks of rooms and people: commands that no client of JSON has words for."""

from typing import Annotated, Literal

from msgspec import Meta

from hubbub.chat.commands.base import Command
from hubbub.chat.commands.order import Reason, SetRules
from hubbub.chat.commands.people import Rename
from hubbub.chat.commands.talk import Join, Leave
from hubbub.chat.rules import Restraint

KEY_CHARS_MAX = 23
"""Of the key of a room, as RFC 2812 has it."""

LIMIT_MAX = 1_000_000

WATCHED_MAX = 100
"""Names that one session watches."""

MASK_CHARS_MAX = 64

Mask = Annotated[str, Meta(min_length=1, max_length=MASK_CHARS_MAX)]

Key = Annotated[str, Meta(max_length=KEY_CHARS_MAX)]


class Enter(Join, tag="enter"):
    """Join a room, with its `key` if it has one.

    Somebody in passing who opens a room so looks after it for as long as people are there.
    """

    key: str = ""


class Part(Leave, tag="part"):
    """Leave a room, and say why."""

    reason: Reason = ""


class Move(Command, tag="move"):
    """Have the people of a room go `to` a new one, with what holds there."""

    room: str
    to: str
    reason: Reason = ""


class Farewell(Command, tag="farewell"):
    """Say why the connection is about to end."""

    reason: Reason = ""


class BeCalled(Rename, tag="be_called"):
    """Have another name for as long as one is here; members keep their own besides.

    `alone`: only if the session is the only one of its person.
    """

    alone: bool = False


class SetModes(SetRules, tag="modes"):
    """Change what holds in a room, with what only IRC has words for; see `Rules`.

    An empty `key`, and a `limit` of 0, mean none.
    """

    invite_only: bool | None = None
    key: Key | None = None
    limit: Annotated[int, Meta(ge=0, le=LIMIT_MAX)] | None = None
    unlisted: bool | None = None
    outsiders: bool | None = None


class Give(Command, tag="give"):
    """Give somebody a role in a room, or, not `on`, take it from them; the others they keep."""

    room: str
    name: str
    role: Literal["owner", "moderator", "writer"]
    on: bool


class Exempt(Command, tag="exempt"):
    """Let the bans or mutes of a room not hold for some, or let them enter without being asked in.

    Whom: see `Exemption`. Not `on`, it is taken back.
    """

    room: str
    of: Restraint
    name: Mask
    user: Mask = "*"
    on: bool = True


class Exemptions(Command, tag="exemptions"):
    """Ask for whom bans and mutes of a room do not hold, or, of its "door", who enters without
    being asked in; answered by `ExemptionList`."""

    room: str
    of: Literal["ban", "door"]


class Kill(Command, tag="kill"):
    """End all sessions of somebody who is here; they may come back at once."""

    name: str
    reason: Reason = ""


class Oper(Command, tag="oper"):
    """Run the server until the connection ends, by a name and password of the configuration."""

    name: str
    password: str


class Wallops(Command, tag="wallops"):
    """Tell all who want to hear it something, as whoever runs the server may."""

    text: str


class Watch(Command, tag="watch"):
    """Be told whether people of these names are here, from now on; `off`: no longer.

    Answered by `Watched` about each. Without names, `off` ends it for all.
    """

    names: tuple[str, ...] = ()
    off: bool = False


class WhoWas(Command, tag="who_was"):
    """Ask who was here of this name and is not any more; answered by `Were`."""

    name: str
    most: int = 0


class Settle(Command, tag="settle"):
    """Have what was said so far, by anybody, be committed and told; answered by `ok`."""


class AskAbout(Command, tag="about"):
    """Ask what a room is about and what holds there; answered by `About`."""

    room: str


class Look(Command, tag="look"):
    """Ask who people are: those of these names, those in a room, or all who share a room with the
    session's person. Answered by `Looked`; nobody stands there who is not here."""

    names: tuple[str, ...] = ()
    room: str | None = None
    peers: bool = False
