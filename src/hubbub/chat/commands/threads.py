"""Commands about single messages: their answers, their pins, and what they read before."""

from hubbub.chat.commands.base import Command
from hubbub.chat.commands.talk import PAGE_MESSAGES_DEFAULT, PageLimit
from hubbub.chat.events import Seq


class Replies(Command, tag="replies"):
    """Ask for a page of the answers to a message, the oldest first, or those after a seq."""

    room: str
    seq: Seq
    after: Seq = 0
    limit: PageLimit = PAGE_MESSAGES_DEFAULT


class Pin(Command, tag="pin"):
    """Pin a message for all in the room, or with `on` false take the pin away."""

    room: str
    seq: Seq
    on: bool = True


class Pins(Command, tag="pins"):
    """Ask for the page of all that is pinned in a room."""

    room: str


class Revisions(Command, tag="revisions"):
    """Ask what a message read before it was edited; answered by `revisions`."""

    room: str
    seq: Seq
