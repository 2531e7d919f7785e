"""What the text being written is for: a message to a room, an answer, or an edit."""

from typing import NamedTuple, Protocol

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.chat.names import same_name
from hubbub.desk.room import Draft, RoomState


class Sheet(Protocol):
    """Where the user writes."""

    @property
    def draft(self) -> Draft:
        """What stands there."""

    def put(self, draft: Draft) -> None:
        """Replace everything that stands there."""

    def put_back(self, text: str) -> None:
        """Return a text that could not be used, before what was written since."""

    def begin(self) -> None:
        """Take the user there: what comes next is written, and `Writing.banner` may be another."""

    def show_banner(self) -> None:
        """Show what the text is for: `Writing.banner`."""


class Aim(NamedTuple):
    """Where a text goes; an answer or a new text for a message that is there."""

    room: RoomState
    editing: Message | None = None
    answering: Message | None = None

    @property
    def banner(self) -> str:
        """A line that says so; empty for a plain message."""
        if self.editing is not None:
            return "Editing your message. Enter saves, Escape cancels."
        if self.answering is not None:
            return f"Answering {self.answering.sender}: {self.answering.text}"
        return ""


class Writing:
    """Knows where the text on the sheet goes. Each room has a draft of its own."""

    def __init__(self, sheet: Sheet, room: RoomState) -> None:
        self.aim = Aim(room)
        self._sheet = sheet
        self._set_aside = Draft()

    @property
    def banner(self) -> str:
        """A line that says what the text is for; empty for a plain message."""
        return self.aim.banner

    @property
    def is_editing(self) -> bool:
        """Whether the text is to replace a message's."""
        return self.aim.editing is not None

    def turn_to(self, room: RoomState) -> None:
        """Write in another room from now on; what stands on the sheet waits in this one."""
        self.end()
        self.keep()
        self.aim = Aim(room)
        self._sheet.put(room.draft)

    def keep(self) -> None:
        """Keep the text as the room's draft, unless it is another message's."""
        if not self.is_editing:
            self.aim.room.draft = self._sheet.draft

    def edit(self, message: Message, own_name: str) -> None:
        """Let the user give an own message a new text; raise Refused if it is not theirs."""
        if not same_name(message.sender, own_name):
            raise Refused("Only your own messages can be edited.")
        self._set_aside = self._sheet.draft
        self.aim = Aim(self.aim.room, editing=message)
        self._sheet.put(Draft(message.text))
        self._sheet.begin()

    def reply(self, message: Message) -> None:
        """Let the next message answer this one."""
        self.aim = Aim(self.aim.room, answering=message)
        self._sheet.begin()

    def end(self) -> bool:
        """Edit or answer nothing any more; returns whether anything was."""
        if self.is_editing:
            self._sheet.put(self._set_aside)
        return self.keep_as_new()

    def keep_as_new(self) -> bool:
        """Let what stands on the sheet be a new message; returns whether it was anything else."""
        was_special = self.banner != ""
        self.aim = Aim(self.aim.room)
        self._set_aside = Draft()
        self._sheet.show_banner()
        return was_special
