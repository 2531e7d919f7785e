"""Acts of power as `/` lines: the same as the commands, in the room where one is."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated, is_in, removed
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def notice(peer: Peer) -> str:
    said = [
        one.text if isinstance(one, e.Notice) else one.message
        for one in peer.events()
        if isinstance(one, e.Notice | e.Error)
    ]
    return said[-1]


def say(room: Moderated, peer: Peer, line: str) -> str:
    peer.read()
    peer.type(line)
    room.commit()
    return notice(peer)


def test_lines_do_the_same_in_the_room_where_one_is(room: Moderated) -> None:
    ann = room.ann
    assert say(room, ann, "/kick eve calm down") == "eve is put out of tea."
    assert removed(room.eve) == [
        "You were removed from 'tea' by ann (calm down); you may come back in 1 minute."
    ]
    room.wait(60)
    room.eve.tell(c.Join(room=ROOM))
    assert say(room, ann, "/ban eve 2h spam") == (
        "eve is banned from tea for 2 hours. /unban eve lets them back in."
    )
    assert "until 1970-01-01 02:01 UTC by ann (spam)" in removed(room.eve)[0]
    assert say(room, ann, "/unban eve") == "eve may come back to tea."
    assert room.ask(room.eve, c.Join(room=ROOM)) == "ok"
    assert say(room, ann, "/mute eve") == (
        "eve is muted in tea for good. /unmute eve lets them write again."
    )
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")).startswith("muted")
    assert say(room, ann, "/unmute eve") == "eve may write in tea again."
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"


@pytest.mark.parametrize(
    "line", ["/kick eve", "/ban eve", "/mute eve", "/unban dan", "/unmute dan", "/lock", "/slow 9s"]
)
def test_nothing_is_said_to_be_done_that_the_log_refuses(room: Moderated, line: str) -> None:
    say(room, room.ann, "/ban dan")
    say(room, room.ann, "/mute dan")
    room.failing = True
    room.ann.type(line)
    room.commit()
    (refused,) = room.ann.events()
    assert isinstance(refused, e.Error)
    assert refused.code == "log_unavailable"
    room.failing = False
    assert is_in(room.eve)
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"


def test_lines_set_the_rules_of_the_room_where_one_is(room: Moderated) -> None:
    eve = c.Say(room=ROOM, text="hi")
    assert say(room, room.ann, "/lock") == "Only moderators write in tea now."
    assert room.ask(room.eve, eve).startswith("forbidden: This room is locked")
    assert say(room, room.ann, "/unlock") == "Everybody may write in tea again."
    assert say(room, room.ann, "/slow 30s") == "Everybody may write in tea once in 30 seconds now."
    assert room.ask(room.eve, eve) == "ok"
    assert room.ask(room.eve, eve).startswith("slow_mode")
    assert say(room, room.ann, "/slow off") == "tea is not slow any more."
    assert room.ask(room.eve, eve) == "ok"
    assert say(room, room.cleo, "/moderator eve") == "eve is a moderator of tea now."
    assert say(room, room.eve, "/lock") == "Only moderators write in tea now."


def test_a_line_locks_the_door(room: Moderated) -> None:
    assert say(room, room.olga, "/door locked").startswith("The door is locked")
    assert room.knock("sam", format_=CLASSIC).startswith("not_admitted: The door is locked")
    assert say(room, room.olga, "/door open") == "The door is open again."
    assert room.knock("sam", format_=CLASSIC) == "ok"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/ban", "Usage: /ban NAME [TIME] [REASON]"),
        ("/ban eve 3 strikes", "'3 strikes' is no time. Write it like 10m, 2h"),
        ("/ban eve 2h " + "x" * 301, "The reason has 301 characters; the limit is 300."),
        ("/unban dan", "'dan' is not banned from 'tea'."),
        ("/kick nobody", "Nobody called 'nobody' is here."),
        ("/kick ann", "You cannot remove yourself. Leave instead."),
        ("/slow", "Usage: /slow TIME|off"),
        ("/slow 7 days", "Usage: /slow TIME|off, up to 6 hours."),
        ("/slow fast", "Usage: /slow TIME|off, up to 6 hours."),
        ("/door", "Usage: /door locked|open"),
        ("/door locked", "Only operators of the server can lock the door of the chatroom; ask"),
        ("/moderator dan", "Nobody called 'dan' is known here."),
        ("/moderator eve", "Only the owner can choose the moderators of 'tea'; ask cleo."),
        ("/ban ben", "'ben' is a moderator, as you are; cleo can do it."),
    ],
)
def test_a_line_that_cannot_be_is_refused_with_a_sentence(
    room: Moderated, line: str, said: str
) -> None:
    assert say(room, room.ann, line).startswith(said)
    assert is_in(room.eve)


def test_a_tutorials_client_is_told_who_can_do_it(room: Moderated) -> None:
    sam = room.enter("sam", CLASSIC)
    sam.type("/join tea")
    sam.read()
    sam.type("/kick eve")
    assert sam.pairs() == [
        ("hubbub", "Only moderators can remove people from 'tea'; ask ann, ben or cleo.")
    ]


def test_a_tutorials_client_is_put_out_of_its_room(room: Moderated) -> None:
    sam = room.enter("sam", CLASSIC)
    sam.type("/join tea")
    sam.read()
    room.ask(room.ann, c.Ban(room=ROOM, who="sam", reason="spam"))
    (told,) = sam.pairs()
    assert told[1].startswith("The name 'sam' is banned from 'tea' for good by ann (spam)")
    sam.type("/join tea")
    assert [pair[1] for pair in sam.pairs()] == [told[1]]
    sam.type("hello")
    room.commit()
    assert list(sam.session.members) == ["lobby"]
