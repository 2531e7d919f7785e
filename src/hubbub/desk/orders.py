"""Carries out what the user asks for: what Enter does, and every verb, however it was chosen."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Generic, TypeVar

from hubbub.chat.errors import HubbubError
from hubbub.chat.events import Linking
from hubbub.desk.desk import Desk
from hubbub.desk.emoji_names import with_emoji
from hubbub.desk.face import Face
from hubbub.desk.pieces import pieces_of
from hubbub.desk.room import Draft, RoomState
from hubbub.desk.verbs import Verb
from hubbub.desk.writing import Aim, Writing

FaceT = TypeVar("FaceT", bound=Face)

ASKED_FROM_LINES = 20

_SLASH = re.compile(r"/([A-Za-z][A-Za-z-]*)(?:\s+(.*))?", re.DOTALL)


class Orders(Generic[FaceT]):
    """`verbs`: all that the face offers, its own included.

    A text that could not be carried out comes back to where it was typed, even if the chat ends
    before that is known.
    """

    def __init__(self, desk: Desk, face: FaceT, verbs: Iterable[Verb[FaceT]]) -> None:
        self.writing = Writing(face, desk.rooms.current, show=desk.show, release=self._release)
        self._desk = desk
        self._face = face
        self._by_word = {verb.word: verb for verb in verbs if verb.word}
        desk.refused = self._give_back
        desk.linking = self._be_asked_for_link

    def do(self, verb: Verb[FaceT], argument: str = "", *, typed: str = "") -> None:
        """Do something; if it is refused, the log says why, and what was `typed` comes back."""
        return_typed = partial(self._give_back, typed, self.writing.aim.room)
        try:
            verb.check(self._desk)
            # At once, while what the user saw is still what is there.
            waiting = verb.run(self._desk, self._face, argument)
        except HubbubError as error:
            self._desk.note(str(error), is_error=True)
            return_typed()
        else:
            if waiting is not None:
                self._attempt(waiting, return_typed, owed=verb.takes_text)

    def _attempt(
        self, work: Awaitable[object], give_back: Callable[[], None], *, owed: bool = True
    ) -> None:
        """Do something that takes a while. `owed`: it carries what somebody wrote for others."""

        async def attempted() -> None:
            try:
                await work
            except HubbubError:
                give_back()
                raise
            except asyncio.CancelledError:  # the chat ends: what was written becomes a draft
                if owed:
                    give_back()
                raise

        self._desk.attempt(attempted(), owed=owed)

    def _give_back(self, text: str, room: RoomState) -> None:
        if text:
            is_left = self._desk.rooms.get(room.name) is not room
            self.writing.give_back(text, self.writing.aim.room if is_left else room)

    def _be_asked_for_link(self, event: Linking) -> None:
        """Ask the user whether a device is theirs that typed the code shown here."""
        who = f"'{event.label}'" if event.label else f"A device that comes as '{event.name}'"
        question = f"{who} typed the code {event.code}. Is it yours? It can do all that you can."
        self._attempt(self._link(event.code, self._face.confirm(question, "Link")), lambda: None)

    async def _link(self, code: str, answer: Awaitable[bool]) -> None:
        is_own = await answer
        await self._desk.chat.confirm(code, on=is_own)
        self._desk.note("It is linked." if is_own else "It is not linked.")

    # What Enter does.

    def enter(self, text: str) -> None:
        """Do what a text is for, after a question if it is long."""
        if self.writing.hold(text):
            return
        self._enter(text, self.writing.aim)

    def _release(self, text: str, room: RoomState) -> None:
        """Go on with a text that was held until this room was reached."""
        if room is self.writing.aim.room:
            self.enter(text)
        elif parse(text) is None:
            self._enter(text, Aim(room))
        else:  # what a command means depends on what is on the screen
            self.writing.give_back(text, room)

    def _enter(self, text: str, aim: Aim) -> None:
        if aim == self.writing.aim and (aim.editing is not None or parse(text) is None):
            self.writing.end()
        lines, pieces = text.count("\n") + 1, [text]
        if aim.editing is None and parse(text) is None:
            pieces = self._pieces(text)
        if len(pieces) > 1 or lines > ASKED_FROM_LINES:
            question = f"Send {lines} lines as one message?"
            if len(pieces) > 1:
                question = f"It is too long for one message. Send it as {len(pieces)}?"
            answer = self._face.confirm(question, "Send", is_likely=True)
            self._attempt(self._ask(answer, text, aim), partial(self._give_back, text, aim.room))
        else:
            self._take(text, aim)

    async def _ask(self, answer: Awaitable[bool], text: str, aim: Aim) -> None:
        if await answer:
            self._take(text, aim)
        else:
            self._resume(text, aim)

    def _take(self, text: str, aim: Aim) -> None:
        """Carry out a text, whose aim was fixed when Enter was pressed."""
        if aim.editing is not None:
            if text != aim.editing.text:
                work = self._desk.changes.edit(aim.editing, with_emoji(text))
                self._attempt(work, partial(self._resume, text, aim))
        elif (command := parse(text)) is None:
            self._say(text, aim)
        elif (verb := self._by_word.get(command[0])) is not None:
            self.do(verb, command[1], typed=text)
        elif self._desk.is_classic:
            self._desk.note(f"There is no command /{command[0]}. /help lists them.", is_error=True)
            self._give_back(text, aim.room)
        else:  # the server may know more commands than this program
            line = self._desk.line(text, aim.room)
            self._attempt(line, partial(self._give_back, text, aim.room))

    def _pieces(self, text: str) -> list[str]:
        """Return what a text is sent as: more than one message if it is too long for one."""
        limit = self._desk.chat.text_bytes_max
        if limit is None or len(text.encode(errors="replace")) <= limit:
            return [text]
        return pieces_of(text, limit)

    def _say(self, text: str, aim: Aim) -> None:
        if silence := self._desk.silence(aim.room):
            self._desk.note(silence, is_error=True)
            self._resume(text, aim)
            return
        text = with_emoji(text.removeprefix("/") if text.startswith("//") else text)
        answered = aim.answering.seq if aim.answering else None
        for piece in self._pieces(text):
            self._desk.posting.say(aim.room, piece, answered)
            answered = None
        if aim.room is self.writing.aim.room:
            self._face.show_newest()
        if unheard := self._desk.company.unheard(aim.room):
            self._desk.note(unheard)

    def _resume(self, text: str, aim: Aim) -> None:
        """Let the user go on with a text, for what it was for."""
        if aim.room is not self.writing.aim.room or self.writing.is_editing:
            self._give_back(text, aim.room)
        elif aim.editing is not None:
            self.writing.edit(aim.editing, own=True)
            self._face.put(Draft(text))
        else:
            self._give_back(text, aim.room)
            if aim.answering is not None:
                self.writing.reply(aim.answering)


def parse(text: str) -> tuple[str, str] | None:
    """Split `/word argument`; None if `text` is no command but a message."""
    found = _SLASH.fullmatch(text)
    return None if found is None else (found[1].lower(), (found[2] or "").strip())
