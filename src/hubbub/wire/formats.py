"""The formats in which members receive events; fan-out encodes each batch once per format."""

from functools import lru_cache

from hubbub.chat.events import Bye, Error, Event, Message, Notice
from hubbub.chat.names import SERVER_NAME, is_direct
from hubbub.wire.codec import encode
from hubbub.wire.frames import encode_event_frame, encode_frame
from hubbub.wire.websocket import text_message


class ClassicFrames:
    """The tutorial's two frames per message; all that a classic session understands."""

    speaks_events = False

    def encode(self, event: Event) -> bytes:
        """Return the name frame and the text frame; nothing where classic has no words."""
        match event:
            case Message(sender=name, text=text):
                if is_direct(event.room):
                    text = f"(private) {text}"
            case Notice():
                name, text = SERVER_NAME, event.text
            case Error():
                name, text = SERVER_NAME, event.message
            case Bye():
                name, text = SERVER_NAME, event.reason
            case _:
                return b""
        return _name_frame(name) + encode_frame(text.encode())


@lru_cache(maxsize=4096)
def _name_frame(name: str) -> bytes:
    return encode_frame(name.encode())


class EventFrames:
    """A `+` frame of JSON per event."""

    speaks_events = True

    def encode(self, event: Event) -> bytes:
        """Return the event's frame."""
        return encode_event_frame(encode(event))


class WebSocketMessages:
    """A WebSocket text message of JSON per event."""

    speaks_events = True

    def encode(self, event: Event) -> bytes:
        """Return the event's message."""
        return text_message(encode(event))


class JsonTexts:
    """An event's JSON with nothing around it, for who hears of one event alone."""

    speaks_events = True

    def encode(self, event: Event) -> bytes:
        """Return the event's JSON."""
        return encode(event)


CLASSIC = ClassicFrames()
EVENTS = EventFrames()
WEBSOCKET = WebSocketMessages()
JSON = JsonTexts()
