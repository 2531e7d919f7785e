"""The two modes of the chat: writing, and choosing messages.

Letters act on messages only while the user is choosing, and then the banner says so. The mode
begins with its key and in no other way: the log cannot take the focus by itself. It ends with
Escape, a click, a paste, a letter that means nothing, or whatever else brings the user to the
composer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on

from hubbub.desk.about_messages import suits
from hubbub.tui.actions import BY_NAME, Terminal
from hubbub.tui.composer import ComposerBox
from hubbub.tui.dialogs.confirm import Confirm
from hubbub.tui.face import TerminalFace
from hubbub.tui.keys import Key, Mode, does, label, labels
from hubbub.tui.log.labels import cut, one_line
from hubbub.tui.log.view import LogView

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from hubbub.desk.input_history import InputHistory
    from hubbub.desk.orders import Orders

QUOTED_CELLS = 40


class ModedFace(TerminalFace):
    """A face in which letters are written, or act on messages."""

    AUTO_FOCUS = "Composer"

    history: InputHistory
    orders: Orders[Terminal]
    keys: dict[Mode, tuple[Key, ...]]
    """What they mean, as the settings say."""

    def __init__(self) -> None:
        super().__init__()
        self._is_choosing = False

    def swap_focus(self) -> None:
        """Go from writing to choosing messages, and back."""
        if self._is_choosing:
            self.begin()
        else:
            self._is_choosing = self.log_view.can_focus = True
            self.log_view.focus()
            if self.log_view.selected is None:  # else a search has found and chosen one
                self.log_view.action_select(-1)
            self.show_banner()

    @on(LogView.Touched)
    def begin(self) -> None:
        """Let the user write, and choose no message any more."""
        if self._is_choosing:
            self._is_choosing = self.log_view.can_focus = False
            self.log_view.clear_choice()
        self.composer.focus()
        self.show_banner()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        # By now the focus may be elsewhere again, as after a key that first brings it back.
        if self._is_choosing and self.focused is self.composer:
            self.begin()

    def show_banner(self) -> None:
        """Say above the composer what letters do, or what the next message is for."""
        room = self.writing.aim.room
        silence = self.desk.silence(room) or room.refusal
        helping = f"{labels('help', self.keys[Mode.ANY]) or '/help'} helps"
        self.composer.placeholder = helping if silence else f"Say something; {helping}"
        line = one_line(self.writing.banner or silence)
        if self._is_choosing:
            first = {name: letter for letter, name in reversed(self._letters().items())}
            means = reversed(first.items())
            letters = "  ".join(f"{label(letter)} {name}" for name, letter in means)
            line = f"Esc back  {letters}"
        self.query_one(ComposerBox).banner(line, whole=line == one_line(silence))

    def _letters(self) -> dict[str, str]:
        """Return the letters that mean something for the message that is chosen."""
        return {
            letter: name
            for letter, name, _ in self.keys[Mode.CHOOSING]
            if name in BY_NAME
            and not does(Mode.CHOOSING, name)
            and BY_NAME[name].is_offered(self.desk)
            and suits(self.desk, self.chosen, name)
        }

    async def _choose_with(self, event: events.Key) -> bool:
        """Do what a key is for while messages are chosen; return whether it is for anything."""
        pressed = (event.character, event.key)
        name = next((one.action for one in self.keys[Mode.CHOOSING] if one.key in pressed), "")
        if act := does(Mode.CHOOSING, name):
            await self.app.run_action(act, self.log_view)
        elif name in self._letters().values():
            self.orders.do(BY_NAME[name])
        else:
            return False
        return True

    @on(events.Key)
    async def _pressed(self, event: events.Key) -> None:
        """Take a key that the composer did not: it is in the log, or nowhere."""
        if self._is_choosing and event.key == "escape":
            event.stop()
            self.begin()
        elif self._is_choosing and await self._choose_with(event):
            event.stop()
        elif event.is_printable and event.character:  # the user goes on typing
            event.stop()
            self._type_on(event.character)

    @on(events.Paste)
    def _pasted(self, event: events.Paste) -> None:
        """Take what was pasted while the composer did not have the focus."""
        self._type_on(event.text)

    def _type_on(self, text: str) -> None:
        self.begin()
        self.composer.insert_pasted(text)

    def confirm(self, question: str, yes: str, *, is_likely: bool = False) -> Awaitable[bool]:
        """Ask whether the user wants what is about to happen."""
        return self.ask(Confirm(one_line(question), yes, self._type_on, is_likely=is_likely))

    def interrupt(self) -> None:
        """Copy what is marked; else clear the line; else tell how to quit."""
        marked = self.log_view.marked or self.get_selected_text() or self.composer.selected_text
        if marked:
            self.copy(marked)
            self.tell(_copied(marked))
            self.log_view.unmark()
            self.clear_selection()
        elif self.composer.text:
            self.history.add(self.composer.text)
            self.composer.put("")
            self.writing.end()
        else:
            self.notify(f"{labels('quit', self.keys[Mode.ANY]) or '/quit'} quits.")


def _copied(text: str) -> str:
    """Say what is in the clipboard now."""
    first, *more = text.splitlines() or [""]
    rest = f" and {len(more)} more line{'s' if len(more) > 1 else ''}" if more else ""
    return f"Copied, if your terminal allows it: '{cut(one_line(first), QUOTED_CELLS)}'{rest}."
