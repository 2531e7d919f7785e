"""A tiny app around a composer, and the messages that it sent."""

import asyncio
from collections.abc import Awaitable, Callable

from textual import events, on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from hubbub.desk.input_history import InputHistory
from hubbub.tui.composer import Composer, ComposerBox
from tests.desk.known import Known


class Stage(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.sent = InputHistory()
        self.heard: list[Message] = []
        self.entered: list[str] = []
        self.missed: list[str] = []
        self.box = ComposerBox(Known(), self.sent, self.entered.append)
        self.composer = self.box.composer

    def compose(self) -> ComposeResult:
        yield self.box

    def _on_mount(self) -> None:
        self.composer.focus()

    @on(Composer.Typed)
    @on(Composer.LastWanted)
    @on(Composer.Recalled)
    @on(Composer.Cancelled)
    def _note(self, message: Message) -> None:
        self.heard.append(message)

    @on(events.Key)
    def _miss(self, event: events.Key) -> None:
        self.missed.append(event.key)

    def count(self, kind: type[Message]) -> int:
        return sum(isinstance(message, kind) for message in self.heard)

    @property
    def strip(self) -> str:
        strip = self.query_one("CandidateStrip")
        return str(strip.render()) if strip.display else ""


def play(
    scene: Callable[[Stage, Pilot[None]], Awaitable[None]], size: tuple[int, int] = (40, 12)
) -> None:
    """Let a scene happen on a stage of this many columns and rows."""

    async def staged() -> None:
        stage = Stage()
        async with stage.run_test(size=size) as pilot:
            await pilot.pause()
            await scene(stage, pilot)

    asyncio.run(staged())
