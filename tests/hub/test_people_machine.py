"""Random people with several devices and sessions, names that pass from one to another, a log that
fails, and a server that is killed.

What must hold: a device is always the same person's; a name is one person's at a time; whoever is
in a room is listed there once, and told of once; only the person who said something changes it;
what is said in private is read by its two people alone, and for ever by those who are known;
nobody who is not let into a private room is sent an event, page or hit of it; and a hub that starts
on the log knows what the one before it knew.
"""

from copy import copy
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.names import is_direct, name_key, same_name
from hubbub.hub.flow.private import last_seen
from hubbub.hub.known import values
from hubbub.hub.present.person import Person
from hubbub.hub.rules.order import Order
from hubbub.wire.codec import decode_event
from hubbub.wire.frames import FrameDecoder
from tests.hub.folded import Folded
from tests.hub.peers import FRAME_BYTES_MAX, Chatroom, Peer, now
from tests.hub.test_people import device_of
from tests.hub.test_state_machine import Watched

NAMES = st.sampled_from(["ann", "Ann", "bob", "cat", "dan"])
DEVICES = st.sampled_from([device_of(name) for name in "abcd"])
CLOSABLE = "den"
ROOMS = st.sampled_from(["lobby", "dev", CLOSABLE])
PLACES = st.integers(0, 20)
ASKED: list[c.AnyCommand] = [
    c.History(room=CLOSABLE),
    c.Search(query="hello"),
    c.Search(query="hello", room=CLOSABLE),
    c.Members(room=CLOSABLE),
    c.Rooms(),
]


def identity(person: Person) -> object:
    """Return what makes somebody the same: an id, or if they are passing, that they are."""
    return person.id or person


class Outsider(Peer):
    """A peer to which nothing of a private room may be written that its person is not let into."""

    def write(self, payload: bytes) -> None:
        if self._entered:
            for frame in FrameDecoder(FRAME_BYTES_MAX).receive(payload):
                self._check(decode_event(frame.text))
        super().write(payload)

    def _check(self, event: Any) -> None:
        rules = self.chatroom.hub._state.order.rules.get(CLOSABLE)
        if rules is None or not rules.private or self.session.person.id in rules.members:
            return
        rooms = {getattr(event, "room", None)}
        if isinstance(event, e.Page):
            rooms |= {one.room for one in event.messages}
        elif isinstance(event, e.Rooms):
            rooms |= {one.room for one in event.rooms}
        assert CLOSABLE not in rooms or isinstance(event, e.Removed | e.Seen), event


class Guarded(Watched):
    """A peer that also notes who else is in its private rooms, and what it was told there."""

    def __init__(self, peer: Peer, audience: dict[int, set[object]]) -> None:
        super().__init__(peer)
        self.audience = audience

    def take_in(self, received: list[Any]) -> None:
        for one in received:
            if isinstance(one, e.Presence) and one.room not in self.present:
                continue  # the other one comes before the answer to `direct`
            if isinstance(one, e.Members) and one.room not in self.cursors:
                continue  # it was asked from outside
            if isinstance(one, e.Room) and one.direct and not self.joins.get(one.room):
                self.joins.setdefault(one.room, []).append(one.last)  # it came unasked
            if isinstance(one, e.Room) and one.brought:
                self.joins.setdefault(one.room, []).insert(0, one.last)
            if isinstance(one, e.Removed):
                del self.cursors[one.room], self.present[one.room]
            if isinstance(one, e.Logged) and one.seq in self.audience:
                self.check_may_read(one.seq)
            super().take_in([one])

    def check_may_read(self, seq: int) -> None:
        assert identity(self.peer.session.person) in self.audience[seq]


