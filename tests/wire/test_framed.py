"""What a classic session hears of the log."""

from hubbub.chat.events import Message
from hubbub.chat.heard import FILLER, Introduction, PlainLine
from hubbub.wire.framed import CLASSIC, FramedDialect
from hubbub.wire.frames import encode_frame


def heard(text: str, *, deleted: bool = False) -> bytes:
    message = Message(room="lobby", seq=1, prev=0, sender="ann", at=0, text=text, deleted=deleted)
    return CLASSIC.encode(message)


def test_a_classic_session_hears_nothing_of_a_message_that_was_deleted_before_its_turn() -> None:
    assert heard("hi") == b"3         ann2         hi"
    assert heard("", deleted=True) == b""


def test_what_was_said_elsewhere_is_said_to_be_so() -> None:
    message = Message(room="lobby", seq=1, prev=0, sender="ann", at=0, text="hi", imported="slack")
    assert CLASSIC.encode(message) == b"3         ann15        (from slack) hi"


def test_every_frame_is_one_thing_that_is_heard_even_if_it_says_nothing() -> None:
    stream = encode_frame(b"") * 3 + encode_frame(b"ann") + encode_frame(b"") + encode_frame(b"hi")
    assert list(FramedDialect(1000).receive(stream)) == [
        *[FILLER] * 3,
        Introduction("ann", CLASSIC),
        FILLER,
        PlainLine("hi"),
    ]
