"""The account of the user: name, password and devices."""

from typing import Literal

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.listed import DeviceSummary
from hubbub.client.asking import Asking


class AccountCommands(Asking):
    """Those about our own account. They need a server that knows people."""

    async def register(self, password: str) -> None:
        """Claim our name for good, with a password of 8 to 1,000 characters.

        Refused `password_not_allowed` says what the password lacks, `forbidden` that the name is
        ours already.
        """
        await self._ask(c.Register(password=password), e.Welcome)

    async def login(self, name: str, password: str, *, label: str = "") -> None:
        """Be the member of this name from now on; so is the device of `connect`, if there is one.

        The rooms are entered again; private rooms of whoever we were are left. `label`: what the
        device is called in our list. Refused `wrong_login` means the name or the password.
        """
        await self._ask(c.Login(name=name, password=password, label=label), e.Welcome)

    async def recover(self, name: str, code: str, password: str, *, label: str = "") -> None:
        """Choose a password with a code that an operator gave out, and be that person: see `login`.

        Refused `wrong_code`: it is mistyped, used up, over a day old, or for another name.
        """
        command = c.Recover(name=name, code=code, password=password, label=label)
        await self._ask(command, e.Welcome)

    async def link(self, code: str, *, label: str = "") -> None:
        """Be the person whose device shows this code, once that device has agreed: see `login`.

        Waits as long as the code counts. Refused `wrong_code`, or `forbidden` if it did not agree.
        """
        await self._ask(c.Link(code=code, label=label), e.Welcome)

    async def code(self) -> e.Code:
        """Return a code for `link` on another device, and for how many seconds it counts.

        When somebody typed it there, the event Linking comes, to be answered with `confirm`.
        """
        return await self._ask(c.ShowCode(), e.Code)

    async def confirm(self, code: str, *, on: bool = True) -> None:
        """Let the device be linked that typed our code; with `on` false, do not."""
        await self._done(c.Confirm(code=code, on=on))

    async def rename(self, name: str) -> None:
        """Have another name, and stay who we are. Refused `name_taken` means that one."""
        await self._ask(c.Rename(name=name), e.Welcome)

    async def password(self, old: str, new: str) -> None:
        """Choose another password. Refused `wrong_login` means the old one."""
        await self._done(c.ChangePassword(old=old, new=new))

    async def devices(self) -> list[DeviceSummary]:
        """Return our devices, the oldest first."""
        return (await self._ask(c.Devices(), e.Devices)).devices

    async def revoke(self, device: str) -> None:
        """Do without a device, by its id: it is logged out."""
        await self._done(c.Revoke(device=device))

    async def logout(self) -> None:
        """Do without the device that we came with: the chat ends, and its secret is worthless.

        Iterating over the chat raises Unreachable `logged_out` then.
        """
        await self._done(c.Logout())

    async def forget_me(self, messages: Literal["keep", "delete"], *, password: str = "") -> None:
        """Have our account deleted, and our messages if we say so: the chat ends.

        A member gives the password. Refused `wrong_login`: it is not that. Messages that are kept
        stand under a name that says so. The server goes through the others by itself, afterwards.
        """
        await self._done(c.ForgetMe(messages=messages, password=password))
