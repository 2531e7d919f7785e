"""`hubbub account`: the user's own name, password and devices at a server."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal

import click

from hubbub.chat.commands import Link, Login, Recover
from hubbub.chat.errors import Refused
from hubbub.chat.events import Linking
from hubbub.cli.asking import agrees, confirming
from hubbub.cli.ending import run
from hubbub.cli.names import asked_name, load_profile
from hubbub.cli.output import show
from hubbub.cli.passwords import known_password
from hubbub.cli.scanning import draw
from hubbub.client import Chat, connect, parse_address
from hubbub.client.admission import Proof
from hubbub.client.nodes import at_home
from hubbub.client.trust import page_of
from hubbub.desk.devices import device_label
from hubbub.lan.invitation import link_url

Deed = Callable[[Chat], Awaitable[None]]
Messages = Literal["keep", "delete"]


class Account:
    """The user's at `address`, under `name` or the one that is remembered."""

    def __init__(self, address: str, name: str | None, password: str) -> None:
        self._address = address
        self._profile = load_profile()
        self._name = asked_name(name, self._profile)
        place = parse_address(address)
        self._home = self._profile.chatroom(place, self._name)
        self._password = known_password(password, place, self._home, self._profile)

    def _do(self, deed: Deed, proof: Proof | None = None, *, device: str = "") -> None:
        """Come as the user, and do something; raises Refused or Unreachable."""
        chat = connect(
            at_home(self._address, self._home),
            name=self._name,
            password=self._password,
            device=device or self._profile.devices.made(self._home, self._name),
            label=device_label(),
            proof=proof,
            joining=False,
            reconnect=False,
        )

        async def visit() -> None:
            async with chat:
                await deed(chat)

        run(visit())

    def register(self) -> None:
        """Claim the name for good."""
        secret = new_secret()

        async def deed(chat: Chat) -> None:
            await chat.register(secret)
            show(f"The name '{chat.name}' is yours for good.")

        self._do(deed)

    def login(self) -> None:
        """Have this machine be the member's from now on."""
        secret = typed_secret(f"Password of '{self._name}'")
        self._do(self._be, Login(name=self._name, password=secret, label=device_label()))

    def recover(self) -> None:
        """Choose a password with an operator's code, and be that person on this machine."""
        code = typed_secret("The code")
        proof = Recover(name=self._name, code=code, password=new_secret(), label=device_label())
        self._do(self._be, proof)

    async def _be(self, chat: Chat) -> None:
        """Take in who the user is on this machine now."""
        self._profile.devices.move(self._home, self._name, chat.name)
        self._profile.name = self._profile.name or chat.name
        self._profile.save()
        show(f"You are '{chat.name}' on this machine now.")

    def password(self) -> None:
        """Choose another password."""
        old, new = typed_secret("Your password so far"), new_secret()

        async def deed(chat: Chat) -> None:
            await chat.password(old, new)
            show("You have another password now.")

        self._do(deed)

    def devices(self, revoked: str | None) -> None:
        """List the devices, or log one of them out."""

        async def deed(chat: Chat) -> None:
            if revoked is not None:
                await chat.revoke(revoked)
                show(f"The device {revoked} is logged out.")
                return
            for one in await chat.devices():
                since = datetime.fromtimestamp(one.since / 1000, UTC).astimezone()
                mark = ", this one" if one.own else ", here now" if one.here else ""
                show(f"{one.id}  {one.label or '(no label)'}, since {since:%d %b %Y}{mark}")

        self._do(deed)

    def logout(self) -> None:
        """Log this machine out, and keep nothing of the user on it."""

        async def deed(chat: Chat) -> None:
            await chat.logout()
            self._keep_nothing()
            show("This machine is logged out, and keeps nothing of you.")

        self._do(deed, device=self._own_device)

    def forget(self, messages: Messages, *, is_sure: bool) -> None:
        """Have the account deleted, once the user has confirmed it."""
        confirm = confirming(is_sure=is_sure)
        said = "goes, too" if messages == "delete" else "stays, under another name"

        async def deed(chat: Chat) -> None:
            await confirm(f"'{chat.name}' goes for good, and what you said {said}.")
            password = ""
            if chat.person is not None and chat.person.kind == "member":
                password = await asyncio.to_thread(typed_secret, f"Password of '{chat.name}'")
            await chat.forget_me(messages, password=password)
            self._keep_nothing()
            show(f"The account '{chat.name}' is deleted; what you said {said}.")

        self._do(deed, device=self._own_device)

    @property
    def _own_device(self) -> str:
        """The secret by which the server knows the user; raises Refused if there is none."""
        if known := self._profile.devices.known(self._home, self._name):
            return known
        raise Refused(
            f"This machine is not known at {self._home} as '{self._name}'. Give the name with "
            "--name, or log in first with 'hubbub account login'.",
            code="forbidden",
        )

    def _keep_nothing(self) -> None:
        self._profile.devices.forget(self._home, self._name)
        self._profile.forget_server(self._home)
        self._profile.save()

    def link(self, code: str | None) -> None:
        """Show a code and wait for another device to type it, or be linked by such a code."""
        if code is not None:
            show("Say yes on the other device, please.")
            self._do(self._be, Link(code=code, label=device_label()))
        else:
            self._do(self._show_code)

    async def _show_code(self, chat: Chat) -> None:
        shown = await chat.code()
        minutes = shown.seconds // 60
        show(f"Type on the other device, within {minutes} minutes: {shown.code}")
        if not (place := parse_address(self._address)).is_local:
            draw(link_url(page_of(place), shown.code))
        await _link_who_types_it(chat, shown.seconds)


async def _link_who_types_it(chat: Chat, seconds: int) -> None:
    try:
        async with asyncio.timeout(seconds):
            async for event in chat:
                if isinstance(event, Linking):
                    await _answer(chat, event)
                    return
    except TimeoutError:
        raise Refused("Nobody typed the code in time. Show another one.") from None


async def _answer(chat: Chat, event: Linking) -> None:
    who = f"'{event.label}'" if event.label else f"a device that comes as '{event.name}'"
    question = f"{who} typed it. Is it yours? It can do all that you can. [y/N] "
    is_own = await asyncio.to_thread(agrees, question)
    await chat.confirm(event.code, on=is_own)
    show("It is linked." if is_own else "It is not linked.")


def typed_secret(prompt: str) -> str:
    """Return what the user types without its being shown; from a pipe, the next line."""
    if sys.stdin is None or not sys.stdin.isatty():
        line = "" if sys.stdin is None else sys.stdin.readline()
        if not line:
            raise click.BadParameter(f"{prompt}: type it on a terminal, or send it as a line.")
        return line.rstrip("\r\n")
    try:
        return getpass.getpass(f"{prompt}: ")
    except EOFError:
        raise click.Abort from None


def new_secret() -> str:
    """Return a new password, on a terminal asked for twice."""
    new = typed_secret("A password of 8 characters or more")
    if sys.stdin is not None and sys.stdin.isatty() and typed_secret("The same once more") != new:
        raise Refused("The two passwords are not the same.", code="password_not_allowed")
    return new
