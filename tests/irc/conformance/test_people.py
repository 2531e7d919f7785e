"""People: WHO, WHOIS, WHOWAS, USERHOST, MONITOR, AWAY, OPER and KILL."""

import time
from collections.abc import Iterator

import pytest

from hubbub.chat.limits import Limits
from hubbub.server.config import Config, IrcSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving
from tests.irc.conformance.talkers import commands, joined
from tests.irc.irc_client import IrcClient

SOURCE = "!~u@irc.hubbub"


@pytest.fixture
def operated() -> Iterator[LocalServer]:
    config = Config(
        limits=Limits(shutdown_seconds=SHUTDOWN_SECONDS),
        irc=IrcSection(name="My.Little.Server", operators=("operuser operpassword",)),
    )
    with serving(config) as server:
        yield server


def named(server: LocalServer, nick: str, user: str, real: str) -> IrcClient:
    client = IrcClient(server.address, f"NICK {nick}", f"USER {user} 0 * :{real}")
    client.until("376")
    return client


def operator(server: LocalServer, nick: str) -> IrcClient:
    client = IrcClient.named(server.address, nick)
    client.ask("OPER operuser operpassword")
    assert client.said("381").params[0] == nick
    assert client.said("MODE").params == (nick, "+o")
    return client


def test_whois_says_since_when_somebody_is_here_and_silent(operated: LocalServer) -> None:
    """«RPL_WHOISIDLE: "<client> <nick> <secs> <signon> :seconds idle, signon time"»"""
    before = int(time.time())
    ann = IrcClient.named(operated.address, "ann", rooms="#x")
    ann.ask("WHOIS ann")
    idle, since = map(int, ann.said("317").params[2:4])
    assert 0 <= idle <= time.time() - before + 1
    assert before <= since <= time.time()
    # A person who becomes a member has been here all the time.
    ann.ask("NS REGISTER correct-horse-battery")
    ann.until("900")
    ann.ask("PRIVMSG #x :here", "WHOIS ann")
    again, still = map(int, ann.said("317").params[2:4])
    assert still == since
    assert 0 <= again <= time.time() - since


def test_who_tells_of_somebody_by_name_and_by_mask(operated: LocalServer) -> None:
    """RPL_WHOREPLY: <client> <channel> <username> <host> <server> <nick> <flags> …"""
    cool = named(operated, "coolNick", "myusernam", "My Real Name")
    cool.ask("JOIN #chan")
    cool.until("366")
    other = IrcClient.named(operated.address, "other", rooms="#chan")
    for mask in ("coolNick", "coolnick", "coolni*"):
        other.ask(f"WHO {mask}")
        reply, end = other.until("315")
        assert reply.params[1:] == (
            *("*", "~myusernam", "irc.hubbub", "My.Little.Server", "coolNick", "H"),
            "0 My Real Name",
        )
        assert end.params[1] == mask
    other.ask("WHO *", "WHO nobody", "WHO #CHAN")
    assert {line.params[5] for line in other.until("315") if line.command == "352"} == {
        "coolNick",
        "other",
    }
    assert commands(other.until("315")) == ["315"]
    assert [line.params[1:7:5] for line in other.until("315") if line.command == "352"] == [
        ("#chan", "H@"),
        ("#chan", "H"),
    ]


def test_whox_tells_the_fields_that_are_wanted_in_its_own_order(operated: LocalServer) -> None:
    """WHOX: %tcuihsnfdlaor."""
    cool = named(operated, "coolNick", "myusernam", "My Real Name")
    cool.ask("JOIN #chan")
    cool.until("366")
    for fields in ("tcuihsnfdlaor", "roaldfnshiuct"):
        cool.ask(f"WHO coolNick %{fields},123")
        assert cool.until("315")[0].params[1:] == (
            *("123", "*", "~myusernam", "255.255.255.255", "irc.hubbub", "My.Little.Server"),
            *("coolNick", "H", "0", "0", "0", "n/a", "My Real Name"),
        )


def test_an_operator_has_a_star(operated: LocalServer) -> None:
    ann, bob = operator(operated, "ann"), IrcClient.named(operated.address, "bob")
    ann.ask("AWAY :soon")
    ann.until("306")
    bob.ask("WHO ann", "USERHOST ann bob nobody", "WHOIS ann")
    assert bob.said("352").params[6] == "G*"
    assert bob.said("302").params[1] == "ann*=-~ann@irc.hubbub bob=+~bob@irc.hubbub"
    assert commands(bob.until("318")) == ["311", "312", "313", "301", "317", "318"]


def test_oper_takes_nothing_wrong(operated: LocalServer) -> None:
    """ERR_PASSWDMISMATCH (464)."""
    ann = IrcClient.named(operated.address, "ann")
    ann.ask("OPER operuser wrong", "OPER nobody operpassword", "OPER operuser", "OPER operuser :")
    ann.ask("OPER nobody \0", "OPER operuser \0")
    heard = [line.command for line in ann.drain()]
    assert heard == ["464", "464", "461", "461", "464", "464"]


