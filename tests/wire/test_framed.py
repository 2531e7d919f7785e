"""What a classic session hears of the log."""

from hubbub.chat.events import Message
from hubbub.wire.framed import CLASSIC


def heard(text: str, *, deleted: bool = False) -> bytes:
    message = Message(room="lobby", seq=1, prev=0, sender="ann", at=0, text=text, deleted=deleted)
    return CLASSIC.encode(message)


def test_a_classic_session_hears_nothing_of_a_message_that_was_deleted_before_its_turn() -> None:
    assert heard("hi") == b"3         ann2         hi"
    assert heard("", deleted=True) == b""
