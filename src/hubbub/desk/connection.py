"""Takes in what the client library tells of the connection, and tells the user what matters."""

import time
from collections.abc import Callable

from hubbub.client import Delayed, Offline, Online, Settled
from hubbub.desk.hosting import HostingOn
from hubbub.desk.link import Link, State
from hubbub.desk.posting import now_milliseconds
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Rooms
from hubbub.desk.told import DELAYED, UNANSWERED, WAS_DELAYED, WAS_UNANSWERED


class Connection:
    """Keeps `link` true. `unanswered` is called when what the server reads from its log is late.

    `hosting`: hears of each connection that is made or lost.
    """

    def __init__(
        self, link: Link, rooms: Rooms, hosting: HostingOn, unanswered: Callable[[], None]
    ) -> None:
        self._link = link
        self._rooms = rooms
        self._hosting = hosting
        self._unanswered = unanswered

    def take(self, event: Online | Offline | Delayed | Settled) -> None:
        """Take in what the client library tells."""
        match event:
            case Online():
                self._link.state = State.ONLINE if event.events else State.CLASSIC
                self._link.at = event.address
                self._link.retry_at = None
                self._hosting.take(event)
            case Offline():
                self._offline(event)
                self._hosting.take(event)
            case Delayed(room=None):
                _say(self._rooms.current, UNANSWERED)
                self._unanswered()
            case Delayed(room=str(name)):
                _say(self._rooms.get(name) or self._rooms.current, DELAYED)
            case Settled(room=name):
                self._settled(name)

    def _offline(self, event: Offline) -> None:
        link = self._link
        if link.is_live:
            sentence = f"The connection is lost: {event.reason}. What you say is sent later."
            _say(self._rooms.current, sentence)
        link.state = State.OFFLINE
        link.reason = event.reason
        link.latency_seconds = None
        wait = event.retry_seconds
        link.retry_at = None if wait is None else time.monotonic() + wait

    def _settled(self, name: str | None) -> None:
        """Say no more that something waits."""
        now, then = (UNANSWERED, WAS_UNANSWERED) if name is None else (DELAYED, WAS_DELAYED)
        for room in self._rooms:
            if name is None or room.name == name or self._rooms.get(name or "") is None:
                room.log.reword(now, then)


def _say(room: RoomState, sentence: str) -> None:
    room.log.note(sentence, now_milliseconds())
