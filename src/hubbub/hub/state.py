"""What is true of the chatroom at this moment. The other modules read and change it."""

import itertools
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING

from hubbub.chat.access import Access
from hubbub.chat.errors import Refused
from hubbub.chat.events import Fact
from hubbub.chat.limits import FileLimits, GuestLimits, Limits
from hubbub.chat.names import DEFAULT_ROOM, is_public
from hubbub.chat.queries import Answer, Epoch, Head, Question
from hubbub.chat.rules import OPERATOR
from hubbub.hub.flow.drafts import Draft, Drafts
from hubbub.hub.flow.passing import Passing
from hubbub.hub.flow.uploads import Uploads
from hubbub.hub.known.book import Book
from hubbub.hub.known.claimed import Claimed
from hubbub.hub.known.conversations import Conversations
from hubbub.hub.known.forgotten import ForgottenPeople
from hubbub.hub.known.grants import Grants
from hubbub.hub.known.links import Links
from hubbub.hub.known.markers import Markers
from hubbub.hub.known.values import Facts
from hubbub.hub.present.clerk import clerk
from hubbub.hub.present.departed import Departed
from hubbub.hub.present.directory import Directory
from hubbub.hub.present.here import Here
from hubbub.hub.present.kept import Kept
from hubbub.hub.present.looks import Looks
from hubbub.hub.present.recent import Recent
from hubbub.hub.present.room import Room
from hubbub.hub.rules.order import Order
from hubbub.hub.shares.newcomers import Newcomers
from hubbub.hub.shares.openings import Openings
from hubbub.hub.shares.quota import Quota
from hubbub.hub.shares.unanswered import Unanswered

if TYPE_CHECKING:
    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Session


