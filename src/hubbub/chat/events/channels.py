"""What IRC is told of rooms and people: events that no client of JSON has words for.

They are for formats with `knows_inner` alone, instead of events that say less, or beside them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

import msgspec

from hubbub.chat.events.inner import InnerEvent
from hubbub.chat.events.rooms import RoomSummary
from hubbub.chat.times import Milliseconds


class Way(StrEnum):
    """How somebody leaves a room."""

    LEFT = "left"
    """By themselves, with a reason if they gave one."""
    GONE = "gone"
    """From the whole chatroom, and so from all rooms at once."""
    PUT_OUT = "put out"
    RENAMED = "renamed"
    """They are there as before, under another name."""


class Why(NamedTuple):
    """Why somebody left: how, with which reason, and if they were put out, by whose decision."""

    way: Way = Way.LEFT
    reason: str = ""
    by: str = ""


class Arrival(InnerEvent, tag="arrival"):
    """Somebody entered a room, as in `Presence`; `real` is their real name, if they gave one."""

    room: str
    name: str
    person: str
    role: str
    kind: str
    formerly: str
    real: str


class Departure(InnerEvent, tag="departure"):
    """Somebody left a room, and why."""

    room: str
    name: str
    why: Why


class PutOut(InnerEvent, tag="put_out"):
    """The session was put out of a room, by somebody's decision."""

    room: str
    by: str
    reason: str


class Moved(InnerEvent, tag="moved"):
    """The room goes on under another name, by somebody's decision; what it is then is told next."""

    room: str
    to: str
    by: str
    reason: str = ""


class Invited(InnerEvent, tag="invited"):
    """Somebody in the room asked somebody else in. `person` is their id, if they are known."""

    room: str
    by: str
    name: str
    person: str = ""


class Change(NamedTuple):
    """One thing that holds in a room from now on, or not `on`, no longer.

    `what` is a field of `Rules`, a role, "ban" or "mute", and `value` a name, a key or a number. It
    is "exempt of a ban" or the like (`exempt_of`) with masks, of a name and a `user` name.
    """

    on: bool
    what: str
    value: str = ""
    user: str = ""


def exempt_of(what: str) -> str:
    """Return how a `Change` calls exemptions from a ban, a mute or a door."""
    return f"exempt of a {what}"


class Ordered(InnerEvent, tag="ordered"):
    """Somebody changed what holds in a room."""

    room: str
    by: str
    changes: tuple[Change, ...]


class About(InnerEvent, tag="about"):
    """What a room is about, who said so and when, when it was opened, and what holds there.

    Names and times are empty or 0 if they are not known. It comes before `room`, and again when
    something else holds. `writers` are those who may write whoever else may not. Of the `key`,
    others than its members know only that there is one: it is `*` then. `topic_role` is the least
    that may set the topic.
    """

    room: str
    topic: str
    topic_by: str = ""
    topic_at: Milliseconds = 0
    opened_at: Milliseconds = 0
    private: bool = False
    read_only: bool = False
    topic_role: str = "passing"
    slow_seconds: int = 0
    invite_only: bool = False
    key: str = ""
    limit: int = 0
    unlisted: bool = False
    outsiders: bool = False
    writers: frozenset[str] = frozenset()
    real: str = ""
    """The real name of the session's own person."""
    ref: str | None = None


class Looks(msgspec.Struct):
    """Somebody who is here. `role` is what they are in the room that was asked about; `may_write`
    as in `About`. `away` is why they are, None if they are not. `rooms` are those that the session
    may know them to be in, with their roles there; `about` is told with them. `came_at` is when
    they came, and `spoke_at` when they last said something in public; 0: that is not known."""

    name: str
    person: str
    kind: str
    role: str
    may_write: bool
    is_operator: bool
    away: str | None
    user: str
    real: str
    rooms: tuple[tuple[str, str], ...] = ()
    about: Mapping[str, str] = msgspec.field(default_factory=dict)
    came_at: Milliseconds = 0
    spoke_at: Milliseconds = 0


class Looked(InnerEvent, tag="looked"):
    """The answer to `look`. `more`: there are others. `private` and `unlisted` are the room's."""

    people: list[Looks]
    room: str | None = None
    more: bool = False
    private: bool = False
    unlisted: bool = False
    ref: str | None = None


class Listed(NamedTuple):
    """A room, and when it was opened and its topic set: 0 if that is not known."""

    room: RoomSummary
    opened_at: Milliseconds
    topic_at: Milliseconds


class Listing(InnerEvent, tag="listing"):
    """The answer to `rooms`, as in the event of that name."""

    rooms: list[Listed]
    ref: str | None = None


class Former(NamedTuple):
    """Somebody who was here until a time."""

    name: str
    user: str
    real: str
    until: Milliseconds


class Were(InnerEvent, tag="were"):
    """The answer to `who_was`, those who left last first."""

    people: list[Former]
    ref: str | None = None


class Banned(NamedTuple):
    """One who is banned or muted, since when, and by whose decision."""

    whom: str
    by: str
    since: Milliseconds
    is_muted: bool


class BanList(InnerEvent, tag="ban_list"):
    """The answer to `bans`."""

    room: str | None
    bans: list[Banned]
    ref: str | None = None


class Exempted(NamedTuple):
    """An exemption (`Exemption`)."""

    of: str
    name: str
    user: str
    by: str
    since: Milliseconds


class ExemptionList(InnerEvent, tag="exemption_list"):
    """The answer to `exemptions`."""

    room: str
    exemptions: list[Exempted]
    ref: str | None = None


class Watched(InnerEvent, tag="watched"):
    """Whether somebody who is watched is here, or away from the keyboard.

    `why` it is told: they were asked for, came, went, or are away or back.
    """

    name: str
    why: Literal["asked", "came", "went", "away"]
    here: bool = False
    away: str | None = None
