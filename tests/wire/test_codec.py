"""JSON: strict in what is required, deaf to what is unknown, and clear about what is wrong."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import ProtocolError
from hubbub.chat.heard import Refusal
from hubbub.wire.codec import decode_event, encode, heard_command
from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.frames import Frame, FrameDecoder


def wrong(text: str) -> str:
    refusal = heard_command(text)
    assert isinstance(refusal, Refusal)
    assert refusal.error.code == "bad_command"
    return str(refusal.error)


def test_a_command_decodes_and_unknown_fields_are_ignored() -> None:
    text = '{"type":"say","room":"lobby","text":"hé","nonce":"n","colour":"red"}'
    assert heard_command(text) == c.Say(room="lobby", text="hé", nonce="n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not valid JSON"),
        ("hello", "not valid JSON"),
        ('{"type":"ping"} {}', "not valid JSON"),
        ('{"type":"say","room":"a","text":"\\udc00"}', "not valid JSON"),
        ("[" * 100_000, 'a JSON object with a "type"'),
        ("[]", 'a JSON object with a "type"'),
        ("{}", 'a JSON object with a "type"'),
        ('{"type":5}', 'a JSON object with a "type"'),
        ('{"type":"sya"}', "Did you mean 'say'?"),
        ('{"type":"qqq"}', "Known: access, add, appoint, away, back,"),
        ('{"type":"say","room":"lobby"}', "missing required field `text`"),
        ('{"type":"say","room":"lobby","text":5}', "Expected `str`, got `int` - at `$.text`"),
        ('{"type":"join","room":"lobby","after":-1}', "Expected `int` >= 0 - at `$.after`"),
        ('{"type":"join","room":"lobby","after":1.5}', "got `float` - at `$.after`"),
        ('{"type":"join","room":"lobby","after":9223372036854775808}', "`$.after`"),
        ('{"type":"history","room":"lobby","limit":201}', "Expected `int` <= 200"),
        ('{"type":"say","room":"a","text":"b","nonce":""}', "length >= 1 - at `$.nonce`"),
        ('{"type":"say","room":"a","text":"b","nonce":"a\\u0000"}', "without control characters"),
        ('{"type":"say","room":"a","text":"b","nonce":"\\u009b"}', "without control characters"),
        ('{"type":"say","room":"a","text":"b","files":["x"]}', "of 22 letters, digits, - and _"),
        ('{"type":"edit","room":"a","text":"x","seq":1e400}', "Number out of range - at `$.seq`"),
        ('{"type":"ping","ref":1e400}', "Number out of range - at `$.ref`"),
        ('{"type":"say","text":"x","x":' + "9" * 5000 + "}", "missing required field `room`"),
        ('{"type":"ping","ref":"' + "r" * 65 + '"}', "length <= 64 - at `$.ref`"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    assert reason in wrong(text)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ('{"type":"sya","ref":"r"}', "r"),
        ('{"type":["x"],"ref":"r"}', "r"),
        ('{"type":"sya","ref":5}', None),
        ('{"ref":"' + "r" * 65 + '"}', None),
        ('{"type":"say","text":"cut short","ref":"r"', "r"),
        ('{"ref" : "a\\"b", type: say}', 'a"b'),
        ('{"type":"say","ref":"r","text":' + "[" * 100_000, "r"),
        ('{"type":"say","ref":"\\udc00"', None),
        ('{"ref":"' + "\\" * 1000, None),
        ("[]", None),
        ("hello", None),
    ],
)
def test_the_refusal_of_what_does_not_decode_carries_its_ref(text: str, ref: str | None) -> None:
    refusal = heard_command(text)
    assert isinstance(refusal, Refusal)
    assert refusal.ref == ref


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str))
def test_any_text_is_a_command_or_refused(text: str) -> None:
    assert isinstance(heard_command(text), c.Command | Refusal)


def test_events_survive_the_wire() -> None:
    message = e.Message(room="lobby", seq=2, prev=1, sender="ann", at=3, text="hé", nonce="n")
    assert decode_event(encode(message).decode()) == message
    assert msgspec.json.decode(encode(message)) == {
        "type": "message",
        "room": "lobby",
        "seq": 2,
        "prev": 1,
        "from": "ann",
        "at": 3,
        "text": "hé",
        "nonce": "n",
    }


def test_events_of_a_newer_server_are_passed_over_and_broken_ones_are_errors() -> None:
    assert decode_event('{"type":"fanfare","volume":11}') is None
    for broken in ("", "[]", '{"type":"message"}', '{"type":5}'):
        with pytest.raises(ProtocolError):
            decode_event(broken)


def test_classic_sessions_hear_messages_and_the_server_and_nothing_else() -> None:
    message = e.Message(room="lobby", seq=2, prev=1, sender="ann", at=3, text="hé")
    assert CLASSIC.encode(message) == b"3         ann3         h\xc3\xa9"
    assert CLASSIC.encode(e.Notice(text="hi")) == b"6         hubbub2         hi"
    assert CLASSIC.encode(e.Error(code="x", message="no")) == b"6         hubbub2         no"
    assert CLASSIC.encode(e.Bye(reason="bye")) == b"6         hubbub3         bye"
    for silent in (
        e.Presence(room="lobby", name="ann", state="joined"),
        e.Deleted(room="lobby", seq=2, prev=1, sender="ann", at=3, target=1),
        e.Ok(ref="r"),
    ):
        assert CLASSIC.encode(silent) == b""
    assert list(FrameDecoder(100).receive(EVENTS.encode(e.Ok(ref="r")))) == [
        Frame('{"type":"ok","ref":"r"}', event=True)
    ]
