"""What the verbs need of a face, which draws a desk and asks its user."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from hubbub.chat.events import Message, RoomSummary
from hubbub.chat.files import FileSummary
from hubbub.desk.form import Form, Secret
from hubbub.desk.log import Item
from hubbub.desk.room import RoomState
from hubbub.desk.thread import Thread
from hubbub.desk.writing import Sheet, Writing

FindMessages = Callable[[str], Awaitable[Sequence[Message]]]
FindRooms = Callable[[], Awaitable[Sequence[RoomSummary]]]
FindLines = Callable[[], Awaitable[Sequence[str]]]


class Face(Sheet, Protocol):
    """What it is given to show holds texts and names as they were written.

    A face MUST make them safe to show. It MUST show a question at once, so that what is typed next
    is typed for it, and MUST confirm only by what the user did after seeing what is to be
    confirmed. A choice that the user breaks off is None.
    """

    @property
    def writing(self) -> Writing:
        """What the text being written is for."""

    @property
    def chosen(self) -> Item | None:
        """What the user has chosen in the log on the screen, if anything."""

    def show_newest(self) -> None:
        """Show the end of the log."""

    def show_oldest(self) -> None:
        """Show the oldest message that is loaded."""

    def show_unread(self) -> Awaitable[None]:
        """Show the first unread message, with what follows it."""

    def show_unread_elsewhere(self) -> bool:
        """Show an unread room of another chatroom that the user is in; return whether one is."""

    def show_listed(self, number: int) -> None:
        """Show the room that stands there in the list, counted from 1, if there are so many.

        The list has those of other chatrooms that the user is in, too.
        """

    def set_out(self) -> Callable[[], bool]:
        """Begin a way in the log that may take a while, and end any other one.

        What is returned tells whether it still is the latest: the user has not moved since, in the
        log or to another room. Else it MUST NOT move them.
        """

    def show_message(self, seq: int) -> None:
        """Show a message of the log on the screen with what stands around it, and choose it."""

    def tell(self, sentence: str) -> None:
        """Say something that need not stay."""

    def copy(self, text: str) -> None:
        """Put a text into the clipboard."""

    def confirm(self, question: str, yes: str, *, is_likely: bool = False) -> Awaitable[bool]:
        """Ask whether the user wants what is about to happen; `yes` is the word for it.

        `is_likely`: one key may be enough. What cannot be undone takes more than that.
        """

    def fill(self, form: Form) -> Awaitable[bool]:
        """Have the user fill in a form; return whether it was done, and not broken off.

        While it is refused, the refusal is shown, and what was typed stays.
        """

    def show_secret(self, title: str, make: Callable[[], Awaitable[Secret]]) -> Awaitable[None]:
        """Show the user something once, with a way to copy it, until they have it.

        What it is may be on its way: its title is shown at once, and why there will be none.
        """

    def choose(self, title: str, find: FindLines, *, nothing: str = "") -> Awaitable[int | None]:
        """Have the user choose one of some lines, which may be on their way; return its index.

        `nothing`: what is said if there are none.
        """

    def choose_room(self, rooms: Iterable[RoomState]) -> Awaitable[RoomState | None]:
        """Have the user choose one of their rooms."""

    def choose_public_room(self, find: FindRooms) -> Awaitable[str | None]:
        """Have the user choose one of the server's rooms."""

    def choose_message(
        self, words: str, find: FindMessages, *, title: str = ""
    ) -> Awaitable[Message | None]:
        """Have the user choose a message with certain words, `words` at first; newest first.

        `title`: of a list that is no search.
        """

    def open_address(self, address: str) -> None:
        """Open an address that leads out of all chatrooms, as in a browser."""

    def connect(self, address: str, name: str) -> None:
        """Come into another chatroom as well; without a name, as elsewhere."""

    def show_pictures(self, files: Sequence[FileSummary]) -> Awaitable[None]:
        """Show pictures that the server has previews of, until the user goes back."""

    def show_thread(self, thread: Thread) -> Awaitable[None]:
        """Show a message with its answers, and let the user answer, until they go back."""

    def choose_emoji(self) -> Awaitable[str | None]:
        """Have the user choose an emoji."""
