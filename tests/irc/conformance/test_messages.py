"""PRIVMSG, NOTICE and TAGMSG, as https://modern.ircdocs.horse and https://ircv3.net have them."""

import pytest

from hubbub.testing import LocalServer
from hubbub.wire.irc.asked import STATUS
from tests.irc.conformance.members import CAPS, batch, said
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

NO_TIME = CAPS.replace("server-time ", "")


def two(server: LocalServer, caps: str = CAPS, others: str = CAPS) -> tuple[IrcClient, IrcClient]:
    ann = IrcClient.named(server.address, "ann", caps=caps, rooms="#den")
    ben = IrcClient.named(server.address, "ben", caps=others, rooms="#den")
    ann.drain()
    return ann, ben


@pytest.mark.parametrize("command", ["PRIVMSG", "NOTICE"])
@pytest.mark.parametrize("target", ["#den", "ben"])
def test_a_message_comes_as_what_it_was_said_as(
    hubbub_server: LocalServer, command: str, target: str
) -> None:
    """NOTICE "is used to send notices between users, as well as to send notices to channels"."""
    ann, ben = two(hubbub_server)
    ann.ask(f"@label=x {command} {target} :hello there")
    echo, relay = ann.said(command), ben.said(command)
    assert echo.params == relay.params == (target, "hello there")
    assert echo.tags["label"] == "x"
    assert "label" not in relay.tags
    assert echo.tags["msgid"] == relay.tags["msgid"]
    assert echo.tags["time"] == relay.tags["time"]


def test_a_notice_is_never_answered(hubbub_server: LocalServer) -> None:
    """ "automatic replies must never be sent in response to a NOTICE message"."""
    ann, _ = two(hubbub_server)
    ann.ask("NOTICE #nowhere :hello", "NOTICE nobody :hello")
    assert not ann.drain()


def test_a_notice_keeps_being_one(hubbub_server: LocalServer) -> None:
    ann, _ = two(hubbub_server)
    with EventPeer(hubbub_server, "page", room="den") as page:
        ann.ask("NOTICE #den :by a program")
        assert page.next("message")["notice"] is True
    ann.ask("CHATHISTORY LATEST #den * 1")
    assert batch(ann, "chathistory")[1].command == "NOTICE"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("PRIVMSG #den :", "412"),
        ("PRIVMSG #nowhere :hello", "403"),
        ("PRIVMSG nobody :hello", "401"),
        ("TAGMSG nobody", ""),
        ("@+note=1 TAGMSG nobody", "401"),
    ],
)
def test_what_reaches_nobody_is_refused(hubbub_server: LocalServer, line: str, number: str) -> None:
    """ "ERR_NOSUCHNICK (401)", "ERR_NOSUCHCHANNEL (403)", "ERR_NOTEXTTOSEND (412)"."""
    ann, ben = two(hubbub_server)
    ann.ask(line)
    assert [one.command for one in ann.drain()] == ([number] if number else [])
    assert not ben.drain()


def test_who_looks_after_a_channel_is_spoken_to_alone(hubbub_server: LocalServer) -> None:
    """STATUSMSG: "a client can send a message to all people of that status or higher, by prefixing
    the channel". Here it is said to each of them in private, and kept as such."""
    ann, ben = two(hubbub_server)
    cat, dan = (
        IrcClient.named(hubbub_server.address, nick, caps=CAPS, rooms="#den")
        for nick in ("cat", "dan")
    )
    ann.ask("MODE #den +o cat", "MODE #den +v dan")
    dan.said("MODE", "#den", "+v")
    ben.ask("@label=x PRIVMSG @#den :for those who look after it", "NOTICE +#den :and speak")
    echo = ben.said("PRIVMSG")
    assert (echo.params, echo.tags["label"]) == (("@#den", "for those who look after it"), "x")
    assert ben.said("NOTICE").params == ("+#den", "and speak")
    assert [line for line in ben.drain() if line.command != "MODE"] == []
    for one in (ann, cat):
        assert one.said("PRIVMSG").params == ("@#den", "for those who look after it")
    for one in (ann, cat, dan):
        assert one.said("NOTICE").params == ("+#den", "and speak")
    ann.ask("CHATHISTORY LATEST ben * 10")
    assert [text for *_, text in said(batch(ann, "chathistory"))] == [
        "for those who look after it",
        "and speak",
    ]
    ben.ask("CHATHISTORY LATEST #den * 10")
    assert said(batch(ben, "chathistory")) == []
    dan.ask("PRIVMSG ~#den :for nobody", "PRIVMSG @#nowhere :x", "NOTICE ~#den :x")
    assert [line.command for line in dan.drain() if line.command != "MODE"] == ["404", "404"]
    assert not [line for line in (*ann.drain(), *cat.drain()) if line.command != "MODE"]


