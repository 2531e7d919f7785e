"""What others are told of us, and we of them."""

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.client.asking import Asking


class PeopleCommands(Asking):
    """Being away, asking who somebody is, and ignoring."""

    async def away(self, text: str = "") -> None:
        """Say that we are away from our keyboard, and why, until `back`, or until we leave."""
        await self._done(c.Away(text=text))

    async def back(self) -> None:
        """Say that we are back."""
        await self._done(c.Back())

    async def profile(self, name: str) -> e.Profile:
        """Return who somebody is, who is here or known; Refused `not_here` if nobody is."""
        return await self._ask(c.Profile(name=name), e.Profile)

    async def ignore(self, name: str, *, on: bool = True) -> None:
        """Hide what somebody says, or with `on` false no longer. See `Chat.ignored`."""
        await self._done(c.Ignore(name=name, on=on))
