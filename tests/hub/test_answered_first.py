"""Commands that end the session that gives them are answered before it ends."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.rules import Ban
from tests.hub.moderated import ROOM, SECRET, Moderated
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def told(room: Moderated, peer: Peer, command: c.AnyCommand) -> list[str]:
    """Send a command; return the types of the answer and of what ends the session, in order."""
    peer.read()
    command.ref = "asked"
    peer.tell(command)
    room.commit()
    return [
        type(event).__name__
        for event in peer.events()
        if getattr(event, "ref", None) == "asked" or isinstance(event, e.Bye)
    ]


@pytest.mark.parametrize(
    "command",
    [
        c.Kick(name="olga"),
        c.Ban(who="olga"),
        c.Ban(who="olga", seconds=1),
        c.Ban(who="ol*"),
        c.Ban(who="*olga*"),
        c.Kick(name="olga", room=ROOM),
        c.Ban(who="olga", room=ROOM),
        c.Mute(who="olga"),
    ],
)
def test_nobody_puts_themselves_out_and_everybody_is_told_so(
    room: Moderated, command: c.AnyCommand
) -> None:
    assert told(room, room.olga, command) == ["Error"]
    assert not room.olga.ended


@pytest.mark.parametrize("command", [c.Logout(), c.ForgetMe(messages="keep")])
def test_whoever_ends_their_own_session_gets_the_ok_first(
    room: Moderated, command: c.AnyCommand
) -> None:
    assert told(room, room.eve, command) == ["Ok", "Bye"]
    assert room.eve.ended


def test_whoever_revokes_their_own_device_gets_the_ok_first(room: Moderated) -> None:
    room.eve.tell(c.Devices())
    (device,) = next(one.devices for one in room.eve.events() if isinstance(one, e.Devices))
    assert told(room, room.eve, c.Revoke(device=device.id)) == ["Ok", "Bye"]


def test_a_banned_person_who_comes_back_reads_why_as_the_answer(room: Moderated) -> None:
    room.ask(room.olga, c.Ban(who="eve"))
    room.hub.depart(room.eve.session)
    again = room.enter("somebody", origin="192.0.2.1")
    again.read()
    again.tell(c.Identify(device=SECRET + "eve", ref="i"))
    refusal, bye = again.events()
    assert isinstance(refusal, e.Error)
    assert isinstance(bye, e.Bye)
    assert (refusal.code, refusal.ref, bye.code) == ("banned", "i", "banned")
    assert refusal.message == bye.reason
    assert bye.reason.startswith("You are banned from the chatroom for good by olga")
    assert again.ended


def test_a_device_that_is_linked_to_somebody_banned_is_answered_first(room: Moderated) -> None:
    cleo = room.cleo
    other = room.enter("somebody", origin="192.0.2.1")
    cleo.tell(c.ShowCode())
    code = next(one.code for one in cleo.events() if isinstance(one, e.Code))
    other.tell(c.Link(code=code, device="d" * 22, ref="l"))
    other.read()
    ban = Ban(person=cleo.session.person.id, whom="cleo")
    room.hub._state.order.bans.put(ban.id, ban)  # as it stands before it is enforced
    assert told(room, cleo, c.Confirm(code=code)) == ["Error"]
    assert [type(one).__name__ for one in other.events()] == ["Error", "Bye"]
    assert other.ended
    assert not cleo.ended
