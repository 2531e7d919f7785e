"""Somebody in the chatroom, however many connections they have."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from hubbub.chat.events import Message
from hubbub.chat.names import handle_of, name_key, same_name

NO_SEQS: Final[frozenset[int]] = frozenset()
"""One for all: each empty set takes as much memory as a person."""

NOBODY: Final[Mapping[str, str]] = MappingProxyType({})
"""Whom most people ignore."""


class Opener(NamedTuple):
    """Who opens rooms: a person, by origin and name key; without a name all of that origin."""

    origin: str
    name: str = ""


class Shown(NamedTuple):
    """How somebody is shown to those who speak IRC: by which user name, and which real name.

    `about`: what else they say of themselves, by key. `is_hidden`: in which rooms they are, others
    see of their own rooms alone.
    """

    user: str = ""
    real: str = ""
    about: Mapping[str, str] = NOBODY
    is_hidden: bool = False


class Person:
    """Somebody who has a name, or is about to.

    Somebody who is known has an `id`; the others are passing: nobody any more once they have left.
    Whoever of these has power somewhere has a `badge`, by which rules name them until then.
    `key` is what all spellings of the name have in common. `since` is the newest seq when this
    person took the name: what was said under it up to then, or in its private rooms, was somebody
    else's. `kind` is that of somebody who is known.

    `ignores`: by their handles, what those were called whom this one ignores. It is replaced, and
    never changed, so a session knows which it was told.
    """

    __slots__ = (
        "away",
        "badge",
        "came_at",
        "drafts",
        "id",
        "ignores",
        "key",
        "kind",
        "name",
        "newest_draft",
        "not_own",
        "said_at",
        "shown",
        "since",
        "spoke_at",
    )

    def __init__(self, name: str, since: int = 0, *, id_: str = "") -> None:
        self.id = id_
        self.badge = ""
        self.kind = ""
        self.away: str | None = None
        """Why they are away from their keyboard, perhaps for no reason given; None if they are not.

        It ends with their last session, as this object does."""
        self.ignores = NOBODY
        self.said_at = 0
        """When they last said of themselves how they are or are shown: of two such words, which
        somebody may say at two nodes, the later one counts."""
        self.shown: Shown | None = None
        """Only of those who speak IRC."""
        self.name = name
        self.key = name_key(name)
        self.since = since
        self.not_own = NO_SEQS
        """Seqs after `since` that somebody else posted under this name while it was free."""
        self.came_at = self.spoke_at = 0
        """When they came, and last said something in public, in milliseconds since the epoch; 0:
        that is not known here."""
        self.drafts = 0  # how many they had accepted
        self.newest_draft = 0  # its number: see `Drafts`

    @property
    def standing(self) -> str:
        """What rules name this person by; empty if none does, because they are passing."""
        return self.id or self.badge

    @property
    def handle(self) -> str:
        """What stands for this person where rooms and openings are concerned."""
        return handle_of(self.id) if self.id else self.key

    def says(self, at: int) -> None:
        """Take in that they say something of themselves."""
        self.said_at = max(at, self.said_at + 1)

    def rename(self, name: str) -> None:
        """Be called otherwise from now on."""
        self.name, self.key = name, name_key(name)

    def go_on_as(self, earlier: "Person") -> None:
        """Be the same as somebody who had the name before."""
        self.since, self.not_own = earlier.since, earlier.not_own
        self.drafts += earlier.drafts

    def said(self, message: Message) -> bool:
        """Whether a message is this person's own."""
        if message.imported:
            return False  # they are whoever was called so elsewhere
        if self.id or message.person:
            return message.person == self.id
        seq = message.seq
        return same_name(message.sender, self.name) and seq > self.since and seq not in self.not_own
