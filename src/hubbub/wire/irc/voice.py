"""How the chatroom speaks to one IRC client: its own answers, and what is said to it in private.

What is said in rooms is the same for many clients, and has a format that they share (`format.py`).
Everything else depends on who hears it: their nick, what they asked for, and whom they talk to in
private. A voice knows that of its client, and is told of nothing but the events that it is to hear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hubbub.chat import events as e
from hubbub.chat.events import channels
from hubbub.wire.irc.client import Client
from hubbub.wire.irc.telling import answers, history, metadata, order, people, rooms, welcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hubbub.wire.irc.line import Line


class Voice(Client):
    """Implements `hubbub.chat.format.Format` for one client."""

    __slots__ = ()

    hears_itself = False
    knows_rooms = True
    gets_answers = True
    keeps_place = True

    @property
    def reads_by_time(self) -> bool:
        """Whether the client knows how far it has read by its time."""
        return self.marks_itself

    knows_inner = True
    spoken = "irc"

    def encode(self, event: e.Event, recipient: str = "") -> bytes:
        """Return the lines with which this client hears of `event`."""
        lines = [*self._lines(event, recipient)]
        if self.late and lines and not self.is_becoming:
            lines[:0], self.late = self.late, ()
        if (answer := self.asking.settled) is not None:
            self.asking.settled = None
            if answer.is_whole:
                lines += self.whole(answer)
        payload = b"".join([line.encode() for line in lines])
        return payload if self.pack is None else self.pack(payload)

    def _lines(self, event: e.Event, recipient: str) -> Iterable[Line]:
        if isinstance(event, rooms.Happening):
            return rooms.said(self, event, recipient)
        tell = _WORDS.get(type(event))
        return () if tell is None else tell(self, event)


_WORDS: Final[dict[type[e.Event], Callable[[Client, Any], Iterable[Line]]]] = {
    e.Metadata: metadata.told,
    e.MetadataChanged: metadata.changed,
    e.Account: people.account,
    e.Added: rooms.added,
    e.Bye: answers.ended,
    e.Conversations: history.talks,
    e.Certificates: people.certificates,
    e.Challenge: welcome.challenged,
    e.Error: answers.refused,
    e.Members: rooms.members,
    e.Notice: answers.told,
    e.Ok: answers.done,
    e.Page: history.page,
    e.Proven: welcome.proven,
    e.Reloaded: people.reloaded,
    e.Removed: rooms.removed,
    e.Room: rooms.entered,
    e.Seen: history.seen,
    e.Shown: people.shown,
    e.Wallops: people.wallops,
    e.Welcome: welcome.welcomed,
    channels.About: order.about,
    channels.BanList: order.bans,
    channels.ExemptionList: order.exemptions,
    channels.Invited: rooms.asked_in,
    channels.Listing: rooms.listed,
    channels.Looked: people.looked,
    channels.Moved: rooms.moved,
    channels.Ordered: order.ordered,
    channels.PutOut: rooms.put_out,
    channels.Watched: people.watched,
    channels.Were: people.were,
}
