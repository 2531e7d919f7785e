"""One connection's life as the chatroom sees it, and what the chatroom needs of the connection."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Protocol

from hubbub.chat.events import Event, Page
from hubbub.chat.names import name_key
from hubbub.chat.queries import PageQuery, SearchQuery

if TYPE_CHECKING:
    from hubbub.hub.room import Member, Room

Decision = Generator[PageQuery | SearchQuery, Page, None] | None
"""A command is decided at once (None), or yields what it must first read of the log."""


class Outlet(Protocol):
    """The sending half of a connection."""

    def write(self, payload: bytes, /) -> None:
        """Send `payload` after everything written before; never blocks."""

    def end(self) -> None:
        """Close the connection once everything written has been sent."""


class Format(Protocol):
    """How a session's events are put into bytes.

    A session that does not speak events hears messages only, and no echo of its own.
    """

    @property
    def speaks_events(self) -> bool:
        """Whether sessions of this format know rooms, seqs and answers."""

    def encode(self, event: Event, /) -> bytes:
        """Return the event's bytes; empty if the format has no words for it."""


class Session:
    """A name on a connection.

    `secret` proves to `resume` that a later connection is the same person; `elder_secret` is the
    one it resumed from. `since` is the newest seq when this person took the name: private rooms
    show it nothing older, because names are free for anyone to take. While it is `held` it must
    resume, while `locked` give the password, and does not bear the name yet.
    """

    __slots__ = (
        "congested",
        "current",
        "elder_secret",
        "format",
        "held",
        "key",
        "lagging",
        "locked",
        "members",
        "name",
        "outlet",
        "pending_bytes",
        "secret",
        "since",
    )

    def __init__(self, name: str, format_: Format, outlet: Outlet, secret: str, since: int) -> None:
        self.name = name
        self.key = name_key(name)
        self.format = format_
        self.outlet = outlet
        self.secret = secret
        self.elder_secret = ""
        self.since = since
        self.held = False
        self.locked = False
        self.congested = False
        self.members: dict[str, Member] = {}
        self.lagging: dict[str, Member] = {}
        self.current: Room | None = None
        self.pending_bytes = 0

    @property
    def secrets(self) -> tuple[str, str]:
        """Which secrets prove that a later connection is the same person; some may be empty."""
        return self.secret, self.elder_secret

    @property
    def admitted(self) -> bool:
        """Whether it bears its name and may do as it likes."""
        return not (self.held or self.locked)

    def send(self, event: Event) -> None:
        """Send one event that is meant for this session alone."""
        if payload := self.format.encode(event):
            self.outlet.write(payload)
