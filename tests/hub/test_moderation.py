"""Acts of power: decided by the table, in effect where facts are applied, and kept by the log."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.listed import BanSummary
from hubbub.chat.people import PERSON
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, Moderated, is_in, removed, rules
from tests.hub.peers import Chatroom, now

IN_ROOM = "banned from 'tea'"


@pytest.fixture
def room() -> Moderated:
    return Moderated()


# Who runs the server.


def test_the_first_from_the_servers_own_machine_runs_it(room: Moderated) -> None:
    assert room.ask(room.olga, c.Bans()) == "ok"
    second = room.arrive("dan", origin="")
    assert room.ask(second, c.Bans()).startswith("forbidden: Only operators of the server can ban")
    room.restart()
    assert room.ask(room.arrive("olga", origin="192.0.2.9"), c.Bans()) == "ok"
    assert room.ask(room.arrive("dan", origin=""), c.Bans()).startswith("forbidden")


def test_nobody_from_elsewhere_comes_to_run_it_by_being_first() -> None:
    chatroom = Moderated.__new__(Moderated)
    Chatroom.__init__(chatroom)
    eve = chatroom.arrive("eve")
    assert chatroom.ask(eve, c.Bans()) == (
        "forbidden: Only operators of the server can ban people from the chatroom; ask whoever "
        "runs the server."
    )


def test_operators_make_others_and_the_last_one_stays(room: Moderated) -> None:
    olga, ann = room.olga, room.ann
    assert room.ask(ann, c.Appoint(name="ann", role="operator")) == (
        "forbidden: Only operators of the server can choose the operators of the chatroom; ask "
        "olga."
    )
    assert room.ask(olga, c.Appoint(name="olga", role="none")) == (
        "forbidden: You are the only operator. Make somebody else one first."
    )
    assert room.ask(olga, c.Appoint(name="ann", role="operator")) == "ok"
    assert room.ask(olga, c.Appoint(name="ann", role="none")).startswith("forbidden: 'ann' is an")
    assert room.ask(olga, c.Appoint(name="olga", role="none")) == "ok"
    assert room.ask(olga, c.Bans()).startswith("forbidden")
    assert room.ask(ann, c.Appoint(name="pat", role="operator")).startswith("not_here: 'pat' is")
    assert room.ask(ann, c.Appoint(name="ben", role="owner")).endswith("Name the room.")
    assert room.ask(ann, c.Appoint(room=ROOM, name="ben", role="operator")).startswith("bad_comm")


# Who owns a room.


def test_a_room_is_owned_by_the_known_person_who_opened_it(room: Moderated) -> None:
    room.eve.tell(c.Join(room="cake"))
    assert rules(room.eve)[-1].owner == "eve"
    assert room.ask(room.eve, c.SetRules(room="cake", locked=True)) == "ok"
    room.restart()
    late = room.arrive("dan", room="cake")
    assert [(one.owner, one.locked) for one in rules(late)] == [("eve", True)]


def test_a_room_that_was_opened_in_passing_is_the_operators_to_look_after(room: Moderated) -> None:
    room.pat.tell(c.Join(room="cake"))
    room.pat.tell(c.Say(room="cake", text="hello"))
    room.commit()
    assert rules(room.pat) == []
    refused = "forbidden: Only moderators can lock 'cake'; ask olga."
    assert room.ask(room.pat, c.SetRules(room="cake", locked=True)) == refused
    room.olga.tell(c.Join(room="cake"))
    assert room.ask(room.olga, c.SetRules(room="cake", locked=True)) == "ok"


def test_a_room_that_closes_unused_is_nobodys(room: Moderated) -> None:
    room.eve.tell(c.Join(room="cake"))
    room.eve.tell(c.Leave(room="cake"))
    room.ann.tell(c.Join(room="cake"))
    assert rules(room.ann)[-1].owner == "ann"


def test_the_first_who_speaks_in_a_room_does_not_own_it_but_who_opened_it(room: Moderated) -> None:
    room.eve.tell(c.Join(room="cake"))
    room.pat.tell(c.Join(room="cake"))
    room.pat.tell(c.Say(room="cake", text="hello"))
    room.commit()
    room.restart()
    assert rules(room.arrive("dan", room="cake"))[-1].owner == "eve"


# Kicks.


def test_whoever_is_kicked_is_out_with_all_sessions_and_back_in_a_minute(room: Moderated) -> None:
    other = room.arrive("eve")
    assert room.ask(room.ann, c.Kick(room=ROOM, name="eve", reason="calm down")) == "ok"
    said = "You were removed from 'tea' by ann (calm down); you may come back in 1 minute."
    for session in (room.eve, other):
        assert removed(session) == [said]
        assert not is_in(session)
        assert not session.ended
    assert room.ask(room.eve, c.Join(room=ROOM)) == f"banned: {said}"
    room.wait(60)
    assert room.ask(room.eve, c.Join(room=ROOM)) == "ok"


def test_others_see_that_somebody_was_kicked_as_that_they_left(room: Moderated) -> None:
    room.ann.read()
    room.ask(room.ben, c.Kick(room=ROOM, name="eve"))
    left = [one.name for one in room.ann.events() if isinstance(one, e.Presence)]
    assert left == ["eve"]


def test_a_kick_from_the_chatroom_ends_their_sessions(room: Moderated) -> None:
    assert room.ask(room.olga, c.Kick(name="pat")) == "ok"
    assert room.pat.ended
    assert [one.code for one in room.pat.events() if isinstance(one, e.Bye)] == ["banned"]
    assert room.knock("pat", format_=CLASSIC).startswith("banned: You were removed from the chat")
    room.wait(60)
    assert room.knock("pat", format_=CLASSIC) == "ok"


def test_a_kick_holds_for_the_address_too_if_nobody_else_is_there_from_it(room: Moderated) -> None:
    dan = room.arrive("dan", origin="203.0.113.7")
    assert room.ask(room.ann, c.Kick(room=ROOM, name="dan")) == "ok"
    room.hub.depart(dan.session)
    again = room.arrive("dan2", origin="203.0.113.7", room="lobby")
    assert room.ask(again, c.Join(room=ROOM)) == (
        "banned: Somebody from your network, 203.0.113.7/32, was removed from 'tea' by ann; you "
        "may join in 1 minute."
    )
    room.wait(60)
    assert room.ask(again, c.Join(room=ROOM)) == "ok"


def test_a_kick_holds_for_nobody_who_shares_the_address(room: Moderated) -> None:
    assert room.ask(room.ann, c.Kick(room=ROOM, name="eve")) == "ok"
    assert is_in(room.cleo)
    assert room.ask(room.arrive("fay", room="lobby"), c.Join(room=ROOM)) == "ok"


def test_only_who_is_in_a_room_is_kicked_from_it(room: Moderated) -> None:
    room.eve.tell(c.Leave(room=ROOM))
    assert room.ask(room.ann, c.Kick(room=ROOM, name="eve")) == "not_here: 'eve' is not in 'tea'."
    assert room.ask(room.ann, c.Kick(room=ROOM, name="dan")).startswith("not_here")


# Bans.


def test_a_ban_from_a_room_holds_for_all_that_is_said_and_read_there(room: Moderated) -> None:
    assert room.ask(room.ann, c.Ban(room=ROOM, who="eve", seconds=7200, reason="spam")) == "ok"
    until = "until 1970-01-01 02:00 UTC by ann (spam); ann, ben or cleo can let you back in."
    assert removed(room.eve) == [f"You are {IN_ROOM} {until}"]
    for command in (
        c.Join(room=ROOM),
        c.History(room=ROOM),
        c.Search(room=ROOM, query="tea"),
        c.Members(room=ROOM),
    ):
        assert room.ask(room.eve, command) == f"banned: You are {IN_ROOM} {until}"
    assert room.ask(room.eve, c.Join(room="lobby")) == "ok"
    room.wait(7200)
    assert room.ask(room.eve, c.Join(room=ROOM)) == "ok"


def test_a_search_across_rooms_shows_nothing_of_those_one_is_banned_from(room: Moderated) -> None:
    def found(limit: int = 50) -> e.Page:
        room.eve.read()
        room.eve.tell(c.Search(query="tea", limit=limit))
        (page,) = (event for event in room.eve.events() if isinstance(event, e.Page))
        return page

    room.olga.tell(c.Say(room="lobby", text="more tea"))
    room.cleo.tell(c.Say(room=ROOM, text="tea again"))
    room.commit()
    assert [message.room for message in found().messages] == [ROOM, "lobby", ROOM]
    assert room.ask(room.ann, c.Ban(room=ROOM, who="eve")) == "ok"
    assert [message.room for message in found().messages] == ["lobby"]
    page = found(limit=1)
    assert (page.messages, page.more) == ([], True)
    assert page.reached == room.hub.rooms[ROOM].last  # from where the search goes on


def test_a_ban_survives_restarts_and_new_sessions(room: Moderated) -> None:
    room.ask(room.ann, c.Ban(room=ROOM, who="eve"))
    room.restart()
    assert not is_in(room.arrive("eve"))
    room.restart()
    assert room.ask(room.arrive("ann"), c.Unban(room=ROOM, who="eve")) == "ok"
    room.restart()
    assert is_in(room.arrive("eve"))


def test_a_ban_from_the_chatroom_ends_all_sessions_and_survives_restarts(room: Moderated) -> None:
    other = room.arrive("eve")
    assert room.ask(room.olga, c.Ban(who="eve", reason="spam")) == "ok"
    said = (
        "banned: You are banned from the chatroom for good by olga (spam); olga can let you back "
        "in."
    )
    assert room.eve.ended
    assert other.ended
    for _ in range(2):
        assert room.knock("eve") == said
        room.restart()
    assert room.knock("ann") == "ok"


def test_who_is_away_can_be_banned(room: Moderated) -> None:
    room.hub.depart(room.eve.session)
    assert room.ask(room.olga, c.Ban(who="eve")) == "ok"
    assert room.knock("eve").startswith("banned: You are banned")


def test_somebody_in_passing_is_banned_by_name_and_address(room: Moderated) -> None:
    assert room.ask(room.olga, c.Ban(who="pat")) == "ok"
    assert room.pat.ended
    for name, origin in (("pat", ""), ("ＰＡＴ", ""), ("раt", ""), ("sam", "198.51.100.7")):
        assert room.knock(name, origin=origin, format_=CLASSIC).startswith("banned"), name
    assert room.knock("sam", origin="198.51.100.8", format_=CLASSIC) == "ok"


def test_nobody_is_banned_for_the_address_of_somebody_else(room: Moderated) -> None:
    neighbour = room.enter("sam", origin="198.51.100.7")
    assert room.ask(room.olga, c.Ban(who="pat")) == "ok"
    assert not neighbour.ended
    assert room.knock("sam2", origin="198.51.100.7", format_=CLASSIC) == "ok"


@pytest.mark.parametrize("name", ["eve", "EVE7", "еvelyn"])
def test_a_pattern_holds_for_whoever_is_here_and_comes(room: Moderated, name: str) -> None:
    there = room.enter("eve8")
    assert room.ask(room.olga, c.Ban(who="eve*", reason="no eves")) == "ok"
    assert room.eve.ended
    assert there.ended
    assert room.knock(name, format_=CLASSIC) == (
        "banned: Names like 'eve*' are banned from the chatroom for good by olga (no eves); olga "
        "can let you back in."
    )


def test_a_network_holds_for_whoever_is_here_and_comes(room: Moderated) -> None:
    assert room.ask(room.olga, c.Ban(who="198.51.100.0/24")) == "ok"
    assert room.pat.ended
    assert room.knock("sam", origin="198.51.100.200", format_=CLASSIC).startswith(
        "banned: Your network, 198.51.100.0/24, is banned"
    )


def test_operators_come_in_from_a_banned_network_and_others_do_not(room: Moderated) -> None:
    room.ask(room.olga, c.Appoint(name="ann", role="operator"))
    assert room.ask(room.olga, c.Ban(who="203.0.113.0/24")) == "ok"
    assert room.knock("ann", origin="203.0.113.7") == "ok"
    banned = "banned: Your network, 203.0.113.0/24, is banned from the chatroom"
    assert room.knock("eve", origin="203.0.113.7").startswith(banned), "a guest"
    before = [one.key for one in now(room.log.facts(PERSON))]
    assert room.knock("newcomer", origin="203.0.113.7").startswith(banned)
    assert [one.key for one in now(room.log.facts(PERSON))] == before, "nobody new is known"
    passing = room.enter("sam", origin="203.0.113.7")
    passing.tell(c.Join(room=ROOM))
    assert not is_in(passing)
    assert room.hub.here.holder("sam") is None


def test_names_and_networks_do_not_hold_for_those_who_have_power(room: Moderated) -> None:
    room.ask(room.cleo, c.Ban(room=ROOM, who="*nn*"))
    room.ask(room.cleo, c.Ban(room=ROOM, who="203.0.113.0/24"))
    assert is_in(room.ann)
    assert is_in(room.arrive("ben", origin="203.0.113.7"))


@pytest.mark.parametrize("who", ["olga", "ol*", "*lg*"])
def test_nobody_bans_themselves_by_mistake(room: Moderated, who: str) -> None:
    assert room.ask(room.olga, c.Ban(who=who)) == f"forbidden: '{who}' holds for you, too."


@pytest.mark.parametrize("who", ["*", "e*", "0.0.0.0/0", "127.0.0.1", "", "e*e", "x" * 40])
def test_what_nobody_can_mean_is_refused_with_a_sentence(room: Moderated, who: str) -> None:
    answer = room.ask(room.olga, c.Ban(who=who))
    assert answer.startswith(("bad_command: ", "name_not_allowed: "))
    assert answer.endswith(".")


def test_a_ban_is_taken_back_by_what_was_written_or_what_they_are_called(room: Moderated) -> None:
    for who in ("eve", "198.51.100.0/24", "spam*", "*Bot"):
        assert room.ask(room.olga, c.Ban(who=who)) == "ok"
    for who in ("EVE", "198.51.100.0/24", "Spam*", "*bot"):
        assert room.ask(room.olga, c.Unban(who=who)) == "ok"
        assert room.ask(room.olga, c.Unban(who=who)) == (
            f"not_here: '{who}' is not banned from the chatroom."
        )
    assert room.knock("eve") == "ok"


@pytest.mark.parametrize("who", ["203.0.113.7", "203.0.113.7/24", "2001:db8::1", "*eve", "sam"])
def test_whatever_was_written_to_ban_takes_the_ban_back(room: Moderated, who: str) -> None:
    room.enter("sam", origin="198.51.100.9")
    assert room.ask(room.olga, c.Ban(who=who)) == "ok"
    assert room.ask(room.olga, c.Unban(who=who)) == "ok"
    assert not room.hub._state.order.bans.of_room("")


def test_bans_and_mutes_are_listed(room: Moderated) -> None:
    room.ask(room.ann, c.Ban(room=ROOM, who="eve", seconds=60, reason="spam"))
    room.ask(room.ann, c.Mute(room=ROOM, who="pat"))
    room.ann.tell(c.Bans(room=ROOM, ref="1"))
    (listed,) = [one for one in room.ann.events() if isinstance(one, e.Bans)]
    assert listed.bans == [BanSummary("eve", "ann", room.clock + 60_000, "spam")]
    assert listed.mutes == [BanSummary("pat", "ann")]
    room.wait(60)
    room.ann.tell(c.Bans(room=ROOM, ref="2"))
    (listed,) = [one for one in room.ann.events() if isinstance(one, e.Bans)]
    assert listed.bans == []


def test_of_many_bans_and_mutes_the_newest_are_listed(room: Moderated) -> None:
    most = room.limits.listed_max
    for number in range(most + 1):
        room.ann.tell(c.Ban(room=ROOM, who=f"bad{number:04}x"))
    room.ann.tell(c.Mute(room=ROOM, who="pat"))
    room.commit()
    room.ann.read()
    room.ann.tell(c.Bans(room=ROOM, ref="1"))
    (listed,) = [one for one in room.ann.events() if isinstance(one, e.Bans)]
    assert [one.whom for one in listed.bans] == [f"bad{n:04}x" for n in range(1, most + 1)]
    assert ([one.whom for one in listed.mutes], listed.more) == (["pat"], True)
    room.ann.tell(c.Unban(room=ROOM, who=f"bad{most:04}x"))
    room.ann.tell(c.Bans(room=ROOM, ref="2"))
    room.commit()
    room.ann.tell(c.Bans(room=ROOM, ref="3"))
    *_, listed = [one for one in room.ann.events() if isinstance(one, e.Bans)]
    assert (len(listed.bans), listed.bans[0].whom, listed.more) == (most, "bad0000x", False)


# Mutes.


def test_the_muted_read_but_do_not_write(room: Moderated) -> None:
    assert room.ask(room.ann, c.Mute(room=ROOM, who="eve", seconds=600, reason="loud")) == "ok"
    said = (
        "muted: You are muted in 'tea' until 1970-01-01 00:10 UTC by ann (loud); ann, ben or cleo "
        "can let you write again."
    )
    for command in (
        c.Say(room=ROOM, text="hi"),
        c.React(room=ROOM, seq=1, emoji="x"),
        c.SetTopic(room=ROOM, text="loud"),
        c.Typing(room=ROOM),
    ):
        assert room.ask(room.eve, command) == said
    assert room.ask(room.eve, c.History(room=ROOM)) == "ok"
    assert room.ask(room.pat, c.Say(room=ROOM, text="hi")) == "ok"
    room.wait(600)
    assert room.ask(room.eve, c.Say(room=ROOM, text="hi")) == "ok"


def test_a_mute_holds_in_every_room_and_over_restarts_until_it_is_taken_back(
    room: Moderated,
) -> None:
    room.ask(room.olga, c.Mute(who="eve"))
    room.restart()
    eve, olga = room.arrive("eve"), room.arrive("olga")
    assert room.ask(eve, c.Say(room=ROOM, text="hi")).startswith(
        "muted: You are muted in the chatroom for good by olga; olga can"
    )
    assert room.ask(olga, c.Unmute(who="eve")) == "ok"
    assert room.ask(eve, c.Say(room=ROOM, text="hi")) == "ok"


def test_the_muted_cannot_edit_but_take_back(room: Moderated) -> None:
    room.eve.tell(c.Say(room=ROOM, text="hi", ref="1"))
    room.commit()
    seq = next(one.seq for one in room.eve.events() if isinstance(one, e.Message)) or 0
    room.ask(room.ann, c.Mute(room=ROOM, who="eve"))
    assert room.ask(room.eve, c.Edit(room=ROOM, seq=seq, text="HI")).startswith("muted")
    assert room.ask(room.eve, c.Delete(room=ROOM, seq=seq)) == "ok"


# Messages of others.


def test_moderators_delete_messages_of_those_over_whom_they_have_power(room: Moderated) -> None:
    seqs = {}
    for peer in (room.pat, room.eve, room.ben, room.cleo):
        peer.read()
        peer.tell(c.Say(room=ROOM, text="hi", ref="1"))
        room.commit()
        seqs[peer.name] = next(one.seq for one in peer.events() if isinstance(one, e.Ok)) or 0
    assert room.ask(room.eve, c.Delete(room=ROOM, seq=seqs["pat"])) == (
        "forbidden: Only moderators can delete other people's messages in 'tea'; ask ann, ben or "
        "cleo."
    )
    for name in ("pat", "eve"):
        assert room.ask(room.ann, c.Delete(room=ROOM, seq=seqs[name])) == "ok"
    assert room.ask(room.ann, c.Delete(room=ROOM, seq=seqs["ben"])) == (
        "forbidden: 'ben' is a moderator, as you are; cleo can do it."
    )
    assert room.ask(room.olga, c.Delete(room=ROOM, seq=seqs["cleo"])) == "ok"
    assert room.ask(room.ann, c.Edit(room=ROOM, seq=seqs["eve"], text="x")).startswith("no_such")


# Power over people, and power itself.


def test_nobody_acts_on_somebody_of_the_same_or_a_higher_role(room: Moderated) -> None:
    refusals = {
        (room.ann, "ben"): "'ben' is a moderator, as you are; cleo can do it.",
        (room.ann, "cleo"): "'cleo' is the owner; olga can do it.",
        (room.cleo, "olga"): "'olga' is an operator of the server, and nobody has power over "
        "operators but they themselves, and whoever has the server's machine.",
    }
    for (peer, name), said in refusals.items():
        for command in (
            c.Kick(room=ROOM, name=name),
            c.Ban(room=ROOM, who=name),
            c.Mute(room=ROOM, who=name),
        ):
            assert room.ask(peer, command) == f"forbidden: {said}"
    assert room.ask(room.cleo, c.Ban(room=ROOM, who="ann")) == "ok"
    assert room.ask(room.olga, c.Kick(room=ROOM, name="cleo")) == "ok"


def test_an_owner_makes_and_unmakes_moderators_and_hands_the_room_over(room: Moderated) -> None:
    assert room.ask(room.ann, c.Appoint(room=ROOM, name="eve", role="moderator")) == (
        "forbidden: Only the owner can choose the moderators of 'tea'; ask cleo."
    )
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="ben", role="none")) == "ok"
    assert room.ask(room.ben, c.Kick(room=ROOM, name="eve")).startswith("forbidden: Only mod")
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="cleo", role="none")) == (
        "forbidden: 'cleo' owns 'tea'; hand it over to somebody else first."
    )
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="eve", role="owner")) == "ok"
    last = rules(room.ann)[-1]
    assert (last.owner, last.moderators) == ("eve", ["ann", "cleo"])
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="ann", role="owner")).startswith(
        "forbidden: Only the owner"
    )


def test_a_moderator_may_step_down(room: Moderated) -> None:
    assert room.ask(room.ann, c.Appoint(room=ROOM, name="ann", role="none")) == "ok"
    assert rules(room.eve)[-1].moderators == ["ben"]


def test_nobody_who_would_not_be_known_again_is_given_power(room: Moderated) -> None:
    for role in ("moderator", "owner", "writer"):
        assert room.ask(room.cleo, c.Appoint(room=ROOM, name="pat", role=role)) == (
            "not_here: 'pat' is here in passing, and would not be known again. They must join "
            "with hubbub, or in a browser."
        )
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="dan", role="moderator")) == (
        "not_here: Nobody called 'dan' is known here."
    )


def test_an_operator_gives_a_room_that_nobody_owns_an_owner(room: Moderated) -> None:
    assert room.ask(room.olga, c.Appoint(room="lobby", name="eve", role="owner")) == "ok"
    assert room.ask(room.eve, c.SetRules(room="lobby", slow_seconds=5)) == "ok"


def test_a_conversation_has_no_moderators(room: Moderated) -> None:
    room.olga.tell(c.Direct(name="eve"))
    private = next(name for name in room.olga.session.members if name.startswith("@"))
    for command, said in (
        (c.Kick(room=private, name="eve"), "remove people from a conversation; leave it"),
        (c.Ban(room=private, who="eve"), "ban people from a conversation; ignore them"),
        (c.SetRules(room=private, locked=True), "lock a conversation; open a room for that"),
    ):
        assert f"Nobody can {said}" in room.ask(room.olga, command)
    assert room.ask(room.ann, c.Kick(room=private, name="eve")).startswith("no_such_room")
