"""The verbs about answers, pins, quotes, and what messages said before they were edited."""

from collections.abc import Awaitable, Sequence
from datetime import datetime

from hubbub.chat.events import Message, Revision
from hubbub.chat.words import words_of
from hubbub.desk.about_finding import holds, show_chosen
from hubbub.desk.about_messages import meant
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.room import Draft
from hubbub.desk.telling import done
from hubbub.desk.thread import Thread

QUOTED_LINES_MAX = 200


def replies(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show a message with its answers, and let the user answer there."""
    return face.show_thread(Thread(desk, meant(desk, face)))


def quote(desk: Desk, face: Face, _argument: str) -> None:
    """Put the lines of a message before what is written, as a quote."""
    lines = meant(desk, face).text.split("\n")[:QUOTED_LINES_MAX]
    quoted = "".join(f"> {line}\n" for line in lines)
    written = face.draft.text
    face.put(Draft(f"{quoted}\n{written}" if written else quoted))
    face.begin()


def pin(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Pin a message for all in the room, or take the pin away."""
    message = meant(desk, face)
    is_on = not message.pinned
    told = "It is pinned; /pins shows all that is." if is_on else "It is not pinned any more."
    return done(desk, desk.chat.pin(message.room, message.seq, on=is_on), told)


def pins(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Have the user choose among what is pinned here, and show it."""
    room = desk.rooms.current.name

    async def found(typed: str) -> Sequence[Message]:
        wanted = words_of(typed)
        messages = (await desk.chat.pins(room)).messages
        return [one for one in messages if holds(one, wanted)]

    return show_chosen(desk, face, face.choose_message("", found, title="Pinned here"))


def revisions(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show what a message said before it was edited, where the room has that kept."""
    message = meant(desk, face)
    texts: list[str] = []

    async def lines() -> list[str]:
        told = await desk.chat.revisions(message.room, message.seq)
        if not told.texts:
            return []
        all_ = [*told.texts, Revision(message.edited or 0, message.text)]
        texts[:] = [one.text for one in all_]
        return [f"{_time(one.at)}  {one.text}" for one in all_]

    nothing = "Nothing is kept of what it said before."
    choice = face.choose("Before it was edited", lines, nothing=nothing)
    return _copy_chosen(face, texts, choice)


def _time(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000).astimezone():%d %b %H:%M}"


async def _copy_chosen(face: Face, texts: list[str], choice: Awaitable[int | None]) -> None:
    if (chosen := await choice) is not None:
        face.copy(texts[chosen])
        face.tell("That text is in the clipboard, if your terminal allows it.")
