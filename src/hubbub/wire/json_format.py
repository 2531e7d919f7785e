"""Events as JSON: every wire that carries them wraps the same text in its own way."""

from collections.abc import Callable

from hubbub.chat.events import Event, InnerEvent
from hubbub.wire.codec import encode


class JsonFormat:
    """A format that has words for every event. `wrap` adds what its wire has around the JSON."""

    hears_itself = True
    knows_rooms = True
    gets_answers = True
    reads_by_time = False
    keeps_place = False
    knows_inner = False
    server = ""

    def __init__(self, wrap: Callable[[bytes], bytes], spoken: str = "") -> None:
        self._wrap = wrap
        self.spoken = spoken

    @property
    def shared(self) -> "JsonFormat":
        """Return this."""
        return self

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        """Return the event's JSON, wrapped; nothing of what clients have no words for."""
        return b"" if isinstance(event, InnerEvent) else self._wrap(encode(event))


JSON = JsonFormat(bytes)
"""JSON with nothing around it, for posters, which hear of one event alone."""
