"""One person's presence on a server, across as many connections as it takes.

Each connection is a `Conversation`; what outlives it is here: the rooms with their cursors, the
messages not acknowledged yet, the secret that takes the name over, and the events that wait for
the application. `Chat` is its face.
"""

import asyncio
import itertools
import secrets

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, Refused, Unreachable
from hubbub.client.address import Address
from hubbub.client.answers import Answers
from hubbub.client.connection import Connection, Disconnected
from hubbub.client.conversation import Conversation
from hubbub.client.events import Offline, Received
from hubbub.client.inbox import Inbox
from hubbub.client.outbox import Outbox, Post
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms


class Session:
    """Made within a running event loop; `start` it, and `close` it at the end.

    `secret` takes the name over from a connection that was lost. `is_locked`: whether the server
    has a password, and took ours.

    `patient`: keep trying to connect from the start, instead of raising Unreachable. Without
    `backoff` the first loss of the connection is the end.
    """

    def __init__(
        self,
        address: Address,
        name: str,
        rooms: JoinedRooms,
        *,
        password: str,
        backoff: Backoff | None,
        patient: bool = False,
    ) -> None:
        self.address = address
        self.name = name
        self.rooms = rooms
        self.password = password
        self.secret = ""
        self.is_locked = False
        self.inbox = Inbox()
        self.outbox = Outbox()
        self.posted: Answers[int | None] = Answers()
        self.answers: Answers[e.AnyEvent] = Answers()
        self.refs = map(str, itertools.count(1))
        # Alike in their beginning, they stand together in the server's index, which stays quick.
        self._nonces = map(f"{secrets.token_hex(8)}-{{}}".format, itertools.count(1))
        self.entered = asyncio.Event()
        """Messages have begun to flow, or never will."""
        self.stirred = asyncio.Event()
        """The application took an event, or asked for something."""
        self.filled = asyncio.Event()
        """The outbox got a message."""
        self._backoff = backoff
        self._patient = patient
        self._conversation: Conversation | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended: HubbubError | None = None
        self._closing = False

    async def start(self) -> None:
        """Connect, and return when messages can flow; at once if `patient`.

        Raises Unreachable, or Refused if the server wants neither the name nor the room, or another
        password.
        """
        self._task = asyncio.create_task(self._run())
        if not self._patient:
            await self.entered.wait()
            if self._ended is not None:
                raise self._ended

    async def close(self) -> None:
        """Send what is written, and end everything."""
        self._closing = True
        conversation = self._conversation
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if conversation is not None:
            await conversation.connection.close()
        if self._task is not None and not self._task.cancelled():
            self._task.result()  # a bug of ours, if there was one

    async def receive(self) -> Received | None:
        """Return the next event; None once closed. Raises what ended the session for good."""
        received = await self.inbox.next()
        if received is None:
            if self._ended is not None and not self._closing:
                raise self._ended
            return None
        if self.inbox.low and self._conversation is not None:
            self._conversation.fetch_left_out()
        self.stirred.set()
        return received

    async def request(self, command: c.Command) -> e.AnyEvent:
        """Send a command and return its answer.

        Raises Refused; Unreachable if there is no connection, or no more before the answer.
        """
        conversation = self._speaking_events()
        command.ref = next(self.refs)
        conversation.send(command)
        self.stirred.set()
        return await self.answers.expect(command.ref)

    async def post(
        self,
        text: str,
        room: str | None = None,
        reply_to: int | None = None,
        nonce: str | None = None,
    ) -> int | None:
        """Send a message, now or when there is a connection again; return its seq.

        In classic mode: return None once the system has taken it.
        """
        if self._ended is not None:
            raise self._ended
        post = Post(nonce or next(self._nonces), room or self.rooms.current, text, reply_to)
        posted = self.posted.expect(post.nonce)
        self.outbox.add(post)
        self.filled.set()
        self.stirred.set()
        if self._conversation is not None:
            self._conversation.send_posts()
        return await posted

    async def line(self, text: str) -> None:
        """Send a plain line, and return when the server has dealt with it."""
        if self._conversation is not None and self._conversation.is_classic:
            await self.post(text)
            return
        self._speaking_events().send_line(text)
        await self.request(c.Ping())

    @property
    def is_classic(self) -> bool:
        """Whether the connection is to a tutorial server."""
        return self._conversation is not None and self._conversation.is_classic

    def _speaking_events(self) -> Conversation:
        if self._ended is not None:
            raise self._ended
        if self._conversation is None or not self._conversation.online:
            raise Unreachable(f"There is no connection to {self.address} now. Try again later.")
        if self._conversation.is_classic:
            raise Refused("This server relays messages and knows nothing else.", code="classic")
        return self._conversation

    # The life of the session.

    async def _run(self) -> None:
        ended: HubbubError = Unreachable("The chat is closed.")
        try:
            while True:
                await self._connect_once()
        except HubbubError as error:
            ended = error
        finally:
            self._ended = ended
            self.answers.refuse_all(ended)
            self.posted.refuse_all(ended)
            self.inbox.end()
            self.entered.set()

    async def _connect_once(self) -> None:
        """Live through one connection, and wait until it is time for the next."""
        try:
            await self._converse()
        except Disconnected as lost:
            reason = str(lost).rstrip(".")
        if not self.entered.is_set() and not self._patient:
            raise Unreachable(
                f"No chat server answers at {self.address}: {reason}. "
                "Check the address, or start a server there with 'hubbub serve'."
            )
        seconds = None if self._backoff is None else self._backoff.next_seconds()
        if seconds is None:
            raise Unreachable(f"The chat at {self.address} is lost: {reason}.")
        self.inbox.add(Received(Offline(reason, seconds)))
        await asyncio.sleep(seconds)

    async def _converse(self) -> None:
        connection = await Connection.open(self.address)
        self._conversation = Conversation(self, connection)
        try:
            await self._conversation.live()
        finally:
            if self._conversation.online and self._backoff is not None:
                self._backoff.reset()
            self._conversation = None
            self.outbox.rewind()
            self.answers.refuse_all(
                Unreachable("The connection was lost before the server answered.")
            )
            if not self._closing:
                connection.abort()
