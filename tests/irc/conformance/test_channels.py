"""Channels, as modern.ircdocs.horse has them: coming, leaving, topics, invitations, lists."""

from hubbub.testing import LocalServer
from tests.irc.conformance.talkers import commands, joined
from tests.irc.irc_client import IrcClient

SOURCE = "!~u@irc.hubbub"


def test_who_opens_a_channel_is_its_operator(hubbub_server: LocalServer) -> None:
    """«the channel is created and the creating user becomes a channel operator.»"""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    bob.ask("NAMES #chan")
    assert bob.said("353").params[1:] == ("=", "#chan", "@ann bob")
    ann.ask("JOIN #lobby", "NAMES #lobby")
    ann.until("366")
    assert ann.said("353").params[3] == "ann"


def test_who_opened_a_channel_is_its_operator_whoever_leaves(hubbub_server: LocalServer) -> None:
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    bob.ask("PART #chan")
    bob.until("PART")
    ann.ask("NAMES #chan", "MODE #chan -o ann", "NAMES #chan")
    assert ann.said("353").params[3] == "@ann"
    assert ann.said("MODE").params == ("#chan", "-o", "ann")
    assert ann.said("353").params[3] == "ann"


def test_a_part_tells_why(hubbub_server: LocalServer) -> None:
    """«<reason> is the reason that the client has left the channel(s).»"""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    bob.ask("PART #chan :bye everyone")
    assert bob.said("PART").params == ("#chan", "bye everyone")
    assert ann.said("PART") == ("PART", ("#chan", "bye everyone"), f"bob{SOURCE}", {})


def test_a_quit_is_told_once_whatever_is_shared(hubbub_server: LocalServer) -> None:
    """«This is typically only dispatched to clients that share a channel with the exiting user.»"""
    ann, bob = joined(hubbub_server, "#chan,#tea", "ann", "bob")
    bob.ask("QUIT :qux out")
    bob.ended()
    heard = ann.said("QUIT")
    assert (heard.source, "qux out" in heard.params[0]) == (f"bob{SOURCE}", True)
    assert ann.drain() == []


def test_a_lost_connection_is_a_quit(hubbub_server: LocalServer) -> None:
    """«the server MUST distribute a QUIT message to other clients informing them of this»"""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    bob.break_off()
    assert ann.said("QUIT").source == f"bob{SOURCE}"


def test_another_nick_is_told_once_and_changes_nothing_else(hubbub_server: LocalServer) -> None:
    """«to inform other clients about the change of nickname»"""
    ann, bob = joined(hubbub_server, "#chan,#tea", "ann", "bob")
    ann.ask("NICK zoe")
    assert ann.said("NICK") == ("NICK", ("zoe",), f"ann{SOURCE}", {})
    assert bob.said("NICK") == ("NICK", ("zoe",), f"ann{SOURCE}", {})
    assert bob.drain() == []
    bob.ask("NAMES #chan")
    assert set(bob.said("353").params[3].split()) == {"@zoe", "bob"}
    ann.ask("PRIVMSG #chan :still here")
    assert bob.said("PRIVMSG").source == f"zoe{SOURCE}"
    ann.ask("NICK ann", "NICK bob")
    ann.until("NICK")
    assert ann.said("433").params[1] == "bob"


def test_a_kick_is_told_to_all_with_who_and_why(hubbub_server: LocalServer) -> None:
    """«If no comment is given, the server SHOULD use a default message instead.»"""
    ann, bob, cat = joined(hubbub_server, "#chan", "ann", "bob", "cat")
    ann.ask("KICK #chan bob :bye")
    for one in (ann, bob, cat):
        assert one.said("KICK") == ("KICK", ("#chan", "bob", "bye"), f"ann{SOURCE}", {})
    ann.ask("KICK #chan cat")
    assert ann.said("KICK").params == ("#chan", "cat", "ann")
    cat.said("KICK")
    cat.ask("JOIN #chan")
    assert cat.said("JOIN").params == ("#chan",)


