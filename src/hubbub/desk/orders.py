"""Carries out what the user asks for: what Enter does, and every verb, however it was chosen."""

import re
from collections.abc import Iterable
from typing import Generic, TypeVar

from hubbub.chat.errors import HubbubError, Refused
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.room import Draft
from hubbub.desk.verbs import Verb
from hubbub.desk.writing import Aim

FaceT = TypeVar("FaceT", bound=Face)

ASKED_FROM_LINES = 20

_SLASH = re.compile(r"/([A-Za-z]+)(?:\s+(.*))?", re.DOTALL)


class Orders(Generic[FaceT]):
    """`verbs`: all that the face offers, its own included."""

    def __init__(self, desk: Desk, face: FaceT, verbs: Iterable[Verb[FaceT]]) -> None:
        self._desk = desk
        self._face = face
        self._by_word = {verb.word: verb for verb in verbs if verb.word}

    def do(self, verb: Verb[FaceT], argument: str = "", *, typed: str = "") -> None:
        """Do something; if it is refused, the log says why, and what was `typed` comes back."""
        self._desk.attempt(self._carry_out(verb, argument, typed))

    async def _carry_out(self, verb: Verb[FaceT], argument: str, typed: str) -> None:
        if verb.events_only and self._desk.is_classic:
            raise Refused(f"This server cannot do that: {verb.purpose}.")
        try:
            if (done := verb.run(self._desk, self._face, argument)) is not None:
                await done
        except HubbubError:
            if typed and not self._face.draft.text:
                self._face.put_back(typed)
            raise

    # What Enter does.

    def enter(self, text: str) -> None:
        """Do what a text is for, after a question if it is long."""
        aim = self._face.writing.aim
        lines = text.count("\n") + 1
        if lines > ASKED_FROM_LINES:
            self._desk.attempt(self._ask(text, lines, aim))
        else:
            self._take(text, aim)

    async def _ask(self, text: str, lines: int, aim: Aim) -> None:
        if await self._face.confirm(f"Send {lines} lines as one message?", "Send"):
            self._take(text, aim)
        else:
            self._face.put_back(text)

    def _take(self, text: str, aim: Aim) -> None:
        command = None if aim.editing is not None else parse(text)
        if command is None:
            self._say(text, aim)
        elif (verb := self._by_word.get(command[0])) is not None:
            self.do(verb, command[1], typed=text)
        elif self._desk.is_classic:
            self._desk.note(f"There is no command /{command[0]}. /help lists them.", is_error=True)
        else:  # the server may know more commands than this program
            self._desk.attempt(self._desk.chat.line(text))

    def _say(self, text: str, aim: Aim) -> None:
        desk = self._desk
        self._face.writing.end()
        if aim.editing is not None:
            if text != aim.editing.text:
                desk.attempt(self._edit(aim, text))
            return
        text = text.removeprefix("/") if text.startswith("//") else text
        desk.posting.say(aim.room, text, aim.answering.seq if aim.answering else None)
        self._face.show_newest()
        if not desk.is_heard(aim.room):
            desk.note(f"{aim.room.title} is not here now and will not see this.")

    async def _edit(self, aim: Aim, text: str) -> None:
        """Give an own message a new text; if that fails, the user has it again."""
        assert aim.editing is not None
        try:
            await self._desk.chat.edit(aim.editing.room, aim.editing.seq, text)
        except HubbubError:
            if not self._face.draft.text and not self._face.writing.is_editing:
                self._face.writing.edit(aim.editing, self._desk.name)
                self._face.put(Draft(text))
            raise


def parse(text: str) -> tuple[str, str] | None:
    """Split `/word argument`; None if `text` is no command but a message."""
    found = _SLASH.fullmatch(text)
    return None if found is None else (found[1].lower(), (found[2] or "").strip())
