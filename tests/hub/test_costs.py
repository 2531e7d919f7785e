"""What a message and a delivery cost, in counts that no clock can blur.

A message is encoded once for each format, however many members there are; a member is written to
once for each commit, however many messages it brought. A change that breaks one of these makes the
server many times slower, and no other test would notice.
"""

from collections import Counter

import pytest

from hubbub.chat import commands as c
from hubbub.chat.events import Event
from hubbub.chat.format import Format
from hubbub.chat.heard import PlainLine
from hubbub.hub import Hub, Session
from hubbub.hub.rules.order import Order
from hubbub.hub.speech import Allowed
from hubbub.wire.framed import CLASSIC, EVENTS
from hubbub.wire.web import WEBSOCKET
from tests.hub.peers import Chatroom

MESSAGES = 1000
MEMBERS = 100
SENDERS = 4


class Counted:
    """A format that counts what it encodes."""

    def __init__(self, format_: Format) -> None:
        self._format = format_
        self.hears_itself = format_.hears_itself
        self.knows_rooms = format_.knows_rooms
        self.gets_answers = format_.gets_answers
        self.reads_by_time = format_.reads_by_time
        self.keeps_place = format_.keeps_place
        self.knows_inner = format_.knows_inner
        self.spoken = format_.spoken
        self.server = format_.server
        self.encoded: Counter[str] = Counter()

    @property
    def shared(self) -> "Counted":
        return self

    def encode(self, event: Event, recipient: str = "") -> bytes:
        self.encoded[type(event).__name__] += 1
        return self._format.encode(event, recipient)


class Outlet:
    """The sending half of a connection that counts its writes, and keeps the newest."""

    def __init__(self) -> None:
        self.writes = 0
        self.payload = b""

    def write(self, payload: bytes) -> None:
        assert payload
        self.writes += 1
        self.payload = payload

    def end(self) -> None:
        raise AssertionError("nobody leaves")


def enter(hub: Hub, name: str, format_: Format, room: str = "lobby") -> tuple[Session, Outlet]:
    """Let somebody into a room, and count from then on."""
    outlet = Outlet()
    session, decision = hub.enter(name, format_, outlet, f"secret of {name}")
    assert decision is None
    if format_.knows_rooms:
        hub.command(session, c.Join(room=room), 0)
    return session, outlet


@pytest.mark.parametrize(
    "formats", [[CLASSIC], [EVENTS], [WEBSOCKET], [CLASSIC, EVENTS, WEBSOCKET]]
)
def test_one_commit_is_one_encoding_per_format_and_one_write_per_member(
    formats: list[Format],
) -> None:
    chatroom = Chatroom()
    hub = chatroom.hub
    counted = [Counted(format_) for format_ in formats]
    members = [
        enter(hub, f"m{number}", counted[number % len(counted)])[1] for number in range(MEMBERS)
    ]
    bystander = enter(hub, "bystander", EVENTS, room="elsewhere")[1]
    senders = [enter(hub, f"s{number}", counted[0])[0] for number in range(SENDERS)]
    chatroom.announce()
    for one in counted:
        one.encoded.clear()
    for outlet in (*members, bystander):
        outlet.writes = 0
    written = hub.writes
    for number in range(MESSAGES):
        hub.line(senders[number % SENDERS], f"message {number}", 0)
    batches = 0
    while hub.has_pending:
        chatroom.settle(hub.take())
        batches += 1
    assert batches == 1
    assert [one.encoded for one in counted] == [Counter(Message=MESSAGES)] * len(formats)
    assert [outlet.writes for outlet in members] == [1] * MEMBERS
    assert bystander.writes == 0
    assert hub.writes - written == MEMBERS + SENDERS
    shared = {id(outlet.payload) for outlet in members}
    assert len(shared) == len(formats), "members of one format are given the same bytes, no copies"


def test_an_answer_shares_the_write_of_the_message() -> None:
    chatroom = Chatroom()
    counted = Counted(EVENTS)
    session, outlet = enter(chatroom.hub, "ann", counted)
    outlet.writes = 0
    counted.encoded.clear()
    for number in range(MESSAGES):
        say = c.Say(room="lobby", text="x", ref=str(number), nonce=str(number))
        chatroom.hub.command(session, say, 0)
    chatroom.commit()
    assert counted.encoded == Counter(Message=MESSAGES, Ok=MESSAGES)
    assert outlet.writes == 1


def test_who_is_in_many_rooms_is_written_to_once_for_all_of_them() -> None:
    chatroom = Chatroom()
    session, outlet = enter(chatroom.hub, "ann", EVENTS)
    for number in range(20):
        chatroom.hub.command(session, c.Join(room=f"room{number}"), 0)
    outlet.writes = 0
    for number in range(20):
        chatroom.hub.command(session, c.Say(room=f"room{number}", text="x"), 0)
    chatroom.commit()
    assert outlet.writes == 1


def test_who_lags_costs_fan_out_nothing() -> None:
    chatroom = Chatroom()
    _, slow = enter(chatroom.hub, "slow", EVENTS)
    ann, _ = enter(chatroom.hub, "ann", CLASSIC)
    chatroom.hub.lag(chatroom.hub.here.named("slow")[0])
    slow.writes = 0
    for _ in range(MESSAGES):
        chatroom.hub.line(ann, "x", 0)
    chatroom.commit()
    assert slow.writes == 0


def test_what_may_keep_lines_back_is_asked_once_for_those_that_come_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chatroom = Chatroom()
    ann, _ = enter(chatroom.hub, "ann", CLASSIC)
    chatroom.hub.line(ann, "first", 0)
    chatroom.commit()
    asked: Counter[str] = Counter()
    restrains = Order.restrains

    def counted(order: Order, room: str) -> bool:
        asked[room] += 1
        return restrains(order, room)

    monkeypatch.setattr(Order, "restrains", counted)
    lines = iter([PlainLine(str(number)) for number in range(MESSAGES)])
    much = Allowed(0, 1e9, 1_000_000_000, list[float]().append)
    assert chatroom.hub.speak(ann, next(lines), lines, much)[1] is None
    assert len(chatroom.hub.take()) == MESSAGES
    assert asked == Counter(lobby=1)