class PeopleMachine(RuleBasedStateMachine):
    """Drives the hub with the memory log."""

    def __init__(self) -> None:
        super().__init__()
        self.chatroom = Chatroom()
        self.watched: list[Guarded] = []
        self.audience: dict[int, set[object]] = {}
        """By seq, to whom something was said in private, and by whom."""
        self.ids: dict[str, str] = {}
        """By device, whose it is."""
        self.said = 0
        self.authors: dict[int, object] = {}
        """By seq, who said it: an id, or a session of somebody passing."""

    def one(self, place: int) -> Guarded | None:
        present = [one for one in self.watched if one.peer.session.admitted]
        return present[place % len(present)] if present else None

    @initialize()
    def begin_with_company(self) -> None:
        """Two guests, with a private room, and one who is passing; they have talked in private."""
        self.connect("ann", device_of("a"))
        self.connect("bob", device_of("b"))
        self.connect("cat", None)
        for place, name in ((0, "bob"), (2, "ann"), (2, "bob")):
            self.say_in_private(place, name)
        for place in (0, 1):
            self.join(place, CLOSABLE)
        self.say(0, CLOSABLE, None)
        self.close(0, private=True)

    @rule(name=NAMES, minutes=st.sampled_from([0, 61]), device=st.none() | DEVICES)
    def another_comes(self, name: str, minutes: int, device: str | None) -> None:
        """All who have a name leave, and somebody comes with it, perhaps the same."""
        for watched in self.watched[:]:
            if same_name(watched.peer.session.name, name):
                self.watched.remove(watched)
                self.chatroom.hub.depart(watched.peer.session)
        self.time_passes(minutes)
        before = len(self.watched)
        self.connect(name, device)
        if len(self.watched) > before:
            place = [one for one in self.watched if one.peer.session.admitted].index(
                self.watched[-1]
            )
            self.read_in_private(place)

    @rule(name=NAMES, device=st.none() | DEVICES)
    def connect(self, name: str, device: str | None) -> None:
        watched = Guarded(Outsider(self.chatroom, name), self.audience)
        self.watched.append(watched)
        if device is not None:
            self._identify(watched, device)
        if not watched.peer.session.admitted:  # as the server does
            self.watched.remove(watched)
            self.chatroom.hub.depart(watched.peer.session)

    @rule(place=PLACES, device=DEVICES)
    def identify(self, place: int, device: str) -> None:
        if (watched := self.one(place)) is not None:
            self._identify(watched, device)

    def _identify(self, watched: Guarded, device: str) -> None:
        peer = watched.peer
        self.chatroom.commit()
        watched.take_in(peer.read())
        before = peer.session.person.id
        peer.tell(c.Identify(device=device, ref="i"))
        received = peer.events()
        (answer,) = [one for one in received if getattr(one, "ref", None) == "i"]
        unasked = received[received.index(answer) + 1 :]
        after = peer.session.person.id
        if isinstance(answer, e.Error):
            assert after == before
            return
        assert isinstance(answer, e.Welcome)
        assert answer.person is not None
        assert answer.person.id == after == self.ids.setdefault(device, after)
        assert answer.name == peer.session.name
        peer.name = answer.name
        if after != before:
            watched.cursors.clear()
            watched.present.clear()
        watched.take_in(unasked)

    @rule(place=PLACES)
    def leave(self, place: int) -> None:
        if (watched := self.one(place)) is not None:
            self.watched.remove(watched)
            self.chatroom.hub.depart(watched.peer.session)

    @rule(place=PLACES, room=ROOMS)
    def join(self, place: int, room: str) -> None:
        if (watched := self.one(place)) is not None:
            known = self.chatroom.hub.rooms.get(room)
            watched.joins.setdefault(room, []).append(known.last if known else 0)
            watched.peer.tell(c.Join(room=room))
            if room not in watched.peer.session.members:  # it was refused
                watched.joins[room].pop()

    @rule(place=PLACES, room=ROOMS)
    def part(self, place: int, room: str) -> None:
        watched = self.one(place)
        if watched is not None and room in watched.peer.session.members:
            watched.take_in(watched.peer.read())
            watched.peer.tell(c.Leave(room=room))
            watched.take_in(watched.peer.read())
            del watched.cursors[room], watched.present[room]

    @rule(place=PLACES, room=ROOMS)
    def type(self, place: int, room: str) -> None:
        watched = self.one(place)
        if watched is not None and room in watched.peer.session.members:
            watched.peer.tell(c.Typing(room=room))

    @rule(place=PLACES, private=st.booleans())
    def close(self, place: int, private: bool) -> None:
        """Make a room private, or public again."""
        if (watched := self.one(place)) is not None:
            watched.peer.tell(c.SetRules(room=CLOSABLE, private=private))

    @rule(place=PLACES, name=NAMES)
    def add(self, place: int, name: str) -> None:
        if (watched := self.one(place)) is not None:
            watched.peer.tell(c.Add(room=CLOSABLE, name=name))

    @rule(place=PLACES, name=NAMES)
    def remove(self, place: int, name: str) -> None:
        if (watched := self.one(place)) is not None:
            watched.peer.tell(c.Kick(room=CLOSABLE, name=name))

    @rule(place=PLACES)
    def change_the_topic(self, place: int) -> None:
        """Say something that may be committed together with who is let in, or not any more."""
        watched = self.one(place)
        if watched is not None and CLOSABLE in watched.peer.session.members:
            watched.peer.tell(c.SetTopic(room=CLOSABLE, text="hello"))

    @rule(place=PLACES, ask=st.sampled_from(ASKED))
    def look(self, place: int, ask: c.AnyCommand) -> None:
        """Ask for what may lead to a private room; nobody is sent what is not for them."""
        if (watched := self.one(place)) is not None:
            watched.peer.tell(copy(ask))

    @rule(place=PLACES, room=ROOMS, nonce=st.none() | st.sampled_from("nm"))
    def say(self, place: int, room: str, nonce: str | None) -> None:
        watched = self.one(place)
        if watched is None or room not in watched.peer.session.members:
            return
        session, before = watched.peer.session, self.chatroom.hub.last
        self.said += 1
        watched.peer.tell(c.Say(room=room, text="hello", nonce=nonce, ref=f"s{self.said}"))
        self.chatroom.commit()
        for event in now(self.chatroom.log.backlog(room, before, 1_000_000)):
            self.authors.setdefault(event.seq, identity(session.person))

    @rule(place=PLACES, room=ROOMS, seq=st.integers(1, 40))
    def change(self, place: int, room: str, seq: int) -> None:
        watched = self.one(place)
        if watched is None or room not in watched.peer.session.members:
            return
        person, before = watched.peer.session.person, self.chatroom.hub.last
        watched.peer.tell(c.Edit(room=room, seq=seq, text="changed"))
        self.chatroom.commit()
        for event in now(self.chatroom.log.backlog(room, before, 1_000_000)):
            if isinstance(event, e.Edited):
                assert self.authors[event.target] == identity(person)

    @rule(place=PLACES, name=NAMES)
    def say_in_private(self, place: int, name: str) -> None:
        watched = self.one(place)
        if watched is None or same_name(name, watched.peer.session.name):
            return
        hub, person = self.chatroom.hub, watched.peer.session.person
        book = hub._state.book
        watched.take_in(watched.peer.read())
        self.said += 1
        watched.peer.tell(c.Direct(name=name, ref=f"d{self.said}"))
        received = watched.peer.read()
        answers = [one for one in received if getattr(one, "ref", None) == f"d{self.said}"]
        watched.take_in([one for one in received if one not in answers])
        if not isinstance(answers[0], e.Room):
            return
        room, before = answers[0].room, hub.last
        there = hub.here.holder(name_key(name))
        other = identity(there) if there is not None else book.names.get(name_key(name)) or ""
        if room not in watched.cursors:
            watched.joins.setdefault(room, []).append(answers[0].last)
            watched.take_in(answers)
        watched.peer.tell(c.Say(room=room, text="in private"))
        self.chatroom.commit()
        said = now(self.chatroom.log.backlog(room, before, 1_000_000))
        for one in said:
            self.authors[one.seq] = identity(person)
            self.audience[one.seq] = {identity(person), other}

    @rule(place=PLACES)
    def read_in_private(self, place: int) -> None:
        if (watched := self.one(place)) is None:
            return
        peer = watched.peer
        self.chatroom.commit()
        watched.take_in(peer.read())
        person = peer.session.person
        peer.tell(c.Conversations())
        (listed,) = peer.events()
        assert isinstance(listed, e.Conversations)
        found: set[int] = set()
        for room in filter(is_direct, list(self.chatroom.hub.rooms)):
            peer.tell(c.History(room=room, limit=200))
            (page,) = peer.events()
            if not isinstance(page, e.Page):
                assert room not in {one.room for one in listed.conversations}
                continue
            for message in page.messages:
                watched.check_may_read(message.seq)
                found.add(message.seq)
        if person.id:
            assert found == {seq for seq, two in self.audience.items() if person.id in two}

    @rule(minutes=st.sampled_from([1, 61, 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.chatroom.pass_time(minutes * 60_000)

    @rule(fails=st.booleans())
    def log(self, fails: bool) -> None:
        self.chatroom.failing = fails
        self.chatroom.commit()

    @rule()
    def is_killed(self) -> None:
        self.watched.clear()
        self.chatroom.restart()

    @invariant()
    def a_hub_that_starts_knows_what_this_one_knows(self) -> None:
        book, folded = self.chatroom.hub._state.book, Folded(now(self.chatroom.log.facts()))
        for key, id_ in folded.names.items():
            assert book.names.get(key) == id_
        for id_, profile in folded.profiles.items():
            assert book.profiles.get(id_) == profile
            for device in profile.devices:
                assert book.owner_of_device(device.hash) == folded.owner_of_device(device.hash)
            alike = book.look_alikes(profile.name)
            assert set(alike) == set(folded.look_alikes(profile.name))
        assert book.guests(100) == folded.guests()
        assert {id_ for id_ in self.ids.values() if id_ not in book.profiles} == set()

    @invariant()
    def nobody_is_in_a_private_room_who_is_not_let_in(self) -> None:
        hub = self.chatroom.hub
        order, fresh = hub._state.order, Order(now(self.chatroom.log.facts()))
        assert (fresh.rules, fresh.private_of) == (order.rules, order.private_of)
        rules, room = order.rules.get(CLOSABLE), hub.rooms.get(CLOSABLE)
        if room is not None and rules is not None and rules.private:
            assert {person.id for person in room.people.values()} <= {*rules.members}
            assert {rules.owner, *rules.moderators} - {""} <= {*rules.members}
            assert CLOSABLE not in {one.room for one in hub.list_rooms().rooms}

    @invariant()
    def everybody_is_one_person(self) -> None:
        hub = self.chatroom.hub
        admitted = [one.peer.session for one in self.watched if one.peer.session.admitted]
        assert set(hub.here) == set(admitted)
        people = {session.person for session in admitted}
        assert len({person.key for person in people}) == len(people)
        known = [person.id for person in people if person.id]
        assert sorted(known) == sorted({person.id for person in hub.here.known()})
        for room in hub.rooms.values():
            inside = [one for one in admitted if room.name in one.members]
            assert set(room.people.values()) == {one.person for one in inside}
            assert room.listeners == len(inside)

    def teardown(self) -> None:
        """In the end all have read everything, and know who is there."""
        self.chatroom.failing = False
        self.chatroom.commit()
        for watched in self.watched:
            watched.take_in(watched.peer.read())
            for name, present in watched.present.items():
                room = self.chatroom.hub.rooms[name]
                assert present == {person.name for person in room.people.values()}
                assert watched.cursors[name] == last_seen(watched.peer.session.person, room)


class ForgetfulMachine(PeopleMachine):
    """The same, where the hub keeps next to nothing of what it looked up."""

    def __init__(self) -> None:
        self.kept = mock.patch.object(values, "KEPT_MAX", 1)
        self.kept.start()
        super().__init__()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.kept.stop()


PeopleMachine.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # it measures the machine, not the hub
)
ForgetfulMachine.TestCase.settings = settings(PeopleMachine.TestCase.settings, max_examples=50)
TestPeople = PeopleMachine.TestCase
TestPeopleOfAForgetfulHub = ForgetfulMachine.TestCase
