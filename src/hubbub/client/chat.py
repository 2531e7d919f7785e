"""The door for programs: `connect`, and the `Chat` it gives."""

import asyncio
from types import TracebackType
from typing import Self, TypeVar

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.text import inert, inert_line
from hubbub.client.address import parse_address
from hubbub.client.classic import what_is_said
from hubbub.client.driver import Driver
from hubbub.client.events import AnyClientEvent, Received
from hubbub.client.replica import MESSAGES_MAX, Replica
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session, State

_Answer = TypeVar("_Answer", bound=e.Event)


def connect(
    address: str = "",
    *,
    name: str,
    room: str | None = None,
    password: str = "",
    after: int | None = None,
    epoch: str = "",
    joining: bool = True,
    reconnect: bool | Backoff = True,
    patient: bool = False,
    spoke_events: bool = False,
    messages_max: int = MESSAGES_MAX,
) -> "Chat":
    """Return a chat on the server at `address`, to be entered with `async with`.

    `room`: the room to join; else the one in the address, else the lobby. `password`: given to a
    chatroom that has one, and never sent to any other. `after`: first receive every event of the
    room after this seq; with `epoch`, the one under which it was seen, the server can tell whether
    its history is still the same (`Room.replaced`). `joining`: whether to enter the room at all;
    without it you can still ask about rooms. `reconnect`: whether, or after which waits, to connect
    again when the connection is lost. `patient`: keep trying from the start as well; entering then
    returns at once. `spoke_events`: this server spoke events before, so its welcome is waited for,
    and it is never taken for a tutorial's (see `Chat.speaks_events`). `messages_max`: how many
    messages of each room the replicas hold.

    Raises BadAddress, and Refused for a name or text that no server would take. Entering raises
    Unreachable, or Refused if the server wants neither the name nor the room, or another password.
    """
    place = parse_address(address)
    if not (label := inert_line(_utf8(name)).strip()):
        raise Refused("The name is empty. Choose a visible one.", code="name_not_allowed")
    backoff = (Backoff() if reconnect else None) if isinstance(reconnect, bool) else reconnect
    rooms = JoinedRooms(
        room or place.room or DEFAULT_ROOM,
        after,
        epoch,
        joining=joining,
        messages_max=messages_max,
    )
    session = Session(
        place,
        label,
        rooms,
        password=_utf8(password),
        backoff=backoff,
        patient=patient,
        spoke_events=spoke_events,
    )
    return Chat(session, waits_to_enter=not patient)


