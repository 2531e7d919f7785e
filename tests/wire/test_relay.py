"""The messages of a relay's link, in whatever pieces they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.errors import ProtocolError
from hubbub.wire.relay import (
    NUMBERS_MAX,
    PAYLOAD_BYTES_MAX,
    TOLD_BYTES_MAX,
    Decoder,
    Kind,
    Message,
    count_of,
    encode,
    encode_count,
    encode_taken,
    encode_told,
    taken_of,
    told_of,
)

messages = st.builds(Message, st.sampled_from(Kind), st.integers(0, 2**32 - 1), st.binary())


@given(st.lists(messages), st.integers(1, 50))
def test_messages_come_out_as_they_went_in(said: list[Message], piece: int) -> None:
    stream = b"".join(encode(one.kind, one.number, one.payload) for one in said)
    decoder = Decoder()
    heard: list[Message] = []
    for start in range(0, len(stream), piece):
        heard += decoder.receive(stream[start : start + piece])
    assert heard == said


@given(
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20), st.binary(min_size=1, max_size=90)
)
def test_what_many_are_told_is_there_once(numbers: list[int], told: bytes) -> None:
    stream = b"".join(encode_told(numbers, told))
    assert len(stream) <= 9 + 4 * len(numbers) + len(told)
    (message,) = Decoder().receive(stream)
    assert told_of(message) == (tuple(numbers), told)


def test_what_is_long_or_for_very_many_is_told_in_messages_of_bounded_length() -> None:
    numbers = list(range(NUMBERS_MAX + 2))
    told = bytes(2 * TOLD_BYTES_MAX + 1)
    heard = dict.fromkeys(numbers, 0)
    for message in Decoder().receive(b"".join(encode_told(numbers, told))):
        assert len(message.payload) <= PAYLOAD_BYTES_MAX
        some, piece = told_of(message)
        for number in some:
            heard[number] += len(piece)
    assert set(heard.values()) == {len(told)}


def test_numbers_of_bytes_come_out_as_they_went_in() -> None:
    pairs = [(1, 5), (2**32 - 1, 0)]
    (taken,) = Decoder().receive(encode_taken(pairs))
    assert list(taken_of(taken)) == pairs
    (more,) = Decoder().receive(encode_count(Kind.MORE, 7, 65_536))
    assert (more.number, count_of(more)) == (7, 65_536)


@pytest.mark.parametrize(
    "stream",
    [
        encode(Kind.SAID)[:0] + b"\xff" + bytes(8),
        bytes([Kind.SAID]) + bytes(4) + (PAYLOAD_BYTES_MAX + 1).to_bytes(4, "little"),
    ],
    ids=["unknown kind", "too long"],
)
def test_what_is_no_message_is_refused_before_it_is_kept(stream: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(Decoder().receive(stream))


def test_payloads_of_a_wrong_length_are_refused() -> None:
    with pytest.raises(ProtocolError):
        told_of(Message(Kind.TELL, 2, b"1234"))
    with pytest.raises(ProtocolError):
        list(taken_of(Message(Kind.TAKEN, 0, b"12345")))
    with pytest.raises(ProtocolError):
        count_of(Message(Kind.MORE, 0, b"123"))
