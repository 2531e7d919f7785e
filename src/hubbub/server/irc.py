"""What clients that speak IRC are told of the server as a whole, when they have just come."""

from hubbub import __version__
from hubbub.server.sessions.chatroom import Chatroom


class IrcFigures:
    """The figures of one chatroom; `hubbub.wire.irc.figures.Figures`."""

    def __init__(self, chatroom: Chatroom) -> None:
        self._chatroom = chatroom
        self.version = f"hubbub {__version__}"
        self.since = chatroom.clock.milliseconds()
        """When it was started, in milliseconds since the epoch."""

    def people(self) -> int:
        """Return how many people are here."""
        return self._chatroom.hub.here.people_count

    def rooms(self) -> int:
        """Return how many rooms are open."""
        return len(self._chatroom.hub.rooms)
