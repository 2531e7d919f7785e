"""Answers to a message, what is pinned, and what a message read before it was edited."""

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.client.asking import Asking


class ThreadCommands(Asking):
    """Those about single messages."""

    async def replies(
        self, room: str, seq: int, *, after: int = 0, limit: int = c.PAGE_MESSAGES_DEFAULT
    ) -> e.Page:
        """Return the answers to a message, the oldest first, or those after a seq."""
        return await self._ask(c.Replies(room=room, seq=seq, after=after, limit=limit), e.Page)

    async def pin(self, room: str, seq: int, *, on: bool = True) -> None:
        """Pin a message for all in the room, or take the pin away."""
        await self._done(c.Pin(room=room, seq=seq, on=on))

    async def pins(self, room: str) -> e.Page:
        """Return all messages that are pinned in a room."""
        return await self._ask(c.Pins(room=room), e.Page)

    async def revisions(self, room: str, seq: int) -> e.Revisions:
        """Return what a message read before it was edited; Refused where that is not kept."""
        return await self._ask(c.Revisions(room=room, seq=seq), e.Revisions)
