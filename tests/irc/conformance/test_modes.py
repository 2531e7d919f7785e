"""Modes of channels, as modern.ircdocs.horse has them."""

from hubbub.testing import LocalServer
from tests.irc.conformance.members import member, register
from tests.irc.conformance.talkers import commands, joined
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

SECRET = "s" * 22


def test_modes_are_set_and_unset_together_and_asked_for(hubbub_server: LocalServer) -> None:
    """RPL_CHANNELMODEIS (324) and RPL_CREATIONTIME (329)."""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    ann.ask("MODE #chan +int")
    assert ann.said("MODE") == ("MODE", ("#chan", "+it"), "ann!~u@irc.hubbub", {})
    assert bob.said("MODE").params == ("#chan", "+it")
    ann.ask("MODE #chan")
    assert ann.said("324").params == ("ann", "#chan", "+int")
    assert ann.said("329").params[2].isdecimal()
    ann.ask("MODE #chan -int", "MODE #chan")
    modes = ann.said("MODE").params[1]
    assert (modes[0], set(modes[1:])) == ("-", set("int"))
    assert ann.said("324").params[2] == "+"
    ann.ask("MODE #nowhere", "MODE #chan +z", "MODE #chan +i", "MODE #chan +i")
    assert ann.said("403").params[1] == "#nowhere"
    assert ann.said("472").params[1] == "z"
    ann.said("MODE")
    assert ann.drain() == []


def test_a_role_is_given_to_those_who_are_there(hubbub_server: LocalServer) -> None:
    """ERR_USERNOTINCHANNEL, ERR_NOSUCHNICK, ERR_CHANOPRIVSNEEDED."""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    IrcClient.named(hubbub_server.address, "cat", rooms="#other")
    bob.ask("MODE #chan +o bob")
    assert commands(bob.drain()) == ["482"]
    for line, number in {
        "MODE #chan +o cat": "441",
        "MODE #chan +o nobody": "401",
        "MODE #nowhere +o ann": "403",
        "MODE #other +o cat": "482",
        "MODE #chan +o": "461",
    }.items():
        ann.ask(line)
        assert commands(ann.drain()) == [number], line
    ann.ask("MODE #chan +o bob")
    assert ann.said("MODE").params == ("#chan", "+o", "bob")
    assert [line.params for line in bob.drain()] == [("#chan", "+o", "bob")]
    bob.ask("MODE #chan -o ann")
    assert ann.said("MODE").params == ("#chan", "-o", "ann")
    ann.ask("MODE #chan +m")
    ann.said("482")


def test_only_those_with_a_voice_speak_in_a_moderated_channel(hubbub_server: LocalServer) -> None:
    """ERR_CANNOTSENDTOCHAN (404)."""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    ann.ask("MODE #chan +m")
    assert ann.said("MODE").params == ("#chan", "+m")
    bob.ask("PRIVMSG #chan :hi")
    assert bob.said("404").params[1] == "#chan"
    ann.ask("MODE #chan +v bob", "NAMES #chan")
    assert ann.said("MODE").params == ("#chan", "+v", "bob")
    assert ann.said("353").params[3] == "@ann +bob"
    bob.said("MODE", "#chan", "+v")
    bob.ask("PRIVMSG #chan :hi again")
    assert ann.said("PRIVMSG").params == ("#chan", "hi again")
    cat = IrcClient.named(hubbub_server.address, "cat")
    cat.ask("JOIN #chan")
    assert cat.said("353").params[3] == "@ann +bob cat"


def test_all_signs_are_shown_to_those_who_want_them(hubbub_server: LocalServer) -> None:
    """multi-prefix: … all possible prefixes …, in order of rank."""
    (ann,) = joined(hubbub_server, "#chan", "ann", caps="multi-prefix")
    ann.ask("MODE #chan +v ann", "NAMES #chan", "WHO #chan")
    ann.said("MODE")
    assert ann.said("353").params[3] == "@+ann"
    assert "@+" in ann.said("352").params[6]


