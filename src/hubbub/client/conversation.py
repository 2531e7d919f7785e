"""One connection's life: what the server speaks, what it says, and what it is told.

It finds out what the server speaks (protocol section 3), gives the password, resumes, joins again
by cursor, sends again what was not acknowledged, and hands events to the inbox in order, without
gap or repeat.

Reading pauses while the application leaves many events waiting: the server keeps our place. But
while an answer is awaited reading goes on, or a program that says something from within its loop
over events would wait forever; if then even more piles up, a room's events are left out
altogether, and fetched again by cursor once the application has caught up.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import ProtocolError, Refused, Unreachable
from hubbub.chat.text import inert_line
from hubbub.client.classic import ClassicReader
from hubbub.client.connection import Connection, Disconnected
from hubbub.client.events import AnyClientEvent, Online, Received
from hubbub.client.replica import Fit
from hubbub.wire.codec import decode_event, encode
from hubbub.wire.frames import Frame, encode_event_frame, encode_frame

if TYPE_CHECKING:
    from hubbub.client.session import Session

WELCOME_SECONDS = 0.5
"""How long a server has to say that it speaks events before it is taken for a tutorial's."""

QUIET_SECONDS = 60
"""Silence after which the server is asked for a sign of life, and after which it is given up.

Long, because a server slows a fast sender down by not reading what it sent.
"""