def test_nobody_outside_of_a_room_speaks_to_those_who_look_after_it(
    hubbub_server: LocalServer,
) -> None:
    ann, _ = two(hubbub_server)
    with EventPeer(hubbub_server, "eve", room=None) as eve:
        talk = eve.ask(type="direct", name="ann")["room"]
        for name in ("statusmsg", STATUS):
            eve.ask(type="say", room=talk, text="make me one of you", tags={name: "@#den"})
    eva = IrcClient.named(hubbub_server.address, "eva", caps=CAPS)
    eva.ask(f"@{STATUS}=@#den;statusmsg=@#den PRIVMSG ann :me, too", "PRIVMSG @#den :me!")
    assert eva.said("404").params[1] == "#den"
    heard = [one.params for one in ann.drain() if one.command == "PRIVMSG"]
    assert heard == [("ann", "make me one of you"), ("ann", "me, too")]


def test_a_line_is_given_on_whole_or_refused(hubbub_server: LocalServer) -> None:
    """ERR_INPUTTOOLONG: "if it would be too long to be relayed"; it is never cut."""
    ann, ben = two(hubbub_server)
    room = 512 - len(":ann!~u@irc.hubbub PRIVMSG ben :\r\n")
    for text in ("a" * room, "a" * (room - 4) + "😃", "a" * (room + 1), "a" * (room - 3) + "😃"):
        ann.ask(f"PRIVMSG ben :{text}")
        heard = [line.command for line in ann.drain()]
        if len(text.encode()) > room:
            assert heard == ["417"]
        else:
            assert ben.said("PRIVMSG").params[1] == text
    assert not ben.drain()


def test_tags_of_clients_are_given_on(hubbub_server: LocalServer) -> None:
    """ "Client-only tags are client-initiated tags that servers MUST attach as-is"."""
    ann, ben = two(hubbub_server, caps=CAPS, others="message-tags")
    cat = IrcClient.named(hubbub_server.address, "cat", rooms="#den")
    dan = IrcClient.named(hubbub_server.address, "dan", caps="server-time", rooms="#den")
    for client in (ann, ben, cat, dan):
        client.drain()
    mine = {"+note": "a;b c\\", "+example.com/x": "", "+draft/reply": "of nobody"}
    ann.ask(r"@+note=a\:b\sc\\;+example.com/x;fizz=buzz;+draft/reply=of\snobody PRIVMSG #den :hi")
    echo, relay = ann.said("PRIVMSG").tags, ben.said("PRIVMSG").tags
    assert {key: value for key, value in echo.items() if key[0] == "+"} == mine
    assert relay == mine | {"msgid": echo["msgid"]}
    assert cat.said("PRIVMSG").tags == {}
    assert [*dan.said("PRIVMSG").tags] == ["time"]
    ann.ask("@+note=1;fizz=buzz TAGMSG #den")
    echo, relay = ann.said("TAGMSG").tags, ben.said("TAGMSG").tags
    assert relay == {"+note": "1", "msgid": echo["msgid"]}
    assert not cat.drain()
    assert not dan.drain()


def test_tags_are_whole_or_refused(hubbub_server: LocalServer) -> None:
    """ "Servers MUST NOT truncate tags and MUST always reject lines that exceed this limit"."""
    ann, ben = two(hubbub_server)
    ann.ask(f"@foo=bar;+baz={'a' * 4081} TAGMSG #den")
    assert ann.said("TAGMSG").tags["+baz"] == ben.said("TAGMSG").tags["+baz"] == "a" * 4081
    for text in ("TAGMSG #den", "PRIVMSG #den :hi"):
        ann.ask(f"@foo=bar;+baz={'a' * 4082} {text}")
        assert [line.command for line in ann.drain()] == ["417"]
    assert not ben.drain()


@pytest.mark.parametrize("line", ["PRIVMSG ann :hi", "NOTICE ann :hi", "@+note=1 TAGMSG ann"])
def test_one_may_talk_with_oneself(hubbub_server: LocalServer, line: str) -> None:
    """With echo-message it comes twice, and "exactly one" of both has the label."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=CAPS)
    ann.ask(f"@label=x{';' + line[1:] if line[0] == '@' else ' ' + line}")
    heard = ann.drain()
    assert len(heard) == 2
    assert [line.tags.get("label") for line in heard] == ["x", None]
    assert heard[0].params == heard[1].params
    assert heard[0].tags["msgid"] == heard[1].tags["msgid"]
    ben = IrcClient.named(hubbub_server.address, "ben")
    ben.ask("PRIVMSG ben :note")
    assert [line.params for line in ben.drain()] == [("ben", "note")]
    ben.close()
    if "TAGMSG" not in line:
        ann.ask("CHATHISTORY LATEST ann * 5")
        assert said(batch(ann, "chathistory")[1:]) == said(heard[:1])


def test_a_reaction_to_what_nobody_knows_is_given_on(hubbub_server: LocalServer) -> None:
    ann, ben = two(hubbub_server)
    ann.ask("@label=1;+draft/reply=123;+draft/react=l😃l PRIVMSG #den :hi")
    assert ann.said("PRIVMSG").tags["label"] == "1"
    assert ben.said("PRIVMSG").tags["+draft/react"] == "l😃l"
    ann.ask("@+draft/react=👍 TAGMSG #den")
    id_ = ann.said("TAGMSG").tags["msgid"]
    assert ben.said("TAGMSG").tags["msgid"] == id_
    ann.ask("CAP REQ draft/message-redaction", f"REDACT #den {id_}")
    assert ann.said("FAIL").params[:2] == ("REDACT", "UNKNOWN_MSGID")
