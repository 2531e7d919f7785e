"""Brings the user's rooms back: those of the last time, those in which a text waits, and the list
of all private ones, which are entered when the user goes there."""

from collections.abc import Callable, Iterable

from hubbub.chat.errors import HubbubError
from hubbub.chat.names import is_direct
from hubbub.client import Chat
from hubbub.desk.left import Left
from hubbub.desk.room import RoomState
from hubbub.desk.rooms import Rooms

CLOSED = ("forbidden", "banned", "no_such_room")
"""Refusals to let the user into a room that they were in before."""


class Returning:
    """`made` returns a new room of a name.

    `tell` is given a sentence for the user, `complain` one about what failed, `forget` a room that
    is not to be entered the next time.
    """

    def __init__(
        self,
        chat: Chat,
        rooms: Rooms,
        left: Left,
        made: Callable[[str], RoomState],
        *,
        tell: Callable[[str], None],
        complain: Callable[[str], None],
        forget: Callable[[str], None],
    ) -> None:
        self._chat = chat
        self._rooms = rooms
        self._left = left
        self._made = made
        self._tell = tell
        self._complain = complain
        self._forget = forget
        self._is_done = False

    async def enter(self, remembered: Iterable[str]) -> None:
        """Enter these rooms beside the current one, and those with unsent texts; once."""
        if self._is_done:
            return
        self._is_done = True
        public = [name for name in remembered if not is_direct(name)]
        for name in dict.fromkeys([*public, *self._left.rooms]):
            if self._rooms.get(name) is None:
                try:
                    await self._chat.join(name)
                except HubbubError as error:
                    if not is_direct(name):  # one of somebody in passing is over
                        self._complain(str(error))
                    if error.code in CLOSED:
                        self._forget(name)
        for other in self._left.others:
            await self.reopen(other)
        await self._list_conversations()

    async def _list_conversations(self) -> None:
        """List the private rooms in which something was said; unread ones come by themselves."""
        try:
            found = await self._chat.conversations()
        except HubbubError:
            return  # an older server does not know them
        for one in found.conversations:
            if self._rooms.get(one.room) is None and one.with_:
                room = self._made(one.room)
                room.called = one.with_[0].name
                room.last = one.last
                self._rooms.add(room)

    async def enter_listed(self, room: RoomState) -> None:
        """Enter a private room that is only listed so far."""
        await self._chat.join(room.name)

    async def reopen(self, other: str) -> None:
        """Open the private room for which an unsent text waits, if the other one is here."""
        try:
            await self._chat.direct(other)
        except HubbubError:
            self._tell(f"What you said to {other} the last time is sent when they are here.")
