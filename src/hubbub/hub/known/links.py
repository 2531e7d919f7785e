"""Codes that link a device to a person: shown on one device, typed on another one.

A code counts for ten minutes, and once. Whoever types it waits until the device that shows it says
yes: so somebody who looked over a shoulder, or guessed, gets nowhere unseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from hubbub.chat.codes import LINK_CHARS, new_code
from hubbub.chat.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.chat.people import Device
    from hubbub.hub.present.room import Session

LINK_SECONDS: Final = 600


class Asks(Protocol):
    """Whoever typed a code, and waits for the answer."""

    def is_of(self, session: Session) -> bool:
        """Return whether it is this session that waits."""

    def refuse(self, why: str | Refused) -> None:
        """Tell the new device why it is not linked."""


class Asking(NamedTuple):
    """A session here that typed a code, by its command with this ref."""

    session: Session
    device: Device
    ref: str | None

    def is_of(self, session: Session) -> bool:
        """Return whether it is this session."""
        return self.session is session

    def refuse(self, why: str | Refused) -> None:
        """Tell the new device why it is not linked."""
        refusal = Refused(why, code="forbidden") if isinstance(why, str) else why
        self.session.refuse(refusal, self.ref)


class Outbound:
    """A device here that typed a code, as long as another node may answer."""

    def __init__(self, asking: Asking, runs: list[str]) -> None:
        self.asking = asking
        self.runs = runs
        """The nodes that were asked."""
        self.denials = 0
        self.is_shown = False
        self.refusal: Refused | None = None


class Link:
    """A code that `session` shows, which counts up to `until` (milliseconds since the epoch)."""

    __slots__ = ("asking", "code", "session", "until")

    def __init__(self, code: str, session: Session, until: int) -> None:
        self.code = code
        self.session = session
        self.until = until
        self.asking: Asks | None = None
        """Whoever typed it; nobody else can any more."""


class Links:
    """The codes that count now. A session shows one at a time."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}  # the oldest first
        self._made = 0
        self.outbound: dict[str, Outbound] = {}
        """Of devices here that typed codes which other nodes may show (people/linking_afar.py)."""

    def __len__(self) -> int:
        return len(self._links)

    def make(self, session: Session, at: int) -> Link:
        """Return a new code for a session, in place of its earlier one."""
        for link in self._of(session):
            self._close(link, "The other device shows another code now. Type that one.")
        self._made += 1  # a session may show one after the other
        code = new_code(f"{session.secret} {self._made}", LINK_CHARS)
        link = self._links[code] = Link(code, session, at + LINK_SECONDS * 1000)
        return link

    def find(self, code: str, at: int) -> Link | None:
        """Return the link with this code if it counts, and nobody has typed it yet."""
        link = self._links.get(code)
        return link if link and at < link.until and link.asking is None else None

    def take(self, session: Session, code: str) -> Asks | None:
        """Return who typed the code that a session shows, if somebody did. It counts no longer."""
        link = self._links.get(code)
        if link is None or link.session is not session or link.asking is None:
            return None
        del self._links[code]
        return link.asking

    def left(self, session: Session) -> None:
        """Take in that a session is gone: what it shows counts no longer, and it waits for none."""
        for link in self._of(session):
            self._close(link, "The other device has left. Show a new code there.")
        self.drop(lambda asking: asking.is_of(session))

    def drop(self, is_gone: Callable[[Asks], bool]) -> None:
        """Take in that whoever typed a code is gone: it counts no longer."""
        for link in list(self._links.values()):
            if link.asking is not None and is_gone(link.asking):
                del self._links[link.code]

    def sweep(self, at: int) -> None:
        """Forget the codes whose time is over."""
        for link in list(self._links.values()):
            if at < link.until:
                break
            self._close(link, "Nobody said yes on the other device in time. Show a new code there.")

    def _of(self, session: Session) -> list[Link]:
        return [link for link in self._links.values() if link.session is session]

    def _close(self, link: Link, sentence: str) -> None:
        del self._links[link.code]
        if link.asking is not None:
            link.asking.refuse(sentence)
