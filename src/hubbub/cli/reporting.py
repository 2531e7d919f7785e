"""What commands say of the connection, and of a history that is another one now."""

from hubbub.chat.events import Room
from hubbub.chat.names import is_direct
from hubbub.cli.output import complain
from hubbub.client import AnyClientEvent, Delayed, NewCertificate, Offline, Online


def report(event: AnyClientEvent) -> None:
    """Print on stderr what becomes of the connection, of messages that wait, and of a history."""
    match event:
        case Online(events=True):
            complain(f"connected to {event.address} ({event.server})")
        case Online():
            complain(f"connected to {event.address}, which relays messages and keeps none")
        case Offline():
            complain(f"{event.reason}; trying again in {event.retry_seconds:.2g} s")
        case Delayed(room=None):
            complain("the server cannot read its log just now; trying again")
        case Delayed():
            complain("the server cannot store messages just now; what you say is sent when it can")
        case NewCertificate(text=text):
            complain(text)
        case Room(replaced=True):
            where = "a private room" if is_direct(event.room) else event.room
            complain(
                f"the history of {where} was replaced, perhaps by a backup: messages shown before "
                "may be gone, and what it holds instead follows"
            )
        case _:
            pass
