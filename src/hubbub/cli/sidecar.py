"""`hubbub open` and `hubbub window`: the page, served on this machine, in a browser or a window."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from hubbub.chat.errors import HubbubError
from hubbub.cli.ending import run
from hubbub.cli.finding import answers, chosen_address
from hubbub.cli.names import load_profile
from hubbub.cli.output import complain, show
from hubbub.cli.passwords import insist, known_password
from hubbub.client import Address, parse_address
from hubbub.sidecar.asking import asked
from hubbub.sidecar.noted import Note
from hubbub.sidecar.running import place_of, running
from hubbub.sidecar.site import Asked, Entrance
from hubbub.sidecar.way import Way
from hubbub.sidecar.windows import Windows
from hubbub.tui.browser import opens

CLOSED_SECONDS = 1.0
"""A page whose window was closed is gone after this."""


class Target(NamedTuple):
    """The chatroom to open, with its password, if that is known."""

    address: Address
    password: str

    @property
    def place(self) -> str:
        """Where the page is to begin."""
        return place_of(self.address, self.password)

    @property
    def way(self) -> Way:
        """The way to its server."""
        return Way(self.address, self.password, complain)


def open_page(address: str, password: str, *, browser: bool) -> int:
    """Open the page in the user's browser, and serve it until nobody has it open."""
    return _insist(_found(address, password), lambda what: _open_page(what, browser=browser))


def open_window(address: str, password: str) -> int:
    """Open the page in a window of its own, and serve it as long as that is open."""
    return _insist(_found(address, password), _open_window)


def _found(address: str, password: str) -> Target:
    """Return what an address leads to, or what `hubbub` alone would join."""
    address = address or chosen_address(may_host=False)
    given = parse_address(address)
    if not address and not answers(given):
        raise HubbubError(
            "There is no chatroom on this machine, nor on the local network. Give the address of "
            "one, or host one with 'hubbub serve'."
        )
    profile = load_profile()
    home = profile.chatroom(given)
    return Target(replace(given, home=home), known_password(password, given, home, profile))


def _insist(what: Target, deed: Callable[[Target], int]) -> int:
    """Do it with the password that is known, and again with others that the user types."""
    ended = 0

    def done(password: str) -> None:
        nonlocal ended
        ended = deed(what._replace(password=password))

    insist(done, what.password, str(what.address))
    return ended


def _open_page(what: Target, *, browser: bool) -> int:
    with Note(what.address) as note:
        if not note.claim() and (entrance := asked(note, Asked(what.place))) is not None:
            assert entrance.address is not None, "no window was asked for"
            return run(_present(entrance.address, browser=browser))
        return run(_serve(note, what, browser=browser))


async def _serve(note: Note, what: Target, *, browser: bool) -> None:
    async with running(what.way, note) as sidecar:
        complain(f"the chatroom at {what.address} is open on this machine; Ctrl+C ends it")
        await _present(sidecar.entrance(what.place), browser=browser)
        await sidecar.left()
        complain("nobody has the page open any more")


def _open_window(what: Target) -> int:
    with Note(what.address) as note:
        windows = Windows(note.folder)
        if not windows.are_there:
            complain("nothing here can show a window, so the browser shows the page; for a window,")
            complain("install Chromium, Chrome or Edge, or hubbub with its extra 'window'")
            return _open_page(what, browser=True)
        if not note.claim():
            entrance = asked(note, Asked(what.place, window=True))
            if entrance is not None:
                return _join_window(entrance, windows)
        return run(_show_window(note, what, windows))


def _join_window(entrance: Entrance, windows: Windows) -> int:
    """Show a window of a side-car that runs already, unless there is one."""
    if entrance.address is not None and windows.claim():
        return run(windows.show(entrance.address))
    if not entrance.is_front:
        complain("the window of this chatroom is open already")
    return 0


async def _show_window(note: Note, what: Target, windows: Windows) -> None:
    async with running(what.way, note, windows.front) as sidecar:
        await windows.show(sidecar.entrance(what.place))
        await sidecar.closed(CLOSED_SECONDS)


async def _present(address: str, *, browser: bool) -> None:
    """Have a browser open an address, or print it."""
    if not (browser and await opens(address)):
        show(address)
        complain("this address opens the page once, in one browser: keep it to yourself")
