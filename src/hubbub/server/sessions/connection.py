"""A connection whose peer converses: the asyncio side of a `Conversation`.

asyncio tells the connection what happens, the conversation decides, and `_follow` does what the
conversation then wants. A connection ends in two steps: it sends the last words and closes its own
half, and is gone when the peer has hung up. Once either side has closed its half, a peer that reads
is served to the end, however slowly, and a peer that has stopped reading is cut.

What may race: `_ask` and `_serve` wait for the log, one question and one portion at a time, while
everything else goes on. What they bring may come after the end; the conversation passes over it
then. `pause_writing` comes from within any write, so it only marks the session. Every other way in
ends with `_follow`: without it, nobody would do what the conversation wants.

Many of these ways in are called by what serves all connections in turn: commits, turns, sweeps. So
whatever is raised in one of them is `contained`: it ends this connection, and no other.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from hubbub.background import awaited
from hubbub.chat.errors import HubbubError, LogError, Refused
from hubbub.faults import faults
from hubbub.server.sessions.conversation import Conversation
from hubbub.server.sessions.states import State, Wait
from hubbub.server.sockets.addressed import server_at
from hubbub.server.sockets.contained import contained
from hubbub.server.sockets.farewell import LINGER_SECONDS
from hubbub.server.sockets.receiving import (
    RECEIVE_BYTES,
    STRANGER_BYTES,
    WAITING_BYTES,
    Receiver,
)
from hubbub.server.sockets.unread import has_hung_up, rest_of, unread_bytes, was_reset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hubbub.chat.events import AnyLogged
    from hubbub.chat.queries import Answer
    from hubbub.server.fairness.reading import Asker
    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.unread import Rest
    from hubbub.wire.dialect import Dialect


TURN_LOOK_SECONDS: Final = 0.02


class Connection(Receiver):
    """One TCP connection, with its turns; `left` is called when it is gone."""

    __slots__ = (
        "_asker",
        "_chatroom",
        "_dialect",
        "_has_left",
        "_heard_bytes",
        "_is_ahead",
        "_left",
        "_lingering",
        "_may_grow",
        "_may_write",
        "_nameless",
        "_owed",
        "_patient",
        "_peer_ended",
        "_question",
        "_reading",
        "_rest",
        "_serving",
        "_timer",
        "_transport",
        "_turn",
        "closing",
        "conversation",
        "host",
        "is_proven",
        "is_relayed",
    )

    def __init__(
        self, chatroom: Chatroom, dialect: Dialect, turn: Turn, left: Callable[[], None]
    ) -> None:
        self._chatroom = chatroom
        self._dialect = dialect
        self._left = left
        self._asker: Asker | None = None  # most connections never ask
        self._has_left = False
        self._heard_bytes = 0  # in the newest piece
        self._is_ahead = False  # whether the peer has said more while its turn was waited for
        self._may_grow = True  # whether there is room for the rest of a frame
        self._nameless = True
        self._owed: list[bytes] | None = None  # what the loop has had no time to write
        self._patient = False
        self._peer_ended = False
        self._reading = True
        self._rest: Rest | None = None  # what was not read when the connection was lost
        self._question: asyncio.Task[None] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self.closing = False
        """Whether the last words are written, or the peer is gone."""
        self._turn = turn
        self.host = turn.host
        self.is_proven = self.is_relayed = False
        self.conversation = Conversation(chatroom, self, self._turn, dialect.opening)

    @property
    def id(self) -> str:
        """What the journal and operators call it."""
        return self._turn.id

    @property
    def link(self) -> object:
        """The link to the relay that holds the socket; None if nobody does for us."""
        return self._transport.get_extra_info("link")

    # What asyncio tells us.

    @contained
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self._chatroom.limits.unsent_bytes_max)
        # What a relay writes to sockets takes no time of ours.
        self._may_write = getattr(transport, "may_write", self._chatroom.may_write)
        shown = transport.get_extra_info("peer_fingerprint") or ""
        self._dialect.reached_at(server_at(transport), shown)
        self.is_proven = bool(transport.get_extra_info("is_proven"))
        self.is_relayed = bool(transport.get_extra_info("is_relayed"))
        self._chatroom.arrived(self)

    @contained
    def data_received(self, data: bytes) -> None:
        self._is_ahead = self.conversation.wait is Wait.TURN
        self._heard_bytes = len(data)
        self.conversation.hear(self._dialect.receive(data), len(data))
        self._follow()

    def eof_received(self) -> bool:
        # It comes again if reading is resumed after it, as when a connection is handed over.
        is_news, self._peer_ended = not self._peer_ended, True
        if is_news and not self.closing:
            self._is_leaving()
            self._chatroom.partings.see_to(self._peer_ends)
        # Once both have said all, the transport closes by itself. Otherwise it stays open: the
        # peer may wait for answers.
        return not self.closing

    @contained
    def _peer_ends(self) -> None:
        if not self.closing:  # else it was lost meanwhile
            self._linger(unread_bytes(self._transport))
            self.conversation.peer_ends()
            self._follow()

    def pause_writing(self) -> None:
        # From within a write, perhaps one of the hub's: the session is marked, nothing else.
        self.conversation.fell_behind()

    @contained
    def resume_writing(self) -> None:
        self.conversation.caught_breath()
        self._follow()

    def connection_lost(self, exc: Exception | None) -> None:
        # What we write to a peer that is gone fails before we have read all that it said.
        if not self.closing:
            self._rest = rest_of(self._transport)
        self.closing, self._owed = True, None
        if self._lingering is not None:
            self._lingering.cancel()
        # Not after a minute of silence: the name was kept for its holder all that time.
        # Nor if the pipe is broken: the peer had closed its half, and we were not reading.
        broken = isinstance(exc, ConnectionError) and not isinstance(exc, BrokenPipeError)
        self._is_leaving()
        self._chatroom.partings.see_to(partial(self._lose, broken=broken))

    def _is_leaving(self) -> None:
        # At once: whoever comes with the name before its parting is seen to has to wait for it.
        if self.conversation.session is not None:
            self.conversation.session.leaving = True

    @contained
    def _lose(self, *, broken: bool) -> None:
        self.conversation.lose(broken=broken, is_unread=self._rest is not None)
        self._drop_asked()
        self._follow()

    def _read_rest(self, rest: Rest) -> None:
        try:
            data = rest.recv(self.piece_bytes)
        except (OSError, MemoryError):  # over: its peer has to leave
            data = b""
        if data:
            self.conversation.hear(self._dialect.receive(data), len(data))
        else:
            self._end_rest(rest)

    def _end_rest(self, rest: Rest) -> None:
        self._rest = None
        rest.close()
        self.conversation.hear_end()

    # What the conversation wants.

    def _follow(self) -> None:
        conversation, chatroom = self.conversation, self._chatroom
        while self._rest is not None and conversation.wants_rest:
            self._read_rest(self._rest)
        chatroom.commits.wake()
        if self._nameless and conversation.is_admitted:
            self._nameless = False
            chatroom.introduced(self)
        if conversation.wait is None and not self.closing:  # else the decoder has more to give
            unfinished = chatroom.unfinished_of_strangers if self._nameless else chatroom.unfinished
            self._may_grow = unfinished.may_grow(self, self._dialect.unfinished_bytes)
        if conversation.wants_nothing and self._may_grow and self._reading:
            return
        self._wait()
        if not self.closing:
            # To stop reading and to begin again takes longer than most turns that are waited for,
            # and most peers have nothing more to say. So only the next piece makes us stop.
            in_turn = conversation.wait is Wait.TURN and self._reading and not self._is_ahead
            self._read(wanted=(conversation.reading or in_turn) and self._may_grow)
            if conversation.ended:
                self.end()
        if conversation.state is State.GONE:
            self._leave()

    def _leave(self) -> None:
        if self._has_left:
            return
        self._has_left = True
        if self._rest is not None:  # it said its last words before that
            self._rest.close()
        with faults.contained("a connection is not forgotten in order", connection=self.id):
            self._chatroom.departed(self)
        self._asker = None
        self.conversation.let_go()
        self._left()  # not before: or whoever hangs up and comes back could have many turns

    def _read(self, *, wanted: bool) -> None:
        if wanted and not self._reading:
            self._transport.resume_reading()
        elif self._reading and not wanted:
            self._transport.pause_reading()
        self._reading = wanted

    def _wait(self) -> None:
        """See that whatever the conversation waits for reaches it."""
        conversation, chatroom = self.conversation, self._chatroom
        if conversation.question is not None and self._question is None:
            self._question = awaited(self._ask())
        if conversation.backlog is not None and self._serving is None:
            self._serving = awaited(self._serve())
        if conversation.wait is Wait.TURN:
            self._turn.wait(self._take_turn, self._heard_bytes)
        if conversation.waits_for_commit:
            chatroom.commits.call_after(self.go_on)
        if (at := conversation.wake_at) is not None and self._timer is None:
            self._timer = chatroom.loop.call_at(at, self._tick)

    @contained
    def _take_turn(self) -> None:
        # While it is not read from, nobody else says that its peer has hung up.
        if not (self._reading or self._turn.has_departed) and has_hung_up(self._transport):
            self._turn.depart()
        self.go_on()

    @contained
    def go_on(self) -> None:
        """Have the conversation go on, after a commit or in its turn."""
        self.conversation.go_on()
        self._follow()

    @contained
    def stop(self) -> None:
        """Listen to nothing more: the server stops. What was not read was not heard."""
        self.conversation.stop()
        if self._rest is not None:
            self._end_rest(self._rest)
        self._drop_asked()
        self._follow()

    @property
    def piece_bytes(self) -> int:
        """How much is read at a time, so that little has to wait here."""
        if self._nameless:
            return STRANGER_BYTES
        is_waiting = self._is_ahead or self.conversation.wait is not None
        return WAITING_BYTES if is_waiting else RECEIVE_BYTES

    def _drop_asked(self) -> None:
        """Take back from the log's queue what the conversation has let go of."""
        if self._question is not None and self.conversation.question is None:
            self._question.cancel()
            self._question = None
        if self._serving is not None and self.conversation.backlog is None:
            self._serving.cancel()
            self._serving = None

    @contained
    def give_up(self) -> None:
        """Act on nothing more of what was heard: the server stops, and cannot wait for it."""
        self.conversation.give_up()
        self._drop_asked()
        self._follow()

    async def has_acted(self) -> None:
        """Wait until all that was heard has been acted on; `stop` it before."""
        while not self.conversation.is_idle:
            if self._question is not None:
                await asyncio.wait([self._question])
            else:  # it waits for its turn: it may be its relay alone that stops
                await asyncio.sleep(TURN_LOOK_SECONDS)

    @contained
    def _tick(self) -> None:
        self._timer = None
        if self.conversation.wake_at is not None:
            self.conversation.tick()
            self._follow()

    async def _ask(self) -> None:
        conversation = self.conversation
        try:
            while (question := conversation.question) is not None:
                answer: Answer | LogError
                try:
                    answer = await self._chatroom.answer(question, self._reader())
                except LogError as error:
                    answer = error
                if conversation.question is question:  # else it was let go of, for another one
                    conversation.answer(answer)
                self._follow()  # the next question may wait for the commit of what was just said
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self.fail_by_our_fault(error)
        self._question = None
        self._end_asking()

    async def _serve(self) -> None:
        conversation = self.conversation
        try:
            while (asked := conversation.backlog) is not None:
                room = asked.member.room.name
                events: Sequence[AnyLogged] | LogError
                try:
                    events = await self._chatroom.reading.backlog(
                        self._reader(), room, asked.cursor
                    )
                except LogError as error:
                    events = error
                if conversation.backlog is asked:
                    conversation.bring(events)
                self._follow()
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self.fail_by_our_fault(error)
        self._serving = None
        self._end_asking()

    @contained
    def _end_asking(self) -> None:
        self._follow()

    def _is_gone(self) -> bool:
        """Whether the peer has gone: while it is not read from, nobody says so."""
        return self.closing or was_reset(self._transport)

    def _reader(self) -> Asker:
        if self._asker is None:
            turn = self._turn
            self._asker = self._chatroom.reading.asker(turn.host, self._is_gone, turn.proxy)
        return self._asker

    # What the hub and the conversation want, and the end.

    def write(self, payload: bytes) -> None:
        """Send `payload` after everything written before; nothing once the end is said."""
        if self.closing:
            return
        if self._owed is not None:
            self._owed.append(payload)
        elif self._may_write(len(payload)):
            self._transport.write(payload)
        else:
            self._owed = [payload]
            self._chatroom.sending.put_off(self, len(payload))

    @contained
    def pay(self) -> None:
        """Send what is owed, if anything is."""
        if self._owed is not None:
            owed, self._owed = self._owed, None
            self._transport.write(b"".join(owed))

    @contained
    def end(self, *, patient: bool = False) -> None:
        """Send the rest, say so to TCP, and give the peer time to read it and hang up.

        Closing at once with bytes unread would reset the connection, and the peer might lose the
        sentence that says why. `patient`: somebody else cuts a peer that has it and stays.
        """
        if self.closing:  # if the peer is gone, what it said before does not count any more
            self.conversation.end()
            self._follow()
            return
        if self._transport.is_closing():
            return
        self.conversation.end()
        self.write(self._dialect.farewell())
        self.pay()
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
        self._patient = patient
        self._linger(unread_bytes(self._transport))

    def _linger(self, unread: int) -> None:
        """Look again after a while whether the peer still reads."""
        if self._lingering is not None:
            self._lingering.cancel()
        self._lingering = self._chatroom.loop.call_later(LINGER_SECONDS, self._cut_if_stuck, unread)

    @contained
    def _cut_if_stuck(self, unread_before: int) -> None:
        unread = unread_bytes(self._transport)
        is_waiting = not unread and (self._patient or not self.closing)  # it has everything so far
        if is_waiting or unread != unread_before:
            self._linger(unread)
        else:
            self.cut()

    @contained
    def fail(self, error: HubbubError) -> None:
        """Say why the connection ends, and end it."""
        self.conversation.fail(error)
        self._follow()

    def fail_by_our_fault(self, error: Exception) -> None:
        """End the connection, and no other, because something is wrong with our code."""
        try:
            self.conversation.fail_by_our_fault(error)
            self._follow()
        except Exception as worse:  # noqa: BLE001 (then not in order, but ended all the same)
            faults.note("a session cannot be ended in order", worse, connection=self.id)
            if self.closing and self._transport.is_closing():  # nobody calls us any more
                self._leave()
            else:
                self.cut()

    def time_is_up(self) -> None:
        """End the connection: its peer has not said who it is."""
        self.fail(
            Refused(
                "You did not say who you are in time. Connect again and send your name in the "
                "first frame.",
                code="handshake_timeout",
            )
        )

    def frame_is_late(self) -> None:
        """End the connection if its peer keeps us waiting for the rest of a frame, and us alone."""
        if self.conversation.wait is None:
            seconds = self._chatroom.limits.handshake_seconds
            self.fail(
                Refused(
                    f"A frame did not come whole within {seconds:g} seconds, and others wait to "
                    "send theirs. Connect again and send it anew.",
                    code="slow_frame",
                )
            )

    def cut(self) -> None:
        """Close at once, whatever is unsent."""
        self._owed = None
        self._transport.abort()

    def unread_bytes(self) -> int:
        """Return how many written bytes the peer's system has not taken yet."""
        return unread_bytes(self._transport)

    def unsent_bytes(self) -> int:
        """Return how many written bytes the system has not taken yet."""
        return self._transport.get_write_buffer_size()