class Chat:
    """A person's presence on a server. Iterate over it to receive events.

    Commands raise Refused with the server's code and sentence, and Unreachable when the connection
    is gone; `say` waits for the next connection instead. Iterating ends when the chat is closed,
    and raises Unreachable or Refused when it is lost for good.

    A program that leaves events unread slows its own reading down, never the server's other
    members; what it has not read yet comes later, in order and without a gap.
    """

    def __init__(self, session: Session, *, waits_to_enter: bool) -> None:
        self._session = session
        self._driver = Driver(session, waits_to_enter=waits_to_enter)

    async def __aenter__(self) -> Self:
        try:
            await self._driver.start()
        except BaseException:
            await self._driver.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._driver.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> AnyClientEvent:
        received = await self._driver.receive()
        if received is None:
            raise StopAsyncIteration
        return received.event

    async def receive(self) -> Received | None:
        """Return the next event with the JSON it came in; None once the chat is closed."""
        return await self._driver.receive()

    @property
    def name(self) -> str:
        """The name as the server writes it."""
        return self._session.name

    @property
    def room(self) -> str:
        """The room that messages go to when they name none: the last one joined."""
        return self._session.rooms.current

    @property
    def is_classic(self) -> bool:
        """Whether the server is a tutorial's, which relays messages and knows nothing else."""
        return self._session.state is State.CLASSIC

    @property
    def speaks_events(self) -> bool:
        """Whether the server has ever spoken events: what to give `connect` the next time."""
        return self._session.spoke_events

    @property
    def is_locked(self) -> bool:
        """Whether the server has a password; it has taken the one given."""
        return self._session.is_locked

    @property
    def replicas(self) -> dict[str, Replica]:
        """The rooms joined, as this side knows them."""
        return self._session.rooms.replicas

    async def say(
        self,
        text: str,
        room: str | None = None,
        reply_to: int | None = None,
        *,
        nonce: str | None = None,
    ) -> int | None:
        """Post a message once, and return its seq when it is committed.

        With a tutorial server: return None when it is written. Without a connection it waits for
        the next; cancelling does not take the message back. Give a `nonce`, new for each message,
        to recognise the message when it comes back as an event.
        """
        return await self._driver.post(_sayable(text), room, reply_to, nonce)

    async def line(self, text: str) -> None:
        """Take a line as people type it: a message to the current room, or a `/` command.

        `//` at its start says one `/`. Returns when the server has dealt with it; what it answers
        comes as a Notice or an Error. Raises Refused for a command that the server cannot know.
        """
        sayable = _sayable(text)
        if (said := what_is_said(sayable)) is not None:
            await self._driver.post(said)
        else:
            await self._driver.command_line(sayable)

    async def edit(self, room: str, seq: int, text: str) -> None:
        """Give a message of our own a new text."""
        await self._ask(c.Edit(room=room, seq=seq, text=_sayable(text)), e.Ok)

    async def delete(self, room: str, seq: int) -> None:
        """Take a message of our own back."""
        await self._ask(c.Delete(room=room, seq=seq), e.Ok)

    async def react(self, room: str, seq: int, emoji: str, *, on: bool = True) -> None:
        """Give an emoji to a message, or take it back."""
        await self._ask(c.React(room=room, seq=seq, emoji=emoji, on=on), e.Ok)

    async def topic(self, room: str, text: str) -> None:
        """Give a room a topic."""
        await self._ask(c.SetTopic(room=room, text=text), e.Ok)

    async def typing(self, room: str) -> None:
        """Tell the room that a message is being written."""
        await self._ask(c.Typing(room=room), e.Ok)

    async def seen(self, room: str, seq: int) -> None:
        """Move the read marker."""
        await self._ask(c.Seen(room=room, seq=seq), e.Ok)

    async def join(self, room: str, after: int | None = None, epoch: str = "") -> e.Room:
        """Enter a room; with `after`, every logged event after that seq follows.

        With the `epoch` under which that seq was seen, `replaced` in the answer tells that the
        history is another one: then what follows is only what is said from now on.
        """
        join = c.Join(room=room, after=after, epoch=epoch)
        return self._entered(await self._ask(join, e.Room))

    async def direct(self, name: str) -> e.Room:
        """Open the private room shared with the holder of `name`."""
        return self._entered(await self._ask(c.Direct(name=name), e.Room))

    def _entered(self, room: e.Room) -> e.Room:
        self._session.rooms.current = room.room
        return room

    async def leave(self, room: str) -> None:
        """Leave a room."""
        await self._ask(c.Leave(room=room), e.Ok)
        self._session.rooms.left(room)

    async def rooms(self) -> list[e.RoomSummary]:
        """Return the public rooms."""
        return (await self._ask(c.Rooms(), e.Rooms)).rooms

    async def members(self, room: str) -> e.Members:
        """Return who is in a room."""
        return await self._ask(c.Members(room=room), e.Members)

    async def history(
        self,
        room: str,
        *,
        before: int | None = None,
        after: int | None = None,
        limit: int = c.PAGE_MESSAGES_DEFAULT,
    ) -> e.Page:
        """Return the newest messages, those before a seq, or those after one; at most 200."""
        command = c.History(room=room, before=before, after=after, limit=limit)
        return await self._ask(command, e.Page)

    async def search(
        self,
        query: str,
        room: str | None = None,
        *,
        before: int | None = None,
        limit: int = c.PAGE_MESSAGES_DEFAULT,
    ) -> e.Page:
        """Return the newest messages with every word of `query`, of one room or of all."""
        command = c.Search(query=_utf8(query), room=room, before=before, limit=limit)
        return await self._ask(command, e.Page)

    async def ping(self) -> float:
        """Return the seconds that the server takes to answer."""
        clock = asyncio.get_running_loop().time
        started = clock()
        await self._ask(c.Ping(), e.Ok)
        return clock() - started

    async def _ask(self, command: c.Command, kind: type[_Answer]) -> _Answer:
        answer = await self._driver.request(command)
        if not isinstance(answer, kind):
            raise ProtocolError(f"The server answered with the wrong event: {answer!r:.200}.")
        return answer


def _utf8(text: str) -> str:
    """Return `text` without lone surrogates, which terminals and argv bring and UTF-8 lacks."""
    return text.encode("utf-8", "replace").decode()


def _sayable(text: str) -> str:
    sayable = inert(_utf8(text))
    if not sayable.strip("\n"):
        raise Refused("The message has no visible text. Write something in it.", code="empty")
    return sayable
