"""What a session is told of rooms, and of who is there."""

from typing import Literal

import msgspec

from hubbub.chat.events.logged import AnyLogged, Event, Message, Seq
from hubbub.chat.listed import (
    ConversationSummary,
)
from hubbub.chat.times import Milliseconds


class MemberSummary(msgspec.Struct, omit_defaults=True, gc=False):
    """One entry of a list of members: somebody, with their id and kind if they are known.

    `role` is "moderator", "owner" or "operator"; others have no power in the room. `kind` is that
    of `PersonSummary`. `away`: they said that they are not at their keyboard.
    """

    name: str
    person: str = ""
    role: str = ""
    kind: str = ""
    away: bool = False


class RoomSummary(msgspec.Struct, omit_defaults=True):
    """One entry of the list of rooms. `members` is a count, `last` the newest seq or 0.

    `title` is what people call the room, if that is not its name.
    """

    room: str
    topic: str
    members: int
    last: Seq
    title: str = ""
    private: bool = False


class Room(Event, tag="room"):
    """The answer to `join`. `direct` names the two who share a private room.

    `more`: the room has more members than the list shows. `epoch`: under which run of the log the
    member now stands here; `replaced`: what it saw up to its `after` is not this log's history.
    `seen` is the read marker of somebody who is known, which was moved back if `unread`, and `role`
    what power they have here, as in `MemberSummary`. `title` is what people call the room, if that
    is not its name. `brought`: the session did not ask to enter this room, which is private.
    `seen_at`: the read marker as `Seen.at` has it. `place`: up to which seq the room was written to
    an earlier client of this person that remembers nothing itself, 0: nothing was.
    """

    room: str
    topic: str
    members: list[MemberSummary]
    last: Seq
    first: Seq
    gap: bool
    epoch: str = ""
    replaced: bool = False
    direct: list[str] = msgspec.field(default_factory=list)
    more: bool = False
    seen: Seq | None = None
    unread: bool = False
    role: str = ""
    title: str = ""
    brought: bool = False
    seen_at: Milliseconds | None = None
    place: Seq | None = None
    ref: str | None = None


class Presence(Event, tag="presence"):
    """A member came or went; `person` is their id, if they are known.

    `role` and `kind` are those of somebody who came, as in `MemberSummary`, and `formerly` is what
    they were called until now, if they did not come, but have another name. People are not away
    when they come, unless `Away` follows.
    """

    room: str
    name: str
    state: Literal["joined", "left"]
    person: str = ""
    role: str = ""
    kind: str = ""
    formerly: str = ""


class Away(Event, tag="away"):
    """A member is away from their keyboard, and why, if they say so; or, not `on`, back again."""

    room: str
    name: str
    on: bool
    person: str = ""
    text: str = ""


class Typing(Event, tag="typing"):
    """`name` is writing a message; holds for a few seconds."""

    room: str
    name: str


class Stretch(msgspec.Struct, frozen=True, order=True):
    """A part of a room's log: what has a seq above `after`, up to and with `upto`."""

    after: Seq
    upto: Seq


class Missing(Event, tag="missing"):
    """The room's events after the seq `after`, up to and with `upto`, cannot be read any more.

    The server's log is damaged there. It stands in the place of those events, in their order.
    """

    room: str
    after: Seq
    upto: Seq


class Seen(Event, tag="seen"):
    """The account's read marker moved, in one of its sessions; `unread`: back.

    `at`: when what was read last came, for sessions that know markers by that.
    """

    room: str
    seq: Seq
    unread: bool = False
    at: Milliseconds | None = None


class Page(Event, tag="page"):
    """Messages in ascending order of seq, with later edits, deletions and reactions folded in.

    `room` is null in a search across rooms. `more`: the direction asked for holds more. A page
    around a message has older ones then, and `newer` says that it has newer ones.
    `last` is the newest seq of the log when the page was read: what came later is not folded in.
    `missing`: what the page would show of these cannot be read any more. `reached`: a search was
    broken off, and has found all that matches from this seq on; there may be more before it.
    `count`: there are so many messages after the seq that was asked for, or more than are counted.
    `epoch` is the current one, if it was asked for; `replaced`: what was seen under the epoch that
    was given is not this history.
    `dropped`: there were older messages, which are kept no longer. `events`, if they were asked
    for: what else was logged between the first message and the last, and beyond where no messages
    are, in order. Edits and deletions are left out, for the messages read accordingly.
    """

    room: str | None
    messages: list[Message]
    more: bool
    last: Seq
    newer: bool = False
    missing: list[Stretch] = msgspec.field(default_factory=list)
    reached: int | None = None
    count: int | None = None
    epoch: str = ""
    replaced: bool = False
    dropped: bool = False
    events: list[AnyLogged] = msgspec.field(default_factory=list)
    ref: str | None = None


class Revision(msgspec.Struct, frozen=True):
    """A text that a message had, and since when."""

    at: Milliseconds
    text: str


class Revisions(Event, tag="revisions"):
    """The former texts of a message that was edited, oldest first.

    `more`: there are older ones than are told.
    """

    room: str
    seq: Seq
    texts: list[Revision]
    more: bool = False
    ref: str | None = None


class Rooms(Event, tag="rooms"):
    """The answer to `rooms`. `more`: there are names that come after these."""

    rooms: list[RoomSummary]
    more: bool = False
    ref: str | None = None


class Conversations(Event, tag="conversations"):
    """The answer to `conversations`. `more`: there are older ones than the list shows."""

    conversations: list[ConversationSummary]
    more: bool = False
    ref: str | None = None


class Members(Event, tag="members"):
    """The answer to `members`. `more`: the room has more members than the list shows."""

    room: str
    members: list[MemberSummary]
    more: bool = False
    ref: str | None = None
