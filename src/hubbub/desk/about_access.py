"""The verbs about who may come into the chatroom, for those who run it."""

from collections.abc import Awaitable, Sequence

from msgspec import convert

from hubbub.chat.access import Enter
from hubbub.chat.errors import Refused
from hubbub.chat.events import Access
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.form import Form, OneOf
from hubbub.desk.telling import done

_ENTER = (
    ("open", "everybody"),
    ("invitation", "people who were here before, or are invited"),
    ("members", "members, and people invited as such"),
)
_WHETHER = (("yes", "Yes"), ("no", "No"))


def door(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Let nobody new into the chatroom, or let them in again."""
    if argument.lower() not in ("locked", "open"):
        raise Refused("Usage: /door locked|open")
    is_locked = argument.lower() == "locked"
    told = (
        "Nobody new is let in now; /door open lets them in." if is_locked else "The door is open."
    )
    return done(desk, desk.chat.door(locked=is_locked), told)


def access(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Say who is let into the chatroom."""
    return _access(desk, face)


async def _access(desk: Desk, face: Face) -> None:
    now = await desk.chat.access()

    async def submit(taken: Sequence[str]) -> None:
        enter, guests, passing = taken
        await desk.chat.access(
            enter=convert(enter, Enter), guests=guests == "yes", passing=passing == "yes"
        )

    if await face.fill(Form("Who is let in", _fields(now), submit, _about(now))):
        desk.note("It holds from now on, for those who come.")


def _fields(now: Access) -> tuple[OneOf, ...]:
    return (
        OneOf("Let in:", _ENTER, now.enter),
        OneOf("Guests, who have not claimed their name?", _WHETHER, _word(now.guests)),
        OneOf("People in passing, whom nobody can know again?", _WHETHER, _word(now.passing)),
    )


def _word(is_so: bool) -> str:
    return "yes" if is_so else "no"


def _about(now: Access) -> str:
    asked = "is asked for a password first" if now.password else "is asked for no password"
    return f"Whoever comes {asked}. Nobody who is here has to leave."
