"""A connection whose peer converses: the asyncio side of a `Conversation`.

asyncio tells the connection what happens, the conversation decides, and `_follow` does what the
conversation then wants. A connection ends in two steps: it sends the last words and closes its own
half, and is gone when the peer has hung up. Once either side has closed its half, a peer that reads
is served to the end, however slowly, and a peer that has stopped reading is cut.

What may race: `_ask` and `_serve` wait for the log, one question and one portion at a time, while
everything else goes on. What they bring may come after the end; the conversation passes over it
then. `pause_writing` comes from within any write, so it only marks the session. Every other way in
ends with `_follow`: without it, nobody would do what the conversation wants.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from hubbub.chat.errors import HubbubError, LogError, Refused
from hubbub.server.backlogs import BACKLOG_BYTES
from hubbub.server.conversation import Conversation, State
from hubbub.server.farewell import LINGER_SECONDS
from hubbub.server.unread import unread_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.chat.events import AnyLogged, Page
    from hubbub.server.chatroom import Chatroom
    from hubbub.wire.dialect import Dialect


class Connection(asyncio.Protocol):
    """One TCP connection from `host`; `left` is called when it is gone."""

    __slots__ = (
        "_chatroom",
        "_dialect",
        "_left",
        "_lingering",
        "_nameless",
        "_peer_ended",
        "_question",
        "_reading",
        "_serving",
        "_timer",
        "_transport",
        "closing",
        "conversation",
        "host",
    )

    def __init__(
        self, chatroom: Chatroom, dialect: Dialect, host: str, left: Callable[[], None]
    ) -> None:
        self._chatroom = chatroom
        self._dialect = dialect
        self._left = left
        self._nameless = True
        self._peer_ended = False
        self._reading = True
        self._question: asyncio.Task[None] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self.closing = False
        """Whether the last words are written, or the peer is gone."""
        self.host = host
        self.conversation = Conversation(chatroom, self, dialect.opening)

    # What asyncio tells us.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self._chatroom.limits.unsent_bytes_max)
        self._chatroom.arrived(self)

    def data_received(self, data: bytes) -> None:
        self.conversation.hear(self._dialect.receive(data))
        self._follow()

    def eof_received(self) -> bool:
        self._peer_ended = True
        self._linger(unread_bytes(self._transport))
        if not self.closing:
            self.conversation.peer_ends()
            self._follow()
        # Once both have said all, the transport closes by itself. Otherwise it stays open: the
        # peer may wait for answers.
        return not self.closing

    def pause_writing(self) -> None:
        # From within a write, perhaps one of the hub's: the session is marked, nothing else.
        self.conversation.fell_behind()

    def resume_writing(self) -> None:
        self.conversation.caught_breath()
        self._follow()

    def connection_lost(self, _exc: Exception | None) -> None:
        self.closing = True
        if self._lingering is not None:
            self._lingering.cancel()
        self._left()
        self.conversation.lose()
        self._drop_asked()
        self._follow()

    # What the conversation wants.

    def _follow(self) -> None:
        conversation, chatroom = self.conversation, self._chatroom
        chatroom.commits.wake()
        if self._nameless and conversation.is_admitted:
            self._nameless = False
            chatroom.introduced(self)
        if conversation.wants_nothing and self._reading:
            return
        if conversation.question is not None and self._question is None:
            self._question = chatroom.loop.create_task(self._ask())
        if conversation.backlog is not None and self._serving is None:
            self._serving = chatroom.loop.create_task(self._serve())
        if conversation.waits_for_commit:
            chatroom.commits.call_after(self.go_on)
        if (at := conversation.wake_at) is not None and self._timer is None:
            self._timer = chatroom.loop.call_at(at, self._tick)
        if not self.closing:
            if conversation.reading is not self._reading:
                self._reading = not self._reading
                if self._reading:
                    self._transport.resume_reading()
                else:
                    self._transport.pause_reading()
            if conversation.ended:
                self.end()
        if conversation.state is State.GONE:
            chatroom.departed(self)

    def go_on(self) -> None:
        """Have the conversation go on after a commit."""
        self.conversation.go_on()
        self._follow()

    def stop(self) -> None:
        """Listen to nothing more: the server stops."""
        self.conversation.stop()
        self._drop_asked()
        self._follow()

    def _drop_asked(self) -> None:
        """Take back from the log's queue what the conversation has let go of."""
        if self._question is not None and self.conversation.question is None:
            self._question.cancel()
            self._question = None
        if self._serving is not None and self.conversation.backlog is None:
            self._serving.cancel()
            self._serving = None

    async def has_acted(self) -> None:
        """Wait until all that was heard has been acted on; `stop` it before."""
        while not self.conversation.is_idle and self._question is not None:
            await asyncio.wait([self._question])

    def _tick(self) -> None:
        self._timer = None
        if self.conversation.wake_at is not None:
            self.conversation.tick()
            self._follow()

    async def _ask(self) -> None:
        conversation = self.conversation
        try:
            while (question := conversation.question) is not None:
                answer: Page | LogError | None
                try:
                    answer = await self._chatroom.answer(question)
                except LogError as error:
                    answer = error
                if conversation.question is question:  # else it was let go of, for another one
                    conversation.answer(answer)
                self._follow()  # the next question may wait for the commit of what was just said
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            conversation.fail_by_our_fault(error)
        self._question = None
        self._follow()

    async def _serve(self) -> None:
        conversation = self.conversation
        try:
            while (asked := conversation.backlog) is not None:
                room = asked.member.room.name
                events: list[AnyLogged] | LogError
                try:
                    events = await self._chatroom.log.backlog(room, asked.cursor, BACKLOG_BYTES)
                except LogError as error:
                    events = error
                if conversation.backlog is asked:
                    conversation.bring(events)
                self._follow()
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            conversation.fail_by_our_fault(error)
        self._serving = None
        self._follow()

    # What the hub and the conversation want, and the end.

    def write(self, payload: bytes) -> None:
        """Send `payload` after everything written before; nothing once the end is said."""
        if not self.closing:
            self._transport.write(payload)

    def end(self) -> None:
        """Send the rest, say so to TCP, and give the peer time to read it and hang up.

        Closing at once with bytes unread would reset the connection, and the peer might lose the
        sentence that says why.
        """
        if self.closing or self._transport.is_closing():
            return
        self.conversation.end()
        self.write(self._dialect.farewell())
        self.closing = True
        # If the peer has hung up, there is nothing to wait for; inside TLS no half can be closed.
        # Then both halves are closed as soon as the rest is sent.
        if self._peer_ended or not self._transport.can_write_eof():
            self._transport.close()
        else:
            try:
                self._transport.write_eof()
            except OSError:  # the peer has just reset the connection
                self.cut()
                return
            self._transport.resume_reading()
        self._linger(unread_bytes(self._transport))

    def _linger(self, unread: int) -> None:
        """Look again after a while whether the peer still reads."""
        if self._lingering is not None:
            self._lingering.cancel()
        self._lingering = self._chatroom.loop.call_later(LINGER_SECONDS, self._cut_if_stuck, unread)

    def _cut_if_stuck(self, unread_before: int) -> None:
        unread = unread_bytes(self._transport)
        is_waiting = not unread and not self.closing  # it has everything so far
        if is_waiting or unread != unread_before:
            self._linger(unread)
        else:
            self.cut()

    def fail(self, error: HubbubError) -> None:
        """Say why the connection ends, and end it."""
        self.conversation.fail(error)
        self._follow()

    def time_is_up(self) -> None:
        """End the connection: its peer has not said who it is."""
        self.fail(
            Refused(
                "You did not say who you are in time. Connect again and send your name in the "
                "first frame.",
                code="handshake_timeout",
            )
        )

    def cut(self) -> None:
        """Close at once, whatever is unsent."""
        self._transport.abort()

    def unread_bytes(self) -> int:
        """Return how many written bytes the peer's system has not taken yet."""
        return unread_bytes(self._transport)

    def unsent_bytes(self) -> int:
        """Return how many written bytes the system has not taken yet."""
        return self._transport.get_write_buffer_size()
