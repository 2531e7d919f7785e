"""How to speak with a server that may be a tutorial's: in pairs of frames, until a `welcome`.

A tutorial server relays headers byte for byte: another hubbub client's name comes in a `+` frame
too, and somebody may have chosen a name that reads like an event. So only a `+` frame that holds a
welcome to ourselves, before anything else, means a hubbub server. Pure.
"""

from collections.abc import Iterator
from typing import NamedTuple

from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.events import AnyEvent, Bye, Error, Welcome
from hubbub.chat.names import DEFAULT_ROOM, same_name
from hubbub.chat.text import inert, inert_line
from hubbub.client.events import ClassicMessage
from hubbub.client.outbox import Outbox, Post
from hubbub.client.outputs import Output, Posted, Write
from hubbub.wire.codec import decode_event
from hubbub.wire.frames import Frame, encode_frame


class ClassicReader:
    """Turns the frames of a server into messages, or the first one into a welcome to `name`."""

    def __init__(self, name: str) -> None:
        self._name = " ".join(name.split())
        self._first = True
        self._sender: str | None = None
        self.farewell: Error | Bye | None = None
        self.latest: ClassicMessage | None = None

    def read(self, frame: Frame) -> ClassicMessage | Welcome | None:
        """Return what `frame` completes. `farewell` is set while a lone refusal has come.

        A hubbub server may refuse before any welcome. It closes then; what a tutorial server
        relays is followed by a text.
        """
        first, self._first = self._first, False
        if first and frame.event:
            event = _event(frame.text)
            if isinstance(event, Welcome) and same_name(event.name, self._name):
                return event
            self.farewell = event if isinstance(event, Error | Bye) else None
        if self._sender is None:
            self._sender = inert_line(frame.text)
            return None
        self.latest = ClassicMessage(self._sender, inert(frame.text))
        self._sender = self.farewell = None
        return self.latest

    def why(self, reason: str, *, is_short: bool) -> str:
        """Return why a connection has ended, if `reason` is all that is known.

        Of one that was short, what the server said last may explain it.
        """
        if isinstance(self.farewell, Bye):
            return inert_line(self.farewell.reason).rstrip(".")
        words = self._last_words if is_short else ""
        return f"{reason}, after it said {words[:200]!r}" if words else reason

    @property
    def _last_words(self) -> str:
        """What the server said last, in one line: a frame without its pair, else a message."""
        if self._sender is not None:
            return self._sender
        return inert_line(f"{self.latest.sender}: {self.latest.text}") if self.latest else ""


def _event(json: str) -> AnyEvent | None:
    try:
        return decode_event(json)
    except ProtocolError:
        return None


class Said(NamedTuple):
    """A message in a line that somebody typed. `me`: the text says what they do."""

    text: str
    me: bool = False


def what_is_said(line: str) -> Said | None:
    """Return the message in a line that somebody typed; None if it is another `/` command."""
    if line.startswith("//"):
        return Said(line[1:])
    word, _, deed = line.partition(" ")
    if word == "/me" and deed.strip():
        return Said(deed.strip(), me=True)
    return None if line.startswith("/") else Said(line)


def is_for_everybody(post: Post, *, certain: bool = True) -> bool:
    """Whether a text means the same where there is one room, and nothing but texts.

    A hubbub server would take one that begins with a slash for a command, so that one waits until
    it is `certain` that the server is none.
    """
    is_plain = post.room.lower() == DEFAULT_ROOM and post.reply_to is None
    return is_plain and (certain or not post.text.startswith("/"))


def plain_posts(outbox: Outbox, *, certain: bool) -> Iterator[Output]:
    """Take what may be said to such a server out of the outbox, and write it.

    What never can be is refused, as soon as it is `certain` that the server is none of hubbub's.
    """
    for post in outbox.waiting if certain else []:
        if not is_for_everybody(post):
            outbox.done(post.nonce)
            yield Posted(post.nonce, no_place(post))
    for post in outbox.take(lambda post: is_for_everybody(post, certain=certain)):
        text = f"* {post.text}" if post.me else post.text
        yield Write(encode_frame(text.encode()), post.nonce)


def no_place(post: Post) -> Refused:
    """Return why a text cannot be said to a server that has one room, and nothing but texts."""
    if post.reply_to is not None:
        return Refused("This server relays messages and knows no answers to them.", code="classic")
    return Refused(
        f"This server has one room for everybody, so nothing was said to '{post.room}'. "
        f"Join the room '{DEFAULT_ROOM}' to speak to all who are here.",
        code="classic",
    )
