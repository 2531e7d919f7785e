"""A session's conversation with the hub, whatever its transport.

It acts on frames no faster than may be. Four things make it wait, and stop the reading meanwhile:
its pace, a command that reads the log, its messages on the way to the log, and a peer that does
not read its answers. So what is held for a peer is bounded, and what it sent is never dropped.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

import structlog

from hubbub.chat.commands import Delete, Edit, React, Resume, Say, Unlock
from hubbub.chat.errors import HubbubError, LogError, ProtocolError, Refused
from hubbub.chat.events import Error, Page
from hubbub.chat.queries import PageQuery, SearchQuery
from hubbub.server.pace import Pace
from hubbub.wire.codec import decode_command, ref_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hubbub.hub import Format, Session
    from hubbub.server.chatroom import Chatroom
    from hubbub.wire.frames import Frame

UNREAD_ANSWERS_BYTES_MAX = 1_048_576
"""A peer with so much unread is not listened to until it reads: its answers would pile up."""

BACKLOG_BYTES = 131_072
"""How much of the log is read at a time for a lagging member."""

BACKLOG_RETRY_SECONDS = 1.0

CHANGES = (Delete, Edit, React, Say)
"""Commands that may read the log and are not questions."""

NOT_READ = "The server cannot read its log now. Try again in a while."

logger = structlog.get_logger()


class Introduction(NamedTuple):
    """Who a peer says it is, and in which format it is spoken to."""

    name: str
    format: Format
    ref: str | None = None


class Line(Protocol):
    """What a conversation needs of its transport; it is the hub's Outlet as well."""

    ended: bool
    host: str

    @property
    def opening(self) -> Format:
        """In which format the peer is spoken to before it has introduced itself."""

    def introduction(self, frame: Frame, /) -> Introduction:
        """Read who the peer is in its first frame; raise Refused if it does not say so."""

    def write(self, payload: bytes, /) -> None:
        """Send bytes, after `end` none."""

    def end(self) -> None:
        """Send what was written, then close."""

    def cut(self) -> None:
        """Close at once, whatever is unsent."""

    def unsent_bytes(self) -> int:
        """Return how many written bytes still wait to be sent."""

    def pause(self) -> None:
        """Stop reading from the peer."""

    def proceed(self) -> None:
        """Read from the peer again."""