class Conversation:
    """`online` once messages flow. `is_classic`: with a tutorial server, for all that is known."""

    def __init__(self, session: Session, connection: Connection) -> None:
        self.connection = connection
        self.online = False
        self.is_classic = False
        self._session = session
        self._opening = ClassicReader()
        self._welcome: e.Welcome | None = None
        self._unlock_ref = ""
        self._resume_ref = ""
        self._plain_posts: asyncio.Task[None] | None = None

    async def live(self) -> None:
        """Converse until the end: Disconnected, or for good Refused or Unreachable."""
        self.connection.write(encode_event_frame(self._session.name.encode()))
        try:
            while True:
                for frame in await self._read():
                    self._take(frame)
        except ProtocolError as error:
            raise Disconnected(str(error)) from error
        except Disconnected:
            match self._opening.farewell:
                case e.Error() as refusal:
                    raise Refused(inert_line(refusal.message), code=refusal.code) from None
                case e.Bye() as bye:
                    raise Disconnected(inert_line(bye.reason)) from None
            raise
        finally:
            self._end_classic()

    # What is said.

    def send(self, command: c.Command) -> None:
        """Write a command; raise Refused if it is too long for the server."""
        json = encode(command)
        limit = self._welcome.limits.get("frame_bytes_max") if self._welcome else None
        if limit is not None and len(json) > limit:
            raise Refused(
                f"This is {len(json)} bytes long; the server takes {limit}. "
                "Send it in shorter pieces.",
                code="too_long",
            )
        if isinstance(command, c.Join) and command.ref is not None:
            self._session.rooms.asked(command.ref, command)
        self.connection.write(encode_event_frame(json))

    def send_line(self, text: str) -> None:
        """Write a plain line: a message to the current room, or a `/` command."""
        self.connection.write(encode_frame(text.encode()))

    def send_posts(self) -> None:
        """Write what waits in the outbox, as far as it may be written now."""
        session = self._session
        if not self.online or self.is_classic:
            return  # in classic mode a task writes them
        for post in session.outbox.take():
            try:
                self.send(
                    c.Say(
                        ref=post.nonce,
                        nonce=post.nonce,
                        room=post.room,
                        text=post.text,
                        reply_to=post.reply_to,
                    )
                )
            except Refused as refusal:
                session.outbox.done(post.nonce)
                session.posted.refuse(post.nonce, refusal)

    def fetch_left_out(self) -> None:
        """Ask for what was left out while the application was too slow."""
        if self.online and not self.is_classic:
            for room in self._session.rooms.left_out():
                self._catch_up(room)

    def _catch_up(self, room: str) -> None:
        if join := self._session.rooms.catch_up(room):
            self._join(join)

    def _join(self, join: c.Join) -> None:
        join.ref = next(self._session.refs)
        self.send(join)

    # What is heard.

    async def _read(self) -> list[Frame]:
        while not self._may_read():
            self._session.stirred.clear()
            await self._session.stirred.wait()
        asked = False
        while True:
            try:
                async with asyncio.timeout(self._patience_seconds()):
                    return await self.connection.read()
            except TimeoutError:
                if self._welcome is None:
                    self._go_classic()
                elif asked:
                    raise Disconnected("the server has fallen silent") from None
                else:
                    asked = True
                    self.send(c.Ping(ref=next(self._session.refs)))

    def _patience_seconds(self) -> float | None:
        if self._welcome is not None:
            return QUIET_SECONDS
        # A tutorial server answers no ping; TCP itself watches over that connection.
        return None if self.is_classic else WELCOME_SECONDS

    def _may_read(self) -> bool:
        session = self._session
        if not session.inbox.pausing:
            return True
        awaiting = len(session.answers) + len(session.posted) > 0
        # A tutorial server cannot repeat what is left out.
        return awaiting and not (self.is_classic and session.inbox.full)

    def _take(self, frame: Frame) -> None:
        if self._welcome is not None:
            if frame.event and frame.text:
                self._hear(frame.text)
            return
        heard = self._opening.read(frame)
        if isinstance(heard, e.Welcome):
            self._go_events(heard)
            return
        if self._opening.farewell is None:
            self._go_classic()
        if heard is not None:
            self._tell(heard)

    def _tell(self, event: AnyClientEvent, json: str = "") -> None:
        if not self._session.inbox.full:
            self._session.inbox.add(Received(event, json))

    def _go_classic(self) -> None:
        if not self.is_classic:
            self.is_classic = self.online = True
            self._tell(Online(False, str(self._session.address)))
            self._session.entered.set()
            self._plain_posts = asyncio.create_task(self._write_plain_posts())

    def _end_classic(self) -> None:
        if self._plain_posts is not None:
            self._plain_posts.cancel()

    async def _write_plain_posts(self) -> None:
        """Write the outbox as plain frames; each is done once the system has taken it."""
        session = self._session
        while True:
            for post in session.outbox.take():
                self.send_line(post.text)
                try:
                    await self.connection.flushed()
                except Disconnected:
                    return  # `live` meets the same end
                session.outbox.done(post.nonce)
                session.posted.give(post.nonce, None)
            session.filled.clear()
            await session.filled.wait()

    def _go_events(self, welcome: e.Welcome) -> None:
        self._end_classic()
        self.is_classic = self.online = False
        self._welcome = welcome
        if welcome.locked:
            self._unlock()
        elif not welcome.held:
            if self._session.secret:  # we are who had this name before, in private rooms as well
                self.send(c.Resume(session=self._session.secret))
            self._go_online(welcome)
        elif not self._session.secret:
            raise Refused(
                f"The name '{welcome.name}' is taken. Choose another one.", code="name_taken"
            )
        else:
            self._resume_ref = next(self._session.refs)
            self.send(c.Resume(ref=self._resume_ref, session=self._session.secret))

    def _unlock(self) -> None:
        session = self._session
        if not session.password:
            raise Refused(
                f"The chatroom at {session.address} has a password. Give it with --password, "
                "in HUBBUB_PASSWORD, or from Python as password=….",
                code="password_needed",
            )
        self._unlock_ref = next(session.refs)
        self.send(c.Unlock(ref=self._unlock_ref, password=session.password))

    def _go_online(self, welcome: e.Welcome) -> None:
        # Only now: until the server has confirmed it, the elder secret is the one that counts.
        self._session.secret = welcome.session
        self._session.name = welcome.name
        self._session.is_locked = bool(self._unlock_ref)
        self.online = True
        self._session.outbox.rewind()
        self._tell(Online(True, str(self._session.address), welcome.server))
        joins = list(self._session.rooms.joins())
        for join in joins:
            self._join(join)
        if not joins:
            self._session.entered.set()
        self.send_posts()

    def _hear(self, json: str) -> None:
        event = decode_event(json)
        match event:
            case None:  # from a newer server
                return
            case e.Welcome() if event.ref == self._unlock_ref and not event.locked:
                self._go_events(event)
            case e.Bye(code="resumed"):
                raise Unreachable(
                    f"The chat as '{self._session.name}' goes on in another connection, "
                    "which has taken the name over.",
                    code=event.code,
                )
            case e.Bye():
                raise Disconnected(inert_line(event.reason))
            case e.Room():
                self._session.rooms.entered(event)
                self._tell(event, json)
                if event.ref is not None:
                    self._session.answers.give(event.ref, event)
                self._session.entered.set()
            case e.Ok():
                self._confirmed(event)
            case e.Error():
                self._refused(event, json)
            case e.Message() | e.Edited() | e.Deleted() | e.Reaction() | e.Topic():
                self._logged(event, json)
            case e.Page() | e.Rooms() | e.Members() if event.ref is not None:
                self._session.answers.give(event.ref, event)
            case _:
                if isinstance(event, e.Presence | e.Members):
                    self._session.rooms.observe(event)
                self._tell(event, json)

    def _logged(self, event: e.AnyLogged, json: str) -> None:
        if self._session.inbox.full:
            self._session.rooms.leave_out(event.room)
        fit = self._session.rooms.apply(event)
        if fit is Fit.NEXT:
            self._tell(event, json)
        elif fit is Fit.GAP:
            self._catch_up(event.room)

    def _confirmed(self, ok: e.Ok) -> None:
        session = self._session
        if ok.ref == self._resume_ref and self._welcome is not None and not self.online:
            self._go_online(self._welcome)
        elif session.outbox.done(ok.ref):
            session.posted.give(ok.ref, ok.seq)
            self.send_posts()
        else:
            session.answers.give(ok.ref, ok)

    def _refused(self, error: e.Error, json: str) -> None:
        session = self._session
        refusal = Refused(inert_line(error.message), code=error.code)
        if error.code == "slow_down" and session.secret and not self.online:
            # Ours was right before: somebody else at our address is guessing.
            raise Disconnected(str(refusal))
        if error.ref is None:
            if not self.online:
                raise refusal
            self._tell(error, json)
        elif session.rooms.refused(error.ref) or error.ref in (self._unlock_ref, self._resume_ref):
            raise refusal
        elif session.outbox.done(error.ref):
            session.posted.refuse(error.ref, refusal)
            self.send_posts()
        elif not session.answers.refuse(error.ref, refusal):
            self._tell(error, json)  # a room could not be joined again
