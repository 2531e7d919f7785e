"""How an IRC client comes in: its nick, the password, capabilities, a login."""

import base64

import pytest

from hubbub.chat.limits import Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

SECRET = "s" * 22
PASSWORD = "correct horse battery"


def plain(name: str, password: str) -> str:
    return base64.b64encode(f"\0{name}\0{password}".encode()).decode()


def make_member(server: LocalServer, name: str) -> None:
    with EventPeer(server, name) as peer:
        peer.ask(type="identify", device=SECRET)
        peer.ask(type="register", password=PASSWORD)


def test_a_client_is_welcomed_and_told_what_the_server_is_like(hubbub_server: LocalServer) -> None:
    ann = IrcClient(hubbub_server.address, "NICK ann", "USER ann 0 * :Ann")
    lines = ann.until("376")
    assert [line.command for line in lines[:4]] == ["001", "002", "003", "004"]
    assert {line.params[0] for line in lines} == {"ann"}
    tokens = {one for line in lines if line.command == "005" for one in line.params[1:-1]}
    assert {"CASEMAPPING=ascii", "CHANTYPES=#", "UTF8ONLY", "NICKLEN=32"} <= tokens


def test_words_come_in_any_case_and_in_pieces(hubbub_server: LocalServer) -> None:
    ann = IrcClient(hubbub_server.address)
    for piece in (b"ni", b"ck an", b"n\nus", b"er a 0 * :x\r", b"\n"):
        ann.send(piece)
    assert ann.said("001").params[0] == "ann"


def test_a_nick_in_use_is_refused_and_another_one_is_taken(hubbub_server: LocalServer) -> None:
    IrcClient.named(hubbub_server.address, "ann")
    bob = IrcClient(hubbub_server.address, "NICK ann", "USER b 0 * :b")
    assert bob.said("433").params[:2] == ("*", "ann")
    bob.ask("NICK <x>")
    assert bob.said("432").params[0] == "*"
    bob.ask("NICK bob")
    assert bob.said("001").params[0] == "bob"


def test_nothing_is_done_before_the_welcome(hubbub_server: LocalServer) -> None:
    ann = IrcClient(hubbub_server.address, "NICK ann", "JOIN #lobby", "PING here")
    assert ann.said("451").params[0] == "*"
    assert ann.said("PONG").params == ("irc.hubbub", "here")


def test_registration_waits_for_the_end_of_capabilities(hubbub_server: LocalServer) -> None:
    ann = IrcClient(hubbub_server.address, "CAP LS 302", "NICK ann", "USER a 0 * :a", "PING x")
    assert {line.command for line in ann.until("PONG")} == {"CAP", "PONG"}
    ann.ask("CAP REQ :server-time nonsense", "CAP REQ :server-time", "CAP END")
    assert ann.said("CAP").params[1:] == ("NAK", "server-time nonsense")
    assert ann.said("CAP").params[1:] == ("ACK", "server-time")
    ann.until("001")


def test_the_chatroom_s_password_is_given_with_pass() -> None:
    config = Config(
        server=ServerSection(password="open sesame"),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
    )
    with serving(config) as server:
        ann = IrcClient(server.address, "PASS :open sesame", "NICK ann", "USER a 0 * :a")
        assert ann.said("001").params[0] == "ann"
        for lines in (("PASS wrong",), ()):
            eve = IrcClient(server.address, *lines, "NICK eve", "USER e 0 * :e")
            said = eve.ended()
            assert " 464 " in said
            assert "ERROR :" in said


@pytest.mark.parametrize("way", ["sasl", "pass"])
def test_a_member_logs_in_and_is_who_they_are(hubbub_server: LocalServer, way: str) -> None:
    make_member(hubbub_server, "ann")
    stranger = IrcClient(hubbub_server.address, "NICK ann", "USER a 0 * :a")
    assert stranger.said("433").params[1] == "ann"
    if way == "sasl":
        ann = IrcClient(
            *(hubbub_server.address, "CAP REQ :sasl", "NICK other", "USER a 0 * :a"),
            *("AUTHENTICATE PLAIN", f"AUTHENTICATE {plain('ann', PASSWORD)}", "CAP END"),
        )
        assert ann.said("900").params[2] == "ann"
        ann.until("903")
        nick = "other"
    else:
        ann = IrcClient(hubbub_server.address, f"PASS :{PASSWORD}", "NICK ann", "USER a 0 * :a")
        nick = "ann"
    assert ann.said("001").params[0] == nick
    ann.ask(f"WHOIS {nick}")
    assert ann.said("330").params[1:3] == (nick, "ann")


def test_a_wrong_login_is_refused_and_one_may_come_in_passing(hubbub_server: LocalServer) -> None:
    make_member(hubbub_server, "ann")
    eve = IrcClient(
        *(hubbub_server.address, "CAP REQ :sasl", "NICK eve", "USER e 0 * :e"),
        *("AUTHENTICATE PLAIN", f"AUTHENTICATE {plain('ann', 'wrong password')}"),
        *("AUTHENTICATE SCRAM", "AUTHENTICATE PLAIN", "AUTHENTICATE *", "CAP END"),
    )
    eve.until("904")
    assert eve.said("908").params[1] == "PLAIN,SCRAM-SHA-256"
    eve.until("906")
    assert eve.said("001").params[0] == "eve"


