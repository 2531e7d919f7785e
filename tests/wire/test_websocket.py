"""WebSocket messages (RFC 6455): whatever the pieces, and whatever is wrong with them."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.wire.websocket import (
    NOT_UTF8,
    PROTOCOL_ERROR,
    TOO_BIG,
    UNSUPPORTED,
    Close,
    Heard,
    Ping,
    Text,
    Unheard,
    WebSocketDecoder,
    WebSocketError,
    close_message,
    pong_message,
    text_message,
)
from tests.wire.websocket_client import frame

LIMIT = 100_000
KEY = b"\x01\x02\x03\x04"


def decoded(*chunks: bytes, limit: int = LIMIT) -> list[Heard]:
    decoder = WebSocketDecoder(limit)
    return [message for chunk in chunks for message in decoder.receive(chunk)]


def refusal(octets: bytes, limit: int = LIMIT) -> WebSocketError:
    with pytest.raises(WebSocketError) as caught:
        decoded(octets, limit=limit)
    return caught.value


def test_the_example_of_the_rfc() -> None:
    # RFC 6455, section 5.7: "A single-frame masked text message (contains "Hello")"
    masked = bytes([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    assert decoded(masked) == [Text("Hello")]
    assert text_message(b"Hello") == bytes([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
    assert pong_message(b"Hello") == bytes([0x8A, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])


@given(
    st.lists(st.text(max_size=300), max_size=5),
    st.lists(st.integers(1, 50), max_size=20),
    st.binary(min_size=4, max_size=4),
)
def test_messages_come_whole_however_they_are_cut(
    texts: list[str], cuts: list[int], key: bytes
) -> None:
    stream = b"".join(frame(text.encode(), key=key) for text in texts)
    chunks, at = [], 0
    for cut in cuts:
        chunks.append(stream[at : at + cut])
        at += cut
    assert decoded(*chunks, stream[at:]) == [Text(text) for text in texts]


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_every_form_of_length(size: int) -> None:
    text = "x" * size
    assert decoded(frame(text.encode())) == [Text(text)]
    sent = text_message(text.encode())
    assert sent[-size:] == text.encode() or not size
    assert len(sent) - size == (2 if size < 126 else 4 if size < 65_536 else 10)


@given(st.text(min_size=1, max_size=100), st.data())
def test_a_message_in_fragments_with_a_ping_between(text: str, data: st.DataObject) -> None:
    octets = text.encode()
    cut = data.draw(st.integers(0, len(octets)))
    assert decoded(
        frame(octets[:cut], final=False), frame(b"you?", 0x9), frame(octets[cut:], 0x0)
    ) == [Unheard(), Ping(b"you?"), Text(text)]


def test_a_pong_says_nothing_and_a_close_is_told() -> None:
    assert decoded(frame(b"", 0xA), frame(struct.pack(">H", 1000), 0x8)) == [Unheard(), Close()]
    assert close_message(1001) == b"\x88\x02" + struct.pack(">H", 1001)


BROKEN = {
    "no mask": (b"\x81\x01x", PROTOCOL_ERROR),
    "a reserved bit": (frame(b"x", first=0xC1), PROTOCOL_ERROR),
    "an unknown opcode": (frame(b"x", 0x3), PROTOCOL_ERROR),
    "binary": (frame(b"x", 0x2), UNSUPPORTED),
    "no UTF-8": (frame(b"\xff\xfe"), NOT_UTF8),
    "half a character at the end": (frame("é".encode()[:1]), NOT_UTF8),
    "a long ping": (frame(b"x" * 126, 0x9), PROTOCOL_ERROR),
    "a ping in fragments": (frame(b"x", 0x9, final=False), PROTOCOL_ERROR),
    "a continuation of nothing": (frame(b"x", 0x0), PROTOCOL_ERROR),
    "a message within another": (frame(b"x", final=False) + frame(b"y"), PROTOCOL_ERROR),
    "too long": (frame(b"x" * (LIMIT + 1)), TOO_BIG),
    "too long in fragments": (
        frame(b"x" * LIMIT, final=False) + frame(b"y", 0x0),
        TOO_BIG,
    ),
    "a length of 63 bits": (b"\x81\xff" + b"\x7f" + b"\xff" * 7 + KEY, TOO_BIG),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_named_with_its_code(what: str) -> None:
    octets, code = BROKEN[what]
    error = refusal(octets)
    assert error.close_code == code
    assert str(error).endswith(".")


def test_a_long_message_is_refused_before_it_has_come() -> None:
    assert refusal(frame(b"x" * 200)[:8], limit=100).close_code == TOO_BIG


@given(st.binary(max_size=300))
def test_any_bytes_give_messages_or_the_one_error(octets: bytes) -> None:
    with suppress(WebSocketError):
        decoded(octets, limit=1000)
