"""Operators change who is let in while the server runs: it stands above the configuration."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.access import Access
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated
from tests.hub.test_audit import read
from tests.hub.test_entering import AWAY, Guarded
from tests.hub.test_stepping_down import begins, ends


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def access(room: Moderated) -> tuple[str, bool, bool, bool]:
    """Return what olga is told when she asks."""
    assert room.ask(room.olga, c.SetAccess()) == "ok"
    room.olga.tell(c.SetAccess(ref="again"))
    (told,) = [one for one in room.olga.events() if isinstance(one, e.Access)]
    return told.enter, told.guests, told.passing, told.password


def test_who_is_let_in_is_told_to_operators(room: Moderated) -> None:
    assert access(room) == ("open", True, True, False)
    assert room.ask(room.ann, c.SetAccess()) == (
        "forbidden: Only operators of the server can decide who may enter the chatroom; ask olga."
    )


def test_newcomers_are_kept_out_from_then_on_and_nobody_is_put_out(room: Moderated) -> None:
    assert room.ask(room.olga, c.SetAccess(enter="invitation", passing=False)) == "ok"
    assert access(room) == ("invitation", True, False, False)
    for peer in (room.pat, room.eve):
        assert room.ask(peer, c.Say(room=ROOM, text="still here")) == "ok"
    assert room.knock("sam", origin=AWAY, format_=CLASSIC).startswith("not_admitted: Only people w")
    assert room.knock("newcomer", origin=AWAY).startswith("not_admitted: Only people who were inv")
    assert room.knock("eve", origin=AWAY) == "ok", "she was here before"
    assert room.ask(room.olga, c.SetAccess(enter="open", passing=True)) == "ok"
    assert room.knock("sam", origin=AWAY, format_=CLASSIC) == "ok"


def test_what_was_changed_stands_above_the_configuration_after_restarts() -> None:
    chatroom = Guarded()
    chatroom.known("olga", origin="").tell(c.SetAccess(guests=False))
    chatroom.configure(Access(passing=False))
    olga = chatroom.known("olga", origin="")
    olga.tell(c.SetAccess(ref="a"))
    told = e.Access(enter="open", guests=False, passing=False, password=False, ref="a")
    assert told in olga.events(), "what was not changed is as configured"


def test_each_change_is_in_the_audit_record_and_a_question_is_not(room: Moderated) -> None:
    before = read(room, room.olga)
    access(room)
    room.ask(room.olga, c.SetAccess(enter="members", guests=False))
    assert read(room, room.olga)[len(before) :] == [
        ("olga", "set who is let in: enter is members, guests is false")
    ]


def test_of_two_changes_at_the_same_moment_the_second_is_told(room: Moderated) -> None:
    room.ask(room.olga, c.Appoint(name="ann", role="operator"))
    first = begins(room, room.olga, c.SetAccess(enter="members"))
    second = begins(room, room.ann, c.SetAccess(guests=False))
    assert ends(room, first) == "ok"
    assert ends(room, second).startswith("Somebody else changed who is let in at the same moment.")
    assert access(room) == ("members", True, True, False)