def test_a_ban_keeps_out_whom_its_mask_means(hubbub_server: LocalServer) -> None:
    """ERR_BANNEDFROMCHAN (474); RPL_BANLIST (367)."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("MODE #chan +b BAR!*@*")
    assert ann.said("MODE").params == ("#chan", "+b", "BAR!*@*")
    bar = IrcClient.named(hubbub_server.address, "bar")
    bar.ask("JOIN #chan")
    bar.said("474")
    ann.ask("MODE #chan b", "MODE #chan +b", "MODE #chan -b nobody!*@*", "MODE #chan -b bar!*@*")
    assert ann.said("367").params[1:4] == ("#chan", "BAR!*@*", "ann")
    ann.said("368")
    ann.said("368")
    assert ann.said("MODE").params[:2] == ("#chan", "-b")
    bar.ask("JOIN #chan")
    bar.said("JOIN")


def test_an_invitation_exempts_from_a_ban_once(hubbub_server: LocalServer) -> None:
    """As far as somebody who is there has it so."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    bob = IrcClient.named(hubbub_server.address, "bob")
    ann.ask("MODE #chan +b bob!*@*", "INVITE bob #chan")
    bob.said("INVITE")
    bob.ask("JOIN #chan")
    bob.said("JOIN")
    ann.ask("KICK #chan bob")
    bob.said("KICK")
    bob.ask("JOIN #chan")
    bob.said("474")


def test_who_is_muted_enters_and_does_not_speak(hubbub_server: LocalServer) -> None:
    """EXTBAN=~,q: a mute is a ban of what somebody says."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("MODE #chan +b ~q:BAR!*@*")
    ann.said("MODE")
    bar = IrcClient.named(hubbub_server.address, "bar", rooms="#chan")
    bar.ask("PRIVMSG #chan :hi", "MODE #chan +b")
    bar.said("404")
    assert bar.said("367").params[2:4] == ("~q:BAR!*@*", "ann")
    ann.ask("MODE #chan +v bar")
    bar.said("MODE")
    bar.ask("PRIVMSG #chan :with a voice")
    ann.said("PRIVMSG")
    ann.ask("MODE #chan -v bar", "MODE #chan -b ~q:bar!*@*")
    bar.said("MODE", "#chan", "-b")
    bar.ask("PRIVMSG #chan :hi again")
    assert ann.said("PRIVMSG").params[1] == "hi again"


def test_who_is_there_and_banned_stays_silent(hubbub_server: LocalServer) -> None:
    """If <target> is a channel name and the client is banned …, the message will not be delivered:
    ERR_CANNOTSENDTOCHAN (404). In a room that nobody owns, a ban alone puts nobody out."""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    ann.ask("MODE #chan +b bob!*@*")
    bob.said("MODE")
    bob.ask("PRIVMSG #chan :hello world", "TOPIC #chan :mine")
    assert bob.said("404").params[1] == "#chan"
    bob.said("474")
    ann.ask("MODE #chan +v bob")
    bob.said("MODE")
    bob.ask("PRIVMSG #chan :with a voice")
    assert ann.said("PRIVMSG").params[1] == "with a voice"
    ann.ask("MODE #chan -v bob", "MODE #chan -b bob!*@*")
    bob.said("MODE", "#chan", "-b")
    bob.ask("PRIVMSG #chan :hello again")
    assert ann.said("PRIVMSG").params == ("#chan", "hello again")
    ann.ask("MODE #chan +b bob", "KICK #chan bob")
    bob.said("KICK")
    bob.ask("JOIN #chan")
    bob.said("474")


def test_who_is_exempt_from_bans_enters_in_spite_of_them(hubbub_server: LocalServer) -> None:
    """EXCEPTS=e: users matching this mask are exempt from bans; RPL_EXCEPTLIST (348)."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("MODE #chan +b ba*!*@*")
    ann.said("MODE")
    bar, baz = (IrcClient.named(hubbub_server.address, nick) for nick in ("bar", "baz"))
    bar.ask("JOIN #chan")
    bar.said("474")
    ann.ask("MODE #chan +e *AR!*@*", "MODE #chan +e")
    assert ann.said("MODE").params == ("#chan", "+e", "*AR!*@*")
    assert ann.said("348").params[1:4] == ("#chan", "*AR!*@*", "ann")
    assert ann.said("349").params[1] == "#chan"
    bar.ask("JOIN #chan", "MODE #chan +e", "MODE #chan +e *!*@*", "MODE #chan +e baz")
    bar.said("JOIN")
    bar.said("348")
    assert bar.said("696").params[1:4] == ("#chan", "e", "*!*@*")
    bar.said("482")
    baz.ask("JOIN #chan", "MODE #chan +e")
    assert [baz.said(number).command for number in ("474", "482")] == ["474", "482"]
    bar.ask("PART #chan")
    ann.ask("MODE #chan -e *ar", "MODE #chan -e *ar")
    assert ann.said("MODE").params == ("#chan", "-e", "*AR!*@*")
    bar.said("PART")
    bar.ask("JOIN #chan")
    bar.said("474")


