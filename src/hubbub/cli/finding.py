"""Which chatroom to join if no address is given: this machine's, or one that is announced."""

import asyncio
import socket
import sys
from typing import NamedTuple

import click

from hubbub.chat.text import whole_number
from hubbub.cli.output import complain
from hubbub.client import Address, parse_address
from hubbub.lan import is_allowed

ANSWER_SECONDS = 2.0
"""How long a server on this very machine may take to accept a connection."""

LOOK_SECONDS = 1.0
LOOK_BESIDE_SECONDS = 0.3
"""How long to look around when this machine has a chatroom."""


class Choice(NamedTuple):
    """A line to choose. An empty address is this machine."""

    title: str
    address: str = ""
    remark: str = ""


def chosen_address(*, may_host: bool) -> str:
    """Return the address that the user chooses; empty for this machine.

    Without a choice, or without a terminal to make it on, this machine is taken.
    """
    if not _may_look():
        return ""
    here = parse_address("")
    is_open = answers(here)
    found = _announced(here if is_open else None)
    if not found:
        return ""
    if is_open:
        return _ask([Choice("this machine", remark=str(here)), *found])
    return _ask([*found, Choice("Host a chatroom here")] if may_host else found)


def answers(place: Address) -> bool:
    """Return whether a server accepts connections there."""
    try:
        socket.create_connection((place.host, place.port), ANSWER_SECONDS).close()
    except OSError:
        return False
    return True


def _may_look() -> bool:
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return is_allowed() and all(one and one.isatty() for one in streams)


def _announced(here: Address | None) -> list[Choice]:
    """Return what others announce, without the chatroom at `here`, which is known already."""
    # Imported here: this takes time, and no other command needs it.
    from hubbub.lan.looking import look
    from hubbub.lan.networks import own_networks

    found = asyncio.run(look(LOOK_SECONDS if here is None else LOOK_BESIDE_SECONDS))
    known = {Address(str(own.ip), here.port) for own in own_networks()} if here else set()
    return [
        Choice(
            one.name,
            f"hubbubs://{place}" if one.tls else str(place),
            f"{place}, with a password" if one.locked else str(place),
        )
        for one in found
        if (place := Address(one.host, one.port)) not in known
    ]


def _ask(choices: list[Choice]) -> str:
    complain("Chatrooms found:")
    width = max(len(choice.title) for choice in choices)
    for place, (title, _, remark) in enumerate(choices, 1):
        complain(f"{place:4}  {title:{width}}  {remark}".rstrip())
    while True:
        typed = click.prompt("Which one", default="1", err=True).strip()
        if number := whole_number(typed, len(choices)):
            return choices[number - 1].address
        complain(f"Type a number from 1 to {len(choices)}.")
