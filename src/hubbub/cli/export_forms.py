"""How `hubbub export` writes what was said: as lines of text, or of JSON."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from hubbub.chat.events import Message, Missing
from hubbub.cli.stamps import Stamps
from hubbub.cli.transcript import transcript
from hubbub.wire.codec import encode


class ExportedRoom(NamedTuple):
    """A room, and what people call it."""

    name: str
    title: str


class Form(ABC):
    """How what is exported is written: each of these returns lines."""

    def begin(self, _address: str, _rooms: list[ExportedRoom]) -> list[str]:
        """Return what comes first."""
        return []

    def enter(self, _room: ExportedRoom) -> list[str]:
        """Return what comes before a room's messages."""
        return []

    @abstractmethod
    def tell(self, event: Message | Missing) -> list[str]:
        """Return a message, or that something is missing."""

    def end(self) -> list[str]:
        """Return what comes last."""
        return []


class TextLines(Form):
    """Lines as `hubbub history` prints them; each has its room, if there are several."""

    def __init__(self) -> None:
        self._here = self._server = ""

    def begin(self, address: str, rooms: list[ExportedRoom]) -> list[str]:
        """Return nothing: every line says all."""
        self._server = address
        self._here = rooms[0].name if len(rooms) == 1 else ""
        return []

    def tell(self, event: Message | Missing) -> list[str]:
        """Return the lines of a message."""
        return Stamps(time=True, seq=True).put(event, transcript(event, self._here, self._server))


class JsonLines(Form):
    """A JSON object for each message, in a line of its own, as in a page (docs/protocol.md 4.3)."""

    def tell(self, event: Message | Missing) -> list[str]:
        """Return the object."""
        return [encode(event).decode()]