def test_another_nick_in_passing_is_another_person_in_the_same_rooms(
    hubbub_server: LocalServer,
) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#lobby")
    ann.until("JOIN", "#lobby")
    bob.ask("NICK ann")
    assert bob.said("433").params[:2] == ("bob", "ann")
    bob.ask("NICK rob", "PRIVMSG #lobby :still here")
    assert bob.said("NICK") == ("NICK", ("rob",), "bob!~u@irc.hubbub", {})
    assert ann.said("PRIVMSG").source == "rob!~u@irc.hubbub"


def test_no_other_nick_frees_somebody_who_is_banned_in_a_room(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#chan")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#chan")
    ann.ask("MODE #chan +b bob")
    ann.said("MODE")
    bob.ask("NICK rob", "PRIVMSG #chan :heard?")
    assert "Keep your name: the name 'bob' is banned" in bob.said("NOTICE").params[1]
    assert bob.said("404").params[:2] == ("bob", "#chan")
    ann.ask("MODE #chan -b bob")
    ann.said("MODE")
    bob.ask("NICK rob")
    assert bob.said("NICK").params == ("rob",)


def test_whoever_leaves_is_told_so(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann")
    ann.ask("QUIT :bye")
    assert "ERROR :" in ann.ended()


def test_a_nick_is_free_at_once_when_its_connection_breaks(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#lobby")
    ann.break_off()
    bob.until("QUIT")
    ann = IrcClient(hubbub_server.address, "NICK ann", "USER a 0 * :a")
    assert ann.until("001")[0].command == "001"


def test_whoever_logs_in_later_stays_in_their_rooms(hubbub_server: LocalServer) -> None:
    make_member(hubbub_server, "ann")
    bob = IrcClient.named(hubbub_server.address, "bob", rooms="#lobby")
    one = IrcClient.named(hubbub_server.address, "one", rooms="#lobby")
    two = IrcClient.named(hubbub_server.address, "two", rooms="#lobby")
    one.ask(f"PRIVMSG NickServ :IDENTIFY ann {PASSWORD[:-1]}", "PRIVMSG #lobby :wrong")
    assert bob.said("PRIVMSG").source == "one!~u@irc.hubbub"
    two.ask("AUTHENTICATE PLAIN", f"AUTHENTICATE {plain('ann', PASSWORD)}", "PRIVMSG #lobby :right")
    two.until("903")
    assert bob.said("PRIVMSG").source == "two!~u@irc.hubbub"
    one.ask(f"PRIVMSG NickServ :identify ann {PASSWORD}", "PRIVMSG #lobby :right, too")
    assert one.said("900").params[2] == "ann"
    assert bob.said("PRIVMSG").source == "two!~u@irc.hubbub", "they are called so already"
    bob.ask("PRIVMSG #lobby :welcome")
    two.until("PRIVMSG", "#lobby", "welcome")
    one.until("PRIVMSG", "#lobby", "welcome")


def test_what_waits_for_a_member_is_told_once_they_are_welcomed(
    hubbub_server: LocalServer,
) -> None:
    make_member(hubbub_server, "ann")
    bob = IrcClient.named(hubbub_server.address, "bob", caps="echo-message")
    bob.ask("PRIVMSG ann :see you")
    bob.until("PRIVMSG")
    ann = IrcClient(
        *(hubbub_server.address, "CAP REQ :sasl", "NICK ann", "USER a 0 * :a"),
        *("AUTHENTICATE PLAIN", f"AUTHENTICATE {plain('ann', PASSWORD)}", "CAP END"),
    )
    before = ann.until("001")
    assert {line.command for line in before} <= {"CAP", "AUTHENTICATE", "900", "903", "001"}
    assert ann.said("PRIVMSG").params == ("ann", "see you")


def test_another_nick_needs_no_password_again() -> None:
    config = Config(
        server=ServerSection(password="open sesame"),
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
    )
    with serving(config) as server:
        ann = IrcClient(server.address, "PASS :open sesame", "NICK ann", "USER a 0 * :a")
        ann.until("376")
        ann.ask("JOIN #lobby", "NICK anna", "PRIVMSG #lobby :hello", "WHOIS anna")
        assert ann.said("NICK").params == ("anna",)
        assert ann.said("311").params[1] == "anna"


def test_after_a_login_that_failed_any_nick_may_be_chosen(hubbub_server: LocalServer) -> None:
    make_member(hubbub_server, "ann")
    eve = IrcClient(
        *(hubbub_server.address, "CAP REQ :sasl", "AUTHENTICATE PLAIN"),
        f"AUTHENTICATE {plain('ann', 'wrong password')}",
    )
    eve.until("904")
    eve.ask("NICK eve", "USER e 0 * :e", "CAP END")
    assert "433" not in [line.command for line in eve.until("001", "eve")]
