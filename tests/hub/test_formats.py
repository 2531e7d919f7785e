"""A format says by its traits what its peers understand; the hub needs no other knowledge of it."""

from hubbub.chat import commands as c
from hubbub.chat.events import Event, Message
from tests.hub.peers import Chatroom, Peer


class Shared:
    """What all of them hear of a room, as those do who speak IRC; they hear no echo."""

    hears_itself = False
    knows_rooms = True
    gets_answers = True
    reads_by_time = False
    keeps_place = False
    knows_inner = False
    spoken = server = ""

    def __init__(self) -> None:
        self.encoded = 0

    @property
    def shared(self) -> "Shared":
        return self

    def encode(self, event: Event, _recipient: str = "") -> bytes:
        """Return what is told by whom."""
        self.encoded += 1
        return b"all<%b\n" % words(event)


class Own(Shared):
    """A format for one peer, who shares another one with everybody."""

    def __init__(self, common: Shared) -> None:
        super().__init__()
        self._common = common

    @property
    def shared(self) -> Shared:
        return self._common

    def encode(self, event: Event, recipient: str = "") -> bytes:
        """Return who is told what by whom."""
        return b"%b<%b\n" % (recipient.encode(), words(event))


def words(event: Event) -> bytes:
    sender = getattr(event, "sender", "server")
    return f"{sender}: {getattr(event, 'text', type(event).__name__)}".encode()


def heard(peer: Peer) -> list[bytes]:
    return b"".join(peer.writes).splitlines()


def company() -> tuple[Chatroom, list[Peer], Shared]:
    chatroom, common = Chatroom(), Shared()
    peers = [chatroom.enter(name, Own(common)) for name in ("ann", "bob", "cat")]
    for peer in peers:
        peer.tell(c.Join(room="lobby"))
    chatroom.announce()
    for peer in peers:
        peer.writes.clear()
    common.encoded = 0
    return chatroom, peers, common


def test_what_is_said_to_all_is_encoded_once_in_the_format_that_they_share() -> None:
    chatroom, (ann, bob, cat), common = company()
    ann.tell(c.Say(room="lobby", text="hello"))
    chatroom.commit()
    assert [heard(peer) for peer in (ann, bob, cat)] == [
        [],
        [b"all<ann: hello"],
        [b"all<ann: hello"],
    ]
    assert common.encoded == 1


def test_what_is_not_logged_is_shared_too() -> None:
    chatroom, (ann, bob, cat), _ = company()
    ann.tell(c.Typing(room="lobby"))
    chatroom.announce()
    assert [heard(peer) for peer in (ann, bob, cat)] == [
        [],
        [b"all<server: Typing"],
        [b"all<server: Typing"],
    ]


def test_answers_and_talks_of_two_are_in_each_one_s_own_format() -> None:
    chatroom, (ann, bob, _), common = company()
    ann.tell(c.Direct(name="bob"))
    room = next(name for name in ann.session.members if name.startswith("@"))
    assert heard(ann)[-1] == b"ann<server: Room"
    bob.writes.clear()
    ann.tell(c.Say(room=room, text="psst"))
    chatroom.commit()
    ann.tell(c.Typing(room=room))
    chatroom.announce()
    assert heard(bob) == [b"bob<ann: psst", b"bob<server: Typing"]
    assert common.encoded == 0


def test_a_lagging_member_is_served_in_its_own_words() -> None:
    chatroom, (ann, bob, _), _ = company()
    chatroom.hub.lag(bob.session)
    ann.tell(c.Say(room="lobby", text="one"))
    bob.tell(c.Say(room="lobby", text="my own"))
    chatroom.commit()
    bob.session.congested = False
    bob.serve()
    assert heard(bob) == [b"bob<ann: one"]


def test_the_same_encoding_is_written_to_all_members_of_one_format() -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for peer in (ann, bob):
        peer.tell(c.Join(room="lobby"))
    chatroom.announce()
    chatroom.hub.apply([Message(room="lobby", seq=1, prev=0, sender="eve", at=0, text="hello")])
    assert ann.writes[-1] is bob.writes[-1]
