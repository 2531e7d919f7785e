"""People who are at other nodes, as sessions that nothing is ever written to.

Rooms list them, and whoever asks for them finds them. Their own node hears of all that is logged,
and tells them; here, the one format that is theirs has words for nothing, so fan-out passes them
over. Only what this node decides about them, and does not log, is sent to their node as a letter.

`Far` is where both directions meet: who is where, and what the other nodes are to be told. A server
of its own has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.chat.events import Added, Bye, Event, Notice, Removed, Wallops
from hubbub.chat.rules import Ban, Rules
from hubbub.hub.present.room import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Member, Room


class Place(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A room that somebody is in: its owner as long as nothing is said there, or whose it is."""

    room: str
    owner: str = ""
    handles: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()


class Present(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Somebody who is at one node, as the others are told: with their id, if they are known."""

    name: str
    person: str = ""
    kind: str = ""
    since: int = 0
    origin: str = ""
    away: str | None = None
    said: int = 0
    user: str = ""
    real: str = ""
    about: dict[str, str] = {}
    hidden: bool = False
    ignores: dict[str, str] = {}
    places: tuple[Place, ...] = ()


class Upkeep(msgspec.Struct, frozen=True, kw_only=True):
    """What holds in a room that is kept in passing, since when, by whom (hub/people/upkept.py)."""

    room: str
    at: int
    by: str = ""
    rules: Rules
    bans: tuple[Ban, ...] = ()
    mutes: tuple[Ban, ...] = ()


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """A letter: tell somebody an event. Of those that are logged, their own node knows."""

    key: str
    event: Added | Bye | Notice | Removed | Wallops


class End(msgspec.Struct, frozen=True, tag="end"):
    """A letter: end the sessions of somebody."""

    key: str


class Bring(msgspec.Struct, frozen=True, tag="bring"):
    """A letter: bring somebody into a private room of two, which went up to `last` by then."""

    key: str
    place: Place
    last: int


class AskIn(msgspec.Struct, frozen=True, tag="ask_in"):
    """A letter: let somebody into a room once, whatever keeps others out."""

    key: str
    place: Place
    at: int


class LinkAsked(msgspec.Struct, frozen=True, tag="link_asked"):
    """A letter: a device at the node of the run `by` typed a code that may be shown here.

    It is called `label`, and its session is that of somebody of this `name`, and with this id if
    they are known. What becomes of it is told under `asked`.
    """

    by: str
    asked: str
    code: str
    name: str
    label: str
    person: str


class LinkAnswered(msgspec.Struct, frozen=True, omit_defaults=True, tag="link_answered"):
    """A letter: whether a code is shown, and, later, whose the device is, or why it is nobody's."""

    asked: str
    is_shown: bool = False
    person: str = ""
    refusal: tuple[str, str] | None = None
    """What it says, and its code."""


class LinkLeft(msgspec.Struct, frozen=True, tag="link_left"):
    """A letter: the device that typed a code has left."""

    asked: str


LinkLetter = LinkAsked | LinkAnswered | LinkLeft
Letter = Tell | End | Bring | AskIn | LinkLetter


class _FarFormat:
    """Has words for nothing."""

    hears_itself = True
    knows_rooms = False
    gets_answers = False
    reads_by_time = False
    keeps_place = False
    knows_inner = False
    spoken = server = ""

    @property
    def shared(self) -> _FarFormat:
        """Return this: it is one for all."""
        return self

    def encode(self, _event: Event, _recipient: str = "") -> bytes:
        """Return nothing."""
        return b""


FAR: Final = _FarFormat()

BROUGHT_MILLISECONDS: Final = 5000
"""Whoever was brought into a room is there by then, or will not be."""


class _Post:
    """An outlet of which only the end leads anywhere."""

    def __init__(self, person: Person, far: Far, run: str) -> None:
        self._person = person
        self._far = far
        self._run = run

    def write(self, payload: bytes) -> None:
        """Do nothing: there are no words for anything."""

    def end(self) -> None:
        """Have the person's sessions there ended."""
        self._far.post(self._run, End(self._person.key))


class FarSession(Session):
    """All sessions of somebody at another node."""

    __slots__ = ("brought", "far", "run")

    listens = 0

    def __init__(self, person: Person, far: Far, run: str, *, origin: str) -> None:
        super().__init__(person, FAR, _Post(person, far, run), "", origin=origin)
        self.is_poster = False
        self.far = far
        self.run = run
        self.brought: dict[str, int] = {}
        """When they were brought into rooms by this node."""

    def send(self, event: Event) -> None:
        """Have them told what was decided here, and nobody else would tell them."""
        if isinstance(event, Added | Bye | Notice | Removed | Wallops):
            self.far.post(self.run, Tell(self.person.key, event))

    def bring(self, room: Room, at: int) -> bool:
        """Have them brought into a private room of two; return whether that is for this node."""
        if self.far.is_quiet:
            return False
        self.far.post(self.run, Bring(self.person.key, place_of(room), room.last))
        self.brought[room.name] = at
        return True

    def ask_in(self, room: Room, at: int) -> None:
        """Have them let into a room once, at their node, too."""
        self.far.post(self.run, AskIn(self.person.key, place_of(room), at))

    def has_left(self, places: Iterable[Place], at: int) -> list[str]:
        """Return the rooms in which they are no longer, if they are at these places.

        Not those into which they were just brought: their node may not have known it yet.
        """
        there = {place.room for place in places}
        self.brought = {
            room: since
            for room, since in self.brought.items()
            if room not in there and at < since + BROUGHT_MILLISECONDS
        }
        return [room for room in self.members if room not in there and room not in self.brought]


def place_of(room: Room) -> Place:
    """Return a room as other nodes are told of it."""
    return Place(room.name, room.owner, room.handles, room.direct)


class Far:
    """Who is at which other node, and what is to be sent to the others.

    `people` are by the run of their node, and by id, or by the key of the name of those in passing.
    `put_off` are those who cannot be here yet: somebody else has their name, as far as is known.
    `moved` are the keys of names whose holders here came, went, or changed; `typing` are keys and
    rooms; `kept` are rooms that are kept in passing, and of which somebody changed something here,
    by what rules name them by; `letters` are for the node of a run. While `is_quiet`, all nodes do
    what this one does, so no letters are needed. `wake` is called when there is something to send.
    `addresses`: where clients reach the nodes, this one first.
    """

    def __init__(self) -> None:
        self.people: dict[str, dict[str, FarSession]] = {}
        self.put_off: dict[tuple[str, str], Present] = {}
        self.moved: dict[str, None] = {}
        self.typing: dict[tuple[str, str], None] = {}
        self.kept: dict[str, str] = {}
        self.letters: list[tuple[str, Letter]] = []
        self.is_quiet = False
        self.wake: Callable[[], None] = lambda: None
        self.addresses: list[str] = []

    def addresses_for(self, session: Session) -> list[str]:
        """Return where the client of a session may go on: not past the relay by which it came."""
        return [] if session.is_relayed else self.addresses

    def move(self, key: str) -> None:
        """Take in that whoever has the name with this key has come, gone or changed."""
        self.moved[key] = None
        self.wake()

    def typed(self, member: Member) -> None:
        """Take in that a member is writing."""
        self.typing[member.session.person.key, member.room.name] = None
        self.wake()

    def keep(self, room: str, by: str) -> None:
        """Take in that somebody changed something of what holds in a room in passing."""
        self.kept[room] = by
        self.wake()

    def post(self, run: str, letter: Letter) -> None:
        """Have a letter sent, unless its node comes to the same by itself."""
        if not self.is_quiet:
            self.letters.append((run, letter))
            self.wake()
