"""What a damaged log leaves out is told in its place, and the member goes on behind it."""

from unittest.mock import patch

import pytest
from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.queries import PageQuery
from hubbub.hub.lines import NOT_WHOLE
from hubbub.log.memory import MemoryLog
from hubbub.wire.framed import CLASSIC, LOST
from tests.hub.peers import Chatroom, Peer


class DamagedLog(MemoryLog):
    """A log that cannot read some of its events."""

    def __init__(self) -> None:
        super().__init__()
        self.lost: set[int] = set()

    async def backlog(self, room: str, after: int, bytes_max: int) -> list[e.AnyLogged]:
        events = await super().backlog(room, after, bytes_max)
        return [event for event in events if event.seq not in self.lost]

    async def page(self, query: PageQuery) -> e.Page:
        page = await super().page(query)
        messages = [one for one in page.messages if one.seq not in self.lost]
        return replace(
            page, messages=messages, missing=[e.Stretch(seq - 1, seq) for seq in self.lost]
        )


@pytest.fixture
def log() -> DamagedLog:
    return DamagedLog()


@pytest.fixture
def chatroom(log: DamagedLog) -> Chatroom:
    with patch("tests.hub.peers.MemoryLog", lambda: log):
        return Chatroom()


@pytest.fixture
def ann(chatroom: Chatroom) -> Peer:
    """Somebody who has said five things in the lobby."""
    ann = chatroom.enter("ann")
    ann.tell(c.Join(room="lobby"))
    for number in range(5):
        ann.tell(c.Say(room="lobby", text=f"text {number + 1}"))
        chatroom.commit()
    ann.events()
    return ann


def told(peer: Peer) -> list[int | tuple[int, int]]:
    """Return the seqs of messages, and from where to where something is missing."""
    return [
        event.seq if isinstance(event, e.Message) else (event.after, event.upto)
        for event in peer.events()
        if isinstance(event, e.Message | e.Missing)
    ]


@pytest.mark.parametrize(
    ("lost", "expected"),
    [
        ({3}, [1, 2, (2, 3), 4, 5]),
        ({1, 2}, [(0, 2), 3, 4, 5]),
        ({2, 4}, [1, (1, 2), 3, (3, 4), 5]),
        ({4, 5}, [1, 2, 3, (3, 5)]),
        ({1, 2, 3, 4, 5}, [(0, 5)]),
    ],
)
def test_an_event_session_is_told_what_is_missing_in_its_place(
    chatroom: Chatroom,
    ann: Peer,
    log: DamagedLog,
    lost: set[int],
    expected: list[int | tuple[int, int]],
) -> None:
    log.lost = lost
    bob = chatroom.enter("bob")
    bob.tell(c.Join(room="lobby", after=0))
    assert told(bob) == expected
    ann.tell(c.Say(room="lobby", text="live"))
    chatroom.commit()
    assert told(bob) == [6], "from now on it is served as everybody is"


def test_a_classic_session_that_fell_behind_gets_a_sentence(
    chatroom: Chatroom, ann: Peer, log: DamagedLog
) -> None:
    bob = chatroom.enter("bob", CLASSIC)
    bob.type("here")
    chatroom.commit()
    bob.pairs()
    bob.room_bytes = 0
    for number in range(3):
        ann.tell(c.Say(room="lobby", text=f"more {number}"))
        chatroom.commit()
    log.lost = {8}
    assert bob.pairs() == [("ann", "more 0"), ("hubbub", LOST), ("ann", "more 2")]


def test_what_needs_a_message_that_cannot_be_read_is_refused(ann: Peer, log: DamagedLog) -> None:
    log.lost = {3}
    for command in (
        c.Edit(room="lobby", seq=3, text="x", ref="r"),
        c.Delete(room="lobby", seq=3, ref="r"),
        c.React(room="lobby", seq=3, emoji="x", ref="r"),
        c.Say(room="lobby", text="x", reply_to=3, ref="r"),
    ):
        ann.tell(command)
        (refusal,) = ann.events()
        assert isinstance(refusal, e.Error)
        assert (refusal.code, refusal.ref) == ("damaged", "r")


def test_a_history_that_is_not_whole_says_so(ann: Peer, log: DamagedLog) -> None:
    log.lost = {3}
    ann.type("/history")
    notices = [event.text for event in ann.events() if isinstance(event, e.Notice)]
    assert len(notices) == 5
    assert notices[-1] == NOT_WHOLE
