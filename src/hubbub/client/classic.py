"""How to read a server that may be a tutorial's: pairs of frames, until a `welcome` says otherwise.

A tutorial server relays headers byte for byte: another hubbub client's name comes in a `+` frame
too. So only a `+` frame that holds a welcome, before anything else, means a hubbub server. Pure.
"""

from hubbub.chat.errors import ProtocolError
from hubbub.chat.events import AnyEvent, Bye, Error, Welcome
from hubbub.chat.text import inert, inert_line
from hubbub.client.events import ClassicMessage
from hubbub.wire.codec import decode_event
from hubbub.wire.frames import Frame


class ClassicReader:
    """Turns the frames of a server into messages, or the first one into a welcome."""

    def __init__(self) -> None:
        self._first = True
        self._sender: str | None = None
        self.farewell: Error | Bye | None = None

    def read(self, frame: Frame) -> ClassicMessage | Welcome | None:
        """Return what `frame` completes. `farewell` is set while a lone refusal has come.

        A hubbub server may refuse before any welcome. It closes then; what a tutorial server
        relays is followed by a text.
        """
        first, self._first = self._first, False
        if first and frame.event:
            event = _event(frame.text)
            if isinstance(event, Welcome):
                return event
            self.farewell = event if isinstance(event, Error | Bye) else None
        if self._sender is None:
            self._sender = inert_line(frame.text)
            return None
        message = ClassicMessage(self._sender, inert(frame.text))
        self._sender = self.farewell = None
        return message


def _event(json: str) -> AnyEvent | None:
    try:
        return decode_event(json)
    except ProtocolError:
        return None
