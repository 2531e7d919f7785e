"""What a decision of the hub asks before it goes on, as values; the hub's driver answers."""

from collections.abc import Sequence

import msgspec

from hubbub.chat.commands import PAGE_MESSAGES_DEFAULT, Brought
from hubbub.chat.errors import Refused
from hubbub.chat.events import (
    AnyLogged,
    BackedUp,
    Fact,
    Imported,
    Page,
    Reaction,
    Reloaded,
    Revisions,
    Sessions,
    Status,
)


class Over(msgspec.Struct, frozen=True):
    """What of a room is kept no longer: what came before a time, and what has no later seq."""

    before: int = 0
    """In milliseconds since the epoch."""
    upto: int = 0


class Dropped(msgspec.Struct, frozen=True):
    """What a step of dropping the beginnings of rooms came to in one of them."""

    last: int
    """The newest seq of what went."""
    first: int
    """The oldest seq that is kept; 0 if nothing is."""


class Drops(msgspec.Struct, frozen=True):
    """What a step of dropping the beginnings of rooms came to, by room."""

    dropped: dict[str, Dropped]
    left: tuple[str, ...]
    """The rooms in which more may be over."""


class Head(msgspec.Struct, frozen=True):
    """Where a room stands: oldest kept and newest seq, and its topic."""

    room: str
    first: int
    last: int
    topic: str
    dropped: int = 0
    """The newest seq of the room that the log no longer keeps; 0 if it keeps all."""
    removed: int = 0
    """The newest seq of an earlier room of the name that an operator removed; 0 if there is none.

    If there is no room now, `first` and `last` are 0.
    """


class Epoch(msgspec.Struct, frozen=True):
    """One run of a log, from an opening to the next; `start` is the newest seq at the opening.

    `id` is random, so copies of a log share the epochs begun before the copy, and no later ones.
    """

    id: str
    start: int


def goes_on(known: Sequence[Epoch], last: int, epochs: Sequence[Epoch]) -> bool:
    """Whether a log with these epochs goes on from a copy up to `last` that has the `known` ones.

    If it does not, the copy is of another log, or the log was restored to before `last`.
    """
    common, later = epochs[: len(known)], epochs[len(known) :]
    return list(common) == list(known) and not (later and later[0].start < last)


class PostedAs(msgspec.Struct, frozen=True):
    """By whom something was said, and with which nonce; `person` is their id, if they are known."""

    sender: str
    nonce: str
    person: str = ""


class PageQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of a room: the newest, the newest before a seq, or the oldest after one.

    `around`: instead, those before, with and after a seq. `counts`: how many there are after a seq,
    too. `posted_as`: instead, the one message that was posted so, if there is one. `answers_to`:
    only the answers to the message with this seq, with `after`. `pinned`: only what is pinned.
    """

    room: str
    before: int | None = None
    after: int | None = None
    around: int | None = None
    limit: int = PAGE_MESSAGES_DEFAULT
    counts: bool = False
    posted_as: PostedAs | None = None
    answers_to: int | None = None
    pinned: bool = False


class HappenedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What was logged in a room after a seq and before another but messages, edits and deletions.

    If it is more than `limit`, the newest, or else the oldest.
    """

    room: str
    after: int
    before: int
    limit: int
    newest: bool


class RevisionsQuery(msgspec.Struct, frozen=True):
    """The texts that a message had before it was edited, as far as they are kept."""

    room: str
    seq: int


def allow_one_place(before: int | None, after: int | None, around: int | None) -> None:
    """Raise Refused if a page is asked for in more than one place."""
    if sum(place is not None for place in (before, after, around)) > 1:
        raise Refused("Ask for messages before a seq, after one, or around one: not for two of it.")


