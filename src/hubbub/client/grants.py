"""Secrets that let others in: invitations, codes for forgotten passwords, tokens, webhooks."""

from collections.abc import Iterable
from typing import Literal

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.listed import HookSummary, InvitationSummary, TokenSummary
from hubbub.chat.roles import Scope
from hubbub.client.asking import Asking


class GrantCommands(Asking):
    """Those that give secrets out, each told once, and take them back.

    Members invite guests, moderators make webhooks; all else is for operators.
    """

    async def invite(
        self,
        kind: Literal["guest", "member"] = "guest",
        *,
        rooms: Iterable[str] = (),
        uses: int | None = None,
        seconds: int | None = None,
    ) -> e.Invitation:
        """Make an invitation, which counts `uses` times and for so many `seconds`, or for ever."""
        command = c.Invite(kind=kind, rooms=list(rooms), uses=uses, seconds=seconds)
        return await self._ask(command, e.Invitation)

    async def invitations(self) -> list[InvitationSummary]:
        """Return the invitations that count: our own, to operators all."""
        return (await self._ask(c.Invitations(), e.Invitations)).invitations

    async def uninvite(self, invitation: str) -> None:
        """Take an invitation back, by its id."""
        await self._done(c.Uninvite(invitation=invitation))

    async def recovery(self, name: str) -> e.Code:
        """Return a code with which somebody chooses another password within a day: `recover`."""
        return await self._ask(c.GiveOutCode(name=name), e.Code)

    async def token(self, name: str, scopes: Iterable[Scope], *, label: str = "") -> e.Token:
        """Make a token for the bot of this name, which is made with it if there is none."""
        command = c.MakeToken(name=name, scopes=list(scopes), label=label)
        return await self._ask(command, e.Token)

    async def tokens(self) -> list[TokenSummary]:
        """Return the tokens that count."""
        return (await self._ask(c.Tokens(), e.Tokens)).tokens

    async def revoke_token(self, token: str) -> None:
        """Let a token count no longer, by its id."""
        await self._done(c.RevokeToken(token=token))

    async def hook(self, room: str, name: str) -> e.Hook:
        """Make a webhook of a room that posts under this name, for its moderators."""
        return await self._ask(c.MakeHook(room=room, name=name), e.Hook)

    async def hooks(self, room: str) -> list[HookSummary]:
        """Return the webhooks of a room."""
        return (await self._ask(c.Hooks(room=room), e.Hooks)).hooks

    async def revoke_hook(self, room: str, hook: str) -> None:
        """Let a webhook of a room count no longer, by its id."""
        await self._done(c.RevokeHook(room=room, hook=hook))
