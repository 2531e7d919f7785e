"""The chat in plain lines, for pipes, screen readers and simple terminals."""

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import NamedTuple, Self

from msgspec import structs

from hubbub.background import awaited, begin
from hubbub.chat.errors import HubbubError, Refused, Unreachable
from hubbub.chat.events import Away, Message, Removed, RoomRules
from hubbub.cli import typed_ahead
from hubbub.cli.ending import run
from hubbub.cli.output import complain, reader_may_leave, show_lines
from hubbub.cli.reading import ReadMarkers
from hubbub.cli.reporting import report
from hubbub.cli.restored import Restored
from hubbub.cli.speaking import Speaker, StdinLines, let_go
from hubbub.cli.stamps import Stamps
from hubbub.cli.transcript import server_lines, transcript
from hubbub.client import AnyClientEvent, Backoff, Chat, Offline, Online, connect
from hubbub.client.nodes import at_home
from hubbub.client.nonces import Nonces
from hubbub.desk.devices import device_label
from hubbub.desk.hosting import Host, HostingOn, Offer
from hubbub.desk.link import wait_max

LAST = 10
"""So many of the last messages are printed first, where nothing else is asked for."""

HOST_WORD = "/host"
"""Hosts the chatroom on. It is not for the server, which is gone when it is typed."""

LINES_MAX = 100
"""Lines with private messages of which the echo may be on its way."""


class Look(NamedTuple):
    """How lines look, and how many of the last messages come first."""

    stamps: Stamps = Stamps()
    last: int = 0

    @classmethod
    def of(cls, *, time: bool, seq: bool, last: int | None) -> Self:
        """Return what the options say.

        A program that reads the lines would answer old ones, so they are first for people alone.
        """
        is_person = sys.stdin is not None and sys.stdin.isatty()
        return cls(Stamps(time, seq), last if last is not None else LAST * is_person)

    def show(self, event: AnyClientEvent, chat: Chat) -> None:
        """Print what tells of an event, unless it is by somebody whom the user ignores."""
        if not chat.is_ignored(event):
            show_lines(self.stamps.put(event, transcript(event, chat.room, chat.address)))


def chat(
    address: str,
    name: str,
    room: str | None,
    password: str,
    *,
    reconnect: bool,
    device: str,
    home: str,
    look: Look,
    host: Host | None,
    entered: Callable[[Chat], None],
) -> None:
    """Chat until stdin ends. Ctrl-C and SIGTERM are usual ways out, and no failures.

    `home`: where device and password belong. `entered` is called once the server has taken the
    name and the password.
    """
    opened = connect(
        at_home(address, home),
        name=name,
        room=room,
        password=password,
        device=device,
        label=device_label(),
        reconnect=reconnect and Backoff(longest_seconds=wait_max(address)),
    )
    with reader_may_leave(), contextlib.suppress(KeyboardInterrupt):
        run(_chat(opened, look, host, entered))


class _Typed:
    """What was typed here, and so stands on the screen already when it comes back.

    What the same person says on other devices, or in other programs here, does not.
    """

    def __init__(self) -> None:
        self._nonces = Nonces()
        self._said: set[str] = set()
        self._lines: deque[str] = deque(maxlen=LINES_MAX)

    def message(self) -> str:
        """Return the nonce of a message that is typed now."""
        nonce = self._nonces.next()
        self._said.add(nonce)
        return nonce

    def line(self, line: str) -> None:
        """Take in a line with a `/`: by `/msg`, the server posts its end without a nonce."""
        if line.startswith("/msg "):
            self._lines.append(line)

    def holds(self, own: Message) -> bool:
        """Return, once, whether a message of our own was typed here."""
        if own.nonce is not None:
            was_said = own.nonce in self._said
            self._said.discard(own.nonce)
            return was_said
        line = next((line for line in self._lines if line.endswith(own.text)), None)
        if line is not None:
            self._lines.remove(line)
        return line is not None


