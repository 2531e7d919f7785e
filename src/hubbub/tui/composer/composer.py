"""The input of the chat: it sends, remembers, completes and hands drafts to an editor."""

import math
from collections.abc import Callable
from typing import NamedTuple

from textual import events
from textual.app import SuspendNotSupported
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.message import Message
from textual.reactive import var

from hubbub.chat.errors import HubbubError
from hubbub.desk.completion import Completion, Sources, complete, offered
from hubbub.desk.input_history import InputHistory
from hubbub.desk.room import Draft
from hubbub.tui.composer.area import ClusterArea, plain
from hubbub.tui.composer.editor import edited
from hubbub.tui.composer.strip import Offer

_SENDING = {"submit"}
_KEEPING_STRIP = {"complete(1)", "complete(-1)", "cancel"}


class _Cycle(NamedTuple):
    """A completion under way, and which candidate stands in the text."""

    completion: Completion
    chosen: int


class Composer(ClusterArea):
    """Multi-line input with history and completion. Its parent hears its messages.

    `enter` is called with each text that is not blank when Enter is pressed; it is in the history
    then, and no longer in the input.
    """

    DEFAULT_CSS = """
    Composer {
        height: auto; min-height: 1; max-height: 8; border: none; padding: 0;
        background: $surface; color: $foreground; scrollbar-size-vertical: 0;
    }
    Composer:focus { border: none; }
    """
    offer: var[Offer | None] = var(None)
    """What the strip above the input shows."""

    class Typed(Message):
        """The user changed the text, and there still is some."""

    class LastWanted(Message):
        """Up was pressed in an empty input: the user wants to edit their last message."""

    class Recalled(Message):
        """A text out of the history is in the input now."""

    class Cancelled(Message):
        """Escape was pressed, and there was nothing of the composer's own to close."""

    class EdgeWanted(Message):
        """Home or End was pressed in an empty input: the user wants to go there in the log."""

        def __init__(self, *, newest: bool) -> None:
            super().__init__()
            self.newest = newest

    def __init__(
        self,
        sources: Sources,
        history: InputHistory,
        enter: Callable[[str], None],
        *,
        id: str | None = None,  # noqa: A002 (Textual's name)
    ) -> None:
        self._sources = sources
        self._sent = history
        self._enter = enter
        self._cycle: _Cycle | None = None
        self._hushed: tuple[int, int] | None = None
        """Where the word begins for which the user closed the strip."""
        self._chord = ""
        """The key before, if it did nothing and may begin a chord."""
        self._came_back_at = -math.inf
        self._is_parted = True
        """Whether what is typed no longer continues what came back."""
        super().__init__(id=id)

    # The text.

    @property
    def draft(self) -> Draft:
        """What stands in the input."""
        return Draft(self.text, self.cursor_location)

    def put(self, draft: Draft | str) -> None:
        """Replace everything. Undo does not lead back to what was there."""
        self._sent.reset()
        draft = Draft(draft) if isinstance(draft, str) else draft
        self._show(plain(draft.text), draft.cursor)

    def put_back(self, draft: Draft) -> None:
        """Replace everything by what comes back unasked.

        Keys that were pressed before are still to come. They were meant for something else: they
        begin a line of their own, and Enter among them sends nothing.
        """
        was_empty = self.is_empty
        self.put(draft)
        self._came_back_at = self.Typed().time
        self._is_parted = not was_empty

    def _part(self, event: events.Key) -> bool:
        """Take a key from before a text came back; returns whether there is no more to it."""
        is_enter = self._means(event.key, _SENDING)
        if event.time >= self._came_back_at or not (is_enter or event.is_printable):
            return False
        if not self._is_parted and not self.is_empty:
            self.action_new_line()
        self._is_parted = not is_enter
        return is_enter

    def recall_older(self) -> None:
        """Go one step back in the history, if there is one."""
        self._recall(self._sent.back(self.text))

    def _recall(self, text: str | None) -> None:
        if text is not None:
            self._show(text)
            self.post_message(self.Recalled())

    def _show(self, text: str, cursor: tuple[int, int] | None = None) -> None:
        self._close_strip()
        self._hushed = None
        self.load_text(text)
        self.move_cursor(self.document.end if cursor is None else cursor)

    def action_submit(self) -> None:
        """Hand the text over; whatever is typed next belongs to the next one."""
        if (text := self.text).strip():
            self._sent.add(text)
            self._show("")
            # Not as a message: what it is for depends on what is on the screen at this moment.
            self._enter(text)

    # History.

    def action_cursor_up(self, select: bool = False) -> None:
        """Go up a row; from the first one into the history."""
        if select or not self.navigator.is_first_wrapped_line(self.cursor_location):
            super().action_cursor_up(select)
        elif self.is_empty:
            self.post_message(self.LastWanted())
        else:
            self.recall_older()

    def action_cursor_down(self, select: bool = False) -> None:
        """Go down a row; from the last one back out of the history."""
        if select or not self.navigator.is_last_wrapped_line(self.cursor_location):
            super().action_cursor_down(select)
        else:
            self._recall(self._sent.forward(self.text))

    def action_cursor_line_start(self, select: bool = False) -> None:
        """Go to the line's start; in an empty input, to the beginning of the log."""
        if self.is_empty:
            self.post_message(self.EdgeWanted(newest=False))
        else:
            super().action_cursor_line_start(select)

    def action_cursor_line_end(self, select: bool = False) -> None:
        """Go to the line's end; in an empty input, to the newest message."""
        if self.is_empty:
            self.post_message(self.EdgeWanted(newest=True))
        else:
            super().action_cursor_line_end(select)

    # Edits by the user.

    async def _on_key(self, event: events.Key) -> None:
        event.prevent_default()
        chord, self._chord = f"{self._chord} {event.key}", ""
        if not self._means(event.key, _KEEPING_STRIP):
            self._close_strip()
        if self._part(event):
            event.stop()
        elif self._bindings.key_to_bindings.get(chord):
            event.stop()
            for binding in self._bindings.key_to_bindings[chord]:
                await self.app.run_action(binding.action, self)
        else:
            self._chord = event.key if self.selection.is_empty else ""
            await super()._on_key(event)

    def _means(self, key: str, actions: set[str]) -> bool:
        bound = self._bindings.key_to_bindings.get(key, ())
        return any(one.action in actions for one in bound)

    def edit(self, edit: Edit) -> EditResult:
        """Carry out an edit, and look what the word can become now."""
        result = super().edit(edit)
        self._changed()
        return result

    def undo(self) -> None:
        """Undo one step."""
        super().undo()
        self._changed()

    def redo(self) -> None:
        """Do again what was undone."""
        super().redo()
        self._changed()

    def _changed(self) -> None:
        if not self.is_empty:
            self.post_message(self.Typed())
        if self._cycle is None:
            self._offer_unasked()

    def action_cut(self) -> None:
        """Cut the selection; without one it may be the first half of a chord, and cuts no line."""
        if not self.selection.is_empty:
            super().action_cut()

    def action_edit_outside(self) -> None:
        """Have the user go on in their own editor."""
        text, failure = self.text, ""
        try:
            with self.app.suspend():
                # No exception may leave this block, or Textual would not take the terminal back.
                try:
                    text = plain(edited(text))
                except HubbubError as error:
                    failure = str(error)
        except SuspendNotSupported:
            failure = "This terminal cannot be lent to an editor."
        if failure:
            self.notify(failure, severity="warning", markup=False)
        elif text != self.text:
            self.replace_at_once(text, (0, 0), self.document.end)
            self._close_strip()

    # Completion.

    def action_complete(self, step: int) -> None:
        """Put the next candidate into the text, or the one before it."""
        if self._cycle is not None:
            completion = self._cycle.completion
            chosen = (self._cycle.chosen + step) % len(completion.candidates)
            super().undo()  # so that however many were tried, there is one step to undo
        else:
            row, column = self.cursor_location
            found = complete(self.document[row], column, self._sources, is_first=row == 0)
            if found is None:
                return
            completion = found
            chosen = 0 if step > 0 else len(completion.candidates) - 1
        self._cycle = _Cycle(completion, chosen)
        row, column = self.cursor_location
        candidate = completion.candidates[chosen]
        self.replace_at_once(candidate.text, (row, completion.start), (row, column))
        self.offer = Offer(completion.candidates, chosen)

    def take(self, index: int) -> None:
        """Put a candidate that is shown into the text."""
        self.focus()
        if self._cycle is not None:
            self.action_complete(index - self._cycle.chosen)
        else:
            self.action_complete(1)
            if self._cycle is not None and index:
                self.action_complete(index)
        self._close_strip()

    def action_cancel(self) -> None:
        """Close the strip and take back what it put into the text; else leave Escape to the app."""
        if self.offer is None:
            self.post_message(self.Cancelled())
            return
        if self._cycle is not None:
            super().undo()
        self._close_strip()
        self._hushed = self._word()

    def _offer_unasked(self) -> None:
        row, column = self.cursor_location
        word = self._word()
        if word != self._hushed or word[1] == column:
            self._hushed = None
        found = None
        if self._hushed is None:
            found = offered(self.document[row], column, self._sources, is_first=row == 0)
        self.offer = Offer(found.candidates) if found else None

    def _word(self) -> tuple[int, int]:
        """Return where the word before the cursor begins."""
        row, column = self.cursor_location
        before = self.document[row][:column]
        words = before.split()
        return row, column if not words or before[-1:].isspace() else column - len(words[-1])

    def _close_strip(self) -> None:
        self._cycle = None
        self.offer = None

    async def _on_mouse_down(self, _event: events.MouseDown) -> None:
        self._close_strip()

    def _on_blur(self, _event: events.Blur) -> None:
        self._close_strip()
