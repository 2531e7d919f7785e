"""In whose name facts wait for the log: decisions that need them say what became of them."""

from hubbub.chat.events import Event
from hubbub.chat.names import SERVER_NAME
from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session


class _Silence:
    """A format and an outlet that lead nowhere."""

    hears_itself = True
    knows_rooms = True
    gets_answers = False
    reads_by_time = False
    keeps_place = False
    knows_inner = False
    spoken = server = ""

    @property
    def shared(self) -> "_Silence":
        """Return this."""
        return self

    def encode(self, _event: Event, _recipient: str = "") -> bytes:
        """Return nothing: there are no words for anything."""
        return b""

    def write(self, payload: bytes) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


def clerk() -> Session:
    """Return a session that is nobody's, and hears nothing."""
    silence = _Silence()
    return Session(Person(SERVER_NAME), silence, silence, "")