async def _chat(
    opened: Chat, look: Look, host: Host | None, entered: Callable[[Chat], None]
) -> None:
    typed, markers = _Typed(), ReadMarkers(opened, look.last)
    hosting = _Hosting(opened, host)
    hearing: asyncio.Task[None] | None = None
    try:
        async with opened as chat:
            entered(chat)
            if typed_ahead.discarded():
                complain("what you typed before the chat began was not said; type it again")
            hearing = awaited(_hear(chat, typed, markers, look, hosting))
            await _speak_while(hearing, chat, typed, hosting)
            await markers.move()
    finally:
        # Closed, the chat gives what came before its end, and then no more. That is still shown,
        # also where a line that could not be sent told of the end first.
        hosting.close()
        if hearing is not None:
            await hearing


async def _speak_while(
    hearing: asyncio.Task[None], chat: Chat, typed: _Typed, hosting: "_Hosting"
) -> None:
    speaking = awaited(_speak(chat, typed, hosting))
    try:
        await asyncio.wait({hearing, speaking}, return_when=asyncio.FIRST_COMPLETED)
        if hearing.done():
            hearing.result()
        await speaking
    finally:
        let_go(speaking)


class _Rules:
    """What holds in rooms as far as it was told: only what changes it is news."""

    def __init__(self) -> None:
        self._told: dict[str, RoomRules] = {}

    def is_news(self, event: RoomRules) -> bool:
        """Take in what holds now; who keeps the room in order is no news here."""
        now = structs.replace(event, owner="", moderators=[], members=[], writers=[])
        before = self._told.get(event.room, RoomRules(room=event.room))
        self._told[event.room] = now
        return now != before


async def _hear(
    chat: Chat, typed: _Typed, markers: ReadMarkers, look: Look, hosting: "_Hosting"
) -> None:
    restored, rules = Restored(chat), _Rules()
    async for event in chat:
        report(event)
        if isinstance(event, Online | Offline):
            hosting.on.take(event)
        for message in await restored.unseen(event):
            look.show(message, chat)
        if (missed := await markers.missed(event)) and look.last:
            count = f"{len(missed)} messages" if len(missed) > 1 else "message"
            show_lines(server_lines(f"The last {count} in {missed[0].room}:"))
        for message in missed:
            look.show(message, chat)
        match event:
            case Message() if chat.is_own(event) and typed.holds(event):
                pass
            case RoomRules() if not rules.is_news(event):
                pass
            case Away() if chat.person is not None and event.person == chat.person.id:
                pass  # the server has said so
            case _:
                look.show(event, chat)
        # Whichever room it was: where one spoke before that, nobody can say, for `chat` is ahead.
        if isinstance(event, Removed) and chat.room not in ("", event.room):
            show_lines(server_lines(f"You are in {chat.room} now."))
        markers.printed(event)


class _Hosting:
    """Hosts the chatroom on if the user says so: tells them of it, and does the work beside."""

    def __init__(self, chat: Chat, host: Host | None) -> None:
        self._work: set[asyncio.Task[None]] = set()
        self.on = HostingOn(chat, host, tell=_tell, spawn=self.spawn)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside the chat."""
        task = begin(work, "hosting the chatroom failed")
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def accept(self) -> None:
        """Host on, and say if it cannot be."""
        try:
            await self.on.accept()
        except HubbubError as error:
            _tell(str(error))

    def close(self) -> None:
        """End what is still done."""
        for task in self._work:
            task.cancel()


def _tell(sentence: str) -> None:
    show_lines(server_lines(sentence))


async def _speak(chat: Chat, typed: _Typed, hosting: _Hosting) -> None:
    async def say(text: str) -> None:
        try:
            await chat.say(text, nonce=typed.message())
        except Refused as refusal:
            show_lines(server_lines(f"{refusal}\nNot said: {text}"))

    lines = StdinLines()
    with Speaker(say, lines) as speaker:
        async for line in lines:
            if line.strip() == HOST_WORD:
                hosting.spawn(hosting.accept())
            elif line.startswith("/") and hosting.on.offer is not Offer.NONE:
                # It would wait for a server, and /host with it, which may bring one.
                _tell(f"There is no connection now.\nNot done: {line}")
            elif line.startswith("/"):
                await speaker.do(line, partial(_command, chat, line, typed))
            else:
                await speaker.say(line)
        await speaker.finish()


async def _command(chat: Chat, line: str, typed: _Typed) -> None:
    typed.line(line)
    try:
        await chat.line(line, nonce=typed.message())
    except (Refused, Unreachable) as error:
        show_lines(server_lines(f"{error}\nNot done: {line}"))
