"""The door for programs: `connect`, and the `Chat` it gives."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.text import inert, inert_line
from hubbub.client.account import AccountCommands
from hubbub.client.address import Address
from hubbub.client.admission import Admission, Proof
from hubbub.client.classic import what_is_said
from hubbub.client.driver import Driver
from hubbub.client.events import AnyClientEvent, Received
from hubbub.client.files import FileCommands
from hubbub.client.nodes import Nodes
from hubbub.client.people import PeopleCommands
from hubbub.client.power import PowerCommands
from hubbub.client.replica import MESSAGES_MAX, Replica
from hubbub.client.retry import Backoff
from hubbub.client.rooms import JoinedRooms
from hubbub.client.session import Session
from hubbub.client.states import State
from hubbub.client.threads import ThreadCommands
from hubbub.client.trust import Trust


def connect(
    address: str | Address = "",
    *,
    name: str,
    room: str | None = None,
    password: str = "",
    session: str = "",
    device: str = "",
    label: str = "",
    proof: Proof | None = None,
    invitation: str = "",
    after: int | None = None,
    epoch: str = "",
    joining: bool = True,
    reconnect: bool | Backoff = True,
    patient: bool = False,
    spoke_events: bool = False,
    messages_max: int = MESSAGES_MAX,
    ca: str = "",
    remember: bool = True,
) -> "Chat":
    """Return a chat on the server at `address`, to be entered with `async with`.

    `address`: as people write it, with commas between several nodes, or a link. A `password`, if it
    asks for one, `device` and `proof` go to the first one's chatroom; the others are left out until
    that has told of them; if you know that they are one, give `one_chatroom(…)`. `room`: the one to
    join; else that in the address, else the lobby. `session`: the `Chat.session` of a run that was
    killed, to go on as the same person. `device`: 22 to 64 letters, digits, `-` and `_` that nobody
    can guess, and only you can read: by them the server knows you again, in all programs of yours.
    `label`: what the device is called in your list, up to 64 characters. `proof`: a Login, Recover
    or Link command, where the server does not know the device yet. `invitation`: lets the device in
    the first time; its rooms are joined, too. `after`: first receive every event of the room after
    this seq; with `epoch`, under which it was seen, the server can tell whether its history is the
    same (`Room.replaced`). `joining`: without it you are in no room, and can still ask about them.
    `reconnect`: whether, or after which waits, to connect again. `patient`: keep trying from the
    start, too, even while the name is kept for somebody else; entering then returns at once.
    `spoke_events`: it did before, so its welcome is waited for. `messages_max`: how many a replica
    of a room holds. `ca`: a file of authorities for its certificate, else the system's. `remember`:
    whether that, and where its nodes are, is kept on this computer.

    Raises BadAddress, and Refused for a name or text that no server would take. Entering raises
    Unreachable, or Refused if the server wants neither the name nor the room, or another password.
    Where the name is only kept, `Refused.retry_after` says for how many seconds.
    """
    nodes = Nodes(address, keeps=remember)
    at = nodes.known(password, as_somebody=device != "" or proof is not None)
    rooms = JoinedRooms(room or at.room, after, epoch, joining=joining, messages_max=messages_max)
    admission = Admission(
        at,
        _visible(name),
        _utf8(password),
        secret=_utf8(session),
        device=device,
        label=label,
        proof=proof,
        invitation=invitation,
    )
    backoff = (Backoff() if reconnect else None) if isinstance(reconnect, bool) else reconnect
    person = Session(admission, rooms, backoff=backoff, patient=patient, spoke_events=spoke_events)
    return Chat(person, Trust(ca, keeps=remember), nodes, waits_to_enter=not patient)


class Chat(AccountCommands, PeopleCommands, PowerCommands, ThreadCommands, FileCommands):
    """A person's presence on a server. Iterate over it to receive events.

    What it can be asked for is here and in the classes above it.

    Commands raise Refused with the server's code and sentence, and Unreachable when the connection
    is gone; `say` waits for the next connection instead. What the server cannot do just now is
    asked of it again, after the waits of `reconnect` (`Delayed` tells): edits, deletions, reactions
    and topics until it is done, one after the other for each message; what is only asked for, as
    with `history` or `join`, for about half a minute. To wait for less, cancel. Iterating ends when
    the chat is closed, and raises Unreachable or Refused when it is lost for good.

    A program that leaves events unread slows its own reading down, never the server's other
    members; what it has not read yet comes later, in order and without a gap.
    """

    def __init__(
        self, session: Session, trust: Trust, nodes: Nodes, *, waits_to_enter: bool
    ) -> None:
        self._driver = Driver(session, trust, nodes, waits_to_enter=waits_to_enter)
        super().__init__(self._driver)
        self._session = session

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
        return self._session.me.name

    @property
    def address(self) -> str:
        """Where the server is, as HOST:PORT; of several, the one that is talked to or tried now."""
        return str(self._session.address)

    @property
    def addresses(self) -> list[str]:
        """Where the chatroom is, as far as is known: `address`, and what is tried after it."""
        address = self._session.address
        return [str(one) for one in (address, *address.others)]

    @property
    def person(self) -> e.PersonSummary | None:
        """Who we are to the server; None if it knows nothing but our name."""
        return self._session.me.person

    def is_own(self, event: e.Logged) -> bool:
        """Return whether an event is by us, on whatever device."""
        return self._session.me.did(event)

    @property
    def ignored(self) -> list[e.IgnoredSummary]:
        """Whom we ignore, on all devices; see `ignores`."""
        return self._session.me.ignored

    def ignores(self, sender: str, person: str = "") -> bool:
        """Return whether what somebody says is to be hidden: we ignore them."""
        return self._session.me.ignores(sender, person)

    def is_ignored(self, event: AnyClientEvent) -> bool:
        """Return whether an event is by somebody whom we ignore, and so not to be shown."""
        match event:
            case e.Logged(sender=name, person=person):
                return self.ignores(name, person)
            case e.Typing(room=room, name=name):
                replica = self.replicas.get(room)
                return self.ignores(name, "" if replica is None else replica.people.get(name, ""))
            case _:
                return False

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
    def text_bytes_max(self) -> int | None:
        """How long a message may be; None where the server does not say."""
        return self._session.exchange.text_bytes_max

    @property
    def is_locked(self) -> bool:
        """Whether the server has a password; it has taken the one given."""
        return self._session.is_locked

    def retry_now(self) -> None:
        """Connect again at once, if the connection is lost and the next attempt is waited for."""
        self._driver.retry_now()

    @property
    def session(self) -> str:
        """A secret: whoever gives it to `connect` goes on as this person, and nobody else can.

        There is a new one with each `Online`. It is empty with a tutorial's server, and when the
        chat has ended in an orderly way. Keep it where only you can read it, in case your program
        is killed: for a minute after that, nobody else gets the name.
        """
        return self._session.secret

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
        me: bool = False,
        files: Sequence[str] = (),
    ) -> int | None:
        """Post a message once, and return its seq when it is committed.

        With a tutorial server: return None when it is written. Without a connection it waits for
        the next, and if the server cannot store the message just now, it is said again, in order,
        after the waits of `reconnect`, or without those for about half a minute (`Delayed` tells).
        Cancelling does not take the message back. Give a `nonce`, new for each message, to
        recognise the message when it comes back as an event, or to say it again in a later run.
        `me`: the text says what we do, as "waves". `files`: the ids of finished uploads (`upload`)
        for the same room; with them, the text may be empty.
        """
        sayable = _sayable(text) if text or not files else ""
        return await self._driver.post(sayable, room, reply_to, nonce, me=me, files=tuple(files))

    async def line(self, text: str, *, nonce: str | None = None) -> None:
        """Take a line as people type it: a message to the current room, or a `/` command.

        `//` at its start says one `/`, and `/me waves` what we do. `nonce`: of a message, as for
        `say`. Returns when the server has dealt with it; what it answers comes as a Notice or an
        Error. Raises Refused for a command that the server cannot know.
        """
        sayable = _sayable(text)
        if (said := what_is_said(sayable)) is not None:
            await self._driver.post(said.text, nonce=nonce, me=said.me)
        else:
            await self._driver.command_line(sayable)

    async def edit(self, room: str, seq: int, text: str) -> None:
        """Give a message of our own a new text."""
        await self._done(c.Edit(room=room, seq=seq, text=_sayable(text)))

    async def react(self, room: str, seq: int, emoji: str, *, on: bool = True) -> None:
        """Give an emoji to a message, or take it back."""
        await self._done(c.React(room=room, seq=seq, emoji=emoji, on=on))

    async def topic(self, room: str, text: str) -> None:
        """Give a room a topic."""
        await self._done(c.SetTopic(room=room, text=text))

    async def typing(self, room: str) -> None:
        """Tell the room that a message is being written."""
        await self._done(c.Typing(room=room))

    async def seen(self, room: str, seq: int, *, unread: bool = False) -> None:
        """Move our read marker, on all devices; back only if what follows shall be `unread` again.

        See `Replica.seen`.
        """
        await self._done(c.Seen(room=room, seq=seq, unread=unread))

    async def join(self, room: str, after: int | None = None, epoch: str = "") -> e.Room:
        """Enter a room; with `after`, every logged event after that seq follows.

        With the `epoch` under which that seq was seen, `replaced` in the answer tells that the
        history is another one: then what follows is only what is said from now on.
        """
        join = c.Join(room=room, after=after, epoch=epoch)
        return self._entered(await self._ask(join, e.Room))

    async def direct(self, name: str) -> e.Room:
        """Open the private room shared with the holder of `name`, who may be away if known.

        Refused `not_here`: somebody in passing has left, or nobody is called so.
        """
        return self._entered(await self._ask(c.Direct(name=name), e.Room))

    def _entered(self, room: e.Room) -> e.Room:
        self._session.rooms.current = room.room
        return room

    async def leave(self, room: str) -> None:
        """Leave a room."""
        await self._done(c.Leave(room=room))
        self._session.rooms.left(room)

    async def rooms_after(self, name: str) -> e.Rooms:
        """Return the rooms whose names come next after one, of all that we may enter."""
        return await self._ask(c.Rooms(after=name), e.Rooms)

    async def conversations(self, *, before: int | None = None) -> e.Conversations:
        """Return our private rooms in which something was said, the newest first.

        `before`: those whose newest seq is below.
        """
        return await self._ask(c.Conversations(before=before), e.Conversations)

    async def members(self, room: str) -> e.Members:
        """Return who is in a room."""
        return await self._ask(c.Members(room=room), e.Members)

    async def history(
        self,
        room: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = c.PAGE_MESSAGES_DEFAULT,
        count: bool = False,
        epoch: str | None = None,
    ) -> e.Page:
        """Return the newest messages, those before a seq, after one, or around one; at most 200.

        `count`: how many there are after that one, too, up to 1,000. `epoch`: that of an earlier
        page, to be told if the history up to `after` is another one now; "" to be told the first.
        """
        command = c.History(
            room=room,
            before=before,
            after=after,
            around=around,
            limit=limit,
            count=count,
            epoch=epoch,
        )
        return await self._ask(command, e.Page)

    async def search(
        self,
        query: str,
        room: str | None = None,
        *,
        before: int | None = None,
        limit: int = c.PAGE_MESSAGES_DEFAULT,
    ) -> e.Page:
        """Return the newest messages with every word of `query`, of one room or of all.

        It may hold phrases within quotes and filters, as `from:ben after:yesterday has:link`; days
        are those of this machine. Refused for a filter that means nothing.
        """
        zone = datetime.now().astimezone().utcoffset()
        minutes = 0 if zone is None else zone // timedelta(minutes=1)
        command = c.Search(query=_utf8(query), room=room, before=before, limit=limit, zone=minutes)
        return await self._ask(command, e.Page)

    async def mentions(
        self, *, before: int | None = None, limit: int = c.PAGE_MESSAGES_DEFAULT
    ) -> e.Page:
        """Return the newest messages that mention us or answer ours, in all rooms we may read.

        Refused for somebody in passing, whom the server would not know again.
        """
        return await self._ask(c.Mentions(before=before, limit=limit), e.Page)

    async def ping(self) -> float:
        """Return the seconds that the server takes to answer."""
        clock = asyncio.get_running_loop().time
        started = clock()
        await self._done(c.Ping())
        return clock() - started


def _utf8(text: str) -> str:
    """Return `text` without lone surrogates, which terminals and argv bring and UTF-8 lacks."""
    return text.encode("utf-8", "replace").decode()


def _visible(name: str) -> str:
    if not (visible := inert_line(_utf8(name)).strip()):
        raise Refused("The name is empty. Choose a visible one.", code="name_not_allowed")
    return visible


def _sayable(text: str) -> str:
    sayable = inert(_utf8(text))
    if not sayable.strip("\n"):
        raise Refused("The message has no visible text. Write something in it.", code="empty")
    return sayable
