"""The terminal's face of a desk: what its verbs need, done with widgets and dialogs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.screen import Screen

from hubbub.tui import choosing
from hubbub.tui.composer import Composer
from hubbub.tui.dialogs.form import FormScreen
from hubbub.tui.dialogs.secret import SecretScreen
from hubbub.tui.dialogs.thread import ThreadScreen
from hubbub.tui.log.view import LogView

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence

    from hubbub.chat.events import Message
    from hubbub.desk.desk import Desk
    from hubbub.desk.face import FindMessages, FindRooms
    from hubbub.desk.form import Form, Secret
    from hubbub.desk.log import Item
    from hubbub.desk.room import Draft, RoomState
    from hubbub.desk.thread import Thread
    from hubbub.desk.writing import Writing
    from hubbub.tui.looks import Looks

Answer = TypeVar("Answer")

RECENT_EMOJI_MAX = 16


class TerminalFace(Screen[None]):
    """A screen with a log and a composer, which its user can be asked something above."""

    writing: Writing
    desk: Desk
    mode: str | None = None
    """The stack of screens that this one is in: a question of it never covers another one's."""
    looks: Looks
    recent_emoji: ClassVar[list[str]] = []
    """Those that were chosen since the program started, the latest first."""

    # The parts.

    @property
    def composer(self) -> Composer:
        """Where the user types."""
        return self.query_one(Composer)

    @property
    def log_view(self) -> LogView:
        """The log of the current room."""
        return self.query_one(LogView)

    # The composer.

    @property
    def draft(self) -> Draft:
        """What stands in the composer."""
        return self.composer.draft

    def put(self, draft: Draft) -> None:
        """Replace everything in the composer."""
        self.composer.put(draft)

    def put_back(self, draft: Draft) -> None:
        """Replace everything in the composer by what comes back unasked."""
        self.composer.put_back(draft)

    # The log.

    @property
    def chosen(self) -> Item | None:
        """What is chosen in the log."""
        index, log = self.log_view.selected, self.log_view.room.log
        return log[index] if index is not None and log.first <= index < log.end else None

    def show_newest(self) -> None:
        """Go to the end of the log."""
        self.log_view.action_newest()

    def show_oldest(self) -> None:
        """Go to the oldest message that is loaded."""
        self.log_view.action_oldest()

    def show_message(self, seq: int) -> None:
        """Go to a message, and choose it."""
        self.log_view.jump(seq)

    def scroll_pages(self, pages: int) -> None:
        """Scroll the log; up is negative."""
        self.log_view.scroll_pages(pages)

    # What is said and asked beside.

    def tell(self, sentence: str) -> None:
        """Show a sentence for a few seconds."""
        self.notify(sentence, markup=False)

    def copy(self, text: str) -> None:
        """Put a text into the clipboard."""
        self.app.copy_to_clipboard(text)

    def ask(self, dialog: Screen[Answer]) -> asyncio.Future[Answer]:
        """Show a dialog at once, and return its answer once there is one."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answered(given: Answer | None) -> None:
            if not answer.done():
                answer.set_result(cast("Answer", given))  # of its type: all our dialogs give one

        with self._context():  # whoever asks may be gone when the answer comes; this screen is not
            self.app.push_screen(dialog, answered, mode=self.mode)
        return answer

    def fill(self, form: Form) -> Awaitable[bool]:
        """Have the user fill in a form."""
        return self.ask(FormScreen(form))

    def show_secret(self, secret: Secret) -> Awaitable[None]:
        """Show the user something once."""
        return self.ask(SecretScreen(secret))

    def choose(self, title: str, lines: Sequence[str]) -> Awaitable[int | None]:
        """Have the user choose a line."""
        return self.ask(choosing.line_picker(title, lines))

    def choose_room(self, rooms: Iterable[RoomState]) -> Awaitable[RoomState | None]:
        """Have the user choose one of their rooms."""
        return self.ask(choosing.room_picker(rooms))

    def choose_public_room(self, find: FindRooms) -> Awaitable[str | None]:
        """Have the user choose one of the server's rooms."""
        return self.ask(choosing.public_room_picker(find))

    def choose_message(
        self, words: str, find: FindMessages, *, title: str = ""
    ) -> Awaitable[Message | None]:
        """Have the user choose a message with certain words."""
        return self.ask(choosing.message_picker(title, words, find, self.desk.rooms.title_of))

    def show_thread(self, thread: Thread) -> Awaitable[None]:
        """Show a message with its answers."""
        return self.ask(ThreadScreen(thread, self.looks, self.desk.name))

    async def choose_emoji(self) -> str | None:
        """Have the user choose an emoji; the next time it is among the first."""
        if emoji := await self.ask(choosing.emoji_picker(self.recent_emoji)):
            others = [one for one in self.recent_emoji if one != emoji]
            self.recent_emoji[:] = [emoji, *others][:RECENT_EMOJI_MAX]
        return emoji

    async def insert_emoji(self) -> None:
        """Have the user choose an emoji, and write it."""
        if emoji := await self.choose_emoji():
            self.composer.insert(emoji)

    def show_palette(self) -> None:
        """Show the command palette."""
        self.app.action_command_palette()
