"""Members under another nick: as whom somebody is logged in, and what they are called, are two
things (modern.ircdocs.horse, ircv3.net/specs/extensions/account-notify)."""

from hubbub.testing import LocalServer
from tests.irc.conformance.members import CAPS, PASSWORD, batch, member, register, said
from tests.irc.conformance.test_logging_in import plain
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

TELLING = "account-notify account-tag extended-join extended-monitor away-notify"


def come(
    server: LocalServer, nick: str, account: str, *, before: bool, caps: str = ""
) -> IrcClient:
    """Return the client of a member who says a nick `before` they log in, or after it."""
    logging_in, named = plain(account, PASSWORD), (f"NICK {nick}", "USER u 0 * :r")
    asked = [*named, *logging_in] if before else [*logging_in, *named]
    client = IrcClient(server.address, f"CAP REQ :sasl {caps}", *asked, "CAP END")
    assert client.said("900").params[2] == account
    client.until("376", nick)
    return client


def test_a_member_may_have_another_nick_and_stays_a_member(server: LocalServer) -> None:
    """«RPL_WHOISACCOUNT: "<client> <nick> <account> :is logged in as"»"""
    register(server, "val")
    foo = IrcClient.named(server.address, "foo", caps=f"message-tags {TELLING}", rooms="#x")
    for before in (True, False):
        bar = come(server, "bar", "val", before=before)
        bar.ask("JOIN #x", "PRIVMSG #x :hi", "PRIVMSG foo :you")
        assert foo.said("JOIN").params[:2] == ("#x", "val")
        for text in ("hi", "you"):
            heard = foo.said("PRIVMSG")
            assert (heard.source, heard.params[1]) == ("bar!~u@irc.hubbub", text)
            assert heard.tags["account"] == "val"
        foo.ask("WHOIS bar", "WHO bar %na", "PRIVMSG bar :back")
        assert foo.said("330").params[1:3] == ("bar", "val")
        assert foo.said("354").params[1:] == ("bar", "val")
        assert bar.said("PRIVMSG").params == ("bar", "back")
        bar.ask("NICK baz", "PRIVMSG #x :still me")
        assert foo.said("NICK").params == ("baz",)
        assert foo.said("PRIVMSG").tags["account"] == "val"
        bar.ask("QUIT")
        bar.ended()
    taken = IrcClient(server.address, "NICK val", "USER u 0 * :r")
    taken.until("433")
    taken.ask("NICK bar")
    taken.until("001")


def test_nothing_of_a_nick_is_kept(server: LocalServer) -> None:
    register(server, "val")
    bar = come(server, "bar", "val", before=True)
    bar.ask("NICK baz")
    bar.until("NICK", "baz")
    with EventPeer(server, "val", room=None) as page:
        assert page.ask(type="login", name="val", password=PASSWORD)["name"] == "baz"
        bar.ask("QUIT")
        bar.ended()
    again = member(server, "val")
    again.ask("WHOIS val")
    assert again.said("330").params[1:3] == ("val", "val")


def test_whoever_is_here_already_is_called_as_before(server: LocalServer) -> None:
    """Two clients of one member, who would each call them otherwise."""
    register(server, "val")
    val = member(server, "val")
    second = IrcClient(server.address, "CAP REQ :sasl", *plain("val", PASSWORD), "NICK val_")
    second.ask("USER u 0 * :r", "CAP END")
    assert second.said("001").params[0] == "val"
    assert val.drain() == []
    second.ask("NICK both")
    for client in (val, second):
        assert client.said("NICK").params == ("both",)


def test_logging_in_is_told_as_that_and_nothing_else(server: LocalServer) -> None:
    """«ACCOUNT <accountname>: sent when the user logs in»"""
    register(server, "val")
    foo = IrcClient.named(server.address, "foo", caps=TELLING)
    foo.ask("MONITOR + bar")
    bar = IrcClient.named(server.address, "bar", caps="sasl")
    assert foo.said("730").params[1].startswith("bar!")
    bar.ask(*plain("val", PASSWORD))
    bar.until("903")
    bar.drain()
    assert [(one.command, one.params) for one in foo.drain()] == [("ACCOUNT", ("val",))]


def test_what_was_said_under_a_nick_is_found_by_those_it_was_said_to(server: LocalServer) -> None:
    register(server, "val")
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    bar = come(server, "bar", "val", before=True, caps=CAPS)
    bar.ask("PRIVMSG foo :one")
    foo.until("PRIVMSG", "foo", "one")
    foo.ask("CHATHISTORY LATEST bar * 9")
    assert [text for *_, text in said(batch(foo, "chathistory"))] == ["one"]


