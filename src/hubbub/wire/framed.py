"""What is said and heard over frames: classic sessions and event sessions (sections 2 and 3)."""

from collections.abc import Iterator
from functools import lru_cache

from hubbub.chat.events import Added, Bye, Error, Event, Message, Missing, Notice, Removed
from hubbub.chat.heard import FILLER, Heard, Introduction, PlainLine
from hubbub.chat.names import SERVER_NAME, is_direct
from hubbub.wire.codec import heard_command
from hubbub.wire.frames import FrameDecoder, encode_event_frame, encode_frame
from hubbub.wire.json_format import JsonFormat

LOST = (
    "Messages are missing here: the server's log is damaged, and they cannot be read any more. "
    "What follows is whole."
)
"""What a classic session is told in the place of what cannot be read."""


class ClassicFrames:
    """The tutorial's two frames per message; all that a classic session understands.

    `server`: as in http://HOST:PORT, where those who hear this find files. It is the address that
    they connected to themselves, so they can reach it.
    """

    hears_itself = False
    knows_rooms = False
    gets_answers = False
    reads_by_time = False
    keeps_place = False
    knows_inner = False
    spoken = "plain"

    def __init__(self, server: str = "") -> None:
        self.server = server

    @property
    def shared(self) -> "ClassicFrames":
        """Return this."""
        return self

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        """Return the name frame and the text frame; nothing where classic has no words.

        A member that lags is served from the log, where a deleted message has no text left.
        """
        if type(event) is Message:  # the most common by far, and mostly text alone
            if event.deleted:
                return b""
            has_more = event.me or event.files or event.imported or is_direct(event.room)
            text = self._told(event) if has_more else event.text
            return _name_frame(event.sender) + encode_frame(text.encode())
        match event:
            case Notice():
                name, text = SERVER_NAME, event.text
            case Error():
                name, text = SERVER_NAME, event.message
            case Bye() | Removed():
                name, text = SERVER_NAME, event.reason
            case Added(room=room, by=by):
                name, text = (
                    SERVER_NAME,
                    f"{by} invites you to {room}; /join {room} takes you there.",
                )
            case Missing():
                name, text = SERVER_NAME, LOST
            case _:
                return b""
        return _name_frame(name) + encode_frame(text.encode())

    def _told(self, message: Message) -> str:
        text = message.text
        if message.me:
            text = f"* {text}"
        if message.files:
            lines = [file.line(self.server) for file in message.files]
            text = "\n".join([text, *lines] if text else lines)
        if message.imported:
            text = f"(from {message.imported}) {text}"
        if is_direct(message.room):
            text = f"(private) {text}"
        return text


@lru_cache(maxsize=4096)
def _name_frame(name: str) -> bytes:
    return encode_frame(name.encode())


CLASSIC = ClassicFrames()
EVENTS = JsonFormat(encode_event_frame, "events")


@lru_cache(maxsize=64)
def classic_at(server: str) -> ClassicFrames:
    """Return the format for those who reached the server at this address: they share encodings."""
    return ClassicFrames(server)


class FramedDialect:
    """Implements `hubbub.wire.dialect.Dialect` for frames. The first frame decides for good."""

    __slots__ = ("_classic", "_decoder", "_speaks_events")

    opening = CLASSIC

    def __init__(self, frame_bytes_max: int) -> None:
        self._classic = CLASSIC
        self._decoder = FrameDecoder(frame_bytes_max)
        self._speaks_events: bool | None = None

    def reached_at(self, server: str, _certificate: str = "", /) -> None:
        """Take in at which `http://host:port` the peer reached the server."""
        self._classic = classic_at(server)

    def receive(self, data: bytes) -> Iterator[Heard]:
        """Yield what the peer said in `data`: first its name, then commands and plain lines."""
        for frame in self._decoder.receive(data):
            if not frame.text:
                yield FILLER  # a frame of length 0 is valid, and means nothing
            elif self._speaks_events is None:
                self._speaks_events = frame.event
                yield Introduction(frame.text, EVENTS if frame.event else self._classic)
            elif frame.event and self._speaks_events:
                yield heard_command(frame.text)
            else:
                yield PlainLine(frame.text)

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of a frame wait for the rest."""
        return self._decoder.unfinished_bytes

    def farewell(self) -> bytes:
        """Return nothing: the end of a stream of frames needs no word."""
        return b""
