"""The user's own messages on their way: shown at once, settled or failed later, never lost.

Each is in the journal from before it is sent until it is committed or given up (see `unsent.py`).
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable

from hubbub.chat.errors import HubbubError, Refused, is_passing
from hubbub.client import Chat
from hubbub.client.nonces import Nonces
from hubbub.desk.left import Left, other_in
from hubbub.desk.log import Pending
from hubbub.desk.room import Draft, RoomState
from hubbub.desk.unsent import Journal, Unsent

SILENCED = ("forbidden", "muted")
"""Refusals of somebody who may not write in a room now: no matter what."""


class Posting:
    """`spawn` runs a coroutine in the background.

    `written` is called for a message that a server without a log has taken. `returned` is called
    with what the user may not say in a room, and why, once nothing more is on its way there;
    `failed` with why something was not sent.
    """

    def __init__(
        self,
        chat: Chat,
        spawn: Callable[[Coroutine[None, None, None]], None],
        journal: Journal,
        left: Left,
        *,
        stirred: Callable[[], None],
        written: Callable[[Pending], None],
        returned: Callable[[RoomState, str, str], None],
        failed: Callable[[RoomState, str], None],
    ) -> None:
        self._chat = chat
        self._spawn = spawn
        self._journal = journal
        self._left = left
        self._stirred = stirred
        self._written = written
        self._returned = returned
        self._failed = failed
        self._nonces = Nonces()
        self._settled = asyncio.Event()
        """Something that was on its way is taken or refused."""

    def say(
        self, room: RoomState, text: str, reply_to: int | None = None, *, me: bool = False
    ) -> None:
        """Post a message; it stands in the log as pending until it is committed.

        `me`: the text says what the user does.
        """
        room.leave()
        self.go_on(room)  # what was left is older
        pending = Pending(self._nonces.next(), text, now_milliseconds(), reply_to, me=me)
        other = other_in(self._chat, room.name)
        self._journal.add(Unsent(pending.nonce, room.name, text, pending.at, reply_to, other, me))
        self._post(room, pending)

    def go_on(self, room: RoomState) -> None:
        """Send what an earlier program left for a room whose newest messages are here."""
        due = self._left.take(room.name, Unsent)
        said = self._said(room) if due else set()
        for unsent in due:
            if unsent.nonce in said:
                self._journal.done(unsent.nonce)
            else:
                self._post(
                    room,
                    Pending(unsent.nonce, unsent.text, unsent.at, unsent.reply_to, me=unsent.me),
                )

    def _said(self, room: RoomState) -> set[str | None]:
        """Return the nonces of the user's messages that are here."""
        replica = self._chat.replicas.get(room.name)
        messages = replica.messages if replica is not None else []
        return {one.nonce for one in messages if self._chat.is_own(one)}

    def retry(self, room: RoomState, pending: Pending) -> None:
        """Try again to post what failed; with the same nonce, so it is posted once."""
        room.log.pending.remove(pending)
        pending.failure = None
        pending.refused = pending.is_silenced = False
        self._post(room, pending)

    def drop(self, room: RoomState, pending: Pending) -> None:
        """Give up what failed."""
        room.log.pending.remove(pending)
        self._journal.done(pending.nonce)

    def _post(self, room: RoomState, pending: Pending) -> None:
        room.log.pending.append(pending)
        self._spawn(self._deliver(room, pending))
        self._stirred()

    async def _deliver(self, room: RoomState, pending: Pending) -> None:
        try:
            pending.seq = await self._chat.say(
                pending.text, room.name, pending.reply_to, nonce=pending.nonce, me=pending.me
            )
        except HubbubError as error:
            pending.failure = str(error)
            pending.refused = isinstance(error, Refused) and not is_passing(error.code)
            pending.is_silenced = error.code in SILENCED
            if not pending.is_silenced:
                self._failed(room, pending.failure)
        else:
            self._journal.done(pending.nonce)
            pending.taken = True
            room.refusal = ""
            if pending.seq is None:
                self._written(pending)
            elif self._is_past(room, pending.seq) and pending in room.log.pending:
                room.log.pending.remove(pending)
        if not unsent([room]):
            self._return_silenced(room)
        self._settled.set()
        self._stirred()

    def _return_silenced(self, room: RoomState) -> None:
        """Give back what the user may not say in a room, all of it at once, in order."""
        silenced = [one for one in room.log.pending if one.is_silenced]
        if silenced:
            for pending in silenced:
                self.drop(room, pending)
            room.refusal = silenced[-1].failure or ""
            texts = "\n".join(f"/me {one.text}" if one.me else one.text for one in silenced)
            self._returned(room, texts, room.refusal)

    def _is_past(self, room: RoomState, seq: int) -> bool:
        """Return whether a message is shown already, or too old for its event to come."""
        if room.log.index_of(seq) is not None:
            return True
        replica = self._chat.replicas.get(room.name)
        return replica is not None and seq <= replica.cursor and seq not in replica.held

    async def settled(self, room: RoomState) -> None:
        """Wait until nothing of the user's is on its way to a room."""
        while unsent([room]):
            self._settled.clear()
            await self._settled.wait()

    def end(self, rooms: Iterable[RoomState]) -> list[str]:
        """Put what was refused into the drafts, when the chat ends; return its nonces.

        What may be committed is no draft: it stays in the journal, and is sent at the next start.
        """
        refused: list[Pending] = []
        for room in rooms:
            given_back = [pending for pending in room.log.pending if pending.refused]
            texts = [f"/me {one.text}" if one.me else one.text for one in given_back]
            room.log.pending.clear()
            room.draft = Draft("\n".join(filter(None, [*texts, room.draft.text])))
            refused += given_back
        return [pending.nonce for pending in refused]

    def forget(self, nonces: Iterable[str]) -> None:
        """Forget texts that are kept elsewhere now."""
        for nonce in nonces:
            self._journal.done(nonce)


def unsent(rooms: Iterable[RoomState]) -> int:
    """Return how many messages are on their way to the server."""
    return sum(one.failure is None and not one.taken for room in rooms for one in room.log.pending)


def now_milliseconds() -> int:
    """Return the time as events carry it."""
    return time.time_ns() // 1_000_000