class State:
    """Who is here, rooms by name, and where the log stands.

    A name is taken (`here`), about to be (`entering`), `kept` for its holder, or free; `looks`
    knows how the first three look. `awaited` are the rooms without events to which some are on
    their way. `removed`: see `Head`, by room. `last` is the newest seq that was applied. `heads`,
    `epochs` and `facts` are what the log says of itself at the start. What it says of people is
    looked up as `known`.

    `at` is when somebody last said what time it is, about every second: milliseconds since the
    epoch. `identifying` are ids and hashes that are being looked into, and `noted_at` is when it
    was noted who is here. In the name of the `clerk` facts wait for the log, so many as
    `facts_noted` until now; `noted` are the newest of those that are noted again if the log cannot
    take them, by key. `metadata`: what is
    said of rooms (people/metadata.py). `sifted` are the sessions for which what some people say is
    left out (ignoring.py).

    `owed` are decisions for which no session waits.

    `claims`: which names in passing this node and others have claimed, if there are several.
    """

    is_copy = False
    """Whether the log is a relay's copy, which may lack the newest, as long as it is alone."""

    def __init__(
        self,
        limits: Limits,
        heads: Iterable[Head],
        epochs: Sequence[Epoch],
        facts: Sequence[Fact],
        known: Facts,
        *,
        guests: GuestLimits,
        access: Access,
        uploads: Uploads,
        server: str,
        password: str,
        operator_code: str,
        at: int,
        run: str = "",
    ) -> None:
        self.limits, self.server = limits, server
        self.claims = Claimed(run, facts)
        self.password = password.encode()
        self.operator_code = operator_code
        self.metadata: dict[str, dict[str, str]] = {}
        self.entering: dict[str, Person] = {}
        self.book = Book(known)
        self.here = Here(self.book.profiles)
        self.conversations = Conversations(facts)
        self.order = Order(facts)
        self.grants = Grants(facts)
        self.forgotten = ForgottenPeople(facts)
        self.identifying: set[str] = set()
        self.newcomers, self.links = Newcomers(), Links()
        self.owed: deque[Generator[Question, Answer, None]] = deque()
        self.clerk = clerk()
        self.markers, self.recent = Markers(), Recent()
        self.noted: dict[str, Draft] = {}
        self._under_way: deque[Draft] = deque()
        self.facts_noted = 0
        self.sifted: set[Session] = set()
        self.guests = guests
        self._configured = access
        self.at = self.started = self.noted_at = at
        self.looks, self.kept, self.departed = Looks(), Kept(), Departed()
        self.rooms: dict[str, Room] = {}
        self.directory = Directory(limits.listed_max)
        self.openings = Openings(limits.rooms_max)
        self.unanswered = Unanswered()
        self.quota = Quota(limits.daily_bytes_max)
        self.uploads = uploads
        self.awaited: dict[Room, None] = {}
        self.put(Room(DEFAULT_ROOM))
        self.removed: dict[str, int] = {}
        self.last = max((fact.seq for fact in facts), default=0)
        self._open_all(heads)
        self.drafts = Drafts()
        self.passing = Passing()
        self.epoch = epochs[-1].id if epochs else ""
        # An epoch ends where the next one starts; the current one has not ended.
        self._epoch_ends = {
            epoch.id: following.start for epoch, following in itertools.pairwise(epochs)
        }

    def _open_all(self, heads: Iterable[Head]) -> None:
        for head in heads:
            if head.last:
                self._open(head)
            if head.removed:
                self.removed[head.room] = head.removed
            self.last = max(self.last, head.last, head.removed)
        for room in sorted(self.rooms.values(), key=lambda one: one.last):
            self.recent.said(room)

    @property
    def access(self) -> Access:
        """Who is let in: as configured, or as operators changed that."""
        return self.order.access.over(self._configured)

    def configure(
        self, *, password: str, access: Access, guests: GuestLimits, files: FileLimits
    ) -> None:
        """Take in other settings; whatever asks for one looks it up here."""
        self.password = password.encode()
        self._configured = access
        self.guests = guests
        self.uploads.limits = files

    def _open(self, head: Head) -> None:
        topic, dropped = head.topic, head.dropped
        room = Room(head.room, first=head.first, last=head.last, topic=topic, dropped=dropped)
        self.introduce(room)
        self.put(room)

    def introduce(self, room: Room) -> None:
        """Say between whom a private room is, if that is known from the log alone."""
        if not room.handles and (known := self.conversations.get(room.name)) is not None:
            room.handles, room.direct = known.people, known.names

    def note(self, fact: Fact) -> Draft:
        """Let a fact wait for the next commit."""
        self.facts_noted += 1
        self.book.begin(fact.key)
        draft = self.drafts.add(fact, self.clerk, None, 0)
        self._under_way.append(draft)
        if fact.key.startswith(OPERATOR):
            self.order.appointed = draft.number
        return draft

    def settle(self) -> None:
        """Count the batch in flight as settled: its facts are applied, or refused."""
        self.drafts.settle()
        while self._under_way and self.drafts.is_settled(self._under_way[0].number):
            fact = self._under_way.popleft().event
            assert isinstance(fact, Fact)
            self.book.end(fact.key)

    def put(self, room: Room) -> None:
        """Keep a room, and keep the list of public rooms right: it is new, or has changed."""
        self.rooms[room.name] = room
        if is_public(room.name):
            room.title = self.order.title(room.name)
        if is_public(room.name) and not self.order.is_hidden(room.name):
            self.directory.put(room)
        else:
            self.directory.remove(room)

    def name_of(self, called: str) -> str:
        """Return the name of the room that is called so: by its name, or else by its title."""
        return called if called in self.rooms else self.order.titled.get(called, called)

    def remove(self, room: Room) -> None:
        """Forget a room that was removed from the log; another of its name begins anew."""
        if room.last:
            self.removed[room.name] = room.last
        self.awaited.pop(room, None)
        self.passing.forget(room)
        self.markers.remove(room.name)
        self.rooms.pop(room.name, None)  # it may have closed when everybody was taken out
        self.directory.remove(room)

    def close_if_unused(self, room: Room) -> None:
        """Forget a room without members or events, unless some may be on their way to it."""
        if (
            room.people
            or room.last
            or room.name == DEFAULT_ROOM
            or not self.drafts.is_settled(room.newest_draft)
        ):
            return
        del self.rooms[room.name]
        self.directory.remove(room)
        self.unanswered.closed(room.name)
        if room.opener is not None:
            self.openings.closed(room.opener)

    def close_unused(self) -> None:
        """Do the same with those to which something was on its way, and is no longer."""
        for room in list(self.awaited):
            if self.drafts.is_settled(room.newest_draft):
                del self.awaited[room]
                self.close_if_unused(room)

    def check_has_read(self, cursor: int, epoch: str) -> None:
        """Raise Refused `log_unavailable` if somebody has seen more at another node than is here.

        On a server of its own, nobody can have: what they saw beyond the end is lost. A copy may
        lack it, and even the beginning of the epoch in which they saw it.
        """
        if self.is_copy and epoch not in ("", self.epoch) and epoch not in self._epoch_ends:
            raise Refused(
                "This relay has no copy yet of what you saw. Ask again when it reaches its server.",
                code="log_unavailable",
            )
        if self.claims.run and epoch == self.epoch and cursor > self.last:
            raise Refused(
                "This server has not read yet what you saw at another one. Ask again in a moment.",
                code="log_unavailable",
            )

    def is_history(self, cursor: int, epoch: str) -> bool:
        """Return whether what a client saw up to `cursor`, under `epoch`, is this log's history.

        An empty epoch claims nothing that could be wrong. Of a copy, the end is not the log's.
        """
        if not epoch:
            return True
        if epoch == self.epoch:
            return self.is_copy or cursor <= self.last
        end = self._epoch_ends.get(epoch)
        return end is not None and cursor <= end
