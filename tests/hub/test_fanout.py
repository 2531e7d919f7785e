"""The cost of a commit, counted: encodings per format, and writes per member."""

from collections import Counter
from typing import SupportsIndex

from hubbub.chat import commands as c
from hubbub.chat.events import AnyLogged, Event, Message
from hubbub.hub.flow.fanout import _without
from hubbub.wire.framed import CLASSIC, EVENTS, ClassicFrames
from hubbub.wire.frames import encode_event_frame
from hubbub.wire.json_format import JsonFormat
from tests.hub.peers import Chatroom


class CountedEvents(JsonFormat):
    """Counts what is encoded."""

    def __init__(self) -> None:
        super().__init__(encode_event_frame)
        self.counts: Counter[str] = Counter()

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        self.counts[type(event).__name__] += 1
        return super().encode(event)


class CountedClassic(ClassicFrames):
    """Counts what is encoded."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        self.counts[type(event).__name__] += 1
        return super().encode(event)


def test_a_commit_of_1000_messages_to_100_members_is_1000_encodings_per_format_and_100_writes() -> (
    None
):
    chatroom, events, classic = Chatroom(), CountedEvents(), CountedClassic()
    listeners = [chatroom.enter(f"event {number}", events) for number in range(50)]
    for listener in listeners:
        listener.tell(c.Join(room="lobby"))
    listeners += [chatroom.enter(f"classic {number}", classic) for number in range(50)]
    speaker = chatroom.enter("ann", CLASSIC)
    chatroom.announce()
    for number in range(1000):
        speaker.type(f"message {number}")
    for listener in listeners:
        listener.writes.clear()
    chatroom.settle(chatroom.hub.take())
    assert events.counts["Message"] == classic.counts["Message"] == 1000
    assert [len(listener.writes) for listener in listeners] == [1] * 100
    assert {len(listener.writes[0]) for listener in listeners[:50]} == {len(listeners[0].writes[0])}
    assert listeners[0].writes[0] is listeners[49].writes[0], "one copy in memory for all"


def test_a_member_of_many_rooms_gets_one_write_per_commit() -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for peer in (ann, bob):
        for room in ("one", "two", "three"):
            peer.tell(c.Join(room=room))
    for room in ("one", "two", "three"):
        ann.tell(c.Say(room=room, text="hello", ref=room))
    for peer in (ann, bob):
        peer.writes.clear()
    chatroom.commit()
    assert [len(peer.writes) for peer in (ann, bob)] == [1, 1]


def test_both_frames_of_a_message_are_in_one_write_and_whole() -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann", EVENTS), chatroom.enter("bob", CLASSIC)
    ann.tell(c.Join(room="lobby"))
    for number in range(5):
        ann.tell(c.Say(room="lobby", text=f"message {number}"))
        if number % 2:
            chatroom.commit()
    chatroom.commit()
    message = b"3         ann9         message "
    for write in bob.writes:
        assert write.startswith(message)
        assert len(write) % len(message + b"0") == 0
    assert sum(map(len, bob.writes)) == 5 * len(message + b"0")


def test_a_batch_is_bounded_and_the_rest_follows_in_order() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann", CLASSIC)
    bob = chatroom.enter("bob", CLASSIC)
    for number in range(60):
        ann.type(f"{number:02} " + "x" * 50_000)
    sizes = []
    while chatroom.hub.has_pending:
        batch = chatroom.hub.take()
        sizes.append(len(batch))
        chatroom.settle(batch)
    assert sizes == [3] * 20
    assert [text[:2] for _, text in bob.pairs()] == [f"{number:02}" for number in range(60)]


class Looks(list[AnyLogged]):
    """Events; counts how many are looked at, one at a time."""

    looks = 0

    def __getitem__(self, place: SupportsIndex) -> AnyLogged:  # type: ignore[override]
        self.looks += 1
        return super().__getitem__(place)


def test_what_one_said_among_what_several_nodes_brought_is_left_out_in_few_steps() -> None:
    seqs = [1024 * number + more for number in range(500) for more in (0, 1)]
    events = Looks(
        Message(room="lobby", seq=seq, prev=0, sender="ann", at=0, text="hello") for seq in seqs
    )
    encoded = [b"%d " % seq for seq in seqs]
    echoes = {1024, 1025, 499 * 1024 + 1, 1026, 7, 500 * 1024}
    heard = [int(seq) for seq in _without(echoes, events, encoded).split()]
    assert heard == [seq for seq in seqs if seq not in echoes]
    assert 0 < events.looks < 15 * len(echoes)
