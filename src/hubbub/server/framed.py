"""Frames over TCP: the transport of tutorial clients, event sessions and plain sockets."""

from collections.abc import Callable, Iterator

from hubbub.server.chatroom import Chatroom
from hubbub.server.session import Introduction
from hubbub.server.stream import StreamLine
from hubbub.wire.formats import CLASSIC, EVENTS
from hubbub.wire.frames import Frame, FrameDecoder


class FramedLine(StreamLine):
    """A connection that speaks frames."""

    __slots__ = ("_decoder",)

    opening = CLASSIC

    def __init__(self, chatroom: Chatroom, host: str, left: Callable[[], None]) -> None:
        super().__init__(chatroom, host, left)
        self._decoder = FrameDecoder(chatroom.limits.frame_bytes_max)

    def receive(self, data: bytes) -> Iterator[Frame]:
        return self._decoder.receive(data)

    def introduction(self, frame: Frame) -> Introduction:
        return Introduction(frame.text, EVENTS if frame.event else CLASSIC)
