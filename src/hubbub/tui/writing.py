"""What becomes of what the user writes: a message, an edit, an answer, or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.chat.errors import HubbubError, Refused
from hubbub.chat.names import same_name
from hubbub.tui.actions import BY_WORD, parse
from hubbub.tui.dialogs.confirm import Confirm
from hubbub.tui.log.layout import cut, one_line

if TYPE_CHECKING:
    from hubbub.chat.events import Message
    from hubbub.tui.screen import ChatScreen

ASKED_FROM_LINES = 20
QUOTED_CELLS = 60


class Writing:
    """Knows whether the next text edits or answers a message; the `banner` says so."""

    def __init__(self, screen: ChatScreen) -> None:
        self.banner = ""
        self._screen = screen
        self._editing: Message | None = None
        self._replying: Message | None = None
        self._set_aside = ""

    @property
    def is_editing(self) -> bool:
        """Whether the text in the composer is to replace a message's."""
        return self._editing is not None

    # Sending.

    def submit(self, text: str) -> None:
        """Do what a text is for, after a question if it is long."""
        lines = text.count("\n") + 1
        if lines > ASKED_FROM_LINES:
            self._screen.attempt(self._ask(text, lines))
        else:
            self._take(text)

    async def _ask(self, text: str, lines: int) -> None:
        question = Confirm(f"Send {lines} lines as one message?", "Send")
        if await self._screen.app.push_screen_wait(question):
            self._take(text)
        else:
            self._screen.composer.put_back(text)

    def _take(self, text: str) -> None:
        screen, desk = self._screen, self._screen.desk
        command = None if self.is_editing else parse(text)
        if command is None:
            self._say(text)
        elif (action := BY_WORD.get(command[0])) is not None:
            screen.attempt(screen.carry_out(action, command[1], typed=text))
        elif desk.is_classic:
            desk.note(f"There is no command /{command[0]}. F1 lists them.", is_error=True)
        else:  # the server may know more commands than this program
            screen.attempt(desk.chat.line(text))

    def _say(self, text: str) -> None:
        editing, replying = self._editing, self._replying
        self.end()
        if editing is not None:
            if text != editing.text:
                self._screen.attempt(self._edit(editing, text))
            return
        desk = self._screen.desk
        room = desk.rooms.current
        text = text.removeprefix("/") if text.startswith("//") else text
        desk.posting.say(room, text, replying.seq if replying else None)
        self._screen.log_view.action_newest()
        if not desk.is_heard(room):
            desk.note(f"{room.title} is not here now and will not see this.")

    async def _edit(self, message: Message, text: str) -> None:
        """Give an own message a new text; if that fails, the user has it again."""
        try:
            await self._screen.desk.chat.edit(message.room, message.seq, text)
        except HubbubError:
            if not self._screen.composer.text and not self.is_editing:
                self.edit(message)
                self._screen.composer.put(text)
            raise

    # Editing and answering.

    def edit(self, message: Message) -> None:
        """Let the user give an own message a new text; raise Refused if it is not theirs."""
        if not same_name(message.sender, self._screen.desk.name):
            raise Refused("Only your own messages can be edited.")
        self._set_aside = self._screen.composer.text
        self._editing, self._replying = message, None
        self._screen.composer.put(message.text)
        self._begin("Editing your message. Enter saves, Escape cancels.")

    def reply(self, message: Message) -> None:
        """Let the next message answer this one."""
        self._editing, self._replying = None, message
        said = cut(one_line(message.text), QUOTED_CELLS)
        self._begin(f"Answering {one_line(message.sender)}: {said}")

    def _begin(self, banner: str) -> None:
        self.banner = banner
        self._screen.log_view.clear_choice()
        self._screen.composer.focus()
        self._screen.show_banner()

    def end(self) -> bool:
        """Edit or answer nothing any more; tell whether anything was."""
        if self._editing is not None:
            self._screen.composer.put(self._set_aside)
        return self.keep_as_new()

    def keep_as_new(self) -> bool:
        """Let what stands in the composer be a new message; tell whether it was anything else."""
        was_special = self.banner != ""
        self._editing = self._replying = None
        self._set_aside = self.banner = ""
        self._screen.show_banner()
        return was_special
