"""What to print of a history that took the place of the one printed so far.

Two copies of a log share their beginning, and nothing after the point where they part. So the
newest message that was printed and is still there marks that point: everything after it is new to
the reader, and nothing before it.
"""

from collections import deque

from hubbub.chat.commands import PAGE_MESSAGES_MAX
from hubbub.chat.errors import Refused, Unreachable
from hubbub.chat.events import Message, Room
from hubbub.cli.output import complain
from hubbub.client import AnyClientEvent, Chat

PAGES_MAX = 5
"""How far back a replaced history is read: 1,000 messages, or fewer that are long."""

MARKS_MAX = 10_000
"""Printed messages remembered, of all rooms together."""

_Mark = tuple[str, int, int, str]  # room, seq, at, sender: no other message has all four


class Restored:
    """Follows the events of a chat, and gives what they leave out of a replaced history."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._printed: dict[_Mark, None] = {}  # the oldest first
        self._owed: dict[str, int] = {}  # rooms that were replaced, and up to which seq

    async def unseen(self, event: AnyClientEvent) -> list[Message]:
        """Take in an event; return the messages to print before it, oldest first.

        If the connection breaks meanwhile, they come when it is back.
        """
        match event:
            case Message():
                self._note(event)
            case Room(replaced=True, room=room, last=last):
                self._owed[room] = last
            case _:
                pass
        if not isinstance(event, Room) or event.room not in self._owed:
            return []
        try:
            messages = await self._read(event.room, self._owed[event.room])
        except Unreachable:
            return []
        except Refused as refusal:
            complain(f"what it holds cannot be shown: {refusal}")
            messages = []
        del self._owed[event.room]
        for message in messages:
            self._note(message)
        return messages

    async def _read(self, room: str, last: int) -> list[Message]:
        messages: deque[Message] = deque()
        before = last + 1
        for _ in range(PAGES_MAX):
            page = await self._chat.history(room, before=before, limit=PAGE_MESSAGES_MAX)
            for message in reversed(page.messages):
                if _mark(message) in self._printed:
                    return list(messages)
                messages.appendleft(message)
            if not page.more or not page.messages:
                return list(messages)
            before = page.messages[0].seq
        complain(f"older messages are not shown; 'hubbub history --before {before}' shows them")
        return list(messages)

    def _note(self, message: Message) -> None:
        self._printed[_mark(message)] = None
        if len(self._printed) > MARKS_MAX:
            del self._printed[next(iter(self._printed))]


def _mark(message: Message) -> _Mark:
    return message.room, message.seq, message.at, message.sender
