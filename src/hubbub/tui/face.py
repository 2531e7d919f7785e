"""The terminal's face of a desk: what its verbs need, done with widgets and dialogs."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, TypeVar, cast

from textual.screen import Screen

from hubbub.chat.errors import HubbubError
from hubbub.tui import choosing
from hubbub.tui.composer import Composer
from hubbub.tui.dialogs.form import FormScreen
from hubbub.tui.dialogs.picture import PictureScreen
from hubbub.tui.dialogs.secret import SecretScreen
from hubbub.tui.dialogs.thread import ThreadScreen
from hubbub.tui.log.view import LogView
from hubbub.tui.pictures.means import means_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from hubbub.chat.events import Message
    from hubbub.chat.files import FileSummary
    from hubbub.desk.desk import Desk
    from hubbub.desk.face import FindLines, FindMessages, FindRooms
    from hubbub.desk.form import Form, Secret
    from hubbub.desk.log import Item
    from hubbub.desk.room import Draft, RoomState
    from hubbub.desk.thread import Thread
    from hubbub.desk.writing import Writing
    from hubbub.tui.config.file import ClientFile
    from hubbub.tui.looks import Looks
    from hubbub.tui.pictures.store import Pictures

Answer = TypeVar("Answer")

RECENT_EMOJI_MAX = 16


class TerminalFace(Screen[None]):
    """A screen with a log and a composer, which its user can be asked something above."""

    writing: Writing
    desk: Desk
    mode: str | None = None
    """The stack of screens that this one is in: a question of it never covers another one's."""
    looks: Looks
    config: ClientFile
    pictures: Pictures
    write_terminal: Callable[[str], None]

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

    def set_out(self) -> Callable[[], bool]:
        """Begin a way that may take a while; return what tells whether the user still wants it."""
        self.writing.stay()
        return self.log_view.set_out()

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

    def show_secret(self, title: str, make: Callable[[], Awaitable[Secret]]) -> Awaitable[None]:
        """Show the user something once."""
        dialog = SecretScreen(title)
        return self._show_secret(dialog, self.ask(dialog), make)

    async def _show_secret(
        self, dialog: SecretScreen, closed: Awaitable[None], make: Callable[[], Awaitable[Secret]]
    ) -> None:
        try:
            dialog.show(await make())
        except HubbubError:
            dialog.close()
            raise
        await closed

    def choose(
        self, title: str, find: FindLines, *, nothing: str = "There is no such line."
    ) -> Awaitable[int | None]:
        """Have the user choose a line."""
        return self.ask(choosing.line_picker(title, find, nothing))

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

    def show_pictures(self, files: Sequence[FileSummary]) -> Awaitable[None]:
        """Show pictures as the terminal can show them."""
        means = means_of(self.config.settings.pictures, os.environ)
        return self.ask(PictureScreen(files, self.pictures, means, self.write_terminal))

    def show_thread(self, thread: Thread) -> Awaitable[None]:
        """Show a message with its answers."""
        return self.ask(ThreadScreen(thread, self.looks, self.desk.name))

    async def choose_emoji(self) -> str | None:
        """Have the user choose an emoji; the next time it is among the first."""
        recent = self.desk.profile.emoji
        if emoji := await self.ask(choosing.emoji_picker(recent)):
            recent[:] = [emoji, *(one for one in recent if one != emoji)][:RECENT_EMOJI_MAX]
        return emoji

    async def insert_emoji(self) -> None:
        """Have the user choose an emoji, and write it."""
        if emoji := await self.choose_emoji():
            self.composer.insert(emoji)

    def show_palette(self) -> None:
        """Show the command palette."""
        self.app.action_command_palette()
