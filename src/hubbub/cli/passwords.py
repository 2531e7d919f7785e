"""The password for a chatroom: given, else remembered, else asked for on the terminal."""

import getpass
import sys
from collections.abc import Callable

import click

from hubbub.chat.errors import Refused
from hubbub.cli.output import complain
from hubbub.client import Address, Chat, parse_address
from hubbub.desk.profile import Profile


def known_password(given: str, address: Address, home: str, profile: Profile) -> str:
    """Return the password given, else the one that the chatroom took last; empty if it took none.

    `home`: as `Profile.chatroom` says it.
    """
    return given or address.password or profile.server(home).password


def remember_password(chat: Chat, password: str, home: str, profile: Profile) -> None:
    """If the chatroom took the password, remember it for its `home`."""
    remembered = profile.server(home)
    if chat.is_locked and remembered.password != password:
        remembered.password = password
        profile.save()


def insist(enter: Callable[[str], None], password: str, address: str) -> None:
    """Call `enter` with a password, and again with others that the user types, until one is right.

    Without a terminal to ask on, raise the refusal.
    """
    while True:
        try:
            enter(password)
        except Refused as refusal:
            if refusal.code not in ("password_needed", "wrong_password") or not can_ask():
                raise
            if refusal.code == "wrong_password":
                complain(str(refusal))
        else:
            return
        password = _asked(address)


def can_ask() -> bool:
    """Return whether there is a terminal to ask the user on."""
    return all(one and one.isatty() for one in (sys.stdin, sys.stderr))


def _asked(address: str) -> str:
    try:
        return getpass.getpass(f"Password of the chatroom at {parse_address(address)}: ")
    except EOFError:
        raise click.Abort from None