def test_a_nick_of_a_member_who_left_is_the_next_ones(server: LocalServer) -> None:
    """«Account tags: the account that is sending the message», and a nick is none."""
    register(server, "val")
    foo = IrcClient.named(server.address, "foo", caps=f"{CAPS} account-tag")
    bar = come(server, "bar", "val", before=True)
    foo.ask("PRIVMSG bar :one")
    bar.until("PRIVMSG", "bar", "one")
    bar.ask("PRIVMSG foo :two", "QUIT")
    bar.ended()
    assert foo.said("PRIVMSG", "foo").tags["account"] == "val"
    foo.drain()
    foo.ask("PRIVMSG bar :nobody")
    foo.until("401")
    foo.ask("CHATHISTORY LATEST val * 1")
    assert foo.said("PRIVMSG", "foo", "two").tags["account"] == "val"
    other = IrcClient.named(server.address, "bar")
    foo.ask("PRIVMSG bar :three", "PRIVMSG val :four")
    assert [line.params[1] for line in other.drain()] == ["three"]
    bar = come(server, "baz", "val", before=True)
    assert bar.said("PRIVMSG", "baz", "four").params[1] == "four"
    foo.ask("PRIVMSG baz :five", "PRIVMSG bar :six")
    assert other.said("PRIVMSG").params[1] == "six"
    assert bar.said("PRIVMSG").params[1] == "five"


def test_members_are_let_into_private_rooms_by_the_nick_that_all_see(server: LocalServer) -> None:
    register(server, "val")
    bar = come(server, "bar", "val", before=True)
    with EventPeer(server, "olga", room=None) as olga:
        olga.ask(type="identify", device="o" * 22)
        olga.ask(type="join", room="den")
        olga.ask(type="rules", room="den", private=True)
        assert olga.ask(type="add", room="den", name="bar")["type"] == "ok"
        assert olga.ask(type="rules", room="den")["members"] == ["olga", "bar"]
        bar.ask("QUIT")
        bar.ended()
        olga.next("presence", name="bar", state="left")
        assert olga.ask(type="rules", room="den")["members"] == ["olga", "val"]
        IrcClient.named(server.address, "bar")
        assert olga.ask(type="add", room="den", name="bar")["code"] == "forbidden"


def test_a_member_hears_what_is_said_to_their_own_name(server: LocalServer) -> None:
    register(server, "val")
    foo = IrcClient.named(server.address, "foo", caps=CAPS)
    bar = come(server, "bar", "val", before=True)
    for label, text in (("a", "one"), ("b", "two")):
        foo.ask(f"@label={label} PRIVMSG val :{text}")
        echo = foo.said("PRIVMSG")
        assert (echo.params, echo.tags["label"]) == (("bar", text), label)
        assert bar.said("PRIVMSG").params == ("bar", text)
    foo.ask("PRIVMSG nobody :lost")
    foo.until("401")


def test_nickserv_gives_back_ones_own_name(server: LocalServer) -> None:
    register(server, "val")
    bar = IrcClient.named(server.address, "bar")
    bar.ask(f"NS IDENTIFY val {PASSWORD}")
    assert bar.said("900").params[2] == "val"
    assert "NICK" not in {line.command for line in bar.drain()}
    bar.ask(f"NS REGAIN val {PASSWORD}")
    assert bar.said("NICK").params == ("val",)


def test_others_hear_of_a_nick_before_what_is_said_under_it(server: LocalServer) -> None:
    """«The NICK message may be sent from the server to clients to acknowledge their NICK command
    was successful, and to inform other clients about the change of nickname.»"""
    foo = IrcClient.named(server.address, "foo", rooms="#x,#y")
    bar = IrcClient.named(server.address, "bar", rooms="#x,#y")
    foo.until("JOIN", "#y")
    bar.ask("NICK baz", "NICK qux", "PRIVMSG #y :one", "PRIVMSG #x :two")
    heard = foo.until("PRIVMSG", "#x", "two")
    first, *between, said_first, _ = heard
    assert (first.command, first.source) == ("NICK", "bar!~u@irc.hubbub")
    assert {line.command for line in between} <= {"NICK"}
    assert [first, *between][-1].params == ("qux",)
    assert said_first.source == "qux!~u@irc.hubbub"
