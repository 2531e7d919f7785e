"""Commands that keep rooms in order, and give programs a way in."""

from typing import Annotated, Literal

from msgspec import Meta

from hubbub.chat.access import Enter
from hubbub.chat.commands.base import Command
from hubbub.chat.durations import DAYS_MAX
from hubbub.chat.events import Seq
from hubbub.chat.retention import Retention
from hubbub.chat.rules import REASON_CHARS_MAX, SLOW_SECONDS_MAX, TopicBy

Reason = Annotated[str, Meta(max_length=REASON_CHARS_MAX)]


BanSeconds = Annotated[int, Meta(ge=1, le=DAYS_MAX * 86_400)]


class MakeHook(Command, tag="hook"):
    """Make a webhook that posts to a room under this name; answered by `hook`."""

    room: str
    name: str


class Hooks(Command, tag="hooks"):
    """Ask for the webhooks of a room; answered by `hooks`."""

    room: str


class RevokeHook(Command, tag="revoke_hook"):
    """Let a webhook of a room count no longer, by its id."""

    room: str
    hook: str


class Kick(Command, tag="kick"):
    """Remove somebody who is here from a room, or without `room` from the chatroom.

    They may come back in a minute.
    """

    name: str
    room: str | None = None
    reason: Reason = ""


class Ban(Command, tag="ban"):
    """Keep somebody out of a room, or without `room` out of the chatroom.

    `who` is a name, a pattern of names (`eve*`), an address or a network. Without `seconds` it
    holds until it is taken back.
    """

    who: str
    room: str | None = None
    seconds: BanSeconds | None = None
    reason: Reason = ""


class Unban(Command, tag="unban"):
    """Let somebody back in; `who` is what was written to ban them."""

    who: str
    room: str | None = None


class Mute(Command, tag="mute"):
    """Let somebody write nothing in a room, or without `room` in any; else as `Ban`."""

    who: str
    room: str | None = None
    seconds: BanSeconds | None = None
    reason: Reason = ""


class Unmute(Command, tag="unmute"):
    """Let somebody write again; `who` is what was written to mute them."""

    who: str
    room: str | None = None


class Bans(Command, tag="bans"):
    """Ask who is banned from, or muted in, a room, or without `room` the chatroom."""

    room: str | None = None


class SetRules(Command, tag="rules"):
    """Change what holds in a room, or ask what does, with nothing. What is left out stays as it is.

    With an empty `title` it is called by its name again. A `retention` without days and messages
    keeps all that the chatroom as a whole keeps.
    """

    room: str
    private: bool | None = None
    read_only: bool | None = None
    locked: bool | None = None
    archived: bool | None = None
    slow_seconds: Annotated[int, Meta(ge=0, le=SLOW_SECONDS_MAX)] | None = None
    topic_by: TopicBy | None = None
    revisions: bool | None = None
    title: str | None = None
    retention: Retention | None = None
    held: bool | None = None


class Hold(Command, tag="hold"):
    """Put what two people say to each other in private under a legal hold, or end that (`on`)."""

    names: tuple[str, str]
    on: bool = True


class Add(Command, tag="add"):
    """Let somebody into a private room, or tell somebody who is here of another one."""

    room: str
    name: str


class DeleteRoom(Command, tag="delete_room"):
    """Delete a room for good, with all that was said there."""

    room: str


class Report(Command, tag="report"):
    """Tell those who look after a room, and operators, of a bad message."""

    room: str
    seq: Seq
    reason: Reason = ""


class SetDoor(Command, tag="door"):
    """Let nobody new into the chatroom, or if it is not `locked` any more, let them in again."""

    locked: bool


class SetAccess(Command, tag="access"):
    """Change who is let into the chatroom (chat/access.py); answered by `access`.

    What is left out stays as it is. Without any field it only asks.
    """

    enter: Enter | None = None
    guests: bool | None = None
    passing: bool | None = None


class Appoint(Command, tag="appoint"):
    """Make somebody the owner of a room, a moderator, a writer of a read-only room, or none.

    Without `room`, make somebody an operator of the server, or none.
    """

    name: str
    role: Literal["operator", "owner", "moderator", "writer", "none"]
    room: str | None = None
