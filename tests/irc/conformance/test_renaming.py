"""RENAME (ircv3.net/specs/extensions/channel-rename)."""

from hubbub.testing import LocalServer
from tests.irc.conformance.talkers import commands
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

CAPS = "draft/channel-rename standard-replies"
SOURCE = "!~u@irc.hubbub"


def test_a_room_goes_on_under_another_name_with_what_holds_there(server: LocalServer) -> None:
    """«A channel rename preserves all channel state, such as membership, mode and topic.» Others
    get «a PART message for the old channel name, with part message matching the rename reason»,
    and «a JOIN message followed by the usual messages»."""
    bar = IrcClient.named(server.address, "bar", caps=CAPS, rooms="#bar")
    baz = IrcClient.named(server.address, "baz", rooms="#bar")
    bar.until("JOIN", "#bar")
    bar.ask("TOPIC #bar :tea", "MODE #bar +mv baz", "MODE #bar +b ~q:eve", "MODE #bar")
    bar.until("324")
    bar.ask("PRIVMSG #bar :before", "RENAME #bar #Qux :no reason")
    assert baz.said("PRIVMSG").params == ("#bar", "before")
    assert bar.until("RENAME")[-1] == ("RENAME", ("#bar", "#qux", "no reason"), f"bar{SOURCE}", {})
    assert baz.said("PART") == ("PART", ("#bar", "no reason"), f"baz{SOURCE}", {})
    join, topic, by, names, end = baz.until("366")
    assert join == ("JOIN", ("#qux",), f"baz{SOURCE}", {})
    assert topic.params == ("baz", "#qux", "tea")
    assert by.params[:3] == ("baz", "#qux", "bar")
    assert set(names.params[3].split()) == {"@bar", "+baz"}
    assert end.params[1] == "#qux"
    baz.ask("PRIVMSG #qux :after", "MODE #qux", "MODE #qux b")
    assert bar.drain()[-1].params == ("#qux", "after")
    assert "m" in baz.said("324").params[2]
    assert baz.said("367").params[2].startswith("~q:eve")
    assert {"JOIN", "PART", "QUIT"}.isdisjoint(commands([*bar.drain(), *baz.drain()]))


def test_the_former_name_is_free_and_what_was_said_there_is_read_there(
    server: LocalServer,
) -> None:
    bar = IrcClient.named(server.address, "bar", rooms="#bar")
    bar.ask("PRIVMSG #bar :said", "RENAME #bar #qux", "PART #qux", "PING x")
    assert bar.said("PART") == ("PART", ("#bar",), f"bar{SOURCE}", {})
    bar.until("PONG")
    baz = IrcClient.named(server.address, "baz")
    baz.ask("JOIN #bar", "JOIN #other", "RENAME #other #bar", "RENAME #other #unused")
    assert baz.said("PRIVMSG").params[0] == "#bar"
    assert baz.said("FAIL").params[:4] == ("RENAME", "CHANNEL_NAME_IN_USE", "#other", "#bar")
    assert baz.said("JOIN", "#unused").params == ("#unused",)
    baz.ask("JOIN #other", "MODE #other +k beer")
    assert baz.said("MODE", "#other").params == ("#other", "+k", "beer")


def test_who_does_not_look_after_a_room_cannot_rename_it(server: LocalServer) -> None:
    """ERR_CHANOPRIVSNEEDED … ERR_NOTONCHANNEL … FAIL RENAME CANNOT_RENAME"""
    with EventPeer(server, "olga", room=None) as page:
        page.ask(type="identify", device="s" * 22)
        page.ask(type="join", room="owned")
        IrcClient.named(server.address, "bar", rooms="#bar")
        eve = IrcClient.named(server.address, "eve", caps=CAPS, rooms="#bar,#owned")
        eve.ask("RENAME #bar #x", "RENAME #owned #x", "RENAME #nowhere #x", "RENAME #bar")
        assert eve.said("482").params[1] == "#bar"
        assert eve.said("482").params[1] == "#owned"
        assert eve.said("403").params[1] == "#nowhere"
        eve.until("461")
        eve.ask("JOIN #own", "PING x")
        eve.until("PONG")
        page.ask(type="join", room="own")
        eve.ask("RENAME #own #x", "RENAME #own :#a b", "RENAME #own x")
        for _ in range(3):
            assert eve.said("FAIL").params[:3] == ("RENAME", "CANNOT_RENAME", "#own")