def test_who_is_exempt_from_mutes_speaks_in_spite_of_them(hubbub_server: LocalServer) -> None:
    """Also by the user name that a client gives."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("MODE #chan +b ~q:qux")
    ann.said("MODE")
    qux = IrcClient(hubbub_server.address, "NICK qux", "USER evan 0 * :qux", "JOIN #chan")
    qux.ask("PRIVMSG #chan :hi")
    qux.said("404")
    ann.ask("MODE #chan +e ~q:*!~evan@*")
    assert ann.said("MODE").params == ("#chan", "+e", "~q:*!evan@*")
    qux.said("MODE", "#chan", "+e")
    qux.ask("PRIVMSG #chan :thanks")
    assert ann.said("PRIVMSG").params[1] == "thanks"
    ann.ask("MODE #chan +b qux")
    qux.said("MODE", "#chan", "+b")
    qux.ask("PRIVMSG #chan :banned")
    qux.said("404")


def test_a_channel_has_so_many_exemptions(hubbub_server: LocalServer) -> None:
    """MAXLIST=eI:100: the maximum number of entries in the list for each mode."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    for number in range(50):
        ann.ask(f"MODE #chan +e e{number}", f"MODE #chan +I i{number}")
        ann.said("MODE", "#chan", "+I", f"i{number}!*@*")
    ann.ask("MODE #chan +I one-more", "MODE #chan +I i7", "MODE #chan -e e7")
    assert ann.said("482").params[-1].startswith("'chan' has 100 exemptions")
    assert ann.said("MODE").params == ("#chan", "-e", "e7!*@*")
    ann.ask("MODE #chan +I one-more", "MODE #chan +I")
    ann.said("MODE", "#chan", "+I")
    assert len([line for line in ann.until("347") if line.command == "346"]) == 51


def test_those_on_the_list_need_not_be_invited(hubbub_server: LocalServer) -> None:
    """INVEX=I: users matching this mask can join without being invited; RPL_INVEXLIST (346)."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    ann.ask("MODE #chan +i", "MODE #chan +I bar!*@*", "MODE #chan +I")
    ann.said("MODE", "#chan", "+i")
    assert ann.said("MODE").params == ("#chan", "+I", "bar!*@*")
    assert ann.said("346").params[1:4] == ("#chan", "bar!*@*", "ann")
    assert ann.said("347").params[1] == "#chan"
    bar, baz = (IrcClient.named(hubbub_server.address, nick) for nick in ("bar", "baz"))
    baz.ask("JOIN #chan")
    baz.said("473")
    bar.ask("JOIN #chan", "PART #chan")
    bar.said("PART")
    ann.ask("MODE #chan -I bar!*@*")
    assert ann.said("MODE").params == ("#chan", "-I", "bar!*@*")
    bar.ask("JOIN #chan")
    bar.said("473")


def test_exemptions_are_kept_in_a_room_that_is_owned(hubbub_server: LocalServer) -> None:
    """What its owner decides is logged, as bans are."""
    register(hubbub_server, "olga")
    olga = member(hubbub_server, "olga", rooms="#owned")
    bar = IrcClient.named(hubbub_server.address, "bar", rooms="#owned")
    olga.ask("MODE #owned +ieI gus gus!*@*", "PRIVMSG #owned :it is open")
    bar.said("MODE", "#owned", "+i")
    assert bar.said("MODE").params == ("#owned", "+e", "gus!*@*")
    assert bar.said("MODE") == ("MODE", ("#owned", "+I", "gus!*@*"), "olga!~u@irc.hubbub", {})
    olga.ask("PART #owned")
    bar.ask("PART #owned")
    olga.said("PART")
    bar.said("PART")
    gus = IrcClient.named(hubbub_server.address, "gus")
    gus.ask("JOIN #owned", "MODE #owned +I", "MODE #owned -I gus")
    gus.said("JOIN")
    gus.said("482")
    gus.said("482")
    olga.ask("JOIN #owned", "MODE #owned -I gus")
    assert olga.said("MODE").params == ("#owned", "-I", "gus!*@*")
    olga.ask("MODE #owned +I")
    assert commands(olga.until("347")) == ["347"]
    bar.ask("JOIN #owned")
    bar.said("473")


def test_a_key_is_needed_where_there_is_one(hubbub_server: LocalServer) -> None:
    """ERR_BADCHANNELKEY (475); ERR_INVALIDMODEPARAM (696)."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    bob = IrcClient.named(hubbub_server.address, "bob")
    for key in ("passphrase with spaces", "long" * 100, "", "a,b", "é"):
        ann.ask(f"MODE #chan +k :{key}")
        assert ann.said("696").params[:4] == ("ann", "#chan", "k", "*")
    ann.ask("MODE #chan +k beer", "MODE #chan")
    assert ann.said("MODE").params == ("#chan", "+k", "beer")
    assert ann.said("324").params[2:] == ("+nk", "beer")
    bob.ask("JOIN #chan", "JOIN #chan bees", "MODE #chan", "JOIN #chan beer")
    assert commands(bob.until("366"))[:5] == ["475", "475", "324", "329", "JOIN"]
    ann.ask("MODE #chan -k")
    assert ann.said("MODE").params[:2] == ("#chan", "-k")


