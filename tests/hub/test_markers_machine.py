"""Random people who read on several devices, a log that fails, and a server that ends or is killed.

What must hold: all sessions of a person are told of one marker, the greatest; what the log has of
it is never ahead of that; a server that ended in order, with a log that could be written, forgets
nothing, and one that was killed nothing that stood in the log.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.hub.known.markers import NOTE_MILLISECONDS
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_people import device_of
from tests.log.drafts import said

WHO = st.sampled_from(["ann", "ann", "bob"])
ENDS = st.sampled_from(["not yet", "not yet", "not yet", "not yet", "in order", "killed"])
ROOMS = st.sampled_from(["lobby", "dev"])
PLACES = st.integers(0, 20)
SAID = 20


class MarkersMachine(RuleBasedStateMachine):
    """Drives the hub with the memory log."""

    def __init__(self) -> None:
        super().__init__()
        self.chatroom = Chatroom()
        for room in ("lobby", "dev"):
            now(self.chatroom.log.append([said(str(number), room=room) for number in range(SAID)]))
        self.chatroom.apply()
        self.peers: list[Peer] = []
        self.read: dict[tuple[str, str], int] = {}
        """By id and room, the greatest seq that was read and may not be forgotten."""
        self.told: dict[tuple[Peer, str], int] = {}

    def take_in(self, peer: Peer) -> None:
        """Have a peer read all that it was told."""
        for event in peer.events():
            match event:
                case e.Room(room=room, seen=int(seq)) | e.Seen(room=room, seq=seq):
                    assert seq >= self.told.get((peer, room), 0), "it never moves back"
                    self.told[peer, room] = seq

    @rule(who=WHO)
    def come(self, who: str) -> None:
        peer = self.chatroom.enter(who)
        peer.tell(c.Identify(device=device_of(who), ref="i"))
        if not peer.session.person.id:  # the log took no new guest
            self.chatroom.hub.depart(peer.session)
            return
        self.peers.append(peer)
        for room in ("lobby", "dev"):
            peer.tell(c.Join(room=room))
        self.take_in(peer)

    @rule(place=PLACES, room=ROOMS, seq=st.integers(1, 3 * SAID))
    def see(self, place: int, room: str, seq: int) -> None:
        if not self.peers:
            return
        peer = self.peers[place % len(self.peers)]
        peer.tell(c.Seen(room=room, seq=seq))
        key = peer.session.person.id, room
        reached = min(seq, self.chatroom.hub.rooms[room].last)
        self.read[key] = max(self.read.get(key, 0), reached)

    @rule(place=PLACES)
    def lag(self, place: int) -> None:
        if self.peers:
            self.chatroom.hub.lag(self.peers[place % len(self.peers)].session)

    @rule(place=PLACES, failing=st.booleans())
    def leave(self, place: int, *, failing: bool) -> None:
        self.chatroom.failing = failing
        if self.peers:
            self.chatroom.hub.depart(self.peers.pop(place % len(self.peers)).session)

    @rule(milliseconds=st.sampled_from([1_000, NOTE_MILLISECONDS]))
    def pass_time(self, milliseconds: int) -> None:
        self.chatroom.pass_time(milliseconds)

    @rule()
    def commit(self) -> None:
        self.chatroom.commit()

    @rule(failing=st.booleans())
    def fail(self, failing: bool) -> None:
        self.chatroom.failing = failing

    @rule(end=ENDS)
    def end_and_start_again(self, end: str) -> None:
        chatroom = self.chatroom
        if end == "not yet":
            return
        chatroom.apply()
        if end == "in order":
            chatroom.failing = False
            chatroom.commit()
            chatroom.hub.end()
            chatroom.commit()
            assert self.logged() == {key: seq for key, seq in self.read.items() if seq}
        self.read = self.logged()
        chatroom.restart()
        self.peers.clear()
        self.told.clear()

    def logged(self) -> dict[tuple[str, str], int]:
        """Return what the log has, by id and room."""
        found = {}
        for fact in now(self.chatroom.log.facts("read/")):
            _, id_, room = fact.key.split("/")
            found[id_, room] = int(bytes(fact.value))
        return found

    @invariant()
    def all_are_told_the_same(self) -> None:
        for peer in self.peers:
            self.take_in(peer)
            for room in ("lobby", "dev"):
                read = self.read.get((peer.session.person.id, room), 0)
                assert self.told[peer, room] == read

    @invariant()
    def the_log_is_not_ahead(self) -> None:
        for key, seq in self.logged().items():
            assert seq <= self.read[key]


TestMarkers = MarkersMachine.TestCase
TestMarkers.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
