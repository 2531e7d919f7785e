"""The messages of a server that numbers nothing, as a room's log: for the user they are one."""

from hubbub.chat.events import Message
from hubbub.client import Replica
from hubbub.desk.posting import now_milliseconds


class Relayed:
    """Gives each message the next number; `replica` holds them, as for any room."""

    def __init__(self, room: str) -> None:
        self.replica = Replica(room)

    def take(self, sender: str, text: str, nonce: str | None = None) -> None:
        """Take in a message that was heard, or that the server has taken."""
        message = Message(
            room=self.replica.room,
            seq=self.replica.cursor + 1,
            prev=self.replica.cursor,
            sender=sender,
            at=now_milliseconds(),
            text=text,
            nonce=nonce,
        )
        self.replica.apply(message)
