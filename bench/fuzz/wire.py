"""What comes over connections: frames, WebSockets, commands, events, and first bytes."""

from contextlib import suppress
from typing import Any

from bench.fuzz.target import Target, text_of
from bench.peers.hubbub import command, frame, framed_command, websocket_frame
from hubbub.chat.errors import ProtocolError, Refused
from hubbub.chat.heard import Refusal
from hubbub.server.control.verbs import VERBS, named, verb_of
from hubbub.server.doorkeeper import Speech, speech_of
from hubbub.wire.codec import decode_event, encode, heard_command
from hubbub.wire.framed import FramedDialect
from hubbub.wire.web import WebSocketDialect

FRAME_BYTES_MAX = 4096

COMMANDS = (
    command(type="say", room="lobby", text="hello", nonce="n", ref="1", behind="0", files=["a"]),
    command(type="join", room="lobby", after=3, epoch=""),
    command(type="edit", room="lobby", seq=1, text="é"),
    command(type="history", room="lobby", around=4, limit=20, count=True),
    command(type="search", query='from:ann "a b"', zone=60),
    command(type="identify", device="k3vWQ0pTz1mUe8rYb5xJ7A", label="a"),
    command(type="rules", room="lobby", private=True, slow_seconds=5),
)
EVENTS = (
    b'{"type":"message","room":"a","seq":1,"prev":0,"from":"ann","at":1,"text":"x","files":[]}',
    b'{"type":"room","room":"a","topic":"","members":[{"name":"ann"}],"last":0,"first":0,"gap":false}',
    b'{"type":"page","room":null,"messages":[],"more":false,"last":5,"missing":[{"after":1,"upto":2}]}',
    b'{"type":"rules","room":"a","moderators":["ann"]}',
)


def read_frames(data: bytes) -> None:
    """What a peer sends that speaks frames, in two pieces or in one."""
    _same_in_pieces(lambda: FramedDialect(FRAME_BYTES_MAX), data)


def read_websocket(data: bytes) -> None:
    """What a browser sends over a WebSocket, in two pieces or in one."""
    _same_in_pieces(lambda: WebSocketDialect(FRAME_BYTES_MAX), data)


def _same_in_pieces(dialect: Any, data: bytes) -> None:
    if not data:
        return
    cut, stream = data[0], data[1:]
    whole = _heard(dialect(), [stream])
    assert _heard(dialect(), [stream[:cut], stream[cut:]]) == whole, "pieces change what is heard"


def _heard(dialect: Any, pieces: list[bytes]) -> list[str]:
    heard: list[str] = []
    try:
        for piece in pieces:
            heard.extend(map(repr, dialect.receive(piece)))
    except ProtocolError as error:
        heard.append(str(error))
    assert dialect.unfinished_bytes <= 2 * FRAME_BYTES_MAX
    dialect.farewell()
    return heard


def read_command(data: bytes) -> None:
    """A command in JSON."""
    match heard_command(text_of(data)):
        case Refusal(error, _):
            assert str(error), "a refusal says why"
        case known:
            assert heard_command(encode(known).decode()) == known, "it reads what it writes"


def read_verb(data: bytes) -> None:
    """A command of the control socket, and the body of one over HTTP; the first byte chooses it."""
    with suppress(Refused):
        assert verb_of(text_of(data)).ref, "it can be answered"
    if data:
        verb = sorted(VERBS)[data[0] % len(VERBS)]
        with suppress(Refused):
            command = verb_of(named(verb, data[1:]))
            assert command.__struct_config__.tag == verb, "the body does not choose another one"


def read_event(data: bytes) -> None:
    """An event in JSON, as a client reads it."""
    with suppress(ProtocolError):
        if (event := decode_event(text_of(data))) is not None:
            assert decode_event(encode(event).decode()) == event, "it reads what it writes"


def read_first_bytes(data: bytes) -> None:
    """The first bytes of a connection: more of them never change what they mean."""
    decided: Speech | None = None
    for end in range(1, min(len(data), 20) + 1):
        speech = speech_of(data[:end])
        assert decided in (None, speech), "more bytes changed the decision"
        decided = speech


TARGETS = (
    Target(
        "frames",
        read_frames,
        (
            b"\x05" + frame(b"ann") + frame("hé".encode()),
            *(b"\x09" + frame(b"ann", b"+") + frame(one, b"+") for one in COMMANDS),
            b"\x20" + framed_command(type="ping") + b"-5        ",
        ),
    ),
    Target(
        "websocket",
        read_websocket,
        (
            b"\x03" + websocket_frame(b'{"type":"hello","name":"ann"}') + websocket_frame(b"{}"),
            b"\x10" + websocket_frame(b"x", 0x01) + websocket_frame(b"y", 0x80),
            b"\x01" + websocket_frame(b"", 0x89) + websocket_frame(b"\x03\xe8", 0x88),
        ),
    ),
    Target("command", read_command, COMMANDS),
    Target(
        "verb",
        read_verb,
        (
            b'{"type":"ban","who":"eve*","seconds":3600,"ref":"1"}',
            b'{"type":"rules","room":"lobby","retention":{"days":30}}',
            *(bytes((number,)) + b'{"name":"eve","room":"lobby"}' for number in range(len(VERBS))),
        ),
    ),
    Target("event", read_event, EVENTS),
    Target("first-bytes", read_first_bytes, (b"GET / HTTP/1.1", b"+3        ann", b"\x16\x03\x01")),
)
