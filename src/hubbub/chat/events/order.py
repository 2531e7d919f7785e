"""What a session is told of order in rooms."""

import msgspec

from hubbub.chat.events.logged import Event
from hubbub.chat.listed import (
    BanSummary,
    HookSummary,
)
from hubbub.chat.retention import Retention


class Hook(Event, tag="hook"):
    """The answer to `hook`, which is told once and never again; `about` is as in the list."""

    hook: str
    room: str
    about: HookSummary
    ref: str | None = None


class Hooks(Event, tag="hooks"):
    """The answer to `hooks`."""

    room: str
    hooks: list[HookSummary]
    ref: str | None = None


class RoomRules(Event, tag="rules"):
    """What holds in a room now; people stand here by their names. It answers who only asks.

    `title` is what people call the room, if that is not its name.
    `members` are all who are let into a private room, its owner and moderators among them.
    """

    room: str
    owner: str = ""
    moderators: list[str] = msgspec.field(default_factory=list)
    members: list[str] = msgspec.field(default_factory=list)
    writers: list[str] = msgspec.field(default_factory=list)
    private: bool = False
    read_only: bool = False
    locked: bool = False
    archived: bool = False
    slow_seconds: int = 0
    topic_by: str = "passing"
    revisions: bool = False
    title: str = ""
    retention: Retention | None = None
    held: bool = False
    ref: str | None = None


class RoleChanged(Event, tag="role"):
    """What the session's person is from now on, in a room, or in the whole chatroom without one.

    `role` is the word of a `Role`.
    """

    room: str | None
    role: str


class Added(Event, tag="added"):
    """Somebody let the session's person into a private room, or told them of another one.

    `by` is what whoever did it is called, and `person` their id, if they are known.
    """

    room: str
    by: str
    person: str = ""


class Removed(Event, tag="removed"):
    """The session is in the room no longer: it was put out. `reason` is a sentence.

    If the room is `gone`, it was deleted, and clients forget what they hold of it.
    """

    room: str
    reason: str
    gone: bool = False


class Access(Event, tag="access"):
    """The answer to `access`: who is let in now; `password`: whether a password is asked for."""

    enter: str
    guests: bool
    passing: bool
    password: bool
    ref: str | None = None


class Bans(Event, tag="bans"):
    """The answer to `bans`; `room` is null for the chatroom as a whole.

    `more` says that there are older ones.
    """

    room: str | None
    bans: list[BanSummary]
    mutes: list[BanSummary]
    more: bool = False
    ref: str | None = None
