"""People may be called what reads like a pattern of names, or like a network: they are who is meant
by it, and nobody else."""

import pytest

from hubbub.chat import commands as c
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated, is_in

ELSEWHERE = "203.0.113.20"
ODD = ["e*", "*", "pa*", "a*b", "127.0.0.1", "10.0.0.0/8", "198.51.100.7", "10.0.0.*"]


@pytest.fixture
def room() -> Moderated:
    return Moderated()


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("command", [c.Kick, c.Ban])
def test_somebody_in_passing_with_an_odd_name_is_put_out_and_nobody_else(
    room: Moderated, name: str, command: type[c.Kick | c.Ban]
) -> None:
    odd = room.enter(name, CLASSIC, origin=ELSEWHERE)
    odd.type(f"/join {ROOM}")
    assert is_in(odd)
    aimed = c.Kick(room=ROOM, name=name) if command is c.Kick else c.Ban(room=ROOM, who=name)
    assert room.ask(room.ann, aimed) == "ok"
    assert not is_in(odd)
    assert is_in(room.eve)
    assert is_in(room.pat)
    room.restart()
    again = room.enter(name, CLASSIC, origin="203.0.113.21")
    again.type(f"/join {ROOM}")
    assert not is_in(again)
    assert is_in(room.arrive("eve"))


@pytest.mark.parametrize("name", ODD)
def test_somebody_known_with_an_odd_name_is_banned_muted_and_let_back_in(
    room: Moderated, name: str
) -> None:
    odd = room.arrive(name, origin=ELSEWHERE)
    for done, undone in (
        (c.Ban(room=ROOM, who=name), c.Unban(room=ROOM, who=name)),
        (c.Mute(room=ROOM, who=name), c.Unmute(room=ROOM, who=name)),
    ):
        assert room.ask(room.ann, done) == "ok"
        odd.tell(c.Join(room=ROOM))
        assert room.ask(odd, c.Say(room=ROOM, text="hi")) != "ok"
        assert is_in(room.eve)
        assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"
        assert room.ask(room.pat, c.Say(room=ROOM, text="hi")) == "ok"
        assert room.ask(room.ann, undone) == "ok"
        odd.tell(c.Join(room=ROOM))
        assert room.ask(odd, c.Say(room=ROOM, text="hi")) == "ok"
