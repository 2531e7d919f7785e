"""Random members, rooms, messages, disconnects, resumes, slow readers and failing commits, at once.

The model is simple: what the log holds. Each member must receive its rooms' events after its
cursor: in order, without gap or repeat, and nothing of other rooms. And what it is told of who
comes, goes and is away never contradicts what it was told before, and is true in the end.
"""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.peers import Chatroom, Peer, now

NAMES = st.sampled_from(["ann", "bob", "cat", "dan"])
ROOMS = st.sampled_from(["lobby", "dev", "ops"])
NONCES = st.none() | st.sampled_from(["n1", "n2", "n3"])
ALL = 10_000_000


class Watched:
    """A peer and what it has received; `cursors` says after which seq each room must go on."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.cursors: dict[str, int] = {}
        self.joins: dict[str, list[int]] = {}
        self.present: dict[str, set[str]] = {}
        self.away: dict[str, set[str]] = {}
        self.pairs: list[tuple[str, str]] = []
        self.entered_after = peer.chatroom.hub.rooms["lobby"].last
        self.refs: dict[str, c.Say] = {}
        self.answers: dict[str, e.AnyEvent] = {}

    def take_in(self, received: list[Any]) -> None:
        for one in received:
            if isinstance(one, tuple):
                self.pairs.append(one)
            elif isinstance(one, e.Room):
                self.cursors[one.room] = self.joins[one.room].pop(0)
                self._list(one)
            elif isinstance(one, e.Members):
                self._list(one)
            elif isinstance(one, e.Presence):
                assert (one.name in self.present[one.room]) == (one.state == "left")
                self.present[one.room] ^= {one.name}
                self.away[one.room] -= {one.name}
            elif isinstance(one, e.Away):
                assert one.name in self.present[one.room]
                self.away[one.room] -= {one.name}
                self.away[one.room] |= {one.name} if one.on else set()
            elif isinstance(one, e.Typing):
                assert one.name in self.present[one.room] - {self.peer.name}
            elif isinstance(one, e.Logged):
                self._check_next(one)
            if ref := getattr(one, "ref", None):
                assert ref not in self.answers, "two answers to one ref"
                self.answers[ref] = one

    def _list(self, told: e.Room | e.Members) -> None:
        self.present[told.room] = {member.name for member in told.members}
        self.away[told.room] = {member.name for member in told.members if member.away}

    def _check_next(self, event: e.Logged) -> None:
        cursor = self.cursors.get(event.room)
        assert cursor is not None, f"an event of {event.room}, where {self.peer.name} is not"
        assert event.seq > cursor, "a repeat, or out of order"
        assert event.prev <= cursor, "a gap"
        self.cursors[event.room] = event.seq


class HubMachine(RuleBasedStateMachine):
    """Drives the hub with the memory log."""

    def __init__(self) -> None:
        super().__init__()
        self.chatroom = Chatroom()
        self.peers: dict[str, Watched] = {}
        self.committed = False
        self.refs = 0

    @initialize()
    def begin_with_company(self) -> None:
        """Two who speak events and a classic one, all in the lobby, and little room for one."""
        for name in ("ann", "bob"):
            self.connect(name, classic=False)
            self.join(name, "lobby", None)
        self.connect("cat", classic=True)
        self.slow_down("bob", 300)
        self.slow_down("cat", 0)

    # Comings and goings.

    @rule(name=NAMES, classic=st.booleans())
    def connect(self, name: str, classic: bool) -> None:
        """Connect; with a name that is in use, take it over or be refused."""
        there = self.peers.get(name)
        if classic and there is not None:
            with pytest.raises(Refused, match="is taken"):
                self.chatroom.enter(name, CLASSIC)
            return
        if classic:
            self.peers[name] = Watched(self.chatroom.enter(name, CLASSIC))
            return
        watched = Watched(self.chatroom.enter(name, EVENTS))
        peer = watched.peer
        assert peer.session.held == (there is not None)
        if there is not None:
            if there.peer.session.format is CLASSIC:
                peer.tell(c.Resume(session="a guess"))
                assert peer.session.held
                return
            there.take_in(there.peer.read())
            peer.tell(c.Resume(session=there.peer.session.secret))
            assert there.peer.ended
            assert not peer.session.held
        self.peers[name] = watched
        if there is not None:  # go on where the old connection was
            for room, cursor in there.cursors.items():
                self.join(name, room, cursor)

    @rule(name=NAMES)
    def disconnect(self, name: str) -> None:
        if (watched := self.peers.pop(name, None)) is not None:
            self.chatroom.hub.depart(watched.peer.session)

    @rule(name=NAMES, room=ROOMS, after=st.none() | st.integers(0, 30))
    def join(self, name: str, room: str, after: int | None) -> None:
        watched = self.peers.get(name)
        if watched is None or watched.peer.session.format is CLASSIC:
            return
        known = self.chatroom.hub.rooms.get(room)
        last = known.last if known else 0
        start = last if after is None else min(after, last)
        if after is None and room in watched.peer.session.lagging:
            start = watched.peer.session.lagging[room].cursor  # it goes on where it is
        watched.joins.setdefault(room, []).append(start)
        watched.peer.tell(c.Join(room=room, after=after))

    @rule(name=NAMES, room=ROOMS)
    def leave(self, name: str, room: str) -> None:
        watched = self.peers.get(name)
        if watched is None or watched.peer.session.format is CLASSIC:
            return
        if room in watched.peer.session.members:
            watched.take_in(watched.peer.read())
            watched.peer.tell(c.Leave(room=room))
            watched.take_in(watched.peer.read())
            del watched.cursors[room], watched.present[room]

    @rule(name=NAMES, room=ROOMS)
    def ask_who_is_there(self, name: str, room: str) -> None:
        watched = self.peers.get(name)
        if watched is not None and room in watched.peer.session.members:
            watched.peer.tell(c.Members(room=room))

    @rule(name=NAMES, room=ROOMS)
    def type(self, name: str, room: str) -> None:
        watched = self.peers.get(name)
        if watched is not None and room in watched.peer.session.members:
            watched.peer.tell(c.Typing(room=room))

    @rule(name=NAMES, on=st.booleans())
    def be_away(self, name: str, on: bool) -> None:
        if (watched := self.peers.get(name)) is not None:
            watched.peer.tell(c.Away(text="lunch") if on else c.Back())

    @rule()
    def announce(self) -> None:
        self.chatroom.announce()

    # Talk.

    @rule(name=NAMES, room=ROOMS, nonce=NONCES, count=st.integers(1, 4))
    def say(self, name: str, room: str, nonce: str | None, count: int) -> None:
        if (watched := self.peers.get(name)) is not None:
            for _ in range(count):
                self._say(watched, name, room, nonce)

    def _say(self, watched: Watched, name: str, room: str, nonce: str | None) -> None:
        self.refs += 1
        text = f"message {self.refs} of {name}"
        if watched.peer.session.format is CLASSIC:
            watched.peer.type(text)
            return
        say = c.Say(room=room, text=text, nonce=nonce, ref=str(self.refs))
        watched.refs[str(self.refs)] = say
        watched.peer.tell(say)

    @rule(name=NAMES, room=ROOMS, seq=st.integers(0, 30), emoji=st.sampled_from("ab"))
    def react(self, name: str, room: str, seq: int, emoji: str) -> None:
        watched = self.peers.get(name)
        if watched is not None and watched.peer.session.format is EVENTS:
            watched.peer.tell(c.React(room=room, seq=seq, emoji=emoji))

    # Slow and quick readers.

    @rule(name=NAMES, room_bytes=st.sampled_from([0, 300, 2000]))
    def slow_down(self, name: str, room_bytes: int) -> None:
        if (watched := self.peers.get(name)) is not None:
            watched.peer.room_bytes = room_bytes

    @rule(name=NAMES, bytes_max=st.sampled_from([1, 300, 10_000]))
    def read(self, name: str, bytes_max: int) -> None:
        if (watched := self.peers.get(name)) is not None:
            watched.take_in(watched.peer.read(bytes_max))

    # The log: between being committed and being applied, others may read it.

    @rule(fails=st.booleans())
    def commit(self, fails: bool) -> None:
        if self.committed or not self.chatroom.hub.has_pending:
            return
        batch = self.chatroom.hub.take()
        if fails:
            self.chatroom.hub.refuse(batch)
        else:
            self.chatroom.hub.acknowledge(batch, self.chatroom.append(batch))
            self.committed = True

    @rule()
    def apply(self) -> None:
        self.committed = False
        self.chatroom.apply()

    @rule(room=ROOMS)
    def append_elsewhere(self, room: str) -> None:
        """Another appends to the same log, before or after what is on its way from here."""
        if not self.committed:
            self.refs += 1
            text = f"message {self.refs} from elsewhere"
            now(
                self.chatroom.log.append(
                    [e.Message(room=room, seq=0, prev=0, sender="eve", at=0, text=text)]
                )
            )

    def logged(self) -> list[e.AnyLogged]:
        """All events of the log, by seq."""
        found: list[e.AnyLogged] = []
        for head in now(self.chatroom.log.heads()):
            found += now(self.chatroom.log.backlog(head.room, 0, ALL))
        return sorted(found, key=lambda event: event.seq)

    @invariant()
    def nothing_is_pending_for_nobody(self) -> None:
        """What waits is accounted for in the sessions that wait."""
        for watched in self.peers.values():
            assert watched.peer.session.pending_bytes >= 0

    def teardown(self) -> None:
        """In the end everyone reads, and has exactly what the log says."""
        self.apply()
        self.chatroom.commit()
        logged = self.logged()
        for name, watched in self.peers.items():
            watched.take_in(watched.peer.read())
            for room, cursor in watched.cursors.items():
                last = max((event.seq for event in logged if event.room == room), default=0)
                assert cursor == last, f"{name} did not receive all of {room}"
                people = self.chatroom.hub.rooms[room].people.values()
                assert watched.present[room] == {person.name for person in people}
                away = {person.name for person in people if person.away is not None}
                assert watched.away[room] == away
            if watched.peer.session.format is CLASSIC:
                heard = [pair for pair in watched.pairs if pair[0] != "hubbub"]
                assert heard == [
                    (event.sender, event.text)
                    for event in logged
                    if isinstance(event, e.Message)
                    and event.room == "lobby"
                    and event.seq > watched.entered_after
                    and event.sender != name
                ]
            for ref, say in watched.refs.items():
                self._check_answer(logged, name, say, watched.answers.get(ref))

    def _check_answer(
        self, logged: list[e.AnyLogged], name: str, say: c.Say, answer: e.AnyEvent | None
    ) -> None:
        assert answer is not None, "a command with a ref got no answer"
        if isinstance(answer, e.Ok):
            posted = [event for event in logged if event.seq == answer.seq]
            assert len(posted) == 1
            assert isinstance(posted[0], e.Message)
            assert posted[0].sender == name
            assert posted[0].nonce == say.nonce
            if say.nonce is None:
                assert posted[0].text == say.text
        else:
            assert isinstance(answer, e.Error)
            assert say.nonce is not None or not any(
                isinstance(event, e.Message) and event.text == say.text for event in logged
            )


HubMachine.TestCase.settings = settings(max_examples=400, stateful_step_count=60, deadline=None)
TestHub = HubMachine.TestCase
