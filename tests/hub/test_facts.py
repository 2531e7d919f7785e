"""Facts pass by the members: nobody hears of them, or comes to the room in which they are."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import SYSTEM_ROOM, allowed_room
from hubbub.wire.framed import CLASSIC
from tests.hub.peers import Chatroom, now
from tests.hub.test_commands import joined, refusal
from tests.log.drafts import fact, said


def append(chatroom: Chatroom, *events: e.Entry) -> None:
    now(chatroom.log.append(list(events)))
    chatroom.apply()


def test_no_member_hears_of_a_fact_and_its_room_is_none() -> None:
    chatroom = Chatroom()
    ann, old = joined(chatroom, "ann"), chatroom.enter("old", CLASSIC)
    ann.events()
    before = len(old.writes)
    append(chatroom, fact("a", "hello"))
    append(chatroom, fact("a", "hello"), said("hi"), fact("b", "hello"))
    (message,) = ann.events()
    assert isinstance(message, e.Message)
    assert (message.seq, message.prev) == (4, 0)
    assert len(old.writes) == before + 1
    assert SYSTEM_ROOM not in chatroom.hub.rooms
    assert [one.room for one in chatroom.hub.list_rooms().rooms] == ["lobby"]


def test_a_hub_that_starts_on_a_log_with_facts_goes_on_behind_them() -> None:
    chatroom = Chatroom()
    now(chatroom.log.append([said(), fact("a", 1)]))
    now(chatroom.log.append([fact("b", 1)]))
    chatroom.restart()
    assert list(chatroom.hub.rooms) == ["lobby"]
    ann = joined(chatroom, "ann")
    ann.tell(c.Say(room="lobby", text="hello"))
    chatroom.commit()
    (message,) = ann.events()
    assert isinstance(message, e.Message)
    assert (message.seq, message.prev) == (4, 2)


@pytest.mark.parametrize(
    "command",
    [
        c.Join(room=SYSTEM_ROOM),
        c.Leave(room=SYSTEM_ROOM),
        c.Say(room=SYSTEM_ROOM, text="hello"),
        c.Edit(room=SYSTEM_ROOM, seq=1, text="hello"),
        c.Delete(room=SYSTEM_ROOM, seq=1),
        c.React(room=SYSTEM_ROOM, seq=1, emoji="👍"),
        c.SetTopic(room=SYSTEM_ROOM, text="hello"),
        c.History(room=SYSTEM_ROOM),
        c.Search(query="hello", room=SYSTEM_ROOM),
        c.Members(room=SYSTEM_ROOM),
        c.Typing(room=SYSTEM_ROOM),
        c.Seen(room=SYSTEM_ROOM, seq=1),
    ],
    ids=lambda command: command.__struct_config__.tag,
)
def test_the_system_room_is_nobodys(command: c.AnyCommand) -> None:
    chatroom = Chatroom()
    ann = joined(chatroom, "ann")
    append(chatroom, fact("a", "hello"))
    ann.events()
    if isinstance(command, c.Typing | c.Seen):  # which are never answered
        ann.tell(command)
        assert [event for event in ann.events() if not isinstance(event, e.Error)] == []
    else:
        assert refusal(chatroom, ann, command) in {"room_not_allowed", "no_such_room"}
    assert SYSTEM_ROOM not in chatroom.hub.rooms


def test_no_room_of_people_is_called_as_the_system_room() -> None:
    for raw in (SYSTEM_ROOM, f"{SYSTEM_ROOM}den", "＄"):
        with pytest.raises(Refused):
            allowed_room(raw)
