"""People who are put out of a room while its log is read neither see nor change anything there."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.queries import PageQuery, SearchQuery
from tests.hub.moderated import ROOM, Moderated


@pytest.mark.parametrize("put_out", [c.Kick(room=ROOM, name="eve"), c.Ban(room=ROOM, who="eve")])
@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize(
    "command",
    [
        c.Say(room=ROOM, text="so there", reply_to=1),
        c.Edit(room=ROOM, seq=1, text="so there"),
        c.React(room=ROOM, seq=1, emoji="x"),
        c.Delete(room=ROOM, seq=1),
    ],
)
def test_a_message_is_not_changed_or_answered_by_whoever_was_put_out_meanwhile(
    command: c.Say | c.Edit | c.React | c.Delete, put_out: c.AnyCommand, *, is_private: bool
) -> None:
    room = Moderated()
    room.eve.tell(c.Say(room=ROOM, text="hello"))
    room.cleo.tell(c.SetRules(room=ROOM, private=is_private))
    room.commit()
    last = room.hub.rooms[ROOM].last
    for name in ("seq", "reply_to"):
        if hasattr(command, name):
            setattr(command, name, last)
    decision = room.hub.command(room.eve.session, command, room.clock)
    assert decision is not None
    question = next(decision)
    assert isinstance(question, PageQuery)
    assert room.ask(room.ann, put_out) == "ok"
    with pytest.raises(Refused):
        decision.send(room.answer(question))
    room.commit()
    assert room.hub.rooms[ROOM].last == last


@pytest.mark.parametrize("put_out", [c.Kick(room=ROOM, name="eve"), c.Ban(room=ROOM, who="eve")])
@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize(
    "asked", [c.History(room=ROOM), c.Search(query="tea", room=ROOM), "/history", "/search tea"]
)
def test_what_was_said_is_not_shown_to_whoever_was_put_out_meanwhile(
    asked: c.History | c.Search | str, put_out: c.AnyCommand, *, is_private: bool
) -> None:
    room = Moderated()
    room.cleo.tell(c.SetRules(room=ROOM, private=is_private))
    if is_private:
        room.cleo.tell(c.Add(room=ROOM, name="eve"))
    room.commit()
    if isinstance(asked, str):
        decision = room.hub.line(room.eve.session, asked, room.clock)
    else:
        decision = room.hub.command(room.eve.session, asked, room.clock)
    assert decision is not None
    question = next(decision)
    assert isinstance(question, PageQuery | SearchQuery)
    assert room.ask(room.ann, put_out) == "ok"
    with pytest.raises(Refused):
        decision.send(room.answer(question))
