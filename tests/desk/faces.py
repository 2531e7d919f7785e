"""A face without a screen: its user has decided beforehand what to answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from hubbub.chat.errors import HubbubError
from hubbub.chat.events import Message
from hubbub.chat.files import FileSummary
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face, FindLines, FindMessages, FindRooms
from hubbub.desk.form import Form, Secret
from hubbub.desk.orders import Orders
from hubbub.desk.room import Draft, RoomState
from hubbub.desk.thread import Thread
from hubbub.desk.verbs import VERBS, Verb
from hubbub.desk.writing import Writing

from .sheets import Paper

if TYPE_CHECKING:
    from hubbub.desk.log import Item

VERB = {verb.name: verb for verb in VERBS}


class BlindFace(Paper):
    """`asked`: the questions that wait for an answer, each a future."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.chosen: Item | None = None
        self.shown: list[int | str] = []
        self.told: list[str] = []
        self.copied: list[str] = []
        self.threads: list[Thread] = []
        self.asked: list[asyncio.Future[bool]] = []
        self.answers: list[list[tuple[str, ...]]] = []
        """For each form, what is typed into it until it is taken; then it is broken off."""
        self.picks: list[int | None] = []
        self.orders: Orders[Face] = Orders(desk, self, VERBS)
        self._desk = desk
        self._moves = 0
        desk.turned = self._turned

    def _turned(self) -> None:
        self._moves += 1
        self.writing.turn_to(self._desk.rooms.current)

    @property
    def writing(self) -> Writing:
        return self.orders.writing

    def put(self, draft: Draft) -> None:
        super().put(draft)
        self._desk.stirred()  # for those who wait for it

    def enter(self, text: str) -> None:
        """Write a text and press Enter."""
        self.put(Draft())
        self.orders.enter(text)

    def do(self, verb: str, argument: str = "") -> None:
        """Press a key for it."""
        found: Verb[Face] = VERB[verb]
        self.orders.do(found, argument)

    def _show(self, what: int | str) -> None:
        self._moves += 1
        self.shown.append(what)
        self._desk.stirred()  # for those who wait for it

    def show_newest(self) -> None:
        self._show("newest")

    def show_oldest(self) -> None:
        self._show("oldest")

    async def show_unread(self) -> None:
        self.shown.append("unread")

    def show_unread_elsewhere(self) -> bool:
        return False

    def show_listed(self, number: int) -> None:
        self._desk.show(list(self._desk.rooms)[number - 1])

    def set_out(self) -> Callable[[], bool]:
        self.writing.stay()
        self._moves += 1
        begun = self._moves
        return lambda: self._moves == begun

    def show_message(self, seq: int) -> None:
        self._show(seq)

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)

    def copy(self, text: str) -> None:
        self.copied.append(text)

    def confirm(self, question: str, yes: str, *, is_likely: bool = False) -> Awaitable[bool]:
        self.told.append(f"{question} {yes}{'' if is_likely else ', really'}?")
        self.asked.append(asyncio.get_running_loop().create_future())
        return self.asked[-1]

    async def fill(self, form: Form) -> bool:
        self.told += [form.title, form.about] if form.about else [form.title]
        for typed in self.answers.pop(0):
            try:
                await form.submit(typed)
            except HubbubError as error:
                self.told.append(str(error))
            else:
                return True
        return False

    async def show_secret(self, title: str, make: Callable[[], Awaitable[Secret]]) -> None:
        self.told += [title, (await make()).text]

    async def choose(self, title: str, find: FindLines, *, nothing: str = "") -> int | None:
        lines = await find()
        self.told += [title, *(lines or [nothing])]
        return self.picks.pop(0) if lines else None

    async def choose_room(self, rooms: Iterable[RoomState]) -> RoomState | None:
        return next(iter(rooms), None)

    async def choose_public_room(self, find: FindRooms) -> str | None:
        return next((room.room for room in await find()), None)

    async def choose_message(
        self,
        words: str,
        find: FindMessages,
        *,
        title: str = "",  # noqa: ARG002 (nothing is shown)
    ) -> Message | None:
        return next(iter(await find(words)), None)

    def open_address(self, address: str) -> None:
        self.told.append(f"open {address}")

    def connect(self, address: str, name: str) -> None:
        self.told.append(f"connect {address} {name}".strip())

    async def show_pictures(self, files: Sequence[FileSummary]) -> None:
        self.told += [file.name for file in files]

    async def show_thread(self, thread: Thread) -> None:
        await thread.load()
        self.threads.append(thread)

    async def choose_emoji(self) -> str | None:
        return "🎉"
