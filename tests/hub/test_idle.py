"""When somebody last said something in public, as WHOIS of IRC tells it."""

from hubbub.chat import commands as c
from hubbub.wire.irc.format import IrcFormat
from tests.hub.peers import Chatroom


def test_what_is_said_in_rooms_that_not_all_may_enter_or_find_is_not_said_in_public() -> None:
    chatroom = Chatroom()
    ann = chatroom.enter("ann", IrcFormat(frozenset()))
    person = ann.session.person
    ann.tell(c.Enter(room="dev"))
    assert person.spoke_at == 0
    ann.tell(c.Say(room="dev", text="in public"))
    before = person.spoke_at
    assert before == chatroom.clock
    for closed, opened in (
        ({"unlisted": True}, {"unlisted": False}),
        ({"invite_only": True}, {"invite_only": False}),
        ({"key": "beer"}, {"key": ""}),
    ):
        ann.tell(c.SetModes(room="dev", **closed))
        chatroom.pass_time(60_000)
        ann.tell(c.Say(room="dev", text="among us"))
        assert person.spoke_at == before
        ann.tell(c.SetModes(room="dev", **opened))
    ann.tell(c.Say(room="dev", text="in public"))
    assert person.spoke_at == chatroom.clock
