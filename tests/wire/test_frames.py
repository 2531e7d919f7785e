"""Frames: what writers emit, what readers accept, and what is an error (protocol section 1)."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubbub.chat.errors import ProtocolError
from hubbub.wire.frames import (
    HEADER_BYTES,
    Frame,
    FrameDecoder,
    encode_event_frame,
    encode_frame,
)

LIMIT = 1000

texts = st.text(st.characters(codec="utf-8"), max_size=50)
frames = st.builds(Frame, texts, st.booleans())


def encoded(frame: Frame) -> bytes:
    payload = frame.text.encode()
    return encode_event_frame(payload) if frame.event else encode_frame(payload)


def decoded(*chunks: bytes, limit: int = LIMIT) -> list[Frame]:
    decoder = FrameDecoder(limit)
    return [frame for chunk in chunks for frame in decoder.receive(chunk)]


def complaint(stream: bytes) -> str:
    with pytest.raises(ProtocolError) as raised:
        decoded(stream)
    return str(raised.value)


def test_writers_emit_a_left_justified_header() -> None:
    assert encode_frame(b"hello") == b"5         hello"
    assert encode_event_frame(b"hello") == b"+5        hello"
    assert encode_frame("é".encode()) == b"2         \xc3\xa9"


@given(st.lists(frames, max_size=8), st.data())
def test_any_split_of_any_frames_decodes_the_same(sent: list[Frame], data: st.DataObject) -> None:
    stream = b"".join(map(encoded, sent))
    places = st.lists(st.integers(0, len(stream)), max_size=20).map(sorted)
    cuts = [0, *data.draw(places), len(stream)]
    chunks = [stream[start:end] for start, end in pairwise(cuts)]
    assert decoded(*chunks) == sent


@given(st.lists(frames, max_size=3))
def test_byte_by_byte_decodes_the_same(sent: list[Frame]) -> None:
    stream = b"".join(map(encoded, sent))
    chunks = [stream[at : at + 1] for at in range(len(stream))]
    assert decoded(*chunks) == sent


@given(st.lists(st.binary(max_size=40), max_size=10))
@example([b"3         abc", b"-1        "])
@example([b"1         \xff", b"5         hello"])
def test_any_bytes_yield_frames_or_exactly_one_error(chunks: list[bytes]) -> None:
    decoder = FrameDecoder(LIMIT)
    errors = 0
    for chunk in chunks:
        try:
            for frame in decoder.receive(chunk):
                assert not errors, "a frame after the error"
                assert len(frame.text.encode()) <= LIMIT
        except ProtocolError:
            errors += 1
        assert decoder.unfinished_bytes < HEADER_BYTES + LIMIT
    assert errors <= 1


@pytest.mark.parametrize(
    ("header", "event"),
    [
        (b"5         ", False),
        (b" 5        ", False),
        (b"         5", False),
        (b"0000000005", False),
        (b"    05    ", False),
        (b"+5        ", True),
        (b"        +5", True),
        (b"+000000005", True),
    ],
)
def test_headers_seen_in_the_wild_are_accepted(header: bytes, event: bool) -> None:
    assert decoded(header + b"hello") == [Frame("hello", event)]


@pytest.mark.parametrize(
    "header",
    [
        b"          ",
        b"-5        ",
        b"+-5       ",
        b"++5       ",
        b"+ 5       ",
        b"1_0       ",
        b"5\t        ",
        b"5\n        ",
        b"5.0       ",
        b"0x5       ",
        b"5 5       ",
        b"five      ",
        "٥".encode() + b"        ",
        b"\x005        ",
    ],
)
def test_every_other_header_is_an_error_that_shows_it(header: bytes) -> None:
    sentence = complaint(header + b"hello")
    assert "10-byte header" in sentence
    assert repr(header)[1:] in sentence


def test_a_frame_above_the_limit_is_an_error() -> None:
    assert decoded(b"1000      " + b"x" * 1000) == [Frame("x" * 1000)]
    assert "1001 bytes is too long: the limit is 1000" in complaint(b"1001      ")
    assert "9999999999 bytes" in complaint(b"9999999999")


def test_a_payload_that_is_not_utf8_is_an_error() -> None:
    assert "UTF-8" in complaint(b"4         ab\xffd")


def test_counting_characters_instead_of_bytes_is_diagnosed() -> None:
    sentence = complaint(encode_frame(b"zed") + "5         héllo".encode() + b"3         abc")
    assert "count the bytes of the encoded text" in sentence


def test_the_first_header_of_all_is_not_diagnosed_so() -> None:
    assert "count the bytes" not in complaint(b"GET / HTTP")


def test_frames_before_an_error_are_yielded_and_none_after() -> None:
    decoder = FrameDecoder(LIMIT)
    stream = decoder.receive(encode_frame(b"fine") + b"not a header")
    assert next(stream) == Frame("fine")
    with pytest.raises(ProtocolError):
        next(stream)
    assert list(decoder.receive(encode_frame(b"too late"))) == []


def test_a_frame_of_length_0_is_a_frame() -> None:
    stream = b"0         " + encode_frame(b"x") + b"+0        "
    assert decoded(stream) == [Frame(""), Frame("x"), Frame("", event=True)]
