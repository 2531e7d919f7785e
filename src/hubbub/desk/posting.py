"""The user's own messages on their way: shown at once, settled or failed later, never lost."""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Iterable

from hubbub.chat.errors import HubbubError
from hubbub.client import Chat
from hubbub.desk.log import Pending
from hubbub.desk.room import Draft, RoomState


class Posting:
    """`spawn` runs a coroutine in the background.

    `written` is called for a message that a server without a log has taken.
    """

    def __init__(
        self,
        chat: Chat,
        spawn: Callable[[Coroutine[None, None, None]], None],
        *,
        stirred: Callable[[], None],
        written: Callable[[Pending], None],
    ) -> None:
        self._chat = chat
        self._spawn = spawn
        self._stirred = stirred
        self._written = written
        self._settled = asyncio.Event()
        """Something that was on its way is taken or refused."""

    def say(self, room: RoomState, text: str, reply_to: int | None = None) -> None:
        """Post a message; it stands in the log as pending until it is committed."""
        room.leave()
        self._post(room, Pending(secrets.token_hex(8), text, now_milliseconds(), reply_to))

    def retry(self, room: RoomState, pending: Pending) -> None:
        """Try again to post what failed; with the same nonce, so it is posted once."""
        room.log.pending.remove(pending)
        pending.failure = None
        self._post(room, pending)

    def _post(self, room: RoomState, pending: Pending) -> None:
        room.log.pending.append(pending)
        self._spawn(self._deliver(room, pending))
        self._stirred()

    async def _deliver(self, room: RoomState, pending: Pending) -> None:
        try:
            pending.seq = await self._chat.say(
                pending.text, room.name, pending.reply_to, nonce=pending.nonce
            )
        except HubbubError as error:
            pending.failure = str(error)
        else:
            pending.taken = True
            if pending.seq is None:
                self._written(pending)
            elif room.log.index_of(pending.seq) is not None and pending in room.log.pending:
                room.log.pending.remove(pending)
        self._settled.set()
        self._stirred()

    async def settled(self, room: RoomState) -> None:
        """Wait until nothing of the user's is on its way to a room."""
        while unsent([room]):
            self._settled.clear()
            await self._settled.wait()


def unsent(rooms: Iterable[RoomState]) -> int:
    """Return how many messages are on their way to the server."""
    return sum(one.failure is None and not one.taken for room in rooms for one in room.log.pending)


def keep_unsent(rooms: Iterable[RoomState]) -> None:
    """Put what was not sent into the drafts, when the chat ends."""
    for room in rooms:
        texts = [pending.text for pending in room.log.pending if not pending.taken]
        room.log.pending.clear()
        room.draft = Draft("\n".join(filter(None, [*texts, room.draft.text])))


def now_milliseconds() -> int:
    """Return the time as events carry it."""
    return time.time_ns() // 1_000_000
