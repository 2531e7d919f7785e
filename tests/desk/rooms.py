"""Replicas that hold what a test says, and the messages in them."""

from hubbub.chat.events import Edited, Message, Page
from hubbub.chat.events import Room as RoomEvent
from hubbub.chat.names import same_name
from hubbub.client import Replica

ROOM = "lobby"


def message(seq: int, text: str = "", sender: str = "bob", nonce: str | None = None) -> Message:
    """Return a message that follows the one before it."""
    return Message(
        room=ROOM,
        seq=seq,
        prev=seq - 1,
        sender=sender,
        at=seq * 1000,
        text=text or f"message {seq}",
        nonce=nonce,
    )


def is_anns(message: Message) -> bool:
    """Return whether a message is by ann, the user."""
    return same_name(message.sender, "ann")


def edited(seq: int, target: int, text: str) -> Edited:
    """Return an edit."""
    return Edited(
        room=ROOM, seq=seq, prev=seq - 1, sender="bob", at=seq * 1000, target=target, text=text
    )


def page(first: int, last: int, *, more: bool = False) -> Page:
    """Return a page of the messages from `first` to `last`."""
    return Page(
        room=ROOM, messages=[message(seq) for seq in range(first, last + 1)], more=more, last=last
    )


def replica(last: int = 0, *, held: int = 0, messages_max: int = 1000) -> Replica:
    """Return a replica of a room with `last` messages, of which the newest are held."""
    made = Replica(ROOM, last, messages_max=messages_max)
    made.entered(RoomEvent(room=ROOM, topic="", members=[], last=last, first=1, gap=False), None)
    if held:
        assert made.add_page(page(last - held + 1, last, more=held < last))
    return made
