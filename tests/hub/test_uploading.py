"""Uploads: how many there may be at once, and that what is said with one holds it."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.files import FileSummary, Upload
from hubbub.chat.limits import FileLimits, Limits
from hubbub.chat.queries import FreeSpace
from hubbub.hub.flow.uploads import Uploads
from hubbub.hub.present.person import Person
from hubbub.hub.uploading import IN_ALL_MAX, OF_ADDRESS_MAX, UNFINISHED_MAX
from tests.hub.peers import Chatroom, Peer
from tests.inputs.steps import Steps

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


def test_of_many_who_begin_at_the_same_moment_each_counts_for_the_next_one() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    upload = c.Upload(room="lobby", name="x", size=6)

    def together(number: int, free: int) -> list[str]:
        """Return how those end who are all asked the same before one of them goes on."""
        asking = [chatroom.hub.command(ann.session, upload, 0) for _ in range(number)]
        asked = [next(one) for one in asking if one is not None]
        ends: list[str] = []
        while len(ends) < number:
            answers = [free if type(one) is FreeSpace else chatroom.answer(one) for one in asked]
            asked = []
            for one, answer in zip(asking, answers, strict=True):
                assert one is not None
                try:
                    asked.append(one.send(answer))
                except StopIteration:
                    ends.append("begun")
                except Refused as refusal:
                    ends.append(refusal.code)
        return ends

    assert together(2, free=10) == ["begun", "no_space"]
    assert together(UNFINISHED_MAX, free=10**6) == ["begun"] * (UNFINISHED_MAX - 1) + ["too_much"]


def begun(number: int, owner: str, room: str, size: int) -> Upload:
    """Return an upload of somebody in passing."""
    return Upload(f"{number}", f"s{number}", room, "x", size, owner, since=1, origin=owner, at=0)


@given(st.data())
def test_what_is_counted_is_what_there_is(data: st.DataObject) -> None:
    uploads = Uploads(FileLimits(), {"lobby": 5})
    there: list[Upload] = []
    left: dict[str, int] = {}
    owners, rooms = st.sampled_from(["ann", "ben"]), st.sampled_from(["lobby", "dev"])
    for number in range(data.draw(st.integers(1, 20))):
        act = data.draw(st.sampled_from(["add", "come", "drop", "drop again"]))
        if act == "add" or not there:
            size = data.draw(st.integers(1, 9))
            there.append(begun(number, data.draw(owners), data.draw(rooms), size))
            uploads.add(there[-1])
            left[there[-1].id] = size
            continue
        one = data.draw(st.sampled_from(there))
        if act == "come":
            left[one.id] = data.draw(st.integers(0, one.size))
            uploads.awaits(one, left[one.id])
            continue
        for _ in range(1 + (act == "drop again")):
            uploads.drop(one)
        there.remove(one)
        uploads.awaits(one, 1)  # what comes of it is nobody's any more
        del left[one.id]
    for name in ("ann", "ben"):
        assert uploads.coming_from(name) == sum(one.origin == name for one in there)
        assert uploads.unfinished_of(Person(name, 1)) == sum(one.owner == name for one in there)
        assert not uploads.unfinished_of(Person(name, 2)), "the next one of that name"
    for room, held in (("lobby", 5), ("dev", 0)):
        assert uploads.bytes_in(room) == held + sum(one.size for one in there if one.room == room)
    assert uploads.bytes_in_all == 5 + sum(one.size for one in there)
    assert uploads.awaited_bytes == sum(left.values())


def test_a_file_that_is_hosted_counts_for_the_room_where_it_is_said() -> None:
    uploads = Uploads(FileLimits(), {})
    upload = begun(1, "ann", "", 7)
    uploads.add(upload)
    draft: Any = SimpleNamespace(event=SimpleNamespace(room="dev"))
    uploads.taken([upload], draft)
    assert (uploads.bytes_in("dev"), uploads.bytes_in("")) == (7, 0)
    uploads.drop(upload)
    assert (uploads.bytes_in("dev"), uploads.bytes_in_all) == (0, 0)


def test_to_begin_another_upload_is_as_cheap_as_the_first() -> None:
    steps = Steps()

    def taken(others: int) -> int:
        chatroom = Chatroom(Limits())
        for number in range(others):
            chatroom.hub.files.uploads.add(begun(number, f"somebody-{number}", "lobby", 1))
        ann = chatroom.enter("ann")
        ann.tell(c.Join(room="lobby"))
        begins(ann)
        return steps.of(partial(ann.tell, c.Upload(room="lobby", name="x", size=1)))

    with steps.installed():
        assert taken(IN_ALL_MAX // 2) - taken(10) < 60
