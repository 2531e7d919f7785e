"""`hubbub open` and `hubbub window`: the page, served on this machine, in a browser or a window."""

import asyncio
import webbrowser
from typing import NamedTuple

from hubbub.chat.errors import HubbubError
from hubbub.cli.ending import run
from hubbub.cli.finding import answers, chosen_address
from hubbub.cli.names import load_profile
from hubbub.cli.output import complain, show
from hubbub.cli.passwords import known_password
from hubbub.client import Address, parse_address
from hubbub.sidecar.asking import asked
from hubbub.sidecar.noted import Note
from hubbub.sidecar.running import SideCar, place_of, running
from hubbub.sidecar.site import Asked
from hubbub.sidecar.windows import Windows

CLOSED_SECONDS = 1.0
"""A page whose window was closed is gone after this."""


class Target(NamedTuple):
    """The chatroom to open, and the place in it."""

    address: Address
    place: str


def target(address: str, password: str) -> Target:
    """Return what an address leads to, or what `hubbub` alone would join."""
    given = parse_address(address)
    if not address:
        given = parse_address(chosen_address(may_host=False))
        if given.is_local and not answers(given):
            raise HubbubError(
                "There is no chatroom on this machine, nor on the local network. Give the address "
                "of one, or host one with 'hubbub serve'."
            )
    password = known_password(password, str(given), load_profile()) or given.password
    return Target(given, place_of(given, password))


def open_page(address: str, password: str, *, browser: bool) -> int:
    """Open the page in the user's browser, and serve it until nobody has it open."""
    return _open_page(target(address, password), browser=browser)


def _open_page(what: Target, *, browser: bool) -> int:
    with Note(what.address) as note:
        if not note.claim() and (entrance := asked(note, Asked(what.place))) is not None:
            assert entrance.address is not None, "no window was asked for"
            _present(entrance.address, browser=browser)
            return 0
        return run(_serve(note, what, browser=browser))


async def _serve(note: Note, what: Target, *, browser: bool) -> None:
    async with running(what.address, note) as sidecar:
        complain(f"the chatroom at {what.address} is open on this machine; Ctrl+C ends it")
        await asyncio.to_thread(_present, sidecar.entrance(what.place), browser=browser)
        await _left(sidecar)


def open_window(address: str, password: str) -> int:
    """Open the page in a window of its own, and serve it as long as that is open."""
    what = target(address, password)
    with Note(what.address) as note:
        windows = Windows(note.folder)
        if not windows.are_there:
            complain("nothing here can show a window, so the browser shows the page; for a window,")
            complain("install Chromium, Chrome or Edge, or pywebview: pip install 'hubbub[window]'")
            return _open_page(what, browser=True)
        if not note.claim():
            entrance = asked(note, Asked(what.place, window=True))
            if entrance is not None:
                return run(windows.show(entrance.address)) if entrance.address else 0
        return run(_show_window(note, what, windows))


async def _show_window(note: Note, what: Target, windows: Windows) -> None:
    async with running(what.address, note, windows.front) as sidecar:
        await windows.show(sidecar.entrance(what.place))
        await sidecar.closed(CLOSED_SECONDS)


async def _left(sidecar: SideCar) -> None:
    await sidecar.left()
    complain("nobody has the page open any more")


def _present(address: str, *, browser: bool) -> None:
    """Have a browser open an address, or print it."""
    if not (browser and webbrowser.open(address)):
        show(address)
        complain("this address opens the page once, in one browser: keep it to yourself")
