"""Running the server: how it does, who is connected, its configuration read again."""

from collections.abc import Sequence

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.names import AUDIT, REPORTS
from hubbub.client.asking import Asking


class OperationCommands(Asking):
    """Those for operators."""

    async def status(self) -> e.Status:
        """Return how the server does at this moment."""
        return await self._ask(c.Status(), e.Status)

    async def people(self) -> e.People:
        """Return who is here, in all rooms."""
        return await self._ask(c.People(), e.People)

    async def sessions(self, name: str | None = None) -> e.Sessions:
        """Return who is connected, or only somebody, from where, and how far behind."""
        return await self._ask(c.Sessions(name=name), e.Sessions)

    async def rooms(self) -> list[e.RoomSummary]:
        """Return the public rooms, and the private ones that we are let into."""
        return (await self._ask(c.Rooms(), e.Rooms)).rooms

    async def audit(self, *, limit: int = c.PAGE_MESSAGES_DEFAULT) -> e.Page:
        """Return the newest of the audit record: who used which power."""
        return await self._ask(c.History(room=AUDIT, limit=limit), e.Page)

    async def reports(
        self, room: str | None = None, *, limit: int = c.PAGE_MESSAGES_DEFAULT
    ) -> e.Page:
        """Return the newest reports of messages, of one room or of the chatroom."""
        where = REPORTS if room is None else f"{REPORTS}/{room}"
        return await self._ask(c.History(room=where, limit=limit), e.Page)

    async def reload(self) -> e.Reloaded:
        """Have the server read its configuration again.

        Raises Refused `bad_config` if it cannot be used: then nothing has changed.
        """
        return await self._ask(c.Reload(), e.Reloaded)

    async def backup(self, place: str | None = None) -> e.BackedUp:
        """Have the server copy its folder to where it is configured to.

        `place` is a path on its machine, for somebody there. It takes as long as it takes.
        """
        return await self._ask(c.Backup(place=place), e.BackedUp)

    async def import_(self, source: str, messages: Sequence[c.Brought]) -> e.Imported:
        """Have messages written that were said in `source`, for somebody on the server's machine.

        Begin an import with none.
        """
        return await self._ask(c.Import(source=source, messages=tuple(messages)), e.Imported)