def test_a_kick_needs_power_and_somebody_there(hubbub_server: LocalServer) -> None:
    """ERR_CHANOPRIVSNEEDED, ERR_USERNOTINCHANNEL, ERR_NOSUCHNICK, ERR_NOSUCHCHANNEL."""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    cat = IrcClient.named(hubbub_server.address, "cat")
    cat.ask("KICK #chan bob", "KICK #nowhere bob")
    assert cat.said("482").params[1] == "#chan"
    assert cat.said("403").params[1] == "#nowhere"
    bob.ask("KICK #chan ann")
    bob.said("482")
    ann.ask("KICK #chan cat", "KICK #chan nobody", "MODE #chan +o bob")
    assert ann.said("441").params[1:3] == ("cat", "#chan")
    assert ann.said("401").params[1] == "nobody"
    ann.said("MODE")
    dan = IrcClient.named(hubbub_server.address, "dan", rooms="#chan")
    ann.said("JOIN")
    bob.ask("KICK #chan dan", "KICK #chan ann")
    assert [ann.said("KICK").params[:2] for _ in "12"] == [("#chan", "dan"), ("#chan", "ann")]
    dan.said("KICK")


def test_several_are_kicked_by_one_line_and_told_one_by_one(hubbub_server: LocalServer) -> None:
    """«The server MUST NOT send KICK messages with multiple channels or users to clients.»"""
    ann, bob, cat, dan = joined(hubbub_server, "#chan", "ann", "bob", "cat", "dan")
    ann.ask("KICK #chan bob,cat :bye")
    told = [line.params for line in dan.until("KICK", "#chan", "cat") if line.command == "KICK"]
    assert told == [("#chan", "bob", "bye"), ("#chan", "cat", "bye")]
    assert bob.said("KICK").params[1] == "bob"
    assert cat.said("KICK", "#chan", "cat").params[1] == "cat"


