"""Every field that a peer can fill, over frames: what it costs grows with its length alone."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import fields

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.heard import Adapt, Filler, Goodbye, Introduction, PlainLine, Refusal, Reply
from hubbub.chat.names import allowed_name
from hubbub.chat.retention import Retention
from hubbub.hub.lines import LINE_COMMANDS
from hubbub.wire.framed import FramedDialect
from hubbub.wire.frames import encode_event_frame, encode_frame
from hubbub.wire.web import WebSocketDialect
from tests.hub.peers import Chatroom, Peer
from tests.inputs.alphabets import NUMBERS, PIECES_OF_JSON, UNITS, made_of
from tests.inputs.steps import Steps
from tests.wire.websocket_client import frame as websocket_frame

FRAME_BYTES_MAX = 262_144
CHARS = (30, 60, 250, 4000)
STEPS_MAX = 15_000
STEPS_PER_BYTE_MAX = 60
WRITTEN_BYTES_MAX = 5_000
WRITTEN_PER_BYTE_MAX = 4

VALUES = {
    "room": "lobby",
    "text": "hello",
    "name": "bob",
    "seq": 1,
    "emoji": "x",
    "session": "secret",
    "password": "secret",
    "query": "hello",
    "source": "slack",
}
"""What a command says in the fields that it needs, where another one is in question."""


BROUGHT = '"room":"den","from":"ann","key":"k","at":1,'
NUMBERED = ("at", "answers", "edited")
"""Of a message that is imported, what it needs, and its fields that hold numbers."""


class Field(msgspec.Struct, frozen=True):
    """One field of one command, and whether it is a number; `of`: the field that it is within.

    `beside`: what else is in that one. `is_one_of_many`: it is in a list.
    """

    command: str
    name: str
    is_number: bool
    of: str = ""
    beside: str = ""
    is_one_of_many: bool = False

    def frame(self, value: str) -> bytes:
        """Return the command in an event frame, with this field as `value` says, in JSON."""
        others = {name: msgspec.json.encode(one).decode() for name, one in VALUES.items()}
        whole = f'{{{self.beside}"{self.name}":{value}}}'
        if self.is_one_of_many:
            whole = f"[{whole}]"
        given = {self.of: whole} if self.of else {self.name: value}
        members = others | {"type": f'"{self.command}"'} | given
        text = ",".join(f'"{name}":{one}' for name, one in members.items())
        return encode_event_frame(f"{{{text}}}".encode())


def all_fields() -> Iterator[Field]:
    """Yield every field of every command that holds a text or a number."""
    for struct in get_args(c.AnyCommand):
        tag = str(struct.__struct_config__.tag)
        for field in fields(struct):
            kind = str(field.type)
            if "Retention" in kind:
                yield from (
                    Field(tag, one.name, is_number=True, of=field.name) for one in fields(Retention)
                )
            elif "Brought" in kind:
                yield from (
                    Field(tag, name, name in NUMBERED, field.name, BROUGHT, is_one_of_many=True)
                    for name in (*NUMBERED, "text", "reactions")
                )
            elif "bool" not in kind:
                is_text = any(one in kind for one in ("str", "Literal", "Scope"))
                assert is_text != ("int" in kind), f"{tag}.{field.name} is walked how?"
                yield Field(tag, field.encode_name, "int" in kind)


def room_of_three() -> tuple[Chatroom, Peer, Peer]:
    """Return a chatroom in which somebody said something, a peer in it, and one who hears it."""
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for peer in (ann, bob):
        peer.tell(c.Join(room="lobby"))
    chatroom.enter("cat").tell(c.Direct(name="ann"))
    ann.type("hello")
    chatroom.commit()
    for peer in (ann, bob):
        peer.read()
    return chatroom, ann, bob


def check(steps: Steps, frame: bytes, *, is_event: bool = True) -> None:
    """Let a peer say `frame`, and check what that costs the server and the others."""
    chatroom, ann, bob = room_of_three()
    dialect = FramedDialect(FRAME_BYTES_MAX)
    opening = encode_event_frame(b"ann") if is_event else encode_frame(b"ann")
    assert [type(said) for said in dialect.receive(opening)] == [Introduction]

    def hear() -> None:
        for said in dialect.receive(frame):
            chatroom.hub.price(ann.session, said)
            match said:
                case Refusal(error, ref):
                    ann.session.refuse(error, ref)
                case PlainLine(text):
                    ann.type(text)
                case Introduction() | Reply() | Goodbye() | Adapt():
                    raise AssertionError(said)
                case Filler():
                    pass
                case command:
                    ann.tell(command)
        chatroom.commit()

    taken = steps.of(hear)
    size = len(frame)
    assert taken <= STEPS_MAX + STEPS_PER_BYTE_MAX * size, frame[:200]
    written = max(sum(map(len, peer.writes)) for peer in (ann, bob))
    assert written <= WRITTEN_BYTES_MAX + WRITTEN_PER_BYTE_MAX * size, frame[:200]


@pytest.fixture(scope="module")
def steps() -> Iterator[Steps]:
    allowed_name("é")  # tables are read once
    steps = Steps()
    with steps.installed():
        yield steps


@pytest.mark.parametrize("field", list(all_fields()), ids=lambda one: f"{one.command} {one.name}")
def test_a_field_of_a_command(steps: Steps, field: Field) -> None:
    for unit in NUMBERS if field.is_number else UNITS:
        for chars in CHARS:
            text = made_of(unit, chars)
            check(
                steps, field.frame(text if field.is_number else msgspec.json.encode(text).decode())
            )


@pytest.mark.parametrize(
    "begin", ["", "{", '{"type":', '{"type":"say","x":', '{"type":"say","ref":']
)
def test_what_is_hardly_json(steps: Steps, begin: str) -> None:
    for unit in PIECES_OF_JSON:
        for chars in CHARS:
            check(steps, encode_event_frame(f"{begin}{made_of(unit, chars)}".encode()))


LINES = ["", "/", "//", "/msg bob ", *(f"/{word} " for word in LINE_COMMANDS)]


@pytest.mark.parametrize("is_event", [False, True])
@pytest.mark.parametrize("begin", LINES)
def test_a_plain_line(steps: Steps, begin: str, *, is_event: bool) -> None:
    for unit in (*UNITS, *NUMBERS):
        for chars in CHARS:
            frame = encode_frame(f"{begin}{made_of(unit, chars)}".encode())
            check(steps, frame, is_event=is_event)


@pytest.mark.parametrize("wrap", [encode_frame, encode_event_frame])
def test_a_name_in_a_first_frame(steps: Steps, wrap: Any) -> None:
    for unit in UNITS:
        for chars in CHARS:
            check_first(steps, FramedDialect(FRAME_BYTES_MAX), wrap(made_of(unit, chars).encode()))


@pytest.mark.parametrize("field", ["name", "ref", "type", "x"])
def test_a_hello_over_a_websocket(steps: Steps, field: str) -> None:
    for unit in UNITS:
        for chars in CHARS:
            hello = {"type": "hello", "name": "dan", field: made_of(unit, chars)}
            frame = websocket_frame(msgspec.json.encode(hello))
            check_first(steps, WebSocketDialect(FRAME_BYTES_MAX), frame)


def check_first(steps: Steps, dialect: FramedDialect | WebSocketDialect, frame: bytes) -> None:
    """Let a stranger say `frame` first, and come in with it if it may."""
    chatroom, _, _ = room_of_three()

    def hear() -> None:
        for said in dialect.receive(frame):
            if isinstance(said, Introduction):
                with suppress(Refused):
                    chatroom.enter(said.name, said.format)
        chatroom.commit()

    assert steps.of(hear) <= STEPS_MAX + STEPS_PER_BYTE_MAX * len(frame), frame[:200]
