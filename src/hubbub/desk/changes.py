"""The user's edits, deletions and reactions on their way: made once more after a kill or a loss.

Each is in the journal from before it is sent until it is answered (see `unsent.py`). A change that
was cut off may have been made or not, and meanwhile the user may have changed the message from
elsewhere, and meant that. So before it is made once more the message is read: if it reads neither
as the user saw it, nor as their own changes left it, the change is dropped, with a sentence.
Changes of one message are made one after the other.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from hubbub.chat import commands as c
from hubbub.chat.errors import HubbubError, Refused, Unreachable, is_passing
from hubbub.chat.events import Message
from hubbub.chat.names import same_name
from hubbub.chat.text import inert
from hubbub.client import Chat
from hubbub.client.nonces import Nonces
from hubbub.desk.left import Left, other_in
from hubbub.desk.unsent import AnyChange, Change, Journal

WAITS = "There is no connection. What you changed is changed when it is back."


class Changes:
    """`tell` is given a sentence for the user; `left` takes what waits for a connection."""

    def __init__(
        self, chat: Chat, journal: Journal, left: Left, *, tell: Callable[[str], None]
    ) -> None:
        self._chat = chat
        self._journal = journal
        self._left = left
        self._tell = tell
        self._nonces = Nonces()
        self._open: defaultdict[tuple[str, int], list[Change]] = defaultdict(list)
        self._turns: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    def edit(self, message: Message, text: str) -> Awaitable[None]:
        """Give a message a new text. Awaiting it raises Refused, and Unreachable if it is late."""
        text = inert(text.encode("utf-8", "replace").decode())  # as it will read
        return self._make(message, c.Edit(room=message.room, seq=message.seq, text=text))

    def delete(self, message: Message) -> Awaitable[None]:
        """Take a message back. Raises as `edit` does."""
        return self._make(message, c.Delete(room=message.room, seq=message.seq))

    def react(self, message: Message, emoji: str, *, on: bool) -> Awaitable[None]:
        """Give a message an emoji, or take it back. Raises as `edit` does."""
        return self._make(message, c.React(room=message.room, seq=message.seq, emoji=emoji, on=on))

    def _make(self, message: Message, command: AnyChange) -> Awaitable[None]:
        place = message.room, message.seq
        own = [one.command.text for one in self._open[place] if isinstance(one.command, c.Edit)]
        if message.text in own:  # those up to it have come back already
            own = own[own.index(message.text) + 1 :]
        edits, other = edits_of(message) + len(own), other_in(self._chat, message.room)
        change = Change(self._nonces.next(), command, message.at, edits, other)
        self._journal.add(change)
        self._open[place].append(change)
        if self._left.changes(*place):  # it is older, and first
            self._left.add(change)
            return _nothing()
        return self._made(change)

    async def _made(self, change: Change) -> None:
        try:
            async with self._turns[change.room, change.seq]:
                await self._ask(change.command)
        except asyncio.CancelledError:
            # The chat ends. What is in the journal is made at the next start, and is no draft.
            if self._journal.is_failing:
                raise
        except HubbubError as error:
            if _is_lost(error):
                self._left.add(change)
                self._tell(WAITS)
                return
            self._done(change)
            raise
        else:
            self._done(change)

    async def _ask(self, command: AnyChange) -> None:
        match command:
            case c.Edit(room=room, seq=seq, text=text):
                await self._chat.edit(room, seq, text)
            case c.Delete(room=room, seq=seq):
                await self._chat.delete(room, seq)
            case c.React(room=room, seq=seq, emoji=emoji, on=on):
                await self._chat.react(room, seq, emoji, on=on)

    def _done(self, *changes: Change) -> None:
        for change in changes:
            self._journal.done(change.nonce)
            place = change.room, change.seq
            if change in (of_message := self._open[place]):
                of_message.remove(change)
            if not of_message:
                del self._open[place]

    async def go_on(self, room: str) -> None:
        """Make what was left for a room that is entered now."""
        by_message: defaultdict[int, list[Change]] = defaultdict(list)
        for change in self._left.take(room, Change):
            by_message[change.seq].append(change)
        for seq, changes in by_message.items():
            async with self._turns[room, seq]:
                await self._make_left(room, seq, changes)

    async def _make_left(self, room: str, seq: int, changes: list[Change]) -> None:
        try:
            message = await self._read(room, seq)
            due, dropped = sort_out(message, changes, self._chat.name)
            for change in due:
                await self._ask(change.command)
        except Unreachable:
            for change in changes:
                self._left.add(change)
            return
        except Refused as refusal:
            for change in changes:
                self._tell(f"{_not_made(change)} {refusal}")
        else:
            for change in dropped:
                self._tell(f"{_not_made(change)} The message was changed or deleted after that.")
        self._done(*changes)

    async def _read(self, room: str, seq: int) -> Message | None:
        while True:
            try:
                page = await self._chat.history(room, after=seq - 1, limit=1)
            except Refused as refusal:
                if not is_passing(refusal.code):
                    raise
            else:
                return next((one for one in page.messages if one.seq == seq), None)


async def _nothing() -> None:
    """Do nothing: it is done later."""


def edits_of(message: Message) -> int:
    """Return how often a message was edited."""
    return message.edits or int(message.edited is not None)


def sort_out(
    message: Message | None, changes: Sequence[Change], own_name: str
) -> tuple[list[Change], list[Change]]:
    """Return which changes of a message are to be made once more, and which must not be.

    `message`: how it reads now, None if it is not there. `changes`: in the order in which the user
    made them. One that stands already is neither, nor is a reaction to a message that has gone.
    """
    final = list({_aspect(change): change for change in changes}.values())  # the newest of a kind
    edits = [change for change in final if isinstance(change.command, c.Edit)]
    if message is None or message.deleted or message.at != changes[0].said_at:
        return [], edits
    texts = [one.command.text for one in changes if isinstance(one.command, c.Edit)]
    is_as_seen = edits_of(message) <= changes[0].edits or message.text in texts
    is_ours = same_name(message.sender, own_name)
    due: list[Change] = []
    dropped: list[Change] = []
    for change in final:
        match change.command:
            case c.Edit(text=text) if text == message.text:
                pass
            case c.React():
                due.append(change)
            case c.Delete():  # of any message: what moderators may delete, the server knows
                (due if is_as_seen else dropped).append(change)
            case _:
                (due if is_as_seen and is_ours else dropped).append(change)
    return due, dropped


def _aspect(change: Change) -> object:
    """Return what of its message a change says for good."""
    match change.command:
        case c.React(emoji=emoji):
            return c.React, emoji
        case command:
            return type(command)


def _is_lost(error: HubbubError) -> bool:
    """Return whether there is no connection to make a change on."""
    return isinstance(error, Unreachable) and error.code != "no_answer"


def _not_made(change: Change) -> str:
    match change.command:
        case c.Edit(text=text):
            return f"An edit of yours was not made, which read: {text}\n"
        case c.Delete():
            return "A message that you deleted is still there."
        case _:
            return "A reaction of yours was not made."
