"""Entries of lists: bans, private rooms, devices, and the secrets that were given out, without the
secrets."""

import msgspec

from hubbub.chat.roles import Scope
from hubbub.chat.times import Milliseconds


class TokenSummary(msgspec.Struct, omit_defaults=True):
    """One entry of the list of tokens. `name` is the bot's, and `by` that of whoever made it.

    `seen` is when it was used last; it is left out if it never was.
    """

    id: str
    name: str
    scopes: list[Scope]
    since: Milliseconds
    by: str
    label: str = ""
    seen: Milliseconds = 0


class InvitationSummary(msgspec.Struct, omit_defaults=True):
    """One entry of the list of invitations. `by` is the name of whoever made it."""

    id: str
    since: Milliseconds
    by: str
    kind: str = msgspec.field(name="as", default="guest")
    rooms: list[str] = msgspec.field(default_factory=list)
    uses_left: int | None = None
    until: Milliseconds = 0


class PersonHere(msgspec.Struct, omit_defaults=True):
    """One entry of the list of everybody who is here, over how many sessions, in how many rooms.

    `kind` is that of `PersonSummary`, or "passing"; `role` is "operator", or nothing.
    """

    name: str
    kind: str
    sessions: int
    rooms: int
    person: str = ""
    role: str = ""
    away: bool = False


class SessionSummary(msgspec.Struct, omit_defaults=True):
    """One entry of the list of sessions. `id` is what the server's journal calls its connection.

    `by` is what it speaks: "plain", "events", "websocket" or "irc"; `label` what its device is
    called. `since` is when it came, `heard` when it said something last. It does not keep up in
    `lagging` rooms, in one of them by `behind` seqs, and has yet to take `unsent` bytes.
    """

    id: str
    name: str
    address: str
    by: str
    since: Milliseconds
    heard: Milliseconds
    person: str = ""
    label: str = ""
    rooms: int = 0
    lagging: int = 0
    behind: int = 0
    unsent: int = 0


class RelaySummary(msgspec.Struct, omit_defaults=True):
    """A relay, which is `linked` to its server, or alone, `since` then; `of` is where that is.

    People reach it at `address`, and it holds so many `connections`. Its copy of the log goes up to
    the seq `last`, and is `behind` by so many bytes of what the log has; left out is how many if
    nobody knows, as while the copy is made anew. `complaint` says what keeps the copy from going
    on.
    """

    address: str
    version: str
    linked: bool
    since: Milliseconds
    connections: int
    last: int
    of: str = ""
    behind: int | None = None
    complaint: str = ""


class HookSummary(msgspec.Struct, omit_defaults=True):
    """One entry of the list of webhooks. `name` is what it posts as, `by` that of who made it.

    `seen` is when it was used last; it is left out if it never was.
    """

    id: str
    name: str
    since: Milliseconds
    by: str
    seen: Milliseconds = 0


class DeviceSummary(msgspec.Struct, omit_defaults=True):
    """One entry of the list of devices. `since` is when it came first.

    `own`: it is the one that asks. `here`: it has a session now; if not, `seen` is when it had one
    last, about.
    """

    id: str
    label: str
    since: Milliseconds
    own: bool = False
    here: bool = False
    seen: Milliseconds = 0


class BanSummary(msgspec.Struct, omit_defaults=True):
    """One entry of a list of bans: `whom` to write to take it back. `until` 0 is for good."""

    whom: str
    by: str = ""
    until: Milliseconds = 0
    reason: str = ""


class Participant(msgspec.Struct, omit_defaults=True):
    """Somebody who shares a private room, with their id if they are known.

    `kind` is that of `PersonSummary`, or "passing", or "forgotten".
    """

    name: str
    kind: str
    person: str = ""


class ConversationSummary(msgspec.Struct):
    """A private room: with whom, its newest seq, and up to where it is read; 0 if there is none."""

    room: str
    with_: list[Participant] = msgspec.field(name="with")
    last: int
    seen: int
