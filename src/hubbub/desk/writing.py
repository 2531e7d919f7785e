"""What the text being written is for: a message to a room, an answer, or an edit.

Enter fixes where a text goes, by what the user saw then. While a command leads to another room the
user still sees the old one, and means the new one: texts entered meanwhile are held until it is
entered. They go there, and so does what is half written; if the command is refused, they come back.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.desk.room import Draft, RoomState


class Sheet(Protocol):
    """Where the user writes."""

    @property
    def draft(self) -> Draft:
        """What is written so far."""

    def put(self, draft: Draft) -> None:
        """Replace all that is written."""

    def put_back(self, draft: Draft) -> None:
        """Replace all that is written by a text that comes back: no earlier Enter sends it."""

    def begin(self) -> None:
        """Take the user there: the next keys are written, and `Writing.banner` may have changed."""

    def show_banner(self) -> None:
        """Show what the text is for: `Writing.banner`."""


class Aim(NamedTuple):
    """Where a text goes: a room, and perhaps the message there that it answers or replaces."""

    room: RoomState
    editing: Message | None = None
    answering: Message | None = None


class _Move(NamedTuple):
    """On the way out of a room. `before`: what stood on the sheet when it began.

    `number`: of the ways that the user took, which one it is.
    """

    room: RoomState
    before: str
    held: list[str]
    number: int


class Writing:
    """Knows where the text on the sheet goes. Each room has a draft of its own.

    `show` puts a room on the screen, and calls `turn_to`. `release` is called with each text that
    was held, and the room it is for, once it may go on.
    """

    def __init__(
        self,
        sheet: Sheet,
        room: RoomState,
        *,
        show: Callable[[RoomState], None],
        release: Callable[[str, RoomState], None],
    ) -> None:
        self.aim = Aim(room)
        self._sheet = sheet
        self._show = show
        self._release = release
        self._set_aside = Draft()
        self._moves: list[_Move] = []
        self._ways = 0
        """How many ways the user took; only the latest one leads anywhere."""

    @property
    def banner(self) -> str:
        """A line that says what the text is for; empty for a plain message."""
        if any(move.held for move in self._moves if move.room is self.aim.room):
            return "What you enter now waits until your command has been carried out."
        if self.aim.editing is not None:
            return "Editing your message. Enter saves, Escape cancels."
        if self.aim.answering is not None:
            return f"Answering {self.aim.answering.sender}: {self.aim.answering.text}"
        return ""

    @property
    def is_editing(self) -> bool:
        """Whether the text is to replace a message's."""
        return self.aim.editing is not None

    # Rooms and their drafts.

    def turn_to(self, room: RoomState) -> None:
        """Write in another room from now on; what stands on the sheet waits in this one."""
        self.stay()
        self.end()
        self.keep()
        self.aim = Aim(room)
        self._sheet.put(room.draft)
        self._sheet.show_banner()

    def keep(self) -> None:
        """Keep the text as the room's draft, unless it is another message's."""
        self.aim.room.draft = self._set_aside if self.is_editing else self._sheet.draft

    def give_back(self, text: str, room: RoomState) -> None:
        """Return a text that could not be used to where it was written, before what is there."""
        if room is not self.aim.room:
            room.draft = _before(text, room.draft)
        elif self.is_editing:
            self._set_aside = _before(text, self._set_aside)
        else:
            self._sheet.put_back(_before(text, self._sheet.draft))

    # On the way to another room.

    def stay(self) -> None:
        """The user went elsewhere: no room that is being entered comes on the screen any more."""
        self._ways += 1

    async def _moving(self, move: _Move, entering: Awaitable[RoomState]) -> RoomState:
        with self._on_the_way(move):
            room = await entering
        if move.number == self._ways:  # else the user has gone elsewhere
            self._show(room)
            self._bring_along(move)
        for text in move.held:
            self._release(text, room)
        return room

    def move(self, entering: Awaitable[RoomState]) -> Awaitable[RoomState]:
        """Go to the room that `entering` returns, and write there, unless it raises.

        What the user enters from now on goes there, too.
        """
        # It begins at once, not when the task that awaits it first runs: Enter may come before.
        return self._moving(self._begin_move(), entering)

    async def _leaving(self, move: _Move, leaving: Awaitable[None]) -> None:
        with self._on_the_way(move):
            await leaving
        if self.aim.room is not move.room:
            self._bring_along(move)
            self._sheet.put_back(self._sheet.draft)
        for text in reversed(move.held):
            self.give_back(text, self.aim.room)

    def leave(self, leaving: Awaitable[None]) -> Awaitable[None]:
        """Leave the room; what is entered from now on was meant for no other, and comes back."""
        return self._leaving(self._begin_move(), leaving)

    def _begin_move(self) -> _Move:
        self._ways += 1
        move = _Move(self.aim.room, self._sheet.draft.text, [], self._ways)
        self._moves.append(move)
        return move

    @contextmanager
    def _on_the_way(self, move: _Move) -> Iterator[None]:
        """Hold what is entered; if the way leads nowhere, or the chat ends, it comes back."""
        try:
            yield
        except BaseException:
            for text in reversed(move.held):
                self.give_back(text, move.room)
            raise
        finally:
            self._moves.remove(move)
            self._sheet.show_banner()

    def _bring_along(self, move: _Move) -> None:
        """Take what was written on the way out of a room into the one that was entered."""
        left = move.room.draft.text
        if left.startswith(move.before) and (since := left[len(move.before) :]):
            move.room.draft = Draft(move.before)
            self._sheet.put(Draft("\n".join(filter(None, [self._sheet.draft.text, since]))))

    def hold(self, text: str) -> bool:
        """Keep a text that was entered until the room is reached; returns whether one is sought."""
        for move in reversed(self._moves):
            if move.room is self.aim.room:
                move.held.append(text)
                self._sheet.show_banner()
                return True
        return False

    # Editing and answering.

    def edit(self, message: Message, *, own: bool) -> None:
        """Let the user give an own message a new text; raise Refused if it is not theirs."""
        if not own:
            raise Refused("Only your own messages can be edited.")
        if not self.is_editing:
            self._set_aside = self._sheet.draft
        self.aim = Aim(self.aim.room, editing=message)
        self._sheet.put(Draft(message.text))
        self._sheet.begin()

    def reply(self, message: Message) -> None:
        """Let the next message answer this one."""
        self.end()
        self.aim = Aim(self.aim.room, answering=message)
        self._sheet.begin()

    def end(self) -> bool:
        """Edit or answer nothing any more; returns whether anything was."""
        if self.is_editing:
            self._sheet.put(self._set_aside)
        return self.keep_as_new()

    def keep_as_new(self) -> bool:
        """Let what stands on the sheet be a new message; returns whether it was anything else."""
        was_plain = self.aim == Aim(self.aim.room)
        self.aim = Aim(self.aim.room)
        self._set_aside = Draft()
        self._sheet.show_banner()
        return not was_plain


def _before(text: str, draft: Draft) -> Draft:
    return Draft(f"{text}\n{draft.text}" if draft.text else text)
