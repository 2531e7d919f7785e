"""Uploads: how many there may be at once, and that what is said with one holds it."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.files import FileSummary
from hubbub.hub.uploading import IN_ALL_MAX, OF_ADDRESS_MAX, UNFINISHED_MAX
from tests.hub.peers import Chatroom, Peer

FILE = FileSummary(id="0" * 22, name="x", size=1, type="text/plain", sha256="0" * 64)
FAR, NEAR = "192.0.2.1", "192.0.2.2"


def begins(peer: Peer) -> bool:
    """Begin an upload; return whether that was allowed."""
    peer.events()
    peer.tell(c.Upload(room="lobby", name="x", size=1))
    (answer,) = peer.events()
    if isinstance(answer, e.Error):
        assert answer.code == "too_much"
    return isinstance(answer, e.Upload)


def test_ever_new_names_at_one_address_take_no_places_of_others() -> None:
    chatroom = Chatroom()

    def somebody(origin: str, number: int) -> Peer:
        peer = chatroom.enter(f"somebody-{number}", origin=origin)
        peer.tell(c.Join(room="lobby"))
        return peer

    begun = 0
    for number in range(2 * OF_ADDRESS_MAX // UNFINISHED_MAX):
        peer = somebody(FAR, number)
        begun += sum(begins(peer) for _ in range(UNFINISHED_MAX))
    assert begun == OF_ADDRESS_MAX
    assert begins(somebody(NEAR, 1000))
    assert begins(somebody("", 1001))


def test_what_is_said_cannot_be_cancelled_while_it_waits_for_the_log() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    assert begins(ann)
    filing = chatroom.hub.files
    (upload,) = filing.uploads
    upload.file = FILE
    say = c.Say(room="lobby", text="", files=(upload.id,))
    filing.check_cancelling(upload)
    ann.tell(say)
    with pytest.raises(Refused, match="it is in a message already"):
        filing.check_cancelling(upload)
    chatroom.hub.refuse(chatroom.hub.take())
    filing.check_cancelling(upload)
    ann.tell(say)
    chatroom.commit()
    with pytest.raises(Refused, match="it is in a message already"):
        filing.check_cancelling(upload)


def test_however_many_addresses_take_what_they_can_get_the_next_one_finds_a_place() -> None:
    chatroom = Chatroom()
    number = 0

    def takes_all(origin: str) -> int:
        nonlocal number
        taken = 0
        while True:
            number += 1
            peer = chatroom.enter(f"somebody-{number}", origin=origin)
            peer.tell(c.Join(room="lobby"))
            begun = sum(begins(peer) for _ in range(UNFINISHED_MAX))
            taken += begun
            if begun < UNFINISHED_MAX:
                return taken

    taken = [takes_all(f"192.0.2.{address}") for address in range(30)]
    assert taken[0] == OF_ADDRESS_MAX
    assert all(taken), "the last as well"
    assert sum(taken) < 0.9 * IN_ALL_MAX
