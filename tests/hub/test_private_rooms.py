"""Private rooms: nobody but their members sees them, and members let people in, and out."""

from typing import TypeVar

import pytest
from msgspec.structs import force_setattr

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.rules import MEMBERS_MAX
from hubbub.wire.framed import CLASSIC
from tests.hub.moderated import ROOM, SECRET, Moderated, is_in, removed, rules
from tests.hub.peers import Peer

NOT_LET_IN = "forbidden: 'tea' is a private room; ask ann, ben or cleo to add you."


Event = TypeVar("Event", bound=e.Event)


class Closed(Moderated):
    """Tea is private: cleo owns it, ann and ben moderate it, eve and olga are let in.

    Dan is known, and in the lobby. Pat was there in passing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dan = self.arrive("dan", origin="203.0.113.9", room="lobby")
        self.cleo.tell(c.SetRules(room=ROOM, private=True))
        self.commit()

    def members(self) -> list[str]:
        """Return who is let in, as the owner is told."""
        self.cleo.read()
        self.cleo.tell(c.Join(room=ROOM))
        return rules(self.cleo)[-1].members


def answers(peer: Peer, kind: type[Event]) -> list[Event]:
    """Read, and return what came of one kind."""
    return [event for event in peer.events() if isinstance(event, kind)]


def test_people_who_are_known_and_in_a_room_become_its_members_when_it_is_made_private() -> None:
    room = Closed()
    assert room.members() == ["cleo", "ann", "ben", "eve", "olga"]
    (told,) = rules(room.eve)
    assert (told.private, told.members) == (True, ["cleo", "ann", "ben", "eve", "olga"])
    assert removed(room.pat) == [
        "'tea' is a private room; join with hubbub or in a browser, and ask ann, ben or cleo to "
        "add you."
    ]
    assert not is_in(room.pat)


@pytest.mark.parametrize(
    "command",
    [
        c.Join(room=ROOM),
        c.Join(room=ROOM, after=0),
        c.History(room=ROOM),
        c.Search(query="tea", room=ROOM),
        c.Members(room=ROOM),
        c.Say(room=ROOM, text="hello"),
        c.React(room=ROOM, seq=1, emoji="+1"),
        c.Edit(room=ROOM, seq=1, text="no"),
        c.Delete(room=ROOM, seq=1),
        c.Typing(room=ROOM),
        c.Seen(room=ROOM, seq=1),
        c.SetTopic(room=ROOM, text="mine"),
        c.Report(room=ROOM, seq=1),
        c.Add(room=ROOM, name="dan"),
        c.Kick(room=ROOM, name="eve"),
        c.Ban(room=ROOM, who="eve"),
        c.Unban(room=ROOM, who="eve"),
        c.Mute(room=ROOM, who="eve"),
        c.Bans(room=ROOM),
        c.SetRules(room=ROOM, private=False),
        c.SetRules(room=ROOM, locked=True),
        c.Appoint(room=ROOM, name="dan", role="owner"),
        c.MakeHook(room=ROOM, name="builds"),
        c.Hooks(room=ROOM),
        c.Leave(room=ROOM),
        c.Join(room=f"$reports/{ROOM}"),
        c.History(room=f"$reports/{ROOM}"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nobody_who_is_not_let_in_can_do_anything_there(command: c.AnyCommand) -> None:
    room = Closed()
    assert room.ask(room.dan, command) == NOT_LET_IN


def test_operators_who_are_not_let_in_cannot_do_anything_there_either() -> None:
    room = Closed()
    room.ask(room.olga, c.Kick(room=ROOM, name="olga"))
    assert room.ask(room.olga, c.Join(room=ROOM)) == NOT_LET_IN
    assert room.ask(room.olga, c.SetRules(room=ROOM, private=False)) == NOT_LET_IN
    assert room.ask(room.olga, c.Appoint(room=ROOM, name="olga", role="owner")) == NOT_LET_IN
    room.olga.tell(c.Join(room="$audit"))
    room.olga.tell(c.History(room="$audit"))
    (page,) = answers(room.olga, e.Page)
    assert "tea is ready" not in repr(page)


def test_people_in_passing_are_told_how_they_could_be_let_in() -> None:
    room = Closed()
    assert room.ask(room.pat, c.Join(room=ROOM)) == (
        "forbidden: 'tea' is a private room; join with hubbub or in a browser, and ask ann, ben or "
        "cleo to add you."
    )


def test_only_its_members_read_the_title_of_a_private_room() -> None:
    room = Closed()
    room.ask(room.cleo, c.SetRules(room=ROOM, title="surprise"))
    for called in (ROOM, "surprise"):
        assert room.ask(room.dan, c.Join(room=called)) == NOT_LET_IN


def test_only_its_members_find_a_private_room_in_the_list() -> None:
    room = Closed()
    for peer, listed in ((room.eve, ["lobby", "tea"]), (room.dan, ["lobby"])):
        peer.read()
        peer.tell(c.Rooms())
        (found,) = answers(peer, e.Rooms)
        assert [one.room for one in found.rooms] == listed
        assert [one.private for one in found.rooms] == [False, True][: len(listed)]
    assert [one.room for one in room.hub.list_rooms().rooms] == ["lobby"]


def test_a_search_across_rooms_covers_private_rooms_of_whoever_asks_and_no_others() -> None:
    room = Closed()
    for peer, found in ((room.eve, ["tea is ready"]), (room.dan, []), (room.pat, [])):
        peer.read()
        peer.tell(c.Search(query="tea"))
        (page,) = answers(peer, e.Page)
        assert [one.text for one in page.messages] == found
        assert (page.more, page.reached) == (False, None)


def test_a_member_is_told_by_whom_they_were_added_and_is_in_the_room() -> None:
    room = Closed()
    room.dan.read()
    assert room.ask(room.ann, c.Add(room=ROOM, name="Dan")) == "ok"
    added, entered, told = (
        one for one in room.dan.events() if isinstance(one, e.Added | e.Room | e.RoomRules)
    )
    assert isinstance(added, e.Added)
    assert (added.room, added.by, added.person) == (ROOM, "ann", room.ann.session.person.id)
    assert isinstance(entered, e.Room)
    assert (entered.room, entered.brought, entered.seen) == (ROOM, True, 0)
    assert isinstance(told, e.RoomRules)
    assert "dan" in told.members
    room.dan.tell(c.History(room=ROOM))
    (page,) = answers(room.dan, e.Page)
    assert [one.text for one in page.messages] == ["tea is ready"]


def test_somebody_who_is_away_is_added_and_brought_in_when_they_come() -> None:
    room = Closed()
    room.hub.depart(room.dan.session)
    assert room.ask(room.ben, c.Add(room=ROOM, name="dan")) == "ok"
    dan = room.enter("dan")
    dan.tell(c.Identify(device=SECRET + "dan"))
    assert [one.room for one in answers(dan, e.Room) if one.brought] == [ROOM]


def test_what_waits_in_a_private_room_brings_its_members_in_when_they_come() -> None:
    room = Closed()
    room.eve.tell(c.Seen(room=ROOM, seq=room.hub.last))
    room.hub.depart(room.eve.session)
    room.pass_time(10_000)
    eve = room.enter("eve")
    eve.tell(c.Identify(device=SECRET + "eve"))
    assert answers(eve, e.Room) == []
    room.hub.depart(eve.session)
    room.ask(room.ann, c.Say(room=ROOM, text="where is eve?"))
    eve = room.enter("eve")
    eve.tell(c.Identify(device=SECRET + "eve"))
    assert [one.room for one in answers(eve, e.Room)] == [ROOM]


def test_an_added_member_who_does_not_read_is_brought_in_all_the_same() -> None:
    room = Closed()
    room.dan.read()
    room.hub.lag(room.dan.session)
    room.ask(room.ann, c.Add(room=ROOM, name="dan"))
    room.ask(room.ann, c.Say(room=ROOM, text="hello dan"))
    events = room.dan.events()
    assert [one.brought for one in events if isinstance(one, e.Room)] == [True]
    assert [one.text for one in events if isinstance(one, e.Message)] == ["hello dan"]


def test_only_moderators_let_people_into_a_private_room() -> None:
    room = Closed()
    assert room.ask(room.eve, c.Add(room=ROOM, name="dan")) == (
        "forbidden: Only moderators can invite people to 'tea'; ask ann, ben or cleo."
    )


def test_people_in_passing_cannot_be_let_into_a_private_room() -> None:
    room = Closed()
    assert room.ask(room.ann, c.Add(room=ROOM, name="pat")) == (
        "forbidden: 'pat' is here in passing, and a private room is for people whom the server "
        "knows again. They must join with hubbub, or in a browser."
    )
    assert room.ask(room.ann, c.Add(room=ROOM, name="nobody")) == (
        "not_here: Nobody called 'nobody' is known here."
    )


def test_in_a_public_room_to_add_somebody_tells_them_of_it() -> None:
    room = Moderated()
    dan, zoe = room.arrive("dan", room="lobby"), room.enter("zoe", CLASSIC, origin="192.0.2.9")
    assert room.ask(room.eve, c.Add(room=ROOM, name="dan")) == "ok"
    (added,) = answers(dan, e.Added)
    assert (added.room, added.by) == (ROOM, "eve")
    assert not is_in(dan)
    assert room.ask(room.eve, c.Add(room=ROOM, name="zoe")) == "ok"
    assert zoe.pairs()[-1] == ("hubbub", "eve invites you to tea; /join tea takes you there.")
    room.hub.depart(dan.session)
    assert room.ask(room.eve, c.Add(room=ROOM, name="dan")) == (
        "not_here: Nobody called 'dan' is here."
    )


def test_a_member_who_is_removed_sees_nothing_more_until_they_are_added_again() -> None:
    room = Closed()
    room.eve.read()
    assert room.ask(room.ann, c.Kick(room=ROOM, name="eve", reason="calm down")) == "ok"
    assert removed(room.eve) == [
        "You were removed from 'tea' by ann (calm down); ask ann, ben or cleo to add you again."
    ]
    room.wait(61)
    assert room.ask(room.eve, c.Join(room=ROOM)) == NOT_LET_IN
    assert "eve" not in room.members()


def test_whoever_was_removed_can_be_added_again_at_once() -> None:
    room = Closed()
    room.ask(room.ann, c.Kick(room=ROOM, name="eve"))
    assert room.ask(room.ann, c.Add(room=ROOM, name="eve")) == "ok"
    assert is_in(room.eve)
    assert room.ask(room.eve, c.Say(room=ROOM, text="thanks")) == "ok"


def test_a_member_who_is_away_can_be_removed() -> None:
    room = Closed()
    room.hub.depart(room.eve.session)
    assert room.ask(room.ann, c.Kick(room=ROOM, name="eve")) == "ok"
    assert "eve" not in room.members()
    assert (
        room.ask(room.ann, c.Kick(room=ROOM, name="eve"))
        == "not_here: 'eve' is no member of 'tea'."
    )


@pytest.mark.parametrize("who", ["eve", "ev*"])
def test_a_ban_from_a_private_room_ends_the_membership_as_well(who: str) -> None:
    room = Closed()
    room.eve.read()
    assert room.ask(room.ann, c.Ban(room=ROOM, who=who)) == "ok"
    assert "banned from 'tea' for good by ann" in removed(room.eve)[0]
    assert "eve" not in room.members()
    assert room.ask(room.ann, c.Add(room=ROOM, name="eve")) == (
        "forbidden: 'eve' is banned from 'tea'; unban them first."
    )
    assert room.ask(room.ann, c.Unban(room=ROOM, who=who)) == "ok"
    assert room.ask(room.eve, c.Join(room=ROOM)) == NOT_LET_IN
    assert room.ask(room.ann, c.Add(room=ROOM, name="eve")) == "ok"
    assert is_in(room.eve)


def test_a_member_gives_up_the_membership_by_removing_themselves() -> None:
    room = Closed()
    room.eve.read()
    assert room.ask(room.eve, c.Kick(room=ROOM, name="eve")) == "ok"
    assert "eve" not in room.members()
    assert room.ask(room.eve, c.Join(room=ROOM)) == NOT_LET_IN
    assert room.ask(room.ann, c.Add(room=ROOM, name="eve")) == "ok"


def test_leaving_for_now_is_no_end_of_a_membership() -> None:
    room = Closed()
    room.eve.tell(c.Leave(room=ROOM))
    assert "eve" in room.members()
    assert room.ask(room.eve, c.Join(room=ROOM)) == "ok"


def test_an_owner_who_gives_up_is_succeeded_by_a_moderator_and_then_by_a_member() -> None:
    room = Closed()
    heirs = []
    for peer in (room.cleo, room.ann, room.ben, room.eve, room.olga):
        peer.read()
        peer.tell(c.Join(room=ROOM))
        heirs.append(rules(peer)[-1].owner)
        assert room.ask(peer, c.Kick(room=ROOM, name=peer.session.name)) == "ok"
    assert heirs == ["cleo", "ann", "ben", "eve", "olga"]
    assert room.ask(room.cleo, c.Join(room=ROOM)) == (
        "forbidden: 'tea' is a private room; nobody is left in it."
    )


def test_members_who_become_moderators_stay_members_when_they_are_none_any_more() -> None:
    room = Closed()
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="dan", role="moderator")) == "ok"
    assert is_in(room.dan)
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="dan", role="none")) == "ok"
    assert "dan" in room.members()


def test_a_moderator_who_is_removed_is_no_moderator_any_more() -> None:
    room = Closed()
    assert room.ask(room.cleo, c.Kick(room=ROOM, name="ben")) == "ok"
    assert room.ask(room.ben, c.Join(room=ROOM)) == (
        "forbidden: 'tea' is a private room; ask ann or cleo to add you."
    )


def test_a_room_that_is_public_again_is_everybodys_and_has_no_members() -> None:
    room = Closed()
    assert room.ask(room.cleo, c.SetRules(room=ROOM, private=False)) == "ok"
    assert room.members() == []
    assert room.ask(room.pat, c.Join(room=ROOM)) == "ok"
    room.dan.read()
    room.dan.tell(c.Search(query="tea"))
    (page,) = answers(room.dan, e.Page)
    assert [one.text for one in page.messages] == ["tea is ready"]
    assert "tea" in [one.room for one in room.hub.list_rooms().rooms]


def test_the_lobby_stays_public() -> None:
    room = Moderated()
    assert room.ask(room.olga, c.SetRules(room="lobby", private=True)) == (
        "forbidden: Everybody arrives in 'lobby', so it stays public. Make another room private."
    )


def test_only_its_owner_makes_a_room_private() -> None:
    room = Moderated()
    assert room.ask(room.ann, c.SetRules(room=ROOM, private=True)) == (
        "forbidden: Only the owner can make 'tea' private; ask cleo."
    )


def test_whoever_makes_a_room_private_that_nobody_owns_owns_it() -> None:
    room = Moderated()
    room.pat.tell(c.Join(room="den"))
    room.pat.tell(c.Say(room="den", text="hello"))
    room.olga.tell(c.Join(room="den"))
    assert room.ask(room.olga, c.SetRules(room="den", private=True)) == "ok"
    room.olga.tell(c.Join(room="den"))
    told = rules(room.olga)[-1]
    assert (told.owner, told.members) == ("olga", ["olga"])


def test_what_is_said_in_the_same_commit_is_not_told_to_those_who_were_put_out() -> None:
    room = Moderated()
    room.read_all()
    room.cleo.tell(c.SetRules(room=ROOM, private=True))
    room.ann.tell(c.Say(room=ROOM, text="now we are alone"))
    room.commit()
    assert "now we are alone" in repr(room.eve.events())
    assert "now we are alone" not in repr(room.pat.events())


def test_a_page_that_was_asked_for_before_is_not_given_to_those_who_were_put_out() -> None:
    room = Closed()
    room.eve.tell(c.Say(room=ROOM, text="the last word"))
    room.ann.tell(c.Kick(room=ROOM, name="eve"))
    assert room.ask(room.eve, c.History(room=ROOM)) == NOT_LET_IN


def test_two_who_change_the_members_at_once_both_do() -> None:
    room = Closed()
    room.arrive("zoe", origin="203.0.113.10", room="lobby")
    first = room.hub.command(room.ann.session, c.Add(room=ROOM, name="dan"), room.clock)
    second = room.hub.command(room.ben.session, c.Add(room=ROOM, name="zoe"), room.clock)
    assert first is not None
    assert second is not None
    question = next(second)
    room.decide(first)
    room.commit()
    assert room.hub.has_settled(question)  # type: ignore[arg-type]
    room.decide(second)
    assert {"dan", "zoe"} < set(room.members())


def test_a_private_room_has_a_largest_size() -> None:
    room = Closed()
    standing = room.hub._state.order.rules[ROOM]
    crowd = tuple(f"somebody{number}" for number in range(MEMBERS_MAX - len(standing.members)))
    force_setattr(standing, "members", (*standing.members, *crowd))
    assert room.ask(room.ann, c.Add(room=ROOM, name="dan")) == (
        "forbidden: A private room lets in 500 people, and 'tea' would have 501."
    )


def test_a_private_room_stays_so_after_a_restart() -> None:
    room = Closed()
    room.restart()
    eve, dan = room.arrive("eve"), room.arrive("dan")
    assert is_in(eve)
    assert not is_in(dan)
    assert room.ask(dan, c.History(room=ROOM)) == NOT_LET_IN
    assert [one.room for one in room.hub.list_rooms().rooms] == ["lobby"]


def test_reports_of_a_private_room_reach_its_moderators_alone() -> None:
    room = Closed()
    room.ask(room.olga, c.Kick(room=ROOM, name="olga"))
    room.eve.tell(c.History(room=ROOM))
    (page,) = answers(room.eve, e.Page)
    assert room.ask(room.eve, c.Report(room=ROOM, seq=page.messages[0].seq)) == "ok"
    room.ann.tell(c.History(room=f"$reports/{ROOM}"))
    assert "reports message" in repr(answers(room.ann, e.Page)[-1])
    room.olga.tell(c.History(room="$reports"))
    assert answers(room.olga, e.Page)[-1].messages == []


def test_members_who_are_forgotten_leave_a_private_room() -> None:
    room = Closed()
    assert room.ask(room.eve, c.ForgetMe(messages="keep")) == "ok"
    assert "eve" not in room.members()


def test_an_invitation_into_a_private_room_makes_members() -> None:
    room = Closed()
    room.ann.tell(c.Register(password="correct horse battery"))
    room.ann.read()
    room.ann.tell(c.Invite(rooms=[ROOM], uses=2))
    (made,) = answers(room.ann, e.Invitation)
    zoe = room.enter("zoe", origin="203.0.113.10")
    zoe.tell(c.Identify(device=SECRET + "zoe", invitation=made.invitation))
    events = zoe.events()
    assert [one.rooms for one in events if isinstance(one, e.Welcome) and one.person] == [[ROOM]]
    assert [one.room for one in events if isinstance(one, e.Room)] == [ROOM]
    room.hub.depart(room.dan.session)
    dan = room.enter("dan", origin="203.0.113.9")
    dan.tell(c.Identify(device=SECRET + "dan", invitation=made.invitation))
    assert is_in(dan)
    dan.read()
    ivy = room.enter("ivy", origin="203.0.113.11")
    assert room.ask(ivy, c.Identify(device=SECRET + "ivy", invitation=made.invitation)).startswith(
        "wrong_invitation"
    )


def test_an_invitation_leads_nowhere_whose_maker_may_not_let_people_in_any_more() -> None:
    room = Closed()
    room.ann.tell(c.Register(password="correct horse battery"))
    room.ann.read()
    room.ann.tell(c.Invite(rooms=[ROOM]))
    (made,) = answers(room.ann, e.Invitation)
    room.ask(room.cleo, c.Appoint(room=ROOM, name="ann", role="none"))
    zoe = room.enter("zoe", origin="203.0.113.10")
    zoe.tell(c.Identify(device=SECRET + "zoe", invitation=made.invitation))
    assert "zoe" not in room.members()


def test_only_moderators_invite_into_a_private_room() -> None:
    room = Closed()
    room.eve.tell(c.Register(password="correct horse battery"))
    assert room.ask(room.eve, c.Invite(rooms=[ROOM])) == (
        "forbidden: Only moderators can invite people to 'tea'; ask ann, ben or cleo."
    )


def test_classic_lines_keep_a_private_room() -> None:
    room = Closed()
    room.cleo.type("/public")
    room.commit()
    room.cleo.type("/private")
    room.commit()
    room.cleo.type("/add dan")
    room.commit()
    room.cleo.type("/rooms")
    told = [one.text for one in answers(room.cleo, e.Notice)]
    assert told == [
        "tea is public now: everybody may come in, and read all of it.",
        "tea is private now. /add lets people in.",
        "dan is let into tea.",
        "lobby, 2 present\ntea, 6 present (you are here) (private)",
    ]


def test_a_guest_in_a_classic_client_goes_to_a_private_room_and_back() -> None:
    room = Closed()
    pat = room.enter("quinn", CLASSIC, origin="192.0.2.9")
    pat.type(f"/join {ROOM}")
    assert pat.pairs()[-1] == (
        "hubbub",
        "'tea' is a private room; join with hubbub or in a browser, and ask ann, ben or cleo to "
        "add you.",
    )