def test_who_set_the_topic_and_when_is_told(hubbub_server: LocalServer) -> None:
    """RPL_TOPICWHOTIME (333) … <client> <channel> <nick> <setat>."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("TOPIC #chan :new topic")
    ann.said("TOPIC")
    bob = IrcClient.named(hubbub_server.address, "bob")
    bob.ask("JOIN #chan")
    heard = bob.until("366")
    assert commands(heard) == ["JOIN", "332", "333", "353", "366"]
    assert heard[2].params[1:3] == ("#chan", "ann")
    assert heard[2].params[3].isdecimal()
    bob.ask("TOPIC #chan", "TOPIC #nowhere", "TOPIC #chan :")
    assert bob.said("332").params[1:] == ("#chan", "new topic")
    bob.said("333")
    bob.said("403")
    assert ann.said("TOPIC").params == ("#chan", "")
    bob.said("TOPIC")
    bob.ask("TOPIC #chan")
    bob.said("331")


def test_an_invitation_lets_in_once(hubbub_server: LocalServer) -> None:
    """«When the invite is successful, the server MUST send a RPL_INVITING numeric to the command
    issuer, and an INVITE message, with the issuer as <source>, to the target user.»"""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("MODE #chan +i", "INVITE bob #chan")
    assert ann.said("MODE").params == ("#chan", "+i")
    assert ann.said("401").params[1] == "bob"
    bob = IrcClient.named(hubbub_server.address, "bob")
    bob.ask("JOIN #chan")
    assert bob.said("473").params[1] == "#chan"
    ann.ask("INVITE bob #chan")
    assert ann.said("341").params == ("ann", "bob", "#chan")
    assert bob.said("INVITE") == ("INVITE", ("bob", "#chan"), f"ann{SOURCE}", {})
    bob.ask("JOIN #chan")
    bob.said("JOIN")
    ann.ask("INVITE bob #chan")
    assert ann.said("443").params[1:3] == ("bob", "#chan")
    bob.ask("INVITE ann #chan", "PART #chan", "JOIN #chan")
    assert bob.said("482").params[1] == "#chan"
    bob.said("473")


def test_those_who_are_not_there_invite_nobody(hubbub_server: LocalServer) -> None:
    """«Only members of the channel are allowed to invite other users.»"""
    joined(hubbub_server, "#chan", "ann")
    bob, cat = (IrcClient.named(hubbub_server.address, one) for one in ("bob", "cat"))
    bob.ask("INVITE cat #chan", "INVITE cat #nowhere")
    assert bob.said("442").params[1] == "#chan"
    bob.said("403")
    assert cat.drain() == []


def test_who_wants_to_know_hears_of_invitations(hubbub_server: LocalServer) -> None:
    """invite-notify: … a client will be notified when another client is invited."""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    cat = IrcClient.named(hubbub_server.address, "cat", caps="invite-notify", rooms="#chan")
    IrcClient.named(hubbub_server.address, "dan")
    ann.ask("INVITE dan #chan")
    assert cat.said("INVITE") == ("INVITE", ("dan", "#chan"), f"ann{SOURCE}", {})
    assert [line for line in bob.drain() if line.command == "INVITE"] == []


def test_rooms_are_listed_by_people_and_masks(hubbub_server: LocalServer) -> None:
    """ELIST: M: mask …; N: non-matching mask …; U: user count within the channel; C: a channel that
    was created either less than val minutes ago, or more than val minutes ago; T: topic set time.
    """
    ann = IrcClient.named(hubbub_server.address, "ann")
    ann.ask("LIST")
    assert [line.command for line in ann.until("323")] == ["321", "323"]
    ann.ask("JOIN #chan1,#chan2")
    joined(hubbub_server, "#chan2", "bob")
    ann.ask("TOPIC #chan2 :about two")
    ann.said("TOPIC")

    def listed(condition: str) -> set[str]:
        ann.ask(f"LIST {condition}")
        return {line.params[1] for line in ann.until("323") if line.command == "322"}

    both = {"#chan1", "#chan2"}
    for condition, expected in {
        ">0": both,
        "<1": set(),
        ">1": {"#chan2"},
        "<2": {"#chan1"},
        "*an1": {"#chan1"},
        "#c*n2": {"#chan2"},
        "!*an1": {"#chan2"},
        "!#ch*": set(),
        "#chan1,#nowhere": {"#chan1"},
        "#chan1,#chan2 >1": {"#chan2"},
        "#chan1,#chan2 <1": set(),
        "C>0": both,
        "c<10": both,
        "C<0": set(),
        "C>10": set(),
        "T>0": {"#chan2"},
        "T<10": {"#chan2"},
        "T>10": set(),
        "#[a": set(),
        "#a,#b,#c,#chan1,#chan2": {"#chan1"},
    }.items():
        assert listed(condition) == expected, condition


def test_several_channels_are_asked_for_at_once(hubbub_server: LocalServer) -> None:
    """TARGMAX=NAMES:4; RPL_ENDOFNAMES (366); = public channel, @ secret channel (was +s)."""
    (ann,) = joined(hubbub_server, "#chan1,#chan2", "ann")
    ann.ask("MODE #chan2 +s")
    for asked, signs in {
        "#chan1,#chan2": "=@",
        "#chan2,#nowhere,#chan1": "@=",
        "#chan1,invalid,#nowhere": "=",
        "#nowhere,invalid": "",
        "#chan1": "=",
    }.items():
        ann.ask(f"NAMES {asked}")
        heard = [line for line in ann.until("366") if line.command in ("353", "366")]
        assert [line.params[1] for line in heard] == [*signs, asked]


def test_a_secret_channel_is_listed_to_those_in_it(hubbub_server: LocalServer) -> None:
    """Secret channels are not listed unless the client is a member of the channel."""
    (ann,) = joined(hubbub_server, "#gen", "ann")
    bob = IrcClient.named(hubbub_server.address, "bob")
    ann.ask("MODE #gen +s", "LIST")
    assert [line.params[1] for line in ann.until("323") if line.command == "322"] == ["#gen"]
    bob.ask("LIST", "NAMES #gen", "WHOIS ann", "TOPIC #gen")
    assert commands(bob.until("318")) == ["321", "323", "366", "311", "312", "317", "318"]
    bob.said("403")
    for line in ("MODE #gen", "MODE #gen +b", "MODE #gen +i", "KICK #gen ann", "INVITE bob #gen"):
        bob.ask(line)
        assert bob.said("403").params[1] == "#gen"
    bob.ask("JOIN #gen", "LIST")
    assert [line.params[1] for line in bob.until("366") if line.command == "353"] == ["@"]
    assert [line.params[1:3] for line in bob.until("323") if line.command == "322"] == [
        ("#gen", "2")
    ]


def test_what_an_operator_in_passing_decided_ends_when_nobody_is_there(
    hubbub_server: LocalServer,
) -> None:
    """Nobody can keep a room from those who come later."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("MODE #chan +ik secret", "PRIVMSG #chan :so that it stays", "PART #chan")
    ann.said("PART")
    bob = IrcClient.named(hubbub_server.address, "bob")
    bob.ask("JOIN #chan", "MODE #chan", "MODE #chan +m")
    assert bob.said("353").params[3] == "bob"
    assert bob.said("324").params[2] == "+n"
    bob.said("482")
