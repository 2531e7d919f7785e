"""Where a command goes, and as who: the user's remembered name, password and device."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from hubbub.chat.errors import Refused
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.cli.ending import run
from hubbub.cli.names import load_profile, reader_name, sender_name
from hubbub.cli.passwords import known_password
from hubbub.cli.waiting import told_of_waiting
from hubbub.client import Address, Backoff, Chat, connect, parse_address
from hubbub.client.nodes import at_home
from hubbub.client.power import PowerCommands
from hubbub.desk.devices import device_label
from hubbub.desk.profile import Profile

FOR_PEOPLE: Final = ("forbidden", "not_admitted", "password_needed")
"""How somebody in passing is refused what somebody who is known may be allowed."""


class Visit(NamedTuple):
    """What `connect` needs to know; `device` is empty where no chat of the user's has been."""

    address: str
    name: str
    room: str | None
    password: str
    device: str
    home: str = ""
    """The address to whose chatroom password and device belong; empty: to the first one's."""

    folder: Path | None = None
    """That of a server on this machine, which is run as whoever may use the folder."""

    def connect(
        self,
        *,
        after: int | None = None,
        joining: bool = True,
        reconnect: bool | Backoff = True,
        invitation: str = "",
    ) -> Chat:
        """Return the chat to enter; the options are those of `client.connect`."""
        return connect(
            at_home(self.address, self.home),
            name=self.name,
            room=self.room,
            password=self.password,
            device=self.device,
            label=device_label(),
            after=after,
            joining=joining,
            reconnect=reconnect,
            invitation=invitation,
        )


def planned(
    address: str, name: str | None, room: str | None, password: str, *, as_person: bool = False
) -> Visit:
    """Return the visit of a command; what was not given is as the user's chats remember it.

    `as_person`: only somebody who is known can do what it does.
    """
    profile = load_profile()
    name, place = name or sender_name(profile), parse_address(address)
    home = profile.chatroom(place, name)
    device = known_device(place, home, name, profile, is_person=as_person)
    return Visit(address, name, room, known_password(password, place, home, profile), device, home)


def within(folder: Path, room: str | None) -> Visit:
    """Return the visit of whoever may use the folder of a server on this machine."""
    return Visit("", "", room, "", "", folder=folder)


def by_token(address: str, room: str | None, password: str, token: str) -> Visit:
    """Return the visit of the bot that has this token; what it is called the server knows."""
    return Visit(address, reader_name(), room, password, token)


def known_device(
    address: Address, home: str, name: str, profile: Profile, *, is_person: bool
) -> str:
    """Return the secret by which the server knows the user again; "" for a program's first visit.

    A program that comes under a name of its own leaves no guest behind, who would keep the name.
    Somebody who was invited is let in by the secret from then on, so it is kept for them, too.
    """
    if is_person or address.invitation:
        return profile.devices.made(home, name)
    return profile.devices.known(home, name)


def planned_readings(
    address: str, name: str | None, room: str | None, password: str
) -> Sequence[Visit]:
    """Return the visits of a command that only reads, of which the first that is let in will do.

    The user may be chatting under their own name, so a name is made up if none is given. Where only
    people who are known are let in, the user comes as who they are there.
    """
    own = planned(address, name, room, password)
    if name or parse_address(address).invitation:
        return [own]
    passing = own._replace(name=reader_name(), device="")
    return [passing, own] if own.device else [passing]


def planned_searches(
    address: str, name: str | None, room: str | None, password: str
) -> Sequence[Visit]:
    """Return the visits of a search: without a room, it is about all that the user may read.

    So they come as who they are there, if the server knows them.
    """
    own = planned(address, name, room, password)
    if own.device and room is None:
        return [own]
    return planned_readings(address, name, room, password)


Read = TypeVar("Read")


async def read(visits: Sequence[Visit], reading: Callable[[Visit], Awaitable[Read]]) -> Read:
    """Return what the first visit brings that is let in; raise the last refusal."""
    *others, last = visits
    for visit in others:
        try:
            return await reading(visit)
        except Refused as refusal:
            if refusal.code not in FOR_PEOPLE:
                raise
    return await reading(last)


def do(visit: Visit, deed: Callable[[Chat], Awaitable[None]], *, invitation: str = "") -> None:
    """Come and do something, without entering a room; raises Refused or Unreachable."""

    async def visiting() -> None:
        coming = visit.connect(joining=False, reconnect=False, invitation=invitation)
        async with coming as chat, told_of_waiting(chat):
            await deed(chat)

    run(visiting())


def room_of(visit: Visit, power: PowerCommands) -> str:
    """Return the room that a visit with power is about: the one it names, or the first of all."""
    return power.room if isinstance(power, Chat) else visit.room or DEFAULT_ROOM


def govern(visit: Visit, deed: Callable[[PowerCommands], Awaitable[None]]) -> None:
    """Do something that needs power: on the server's own machine, or as who the visit is."""
    if visit.folder is None:
        do(visit, deed)
        return
    from hubbub.cli.console import console

    async def governing(folder: Path) -> None:
        async with console(folder) as power:
            await deed(power)

    run(governing(visit.folder))