def test_a_full_channel_lets_in_those_who_are_invited(hubbub_server: LocalServer) -> None:
    """ERR_CHANNELISFULL (471)."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    bob = IrcClient.named(hubbub_server.address, "bob")
    for limit in ("0", "-1", "abc", ""):
        ann.ask(f"MODE #chan +l :{limit}")
        assert ann.said("696").params[1:3] == ("#chan", "l")
    ann.ask("MODE #chan +l 1")
    assert ann.said("MODE").params == ("#chan", "+l", "1")
    bob.ask("JOIN #chan")
    assert commands(bob.drain()) == ["471"]
    ann.ask("INVITE bob #chan")
    bob.said("INVITE")
    bob.ask("JOIN #chan")
    bob.until("366")
    ann.ask("MODE #chan -l")
    assert ann.said("MODE", "#chan", "-l").params == ("#chan", "-l")


def test_outsiders_speak_where_they_may(hubbub_server: LocalServer) -> None:
    """no external messages: users outside the channel may not send messages to it."""
    (ann,) = joined(hubbub_server, "#chan", "ann")
    bob = IrcClient.named(hubbub_server.address, "bob")
    bob.ask("PRIVMSG #chan :hi")
    bob.said("404")
    ann.ask("MODE #chan -n")
    assert ann.said("MODE").params == ("#chan", "-n")
    bob.ask("PRIVMSG #chan :hi again")
    assert ann.said("PRIVMSG").params == ("#chan", "hi again")
    ann.ask("MODE #chan +b bob")
    ann.said("MODE")
    bob.ask("PRIVMSG #chan :once more")
    assert bob.said("404").params[1] == "#chan"


def test_slow_mode_is_a_mode(hubbub_server: LocalServer) -> None:
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    ann.ask("MODE #chan +f 600", "MODE #chan")
    assert ann.said("MODE").params == ("#chan", "+f", "600")
    assert ann.said("324").params[2:] == ("+nf", "600")
    bob.said("MODE")
    bob.ask("PRIVMSG #chan :one", "PRIVMSG #chan :two")
    assert bob.said("404").params[1] == "#chan"
    assert ann.said("PRIVMSG").params[1] == "one"


def test_who_sets_the_topic_is_a_mode(hubbub_server: LocalServer) -> None:
    """protected topic: … only channel operators may set the topic."""
    ann, bob = joined(hubbub_server, "#chan", "ann", "bob")
    ann.ask("MODE #chan +t", "MODE #chan +v bob")
    bob.said("MODE", "#chan", "+v")
    bob.ask("TOPIC #chan :mine")
    bob.said("482")
    ann.ask("MODE #chan -t")
    bob.said("MODE", "#chan", "-t")
    bob.ask("TOPIC #chan :mine")
    assert ann.said("TOPIC").params == ("#chan", "mine")


def test_the_modes_of_an_owned_room_are_its_rules(hubbub_server: LocalServer) -> None:
    """What a member of the page decides, IRC tells, with who did it; and the other way round."""
    with EventPeer(hubbub_server, "olga", room=None) as olga:
        olga.ask(type="identify", device=SECRET)
        olga.ask(type="join", room="workshop")
        bob = IrcClient.named(hubbub_server.address, "bob", rooms="#workshop")
        olga.ask(type="rules", room="workshop", read_only=True)
        assert bob.said("MODE") == ("MODE", ("#workshop", "+m"), "olga!~u@irc.hubbub", {})
        bob.ask("MODE #workshop +o bob", "MODE #workshop -m", "NAMES #workshop")
        bob.said("482")
        bob.said("482")
        assert bob.said("353").params[3] == "&olga bob"
