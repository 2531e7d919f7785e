"""What the user can do at a desk, as one table: faces make keys, commands, menus and help of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from hubbub.desk import about_messages as messages
from hubbub.desk import about_rooms as rooms
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face

FaceT_contra = TypeVar("FaceT_contra", bound=Face, contravariant=True)

Run = Callable[[Desk, FaceT_contra, str], Awaitable[object] | None]


@dataclass(frozen=True)
class Verb(Generic[FaceT_contra]):
    """`run` does it, with an argument that may be empty; raises Refused if it cannot be done.

    What it does is fixed when it is called, by the room, the message and the draft of that moment;
    what it returns may wait, for the server or the user. So no `run` is a coroutine function.

    `name`: what a face calls it in its own tables. `word`: what follows the slash when it is
    typed; `usage`: what follows that.
    """

    name: str
    purpose: str
    run: Run[FaceT_contra]
    word: str = ""
    usage: str = ""
    events_only: bool = True
    """Whether it means nothing on a server that only relays messages."""

    @property
    def slash(self) -> str:
        """How it is typed; empty where it cannot be."""
        return f"/{self.word} {self.usage}".strip() if self.word else ""

    @property
    def takes_text(self) -> bool:
        """Whether its argument holds what somebody wrote for others."""
        return "TEXT" in self.usage

    @property
    def needs_argument(self) -> bool:
        """Whether it cannot be done without one."""
        return bool(self.usage) and not self.usage.startswith("[")


VERBS: tuple[Verb[Face], ...] = (
    Verb("switch", "go to a room of yours", rooms.switch, "switch"),
    Verb("above", "go to the room above", rooms.above),
    Verb("below", "go to the room below", rooms.below),
    Verb("numbered", "go to a room by its number", rooms.numbered),
    Verb("unread", "go to the next unread room", rooms.next_unread, "unread"),
    Verb("rooms", "choose among all rooms of the server", rooms.choose, "rooms"),
    Verb("join", "enter a room; it opens if there is none", rooms.join, "join", "ROOM"),
    Verb("leave", "leave this room, or another", rooms.leave, "leave", "[ROOM]"),
    Verb("msg", "talk to one person alone", rooms.message, "msg", "NAME [TEXT]"),
    Verb("who", "who is in this room", rooms.who, "who"),
    Verb("topic", "show or set the topic", rooms.topic, "topic", "[TEXT]"),
    Verb("search", "find messages", messages.search, "search", "[WORDS]"),
    Verb("reply", "answer the chosen or newest message", messages.reply, "reply", "[TEXT]"),
    Verb("edit", "edit the chosen or your last message", messages.edit, "edit", "[TEXT]"),
    Verb("delete", "delete the chosen or your last message", messages.delete, "delete"),
    Verb("react", "give or take back an emoji", messages.react, "react", "[EMOJI]"),
    Verb("copy", "copy the chosen or newest message", messages.copy, "copy", events_only=False),
    Verb(
        "retry", "try again to send what was not sent", messages.retry, "retry", events_only=False
    ),
    Verb("drop", "give up what was not sent", messages.drop, "drop", events_only=False),
)
