"""What is said, over IRC and to it."""

import pytest

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer, frame
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

ALL = "message-tags server-time echo-message labeled-response batch draft/message-redaction"


def test_everybody_hears_irc_and_irc_hears_everybody(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    with (
        EventPeer(hubbub_server, "page") as page,
        RawPeer(hubbub_server.host, hubbub_server.port) as classic,
    ):
        classic.send(frame("tutorial"))
        ann.until("JOIN", "#lobby")
        ann.until("JOIN", "#lobby")
        ann.ask("PRIVMSG #lobby :from \x02irc\x02")
        assert page.next("message")["text"] == "from **irc**"
        assert classic.pair() == ("ann", "from **irc**")
        classic.send(frame("from a tutorial"))
        assert ann.said("PRIVMSG") == (
            *("PRIVMSG", ("#lobby", "from a tutorial"), "tutorial!~u@irc.hubbub", {}),
        )
        page.tell(type="say", room="lobby", text="waves", me=True)
        assert ann.said("PRIVMSG").params == ("#lobby", "\x01ACTION waves\x01")


def test_a_sender_hears_no_echo_unless_it_asks_for_one(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    ann.ask("PRIVMSG #lobby :hello")
    assert "PRIVMSG" not in [line.command for line in ann.drain()]
    bob = IrcClient.named(hubbub_server.address, "bob", caps=ALL, rooms="#lobby")
    bob.drain()
    bob.ask("@label=x1 PRIVMSG #lobby :hello too")
    echo = bob.said("PRIVMSG")
    assert echo.params == ("#lobby", "hello too")
    assert echo.tags["label"] == "x1"
    assert echo.tags["msgid"].startswith("lobby/")
    assert "time" in echo.tags


def test_private_talk_is_between_two_alone(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#lobby")
    cat = IrcClient.named(hubbub_server.address, "cat", rooms="#lobby")
    ann.ask("PRIVMSG bob :psst", "PRIVMSG nobody :hello?")
    assert bob.said("PRIVMSG").params == ("bob", "psst")
    assert ann.said("401").params[1] == "nobody"
    bob.ask("PRIVMSG ann :yes?")
    heard = ann.said("PRIVMSG")
    assert (heard.source, heard.params) == ("bob!~u@irc.hubbub", ("ann", "yes?"))
    assert "PRIVMSG" not in [line.command for line in cat.drain()]


def test_long_and_many_lined_texts_come_whole(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        words = " ".join(f"word{number}" for number in range(200))
        page.tell(type="say", room="lobby", text=f"first\n\n{words}")
        page.tell(type="say", room="lobby", text="end")
        lines = [
            line for line in ann.until("PRIVMSG", "#lobby", "end") if line.command == "PRIVMSG"
        ]
        texts = [line.params[1] for line in lines]
        assert texts[0] == "first"
        assert "".join(texts[1:-1]) == words
        assert all(len(line.encode()) <= 512 for line in lines)


def test_very_many_lines_end_with_the_place_where_all_of_them_are(
    hubbub_server: LocalServer,
) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        page.tell(type="say", room="lobby", text="\n".join(["x"] * 10_000))
        lines = ann.until(
            "PRIVMSG", "#lobby", f"… it goes on at http://{hubbub_server.address}/lobby/1"
        )
        assert len(lines) < 60


def test_changes_and_reactions_are_told(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps=ALL, rooms="#lobby")
    old = IrcClient.named(hubbub_server.address, "old", rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        seq = page.ask(type="say", room="lobby", text="one")["seq"]
        ann.ask(f"@+draft/reply=lobby/{seq};+draft/react=👍 TAGMSG #lobby")
        assert page.next("reaction")["emoji"] == "👍"
        ann.ask(f"@+draft/reply=lobby/{seq} PRIVMSG #lobby :two")
        assert page.next("message", text="two")["reply_to"] == seq
        page.ask(type="edit", room="lobby", seq=seq, text="uno")
        edited = ann.said("PRIVMSG", "#lobby", "(edited) uno")
        assert edited.tags["+draft/edit"] == f"lobby/{seq}"
        page.ask(type="react", room="lobby", seq=seq, emoji="🎉")
        assert ann.said("TAGMSG", "#lobby").tags["+draft/react"] in ("👍", "🎉")
        page.ask(type="delete", room="lobby", seq=seq)
        assert ann.said("REDACT").params[:2] == ("#lobby", f"lobby/{seq}")
        assert old.said("NOTICE", "#lobby").params[1] == "page took a message back."


def test_own_messages_are_taken_back(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps=ALL, rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        ann.ask("PRIVMSG #lobby :oops")
        id_ = ann.said("PRIVMSG", "#lobby", "oops").tags["msgid"]
        ann.ask(f"REDACT #lobby {id_}", "REDACT #lobby nonsense")
        assert page.next("deleted")["target"] == int(id_.partition("/")[2])
        assert ann.said("FAIL").params[:2] == ("REDACT", "UNKNOWN_MSGID")
        seq = page.ask(type="say", room="lobby", text="mine")["seq"]
        ann.ask(f"REDACT #lobby lobby/{seq}", "REDACT #elsewhere elsewhere/1")
        for code, target in (("REDACT_FORBIDDEN", "#lobby"), ("INVALID_TARGET", "#elsewhere")):
            assert ann.said("FAIL").params[:3] == ("REDACT", code, target)


def test_typing_is_told(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps=ALL, rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        ann.ask("@+typing=active TAGMSG #lobby")
        assert page.next("typing")["name"] == "ann"
        page.tell(type="typing", room="lobby")
        assert ann.said("TAGMSG").tags == {"+typing": "active"}


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("PRIVMSG", "411"),
        ("PRIVMSG #lobby", "412"),
        ("PRIVMSG #lobby :", "412"),
        ("PRIVMSG #elsewhere :hello", "403"),
        ("NONSENSE", "421"),
        ("PRIVMSG #lobby :" + "x" * 600, "417"),
        ("KICK #lobby", "461"),
        ("MODE #lobby +z", "472"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_number(
    hubbub_server: LocalServer, said: str, number: str
) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    ann.ask(said)
    line = ann.said(number)
    assert line.params[0] == "ann"
    assert len(line.params[-1]) > len("no")


def test_what_is_no_text_is_refused_with_a_sentence(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps="standard-replies", rooms="#lobby")
    ann.send(b"PRIVMSG #lobby :\xff\r\n")
    assert ann.said("FAIL").params[:2] == ("PRIVMSG", "INVALID_UTF8")


def test_an_echo_is_what_the_others_hear(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps=ALL, rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob", caps="message-tags", rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        seq = page.ask(type="say", room="lobby", text="one")["seq"]
        text = "\x02bold\x02 " + "long " * 88
        ann.ask(f"@label=a;+draft/reply=lobby/{seq} PRIVMSG #lobby :{text}", "PRIVMSG #lobby :end")
        told = [line for line in ann.until("PRIVMSG", "#lobby", "end") if line.command == "PRIVMSG"]
        heard = [
            line for line in bob.until("PRIVMSG", "#lobby", "end") if line.command == "PRIVMSG"
        ]
        assert [line.params for line in told][-2:] == [line.params for line in heard][-2:]
        assert told[-2].params[1] == text
        assert told[-2].tags["+draft/reply"] == f"lobby/{seq}"
        ann.ask(f"@label=b;+draft/reply=lobby/{seq};+draft/react=👍 TAGMSG #lobby")
        assert ann.said("TAGMSG", "#lobby").tags["+draft/react"] == "👍"


def test_whoever_has_the_name_of_somebody_who_left_is_written_to(
    hubbub_server: LocalServer,
) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#lobby")
    ann.ask("PRIVMSG bob :first")
    bob.said("PRIVMSG", "bob", "first")
    bob.ask("QUIT")
    assert "ERROR" in bob.ended()
    bob.close()
    ann.until("QUIT")
    bob = IrcClient.named(hubbub_server.address, "bob")
    ann.ask("PRIVMSG bob :lost")
    assert ann.said("401").params[1] == "bob"
    ann.ask("PRIVMSG BOB :second")
    assert bob.said("PRIVMSG").params == ("bob", "second")


def test_a_talk_goes_on_with_whoever_has_another_name(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    with EventPeer(hubbub_server, "bob") as page:
        page.ask(type="identify", device="s" * 22)
        page.ask(type="join", room="lobby")
        ann.ask("PRIVMSG bob :first")
        assert page.next("message")["text"] == "first"
        page.ask(type="rename", name="rob")
        ann.until("JOIN", "#lobby")
        other = IrcClient.named(hubbub_server.address, "bob")
        ann.ask("PRIVMSG rob :second", "PRIVMSG bob :to another")
        assert page.next("message")["text"] == "second"
        assert other.said("PRIVMSG").params == ("bob", "to another")


def test_too_many_targets_are_not_passed_over_in_silence(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#a,#b,#c,#d,#e")
    ann.ask("PRIVMSG #a,#b,#c,#d,#e :hello")
    assert ann.said("407").params[1] == "#e"
