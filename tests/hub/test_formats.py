"""A format says by its traits what its peers understand; the hub needs no other knowledge of it."""

from hubbub.chat import commands as c
from hubbub.chat.events import Event, Message
from tests.hub.peers import Chatroom, Peer


class Personal:
    """Bytes that depend on the recipient, as those of IRC do; its peers hear no echo."""

    hears_itself = False
    knows_rooms = True
    gets_answers = True
    is_personal = True
    server = ""

    def encode(self, event: Event, recipient: str = "") -> bytes:
        """Return who is told what by whom."""
        return b"%b<%b: %b\n" % (
            recipient.encode(),
            getattr(event, "sender", "server").encode(),
            getattr(event, "text", type(event).__name__).encode(),
        )


def heard(peer: Peer) -> list[bytes]:
    return b"".join(peer.writes).splitlines()


def company() -> tuple[Chatroom, list[Peer]]:
    chatroom, format_ = Chatroom(), Personal()
    peers = [chatroom.enter(name, format_) for name in ("ann", "bob", "cat")]
    for peer in peers:
        peer.tell(c.Join(room="lobby"))
    chatroom.announce()
    for peer in peers:
        peer.writes.clear()
    return chatroom, peers


def test_a_personal_format_is_encoded_for_each_recipient_and_echoes_nothing() -> None:
    chatroom, (ann, bob, cat) = company()
    ann.tell(c.Say(room="lobby", text="hello"))
    chatroom.commit()
    assert [heard(peer) for peer in (ann, bob, cat)] == [
        [],
        [b"bob<ann: hello"],
        [b"cat<ann: hello"],
    ]


def test_what_is_not_logged_is_personal_too() -> None:
    chatroom, (ann, bob, cat) = company()
    ann.tell(c.Typing(room="lobby"))
    chatroom.announce()
    assert [heard(peer) for peer in (ann, bob, cat)] == [
        [],
        [b"bob<server: Typing"],
        [b"cat<server: Typing"],
    ]


def test_a_lagging_member_is_served_in_its_own_words() -> None:
    chatroom, (ann, bob, _) = company()
    chatroom.hub.lag(bob.session)
    ann.tell(c.Say(room="lobby", text="one"))
    bob.tell(c.Say(room="lobby", text="my own"))
    chatroom.commit()
    bob.session.congested = False
    bob.serve()
    assert heard(bob) == [b"bob<ann: one"]


def test_the_same_encoding_is_written_to_all_members_of_a_format_that_is_not_personal() -> None:
    chatroom = Chatroom()
    ann, bob = chatroom.enter("ann"), chatroom.enter("bob")
    for peer in (ann, bob):
        peer.tell(c.Join(room="lobby"))
    chatroom.announce()
    chatroom.hub.apply([Message(room="lobby", seq=1, prev=0, sender="eve", at=0, text="hello")])
    assert ann.writes[-1] is bob.writes[-1]