class Calls(msgspec.Struct, frozen=True):
    """Whom messages call: by a mention of their name or of everybody, or as answers to theirs.

    `tag` is that of what they say (tags.py), by which nobody calls themselves.
    """

    name: str
    tag: str


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The newest messages with all of `words`, of one room or of every public room.

    `private`: the private rooms and those of two, by name, that are searched as well. `senders` and
    `contents`, tags of tags.py: only what is by one of the former, and has all of the latter.
    `after` and `before` are seqs. `calls`: instead, what calls somebody, across rooms.
    """

    words: str
    senders: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    after: int = 0
    is_about_all: bool = False
    """Whether no words mean all messages, not none."""
    room: str | None = None
    private: tuple[str, ...] = ()
    before: int | None = None
    limit: int = PAGE_MESSAGES_DEFAULT
    calls: Calls | None = None


class ReactionsQuery(msgspec.Struct, frozen=True):
    """The reactions that a person gave to some messages of a room, and that stand.

    `person` is their id, empty for everybody in passing; `targets` are the seqs of the messages.
    Pages have the names under which reactions were given, and people have other names later.
    """

    room: str
    person: str
    targets: tuple[int, ...]


class FactsQuery(msgspec.Struct, frozen=True):
    """The facts that stand under keys with this beginning, in order of the keys."""

    prefix: str


class TimeQuery(msgspec.Struct, frozen=True):
    """Between which seqs the first event that came `at` a time, in milliseconds, or later stands.

    They are the same, unless what stands there cannot be read.
    """

    at: int


class Settled(msgspec.Struct, frozen=True):
    """Wait until the hub's batches of drafts, up to number `batches`, are committed or refused."""

    batches: int


class Moment(msgspec.Struct, frozen=True):
    """Wait a moment: somebody else is about to be done, of which no commit need come.

    One of no `seconds` is over as soon as has been heard what came before it.
    """

    seconds: float


class FreeSpace(msgspec.Struct, frozen=True):
    """How many bytes of files the disk takes, with those on their way; none if none are kept.

    Or a sentence that says why none can be taken for now.
    """


class HashPassword(msgspec.Struct, frozen=True):
    """Make a hash of a password, with which it can be verified later.

    `provable`: so that it can also be proven by SCRAM (scram.py).
    """

    password: str
    provable: bool = False


class NewSecret(msgspec.Struct, frozen=True):
    """Text that nobody can guess or foresee: 22 letters, digits, `-` and `_`."""


class Guess(msgspec.Struct, frozen=True):
    """Wait until a secret may be looked at that was given for `account`, or for none.

    The more of them were wrong lately, the longer it takes (server/sessions/guesses.py). Whoever
    finds that it is wrong raises WrongSecret.
    """

    account: str = ""


class VerifyPassword(msgspec.Struct, frozen=True):
    """Whether a password is the one of `account`, of which `hash` was made.

    Where there is no hash, because there is no such account or it has no password, leave it empty:
    the answer is no, and takes as long as any other.
    """

    password: str
    hash: str
    account: str


class StatusQuery(msgspec.Struct, frozen=True):
    """How the server does: a `Status`."""


class SessionsQuery(msgspec.Struct, frozen=True):
    """Who is connected, or who of those under the name with this key: `Sessions`, the newest."""

    key: str | None
    limit: int


class ReloadQuery(msgspec.Struct, frozen=True):
    """Read the configuration again, and apply what can be: a `Reloaded`, or why it is refused."""


class BackupQuery(msgspec.Struct, frozen=True):
    """Copy the folder, to `place` or as configured: a `BackedUp`, or why that cannot be."""

    place: str | None


class ImportQuery(msgspec.Struct, frozen=True):
    """Write what was said elsewhere, in `source`: an `Imported`."""

    source: str
    messages: tuple[Brought, ...]


AboutSecrets = HashPassword | VerifyPassword | NewSecret
AboutLog = (
    PageQuery
    | HappenedQuery
    | SearchQuery
    | TimeQuery
    | ReactionsQuery
    | RevisionsQuery
    | FactsQuery
)
AboutRunning = StatusQuery | SessionsQuery | ReloadQuery
AboutServer = AboutSecrets | FreeSpace
Question = (
    AboutLog | Settled | Moment | Guess | AboutServer | AboutRunning | BackupQuery | ImportQuery
)

Told = Page | Revisions | Status | Sessions | Reloaded | BackedUp | Imported
Answer = (
    Told | tuple[int, int] | list[Reaction] | list[AnyLogged] | list[Fact] | int | str | bool | None
)
"""A page, seqs or facts for queries, a number of bytes, a hash or secret, whether the password is
right, else nothing."""
