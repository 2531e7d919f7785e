"""What is said and heard over WebSockets, one JSON object per message (section 3.3)."""

from collections.abc import Iterator

from hubbub.chat.commands import Hello
from hubbub.chat.errors import Refused
from hubbub.chat.heard import FILLER, Goodbye, Heard, Introduction, Refusal, Reply, Said
from hubbub.wire.codec import heard_command
from hubbub.wire.json_format import JsonFormat
from hubbub.wire.websocket import (
    NORMAL,
    Ping,
    Text,
    Unheard,
    WebSocketDecoder,
    WebSocketError,
    close_message,
    pong_message,
    text_message,
)

WEBSOCKET = JsonFormat(text_message, "websocket")


class WebSocketDialect:
    """Implements `hubbub.wire.dialect.Dialect` for WebSockets."""

    __slots__ = ("_close_code", "_decoder", "_introduced")

    opening = WEBSOCKET

    def __init__(self, frame_bytes_max: int) -> None:
        self._decoder = WebSocketDecoder(frame_bytes_max)
        self._close_code = NORMAL
        self._introduced = False

    def reached_at(self, server: str, _certificate: str = "", /) -> None:
        """Pass over it: a page knows its own address."""

    def receive(self, data: bytes) -> Iterator[Heard]:
        """Yield what the peer said in `data`: first `hello`, then commands, pings and the end."""
        try:
            for message in self._decoder.receive(data):
                match message:
                    case Text(text) if self._introduced:
                        yield heard_command(text)
                    case Text(text):
                        self._introduced = True
                        yield _introduction(text)
                    case Ping(payload):
                        yield Reply(pong_message(payload))
                    case Unheard():
                        yield FILLER
                    case _:
                        yield Goodbye()
        except WebSocketError as error:
            self._close_code = error.close_code
            raise

    @property
    def unfinished_bytes(self) -> int:
        """How many bytes of a message wait for the rest."""
        return self._decoder.unfinished_bytes

    def farewell(self) -> bytes:
        """Return the closing message, with the code of what broke the connection, if anything."""
        return close_message(self._close_code)


def _introduction(text: str) -> Said:
    match heard_command(text):
        case Hello(name=name, ref=ref):
            return Introduction(name, WEBSOCKET, ref)
        case Refusal() as refusal:
            return refusal
        case command:
            who = Refused('Say who you are first: {"type":"hello","name":…}.')
            return Refusal(who, command.ref)
