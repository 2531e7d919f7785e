"""The verb that goes where messages lead: to rooms and messages, people, and addresses."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import NamedTuple

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.chat.names import same_name
from hubbub.client import BadAddress, parse_address
from hubbub.desk.about_finding import show_place
from hubbub.desk.about_people import whois
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.log import Said
from hubbub.desk.places import Place, address_of, place_at, places_in
from hubbub.markup.blocks import blocks_of
from hubbub.markup.rooms import rooms
from hubbub.markup.runs import Run, prose_of, runs
from hubbub.markup.visible import visible

PEOPLE_MAX = 50
"""Of one message; and so many of its `@` are looked at."""

_OURS = ("hubbub://", "hubbubs://")


class Lead(NamedTuple):
    """`shown`: as it is written. `go` leads there."""

    shown: str
    go: Callable[[], Awaitable[None]]


def go(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Go to an address in this chatroom, or where the chosen message leads."""
    if argument:
        places = places_in(desk.chat.addresses, argument)
        if not places:
            raise Refused(_usage(desk))
        return show_place(desk, face, places[0])
    item = face.chosen
    found = list(leads(desk, face, item.message)) if isinstance(item, Said) else []
    if not found:
        raise Refused(_usage(desk))
    if len(found) == 1:
        return found[0].go()

    async def lines() -> list[str]:
        return [lead.shown for lead in found]

    return _go_to_chosen(found, face.choose("Go to", lines))


def _usage(desk: Desk) -> str:
    example = address_of(desk.link.page, Place("lobby", 1042))
    return (
        f"Give the address of a room or message here, such as {example}, or choose a message that "
        "leads somewhere."
    )


async def _go_to_chosen(found: list[Lead], choice: Awaitable[int | None]) -> None:
    if (chosen := await choice) is not None:
        await found[chosen].go()


def leads(desk: Desk, face: Face, message: Message) -> Iterator[Lead]:
    """Yield where a message leads, each place once, in the order of the text."""
    shown: set[str] = set()
    for block in blocks_of(visible(message.text)):
        prose = [] if block.is_code else list(runs(block.text))
        for lead in (*_addresses(desk, face, prose), *_rooms(desk, face, prose)):
            if lead.shown not in shown:
                shown.add(lead.shown)
                yield lead
        for name in _people(desk, prose_of(prose)):
            if name not in shown:
                shown.add(name)
                yield Lead(f"@{name}", partial(whois, desk, face, name))


def _addresses(desk: Desk, face: Face, prose: list[Run]) -> Iterator[Lead]:
    for run in prose:
        if run.url is not None:
            yield Lead(run.url, partial(follow, desk, face, run.url))


def _rooms(desk: Desk, face: Face, prose: list[Run]) -> Iterator[Lead]:
    for named in rooms(prose, [room.name for room in desk.rooms]):
        yield Lead(f"#{named.room}", partial(show_room, desk, face, named.room))


def _people(desk: Desk, text: str) -> Iterator[str]:
    """Yield the people whom a text names with an `@`, of those who are here or spoke lately."""
    names = sorted(desk.company.names(), key=len, reverse=True)
    at = -1
    for _ in range(PEOPLE_MAX):
        if (at := text.find("@", at + 1)) < 0:
            return
        behind = (text[at + 1 : at + 1 + len(name)] for name in names)
        yield from [
            name for name, part in zip(names, behind, strict=True) if same_name(name, part)
        ][:1]


async def follow(desk: Desk, face: Face, address: str) -> None:
    """Go to an address: here, in another chatroom after a question, or elsewhere."""
    place = place_at(desk.chat.addresses, address)
    if place is not None:
        await show_place(desk, face, place)
    elif not address.startswith(_OURS):
        face.open_address(address)
    elif await face.confirm(f"Come into the chatroom of {address} as well?", "Connect"):
        try:
            parse_address(address)
        except BadAddress as error:
            raise Refused(str(error)) from None
        face.connect(address, "")


async def show_room(desk: Desk, face: Face, name: str) -> None:
    """Show a room that a text names; one of which nothing is known is entered after a question."""
    mine = (room for room in desk.rooms if not room.is_direct)
    called = next((one for one in mine if name in (one.name, one.called.lower())), None)
    if called is not None:
        desk.show(called)
        return
    listed = {one.room for one in await desk.chat.rooms()}
    question = f"No room #{name} is listed here. Enter it? It is opened if there is none."
    if name in listed or await face.confirm(question, "Enter"):
        await face.writing.move(desk.join(name))