def test_oper_takes_no_password_of_a_name_that_has_none(operated: LocalServer) -> None:
    """Whatever bytes are given for it."""
    ann = IrcClient.named(operated.address, "ann")
    ann.ask("OPER nobody \0", "OPER nobody :\0")
    assert [line.command for line in ann.drain()] == ["464", "464"]


def test_a_kill_ends_a_connection(operated: LocalServer) -> None:
    """ERR_NOPRIVILEGES (481)."""
    chief = operator(operated, "chief")
    ann, bob = joined(operated, "#chan", "ann", "bob")
    ann.ask("KILL bob :no", "KILL ann :no")
    assert commands(ann.drain()) == ["481", "481"]
    chief.ask("KILL bob :some reason", "KILL nobody :x")
    assert "some reason" in bob.ended()
    assert chief.said("401").params[1] == "nobody"
    assert ann.said("QUIT").params == ("Killed by chief: some reason",)
    chief.ask("KILL ann")
    assert "ERROR :Killed by chief" in ann.ended()


def test_whois_tells_of_somebody(operated: LocalServer) -> None:
    """RPL_WHOISUSER …, RPL_WHOISCHANNELS …, RPL_WHOISSERVER …, RPL_ENDOFWHOIS."""
    cool = named(operated, "coolNick", "myusernam", "My Real Name")
    cool.ask("JOIN #chan1,#chan2", "AWAY :I'm on a break")
    cool.until("306")
    ann = IrcClient.named(operated.address, "ann")
    for line in ("WHOIS coolnick", "WHOIS My.Little.Server coolNick", "WHOIS coolNick coolNick"):
        ann.ask(line)
        user, rooms, server, away, _idle, end = ann.until("318")
        assert user.params[1:] == ("coolNick", "~myusernam", "irc.hubbub", "*", "My Real Name")
        assert set(rooms.params[2].split()) == {"@#chan1", "@#chan2"}
        assert server.params[2] == "My.Little.Server"
        assert away.params[1:] == ("coolNick", "I'm on a break")
        assert end.params[1].lower() == "coolnick"


def test_whowas_tells_of_those_who_left_the_last_first(operated: LocalServer) -> None:
    """The history is searched backward, returning the most recent entry first."""
    ann = IrcClient.named(operated.address, "ann")
    for user in ("ident2", "ident3"):
        bob = named(operated, "bob", user, "Realname")
        bob.ask("QUIT :bye")
        bob.ended()
    for line, users in {
        "WHOWAS bob": ["~ident3", "~ident2"],
        "WHOWAS bob 1": ["~ident3"],
        "WHOWAS bob 2": ["~ident3", "~ident2"],
        "WHOWAS BOB 0": ["~ident3", "~ident2"],
        "WHOWAS bob -1": ["~ident3", "~ident2"],
    }.items():
        ann.ask(line)
        heard = ann.until("369")
        assert [one.params[2] for one in heard if one.command == "314"] == users
    ann.ask("WHOWAS nobody")
    assert commands(ann.until("369")) == ["406", "369"]


def test_who_is_monitored_is_told_of(operated: LocalServer) -> None:
    """MONITOR: RPL_MONONLINE … RPL_MONOFFLINE."""
    ann = IrcClient.named(operated.address, "ann")
    ann.ask("MONITOR + bob,cat")
    assert ann.said("731").params[1] == "bob,cat"
    bob = IrcClient.named(operated.address, "bob")
    assert ann.said("730").params[1] == f"bob{SOURCE}"
    bob.ask("NICK Bob", "NICK BoB")
    bob.until("NICK", "BoB")
    assert ann.drain() == []
    bob.ask("NICK dan")
    assert ann.said("731").params[1] == "BoB"
    bob.ask("NICK cat")
    assert ann.said("730").params[1] == f"cat{SOURCE}"
    ann.ask("MONITOR S", "MONITOR L", "MONITOR - CAT", "MONITOR L")
    assert commands(ann.until("731")) == ["730", "731"]
    assert next(line.params[1] for line in ann.until("733")) == "bob,cat"
    assert next(line.params[1] for line in ann.until("733")) == "bob"
    bob.ask("QUIT")
    bob.ended()
    assert ann.drain() == []
    ann.ask("MONITOR C", "MONITOR L")
    assert commands(ann.drain()) == ["733"]
    ann.ask("MONITOR + " + ",".join(f"n{number}" for number in range(60)))
    ann.said("731")
    ann.ask("MONITOR + " + ",".join(f"m{number}" for number in range(60)))
    assert ann.said("734").params[1] == "100"


def test_who_becomes_a_member_watches_the_same_people_as_before(operated: LocalServer) -> None:
    ann = IrcClient.named(operated.address, "ann")
    ann.ask("MONITOR + bob,cat", "NS REGISTER correct-horse-battery")
    ann.until("900")
    IrcClient.named(operated.address, "bob")
    assert ann.said("730").params[1] == f"bob{SOURCE}"
    ann.ask("MONITOR - BOB,nobody,bob", "MONITOR L")
    assert next(line.params[1] for line in ann.until("733")) == "cat"


