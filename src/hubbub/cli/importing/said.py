"""What a program's export says of one message, whichever program it is."""

from typing import Final, Literal, NamedTuple

from hubbub.chat.errors import HubbubError

Source = Literal["hubbub", "slack", "discord", "irc"]


class BadExport(HubbubError):
    """A file is not what it should be; says how, and what to do."""

    code = "bad_export"


class Given(NamedTuple):
    """An emoji, and the names of those who gave it."""

    emoji: str
    names: tuple[str, ...]


class Said(NamedTuple):
    """A message. `id` names it among all of its room in this export, and in a later one as well,
    whatever its sender is called there.
    """

    room: str
    name: str
    at: int
    """In milliseconds since the epoch."""
    text: str
    id: str
    me: bool = False
    answers: str = ""
    """The id of the message in the same room that it answers, if it does."""
    edited: int | None = None
    """When its text was changed last."""
    deleted: bool = False
    pinned: bool = False
    reactions: tuple[Given, ...] = ()
    private: bool = False
    """Whether the export says that not everybody may read the room."""
    place: str = ""
    """What names the room for good, if it may be called otherwise in a later export."""


SOMEBODY: Final = "somebody"
"""Stands where an export has no name."""
