"""A text area in which a grapheme cluster is one character, whatever it is made of."""

import re
from collections.abc import Iterable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingsMap, BindingType
from textual.document._document import EditResult, Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.widgets import TextArea

from hubbub.chat.text import inert
from hubbub.desk.about_files import as_command
from hubbub.tui.composer.graphemes import (
    left_of,
    right_of,
    snapped,
    snapped_right,
    word_left,
    word_right,
)
from hubbub.tui.composer.wrapping import ClusterDocument
from hubbub.tui.keys import Key, Mode, bindings

_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_MODIFIERS = ("alt+", "ctrl+", "hyper+", "meta+", "super+")


# They put characters where they are not; Textual draws them as they are.
_REORDERING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def plain(text: str) -> str:
    r"""Return `text` as it may stand in a message: lines end in \n, and nothing controls."""
    return inert(_LINE_END.sub("\n", text)).translate(_REORDERING)


class _ClusterText(Text):
    """A line whose styles hold whole clusters; a terminal draws what is parted as several."""

    def stylize(self, style: str | Style, start: int = 0, end: int | None = None) -> None:
        """Style what is between two places, and the clusters that they are within."""
        line = self.plain
        end = len(line) if end is None else snapped_right(line, min(end, len(line)))
        super().stylize(style, snapped(line, start), end)


class ClusterArea(TextArea, inherit_bindings=False):
    """Multi-line input. Keys that it does not bind go on to the app."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Mode.WRITING)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id, highlight_cursor_line=False)
        self.match_cursor_bracket = False
        self.cursor_blink = False  # a blinking cursor wakes an idle program twice a second

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        self.wrapped_document = ClusterDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._rewrap_and_refresh_virtual_size()

    @property
    def wrap_width(self) -> int:
        """The cells of a row. The last column is the cursor's, unless there is no other."""
        return max(super().wrap_width, min(1, self.scrollable_content_region.width))

    def get_line(self, line_index: int) -> Text:
        """Return a line to be styled and drawn."""
        return _ClusterText(self.document.get_line(line_index), end="", no_wrap=True)

    @property
    def is_empty(self) -> bool:
        """Whether there is no text at all."""
        return self.document.end == (0, 0)

    # Keys.

    def bind_keys(self, keys: Iterable[Key]) -> None:
        """Have other keys mean what is done while one writes."""
        self._bindings = BindingsMap(bindings(Mode.WRITING, keys))

    async def _on_key(self, event: events.Key) -> None:
        """Type or act at once: what bubbles to the app comes back behind keys pressed later."""
        event.prevent_default()
        if _is_typed(event):
            event.stop()
            self._replace_via_keyboard(event.character or "", *self.selection)
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.insert_pasted(event.text)

    def action_paste(self) -> None:
        """Insert what was cut or copied last."""
        self.insert_pasted(self.app.clipboard)

    def insert_pasted(self, text: str) -> None:
        """Put a text in, made fit for a message, as one step to undo.

        If the field is empty, the path of a file becomes the command that sends it.
        """
        command = "" if self.text else as_command(text)
        self.replace_at_once(command or plain(text), *self.selection)

    def replace_at_once(self, text: str, start: Location, end: Location) -> None:
        """Replace what is between two places, as one step to undo."""
        self.history.checkpoint()
        self._replace_via_keyboard(text, start, end)
        self.history.checkpoint()

    def action_new_line(self) -> None:
        """Begin a new line."""
        self._replace_via_keyboard("\n", *self.selection)

    # Where the cursor may be.

    def clamp_visitable(self, location: Location) -> Location:
        """Return the nearest place for the cursor: within the text, and not within a cluster."""
        row, column = super().clamp_visitable(location)
        return row, snapped(self.document[row], column)

    def edit(self, edit: Edit) -> EditResult:
        """Carry out an edit. What joins the next character takes the cursor behind both."""
        result = super().edit(edit)
        if not edit.maintain_selection_offset:
            row, column = result.end_location
            end = snapped_right(self.document[row], column)
            if self.cursor_location != (row, end):
                self.selection = Selection.cursor((row, end))
                self.record_cursor_width()
        return result

    def get_cursor_left_location(self) -> Location:
        """Return the place one cluster to the left."""
        row, column = self.cursor_location
        if column:
            return row, left_of(self.document[row], column)
        return (row - 1, len(self.document[row - 1])) if row else (0, 0)

    def get_cursor_right_location(self) -> Location:
        """Return the place one cluster to the right."""
        row, column = self.cursor_location
        if column < len(self.document[row]):
            return row, right_of(self.document[row], column)
        return (row + 1, 0) if row + 1 < self.document.line_count else (row, column)

    def get_cursor_word_left_location(self) -> Location:
        """Return where the word on the left begins."""
        row, column = self.cursor_location
        if column:
            return row, word_left(self.document[row], column)
        return self.get_cursor_left_location()

    def get_cursor_word_right_location(self) -> Location:
        """Return where the word on the right ends."""
        row, column = self.cursor_location
        if column < len(self.document[row]):
            return row, word_right(self.document[row], column)
        return self.get_cursor_right_location()

    def action_row_start(self) -> None:
        """Go to the start of the line, however many rows it fills."""
        self.move_cursor((self.cursor_location[0], 0))

    def action_row_end(self) -> None:
        """Go to the end of the line."""
        row = self.cursor_location[0]
        self.move_cursor((row, len(self.document[row])))

    def action_delete_word_right(self) -> None:
        """Delete the selection, or to the end of the word on the right."""
        start, end = self.selection
        to = self.get_cursor_word_right_location() if start == end else start
        self._delete_via_keyboard(end, to)

    def action_delete_to_start_of_line(self) -> None:
        """Delete the selection, or to the start of the line; there, join it to the one before."""
        start, end = self.selection
        if start == end:
            start = (end[0], 0) if end[1] else self.get_cursor_left_location()
        self._delete_via_keyboard(start, end)


def _is_typed(event: events.Key) -> bool:
    """Return whether a key stands for a character, be it a joiner or a space of another script."""
    character = event.character
    if character is None or event.key.startswith(_MODIFIERS):
        return False
    return character.isprintable() or (not character.isascii() and inert(character) == character)
