"""What becomes of power, and of bans, once people or times are over."""

from hubbub.chat import commands as c
from hubbub.chat.rules import BAN, MUTE, OPERATOR, ROOM
from tests.hub.moderated import ROOM as TEA
from tests.hub.moderated import Moderated, rules
from tests.hub.peers import now

DAY = 86_400


def logged(room: Moderated, family: str) -> list[str]:
    """Return the keys of a family under which something stands in the log."""
    room.commit()
    return [fact.key for fact in now(room.log.facts(family))]


def forget(room: Moderated, *names: str) -> None:
    """Have guests stay away for so long that they are forgotten."""
    for peer in (room.cleo, room.ann, room.ben, room.eve, room.olga):
        if peer.name in names:
            room.hub.depart(peer.session)
    room.commit()
    for _ in range(3):  # noted that they left, and forgotten, and what they leave behind
        room.wait(31 * DAY)
        room.commit()


def owner(room: Moderated) -> tuple[str, list[str]]:
    told = rules(room.arrive("dan"))[-1]
    return told.owner, told.moderators


def test_a_forgotten_owner_is_succeeded_by_the_first_moderator() -> None:
    room = Moderated()
    forget(room, "cleo")
    assert owner(room) == ("ann", ["ben"])
    room.restart()
    assert owner(room) == ("ann", ["ben"])


def test_a_forgotten_moderator_is_one_no_more() -> None:
    room = Moderated()
    forget(room, "ann")
    assert owner(room) == ("cleo", ["ben"])


def test_a_room_whose_people_are_all_forgotten_is_the_operators_to_look_after() -> None:
    room = Moderated()
    forget(room, "cleo", "ann", "ben")
    assert room.ask(room.olga, c.SetRules(room=TEA, locked=True)) == "ok"
    told = rules(room.arrive("dan"))[-1]
    assert (told.owner, told.moderators) == ("", [])


def test_a_forgotten_operator_leaves_the_server_to_who_comes_first_from_its_machine() -> None:
    room = Moderated()
    forget(room, "olga")
    assert logged(room, OPERATOR) == []
    dan = room.arrive("dan", origin="")
    assert room.ask(dan, c.Bans()) == "ok"


def test_bans_and_mutes_that_are_over_do_not_stay_in_the_log() -> None:
    room = Moderated()
    room.ask(room.ann, c.Ban(room=TEA, who="eve", seconds=60))
    room.ask(room.ann, c.Mute(room=TEA, who="pat", seconds=60))
    room.ask(room.ann, c.Mute(room=TEA, who="eve"))
    assert (len(logged(room, BAN)), len(logged(room, MUTE))) == (1, 2)
    room.wait(59)
    assert len(logged(room, BAN)) == 1
    for _ in range(2):
        room.wait(60)
    assert (len(logged(room, BAN)), len(logged(room, MUTE))) == (0, 1)


def test_what_is_over_is_looked_for_once_a_minute() -> None:
    room = Moderated()
    room.ask(room.ann, c.Ban(room=TEA, who="eve", seconds=1))
    room.wait(60)
    room.commit()
    room.ask(room.ann, c.Ban(room=TEA, who="eve", seconds=1))
    room.wait(2)
    assert len(logged(room, BAN)) == 1, "it was looked two seconds ago"


def test_the_rules_of_a_room_are_found_by_the_people_in_them() -> None:
    room = Moderated()
    order = room.hub._state.order
    ann = room.ann.session.person.id
    assert order.rooms_of[ann] == {TEA}
    room.ask(room.cleo, c.Appoint(room=TEA, name="ann", role="none"))
    assert ann not in order.rooms_of
    assert logged(room, ROOM) == [ROOM + TEA]
