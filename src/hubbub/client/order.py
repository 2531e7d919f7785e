"""Keeping rooms in order: acts of power. Whom they are allowed to is in docs/people.md."""

from typing import Literal

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.access import Enter
from hubbub.chat.retention import Retention
from hubbub.chat.rules import TopicBy
from hubbub.client.asking import Asking

AppointedAs = Literal["operator", "owner", "moderator", "writer", "none"]


class OrderCommands(Asking):
    """Those that need power: over a `room`, or without one over the whole chatroom.

    Where there is none, Refused `forbidden` says who has it.
    """

    async def kick(self, name: str, room: str | None = None, *, reason: str = "") -> None:
        """Put somebody out who is here; they may come back in a minute.

        In a private room it ends a membership, of somebody who may be away, or our own.
        """
        await self._done(c.Kick(name=name, room=room, reason=reason))

    async def ban(
        self, who: str, room: str | None = None, *, seconds: int | None = None, reason: str = ""
    ) -> None:
        """Keep somebody out, for good without `seconds`.

        `who`: a name, a pattern of names such as `eve*`, an address or a network.
        """
        await self._done(c.Ban(who=who, room=room, seconds=seconds, reason=reason))

    async def unban(self, who: str, room: str | None = None) -> None:
        """Let somebody back in, by what was written to ban them or by what they are called."""
        await self._done(c.Unban(who=who, room=room))

    async def mute(
        self, who: str, room: str | None = None, *, seconds: int | None = None, reason: str = ""
    ) -> None:
        """Let somebody read, and write nothing; `who` and `seconds` as for `ban`."""
        await self._done(c.Mute(who=who, room=room, seconds=seconds, reason=reason))

    async def unmute(self, who: str, room: str | None = None) -> None:
        """Let somebody write again."""
        await self._done(c.Unmute(who=who, room=room))

    async def bans(self, room: str | None = None) -> e.Bans:
        """Return who is banned, and who is muted."""
        return await self._ask(c.Bans(room=room), e.Bans)

    async def rules(
        self,
        room: str,
        *,
        private: bool | None = None,
        read_only: bool | None = None,
        locked: bool | None = None,
        archived: bool | None = None,
        slow_seconds: int | None = None,
        topic_by: TopicBy | None = None,
        revisions: bool | None = None,
        title: str | None = None,
        retention: Retention | None = None,
        held: bool | None = None,
    ) -> None:
        """Change what holds in a room; what is not given stays. See `Replica.rules` for what is.

        A room that becomes private lets in those who are known and there, and whom you `add`. With
        an empty `title`, people call it by its name again.
        """
        command = c.SetRules(
            room=room,
            private=private,
            read_only=read_only,
            locked=locked,
            archived=archived,
            slow_seconds=slow_seconds,
            topic_by=topic_by,
            revisions=revisions,
            title=title,
            retention=retention,
            held=held,
        )
        await self._done(command)

    async def what_holds(self, room: str) -> e.RoomRules:
        """Return what holds in a room, which we need not be in."""
        return await self._ask(c.SetRules(room=room), e.RoomRules)

    async def delete(self, room: str, seq: int) -> None:
        """Delete a message: our own, or with power in the room somebody else's."""
        await self._done(c.Delete(room=room, seq=seq))

    async def hold(self, one: str, other: str, *, on: bool = True) -> None:
        """Put what two people say to each other in private under a legal hold, or end that."""
        await self._done(c.Hold(names=(one, other), on=on))

    async def add(self, room: str, name: str) -> None:
        """Let somebody who is known into a private room; in other rooms, tell who is here of it.

        They receive `Added`, and in a private room a `Room` that was `brought`.
        """
        await self._done(c.Add(room=room, name=name))

    async def report(self, room: str, seq: int, *, reason: str = "") -> None:
        """Tell those who look after a room, and operators, of a bad message."""
        await self._done(c.Report(room=room, seq=seq, reason=reason))

    async def delete_room(self, room: str) -> None:
        """Delete a room for good, with all that was said there. Everybody in it gets `Removed`."""
        await self._done(c.DeleteRoom(room=room))

    async def door(self, *, locked: bool) -> None:
        """Let nobody into the chatroom who was not here before, or let them in again."""
        await self._done(c.SetDoor(locked=locked))

    async def access(
        self,
        *,
        enter: Enter | None = None,
        guests: bool | None = None,
        passing: bool | None = None,
    ) -> e.Access:
        """Say who is let in from now on, and return who is; what is not given stays.

        `enter`: "open", or "invitation" for people who were here before or are invited, or
        "members". Nobody is put out. Until somebody changes it again, it stands above the
        server's configuration.
        """
        command = c.SetAccess(enter=enter, guests=guests, passing=passing)
        return await self._ask(command, e.Access)

    async def operate(self, code: str) -> None:
        """Run the server from now on, too, by the code that it made up at its first start."""
        await self._done(c.Operate(code=code))

    async def appoint(self, name: str, role: AppointedAs, room: str | None = None) -> None:
        """Give somebody who is known a role in a room, or take it: "none".

        Without `room`, the role is "operator" or "none".
        """
        await self._done(c.Appoint(name=name, role=role, room=room))