def test_away_is_told_to_those_who_monitor_and_share_no_channel(operated: LocalServer) -> None:
    """extended-monitor, with away-notify."""
    ann = IrcClient.named(operated.address, "ann", caps="extended-monitor away-notify")
    dan = IrcClient.named(operated.address, "dan", caps="extended-monitor")
    bob = IrcClient.named(operated.address, "bob")
    for one in (ann, dan):
        one.ask("MONITOR + bob")
        one.said("730")
    bob.ask("AWAY :afk", "AWAY")
    bob.until("305")
    assert [line.params for line in ann.drain()] == [("afk",), ()]
    assert dan.drain() == []
    ann.ask("JOIN #chan")
    ann.until("366")
    bob.ask("JOIN #chan", "AWAY :afk")
    bob.until("306")
    assert ann.said("AWAY").source == f"bob{SOURCE}"
    assert ann.drain() == []


def test_who_is_watched_is_heard_of_from_afar_by_those_who_ask_for_that(
    operated: LocalServer,
) -> None:
    """extended-monitor, with setname and account-notify."""
    far = "extended-monitor setname account-notify"
    ann = IrcClient.named(operated.address, "ann", caps=far, rooms="#chan")
    dan = IrcClient.named(operated.address, "dan", caps="setname account-notify")
    bob = IrcClient.named(operated.address, "bob")
    for one in (ann, dan):
        one.ask("MONITOR + bob")
        one.said("730")
    bob.ask("SETNAME :Bob B.", "NS REGISTER correct-horse-battery")
    bob.until("900")
    assert [one for one in ann.drain() if one.command in ("SETNAME", "ACCOUNT")] == [
        ("SETNAME", ("Bob B.",), f"bob{SOURCE}", {}),
        ("ACCOUNT", ("bob",), f"bob{SOURCE}", {}),
    ]
    assert set(commands(dan.drain())) <= {"730", "731"}
    bob.ask("JOIN #chan")
    ann.until("JOIN")
    bob.ask("SETNAME :Bob")
    bob.until("SETNAME")
    assert commands(ann.drain()).count("SETNAME") == 1


def test_who_joins_and_is_away_is_told_to_be(operated: LocalServer) -> None:
    """«when a user joins and has an away message set»"""
    ann = IrcClient.named(operated.address, "ann", caps="away-notify", rooms="#chan")
    bob = IrcClient.named(operated.address, "bob")
    bob.ask("AWAY :i'm already away", "JOIN #chan")
    assert ann.said("AWAY") == ("AWAY", ("i'm already away",), f"bob{SOURCE}", {})


def test_who_speaks_to_somebody_away_is_told(operated: LocalServer) -> None:
    """RPL_AWAY (301) … <client> <nick> :<message>."""
    bob, ann = (IrcClient.named(operated.address, one) for one in ("bob", "ann"))
    bob.ask("AWAY :I'm not here right now")
    bob.until("306")
    ann.ask("PRIVMSG bob :what's up")
    assert ann.said("301").params == ("ann", "bob", "I'm not here right now")
    bob.ask("AWAY")
    bob.until("305")
    ann.ask("PRIVMSG bob :what's up")
    assert ann.drain() == []


def test_a_join_tells_account_and_real_name(operated: LocalServer) -> None:
    """extended-join: JOIN <channel> <account> :<realname>."""
    ann = IrcClient.named(operated.address, "ann", caps="extended-join", rooms="#chan")
    named(operated, "bob", "f", "Realname").ask("JOIN #chan")
    assert ann.said("JOIN").params == ("#chan", "*", "Realname")
    ann.ask("PART #chan", "JOIN #chan")
    assert ann.said("JOIN").params == ("#chan", "*", "ann")


def test_who_runs_the_server_tells_those_who_want_to_hear_it(operated: LocalServer) -> None:
    """«The WALLOPS command is used to send a message to all currently connected users who have set
    the 'w' user mode for themselves.» … ERR_NOPRIVILEGES (481)"""
    nick2, nick3 = (IrcClient.named(operated.address, nick) for nick in ("nick2", "nick3"))
    nick2.ask("MODE nick2 +w-w")
    assert nick2.said("MODE").params == ("nick2", "-w")
    nick3.ask("MODE nick3 +w")
    assert nick3.said("MODE").params == ("nick3", "+w")
    nick2.ask("WALLOPS :hi everyone")
    assert nick2.until_any("481", "421").command == "481"
    operator(operated, "nick1").ask("WALLOPS :hi everyone")
    assert nick3.said("WALLOPS") == ("WALLOPS", ("hi everyone",), f"nick1{SOURCE}", {})
    assert "WALLOPS" not in commands(nick2.drain())
