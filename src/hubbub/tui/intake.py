"""Keys, clicks and pastes: one at a time, in the order in which they came.

Textual hands an input to the widget that has the focus now; that widget takes it from a queue of
its own later. So whatever moves the focus, opens a dialog or shows another room would be overtaken
by what was typed right behind it: words for a list would end up in the composer, and a text for
one room in another. Here an input is handed on only when the one before it has had its effect.

How an effect is known to be over: an input travels from the widget that it is for, the focused one
or the one under the mouse, up through its parents to the app, and so do the messages it causes.
Each of them has a queue. A marker sent the same way arrives behind them. Markers are sent at least
twice, because the first may overtake what a binding of the app caused below it, and until none met
a change of the focus: a new dialog is then mounted, and what waited for a dialog's end goes on.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING

from textual import events
from textual.errors import NoWidget
from textual.widgets import Input, TextArea

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.widget import Widget

EFFECT_SECONDS_MAX = 2.0
"""Then the next input is handed on all the same, whatever it is that takes so long."""

CLOSED_SECONDS = 0.05
"""How soon it is noticed that a widget has closed and will return no marker."""

_PASSES_MIN = 2
_INPUT = (events.InputEvent, events.Paste, events.AppFocus, events.AppBlur)
_MOVES = (events.MouseMove, events.MouseScrollUp, events.MouseScrollDown)


def is_input(event: events.Event) -> bool:
    """Return whether an event comes straight from the terminal, and belongs in line."""
    return isinstance(event, _INPUT) and not event.is_forwarded


def is_deliberate(event: events.Event) -> bool:
    """Return whether an input shows that the user is here; a mouse that moves only passes by."""
    return not isinstance(event, events.MouseMove | events.AppFocus | events.AppBlur)


def needs_focus(event: events.Event) -> bool:
    """Return whether only the terminal with the focus gets such an input."""
    return isinstance(event, events.Key | events.MouseDown)


class _Flow(Enum):
    """Inputs that come in great numbers, and among themselves need no order but their own.

    Each character of a paste that the terminal does not mark as such would else have the screen
    drawn anew.
    """

    TYPING = auto()
    MOVING = auto()


class Intake:
    """The line of inputs before an app; `hand_on` gives one to whatever has the focus."""

    def __init__(self, app: App[None], hand_on: Callable[[events.Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._line: asyncio.Queue[events.Event] = asyncio.Queue()
        self._flow: _Flow | None = None
        """What the input that was handed on last was part of."""
        self._hit: Widget | None = None
        """What the mouse hit with it, if it was the mouse's."""

    def take(self, event: events.Event) -> None:
        """Put an input at the end of the line."""
        self._line.put_nowait(event)

    async def run(self) -> None:
        """Hand on what comes, until cancelled."""
        while True:
            event = await self._line.get()
            flow = self._flow_of(event)
            if flow is None or flow is not self._flow:
                await self._effect()
            self._flow = self._flow_of(event)  # the focus may have moved meanwhile
            self._hit = self._hit_by(event)
            await self._hand_on(event)

    def _flow_of(self, event: events.Event) -> _Flow | None:
        if isinstance(event, _MOVES):
            return _Flow.MOVING
        is_in_field = isinstance(self._app.focused, Input | TextArea)
        is_typed = is_in_field and isinstance(event, events.Key) and event.is_printable
        return _Flow.TYPING if is_typed else None

    def _hit_by(self, event: events.Event) -> Widget | None:
        if not isinstance(event, events.MouseEvent):
            return None
        with suppress(NoWidget):
            return self._app.mouse_captured or self._app.get_widget_at(event.x, event.y)[0]
        return None

    async def _effect(self) -> None:
        """Wait until the input that was handed on last has had its effect."""
        with suppress(TimeoutError):
            async with asyncio.timeout(EFFECT_SECONDS_MAX):
                passes = 0
                before = None
                while passes < _PASSES_MIN or self._place is not before:
                    before = self._place
                    hit = self._hit.ancestors_with_self if self._hit is not None else []
                    for pump in (*hit, *before.ancestors_with_self):
                        await _passed(pump)
                    passes += 1

    @property
    def _place(self) -> Widget:
        """Where the next key would go."""
        return self._app.focused or self._app.screen


async def _passed(pump: MessagePump) -> None:
    """Wait until a pump has dealt with everything that is in its queue now."""
    marker = asyncio.Event()
    if not pump.call_later(marker.set):
        return
    was_running = pump.is_running  # a new screen begins to run, and comes to the marker then
    while not marker.is_set() and (pump.is_running or not was_running):
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSED_SECONDS):
                await marker.wait()