class Conversation:
    """One peer's side of the chatroom, from its first frame to the end of its connection."""

    __slots__ = (
        "_catching_up",
        "_chatroom",
        "_finished",
        "_frames",
        "_hung_up",
        "_line",
        "_pace",
        "_reading",
        "_timer",
        "heard_at",
        "session",
    )

    def __init__(self, chatroom: Chatroom, line: Line) -> None:
        self._chatroom = chatroom
        self._line = line
        self._frames: Iterator[Frame] = iter(())
        self._finished = False
        self._hung_up = False
        self._reading: asyncio.Task[None] | None = None  # of the log, for a command
        self._catching_up: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._pace: Pace | None = None
        self.heard_at = chatroom.loop.time()
        self.session: Session | None = None
        if per_second := chatroom.limits.messages_per_second:
            self._pace = Pace(per_second, chatroom.limits.burst, chatroom.loop.time())

    def hear(self, frames: Iterator[Frame]) -> None:
        """Act on frames as they may be acted on; while some wait, the line is paused."""
        self._frames = frames
        self.heard_at = self._chatroom.loop.time()
        self.go_on()

    def heard_nothing(self) -> None:
        """Take note that the peer still sends, after the end, what is not listened to."""
        self.heard_at = self._chatroom.loop.time()

    def go_on(self) -> None:
        """Act on the frames that wait, until none is left or something makes them wait longer."""
        line, frames = self._line, self._frames
        try:
            while not line.ended:
                if self._must_wait():
                    line.pause()
                    break
                if (frame := next(frames, None)) is None:
                    line.proceed()
                    break
                self._act(frame)
        except ProtocolError as error:
            self.fail(error)
        self._chatroom.commits.wake()
        if self._hung_up:
            self.hear_end()

    def hear_end(self) -> None:
        """The peer will send nothing more: end once it has the answers to what it sent."""
        self._hung_up = True
        session = self.session
        if session is not None and session.pending_bytes:
            self._chatroom.commits.waiting.add(self)
        elif session is None or not session.lagging:
            self._line.end()

    def _must_wait(self) -> bool:
        if self._finished or self._reading is not None:
            return True
        chatroom, session = self._chatroom, self.session
        if session is not None and session.pending_bytes > chatroom.limits.pending_bytes_max:
            chatroom.commits.waiting.add(self)
            return True
        if self._line.unsent_bytes() > UNREAD_ANSWERS_BYTES_MAX:
            return True
        if self._pace is None or not (delay := self._pace.delay(chatroom.loop.time())):
            return False
        if self._timer is None:
            self._timer = chatroom.loop.call_later(delay, self._pace_allows)
        return True

    def _pace_allows(self) -> None:
        self._timer = None
        self.go_on()

    def finish(self) -> None:
        """Act on all that was read already, without waiting, and listen to nothing more."""
        self._finished = True
        try:
            for frame in self._frames:
                if self._line.ended:
                    break
                self._act(frame)
        except ProtocolError as error:
            self.fail(error)
        self._chatroom.commits.wake()
        if not self._line.ended:
            self._line.pause()

    def depart(self) -> None:
        """Leave the chatroom: the connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
        if self._catching_up is not None:
            self._catching_up.cancel()
        if self.session is not None:
            self._chatroom.hub.depart(self.session)

    # One frame.

    def _act(self, frame: Frame) -> None:
        session = self.session
        if not frame.text:
            return  # a frame of length 0 is valid, and means nothing
        if session is None:
            self._enter(frame)
            return
        if self._pace is not None:
            self._pace.take()
        command = None
        by_event = frame.event and session.format.speaks_events
        at = time.time_ns() // 1_000_000
        try:
            if by_event:
                command = decode_command(frame.text)
                if isinstance(command, Unlock):
                    self._chatroom.guesses.check(self._line.host)
                decision = self._chatroom.hub.command(session, command, at)
                if isinstance(command, Resume | Unlock) and session.admitted:
                    self._chatroom.introduced(self._line)
            else:
                decision = self._chatroom.hub.line(session, frame.text, at)
            if self._finished and not isinstance(command, CHANGES):
                return  # nobody waits for an answer any more
            if decision is not None and (query := next(decision, None)) is not None:
                # The frames after this one wait until it is decided.
                self._reading = self._chatroom.loop.create_task(
                    self._read_and_decide(
                        session, decision, query, command.ref if command else None
                    )
                )
        except Refused as error:
            ref = command.ref if command else ref_of(frame.text) if by_event else None
            self._refuse(session, error, ref)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self._fail_by_our_fault(session, error)
        if session.lagging and not session.congested:
            self._catch_up()

    def _enter(self, frame: Frame) -> None:
        format_, ref = None, None
        secret = secrets.token_urlsafe(16)
        try:
            name, format_, ref = self._line.introduction(frame)
            self.session = self._chatroom.hub.enter(name, format_, self._line, secret, ref)
        except Refused as error:
            self.fail(error, format_, ref if format_ else ref_of(frame.text))
        else:
            if self.session.admitted:
                self._chatroom.introduced(self._line)

    async def _read_and_decide(
        self,
        session: Session,
        decision: Generator[PageQuery | SearchQuery, Page, None],
        query: PageQuery | SearchQuery,
        ref: str | None,
    ) -> None:
        log = self._chatroom.log
        try:
            await self._chatroom.commits.settled(session)  # who asks finds what they said before
            while True:
                page = await (
                    log.page(query) if isinstance(query, PageQuery) else log.search(query)
                )
                query = decision.send(page)
        except StopIteration:
            pass
        except Refused as error:
            self._refuse(session, error, ref)
        except LogError as error:
            logger.warning("the log cannot be read", reason=str(error))
            self._refuse(session, Refused(NOT_READ, code=error.code), ref)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self._fail_by_our_fault(session, error)
        self._reading = None
        self.go_on()

    # Refusals and ends.

    def _refuse(self, session: Session, error: HubbubError, ref: str | None) -> None:
        if session.held:  # only the right `resume` helps; all else is an attempt to take the name
            error = self._chatroom.hub.name_taken(session)
        if error.code == "wrong_password":
            self._chatroom.guesses.wrong(self._line.host)
        session.send(Error(code=error.code, message=str(error), ref=ref))
        if not session.admitted:
            self._line.end()

    def fail(
        self, error: HubbubError, format_: Format | None = None, ref: str | None = None
    ) -> None:
        """Say why the connection ends, and end it."""
        if format_ is None:
            format_ = self._line.opening if self.session is None else self.session.format
        self._line.write(format_.encode(Error(code=error.code, message=str(error), ref=ref)))
        self._line.end()

    def _fail_by_our_fault(self, session: Session, error: Exception) -> None:
        self.fail(HubbubError("The server has a fault and ends this session.", code="server_fault"))
        logger.error("a session failed", name=session.name, exc_info=error)

    # A slow reader.

    def fell_behind(self) -> None:
        """The connection is full: from now on the log keeps the session's place."""
        if self.session is not None:
            self._chatroom.hub.lag(self.session)

    def caught_breath(self) -> None:
        """The connection takes bytes again."""
        if self.session is not None:
            self.session.congested = False
            self._catch_up()
        self.go_on()

    def _catch_up(self) -> None:
        if self._catching_up is None and self.session is not None:
            serving = self._serve_backlog(self.session)
            self._catching_up = self._chatroom.loop.create_task(serving)

    async def _serve_backlog(self, session: Session) -> None:
        chatroom = self._chatroom
        try:
            while session.lagging and not session.congested:
                member = next(iter(session.lagging.values()))
                cursor = member.cursor
                try:
                    events = await chatroom.log.backlog(member.room.name, cursor, BACKLOG_BYTES)
                except LogError:
                    await asyncio.sleep(BACKLOG_RETRY_SECONDS)
                    continue
                # Meanwhile the member may have left, or joined anew with another cursor.
                if session.lagging.get(member.room.name) is member and member.cursor == cursor:
                    chatroom.hub.catch_up(member, events)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this session, no other)
            self._fail_by_our_fault(session, error)
        self._catching_up = None
        if self._hung_up:
            self.hear_end()
