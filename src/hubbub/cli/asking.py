"""Questions that are answered with yes or no; what is printed goes to stderr."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import click

from hubbub.chat.errors import Refused
from hubbub.cli.passwords import can_ask


def agrees(question: str) -> bool:
    """Ask the user, and return whether they agree. Waits for a line of stdin."""
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def confirming(*, is_sure: bool) -> Callable[[str], Awaitable[None]]:
    """Return what asks whether something is to be deleted, and raises Refused if it is not.

    Raises BadParameter at once, before anything is done, where nobody can be asked who is not sure.
    """
    if not (is_sure or can_ask()):
        raise click.BadParameter("This deletes for good, and nobody can be asked: give --yes.")

    async def confirm(what: str) -> None:
        if not is_sure and not await asyncio.to_thread(agrees, f"{what} Delete it? [y/N] "):
            raise Refused("Nothing is deleted.", code="forbidden")

    return confirm
