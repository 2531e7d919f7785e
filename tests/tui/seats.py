"""The terminal client at a real server, driven by keys, without a terminal."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from hubbub.desk.opening import Opening
from hubbub.desk.posting import unsent
from hubbub.desk.profile import Profile
from hubbub.tui.actions import wrong_setting
from hubbub.tui.app import HubbubApp
from hubbub.tui.config.file import ClientFile
from hubbub.tui.keyboard import Keyboard
from hubbub.tui.screen import ChatScreen
from hubbub.tui.stopped import Opening as OpeningRoom

PATIENCE_SECONDS = 20
KEYS = {" ": "space", "/": "slash", "@": "at", "\n": "enter", ":": "colon", ".": "full_stop"}
FOCUS_IN, FOCUS_OUT = "\x1b[I", "\x1b[O"


def press(place: tuple[int, int]) -> str:
    """Return what a terminal sends when a mouse button is pressed at a column and row."""
    return "\x1b[<0;{};{}M".format(*place)


def to(place: tuple[int, int]) -> str:
    """Return what a terminal sends when the mouse moves there while its button is held."""
    return "\x1b[<32;{};{}M".format(*place)


def release(place: tuple[int, int]) -> str:
    """Return what a terminal sends when the button is released there."""
    return "\x1b[<0;{};{}m".format(*place)


def click(place: tuple[int, int]) -> str:
    """Return what a terminal sends for a click there."""
    return press(place) + release(place)


class Seat:
    """A user of the terminal client."""

    def __init__(self, app: HubbubApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot
        self._keyboard = Keyboard()

    @property
    def chat(self) -> ChatScreen:
        """The screen with the chat, whatever lies above it."""
        return next(one for one in self.app.screen_stack if isinstance(one, ChatScreen))

    @property
    def is_chatting(self) -> bool:
        """Whether the chat is open."""
        return any(isinstance(one, ChatScreen) for one in self.app.screen_stack)

    @property
    def draft(self) -> str:
        """What stands in the composer."""
        return self.chat.composer.text

    @property
    def room(self) -> str:
        """The title of the room on the screen."""
        return self.chat.desk.rooms.current.title

    @property
    def screen(self) -> str:
        """What is on the screen, as text."""
        width, height = self.app.size
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(row.text.rstrip() for row in rows[:height]) if width else ""

    async def press(self, *keys: str) -> None:
        """Press keys, by Textual's names."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*[KEYS.get(char, char) for char in text])

    async def say(self, text: str) -> None:
        """Type a text and press Enter."""
        await self.type(text)
        await self.press("enter")

    async def taken(self, count: int) -> None:
        """Wait until this room has so many messages, and the server all that was said."""
        desk = self.chat.desk

        def is_so() -> bool:
            replica = desk.replica(desk.rooms.current)
            return replica is not None and len(replica.messages) == count and not unsent(desk.rooms)

        await self.until(is_so)

    def send(self, data: str) -> None:
        """Have the terminal send these characters at once, and do not wait."""
        driver = self.app._driver
        assert driver is not None
        for event in self._keyboard.feed(data):
            driver.process_message(event)

    def place(self, text: str) -> tuple[int, int]:
        """Return the column and row where a text begins, counted from 1; the lowest one."""
        rows = self.screen.split("\n")
        row = max(number for number, row in enumerate(rows) if text in row)
        return cell_len(rows[row].partition(text)[0]) + 1, row + 1

    async def until(self, holds: str | Callable[[], object]) -> None:
        """Wait until the screen shows something, or something holds."""
        fulfilled = (lambda: holds in self.screen) if isinstance(holds, str) else holds
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not fulfilled():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            raise AssertionError(f"{holds!r} does not come; the screen:\n{self.screen}") from None


@asynccontextmanager
async def seat(
    address: str,
    folder: Path,
    *,
    name: str | None = "ann",
    password: str = "",
    size: tuple[int, int] = (100, 30),
    room: str | None = None,
    theme: str | None = "dark",
    hosted_in: str | None = None,
    tells_focus: bool = True,
) -> AsyncIterator[Seat]:
    """Open the client; when the block ends it quits, as with Ctrl+Q.

    `tells_focus`: whether the terminal says that it has the focus.
    """
    opening = Opening(
        address=address,
        name=name,
        password=password,
        room=room,
        theme=theme,
        hosted_in=hosted_in,
    )
    config = ClientFile(folder / "client.toml", wrong_setting)
    app = HubbubApp(opening, Profile.load(folder / "profile.json"), config)
    async with app.run_test(size=size, notifications=True) as pilot:
        one = Seat(app, pilot)
        if tells_focus:
            one.send(FOCUS_IN)
            await one.until(lambda: app.attention.is_looking or app.ended)
        if name is not None:
            await one.until(
                lambda: (
                    app.ended
                    or (
                        one.is_chatting
                        and one.chat.desk.rooms.current.filled
                        # What comes before that may be read from its beginning, not at its end.
                        and one.chat._opening is not OpeningRoom.DUE
                    )
                )
            )
        yield one
        await app.end()
    if app.ended is not None:
        raise app.ended
