"""What holds in a room: its kinds, the roles in it, and who succeeds an owner."""

from itertools import product

import msgspec
import pytest

from hubbub.chat.roles import Kind, Role
from hubbub.chat.rules import Ban, Rules

ROOM = Rules(owner="cleo", moderators=("ann", "ben"), members=("eve", "dan"), writers=("eve",))
PRIVATE = msgspec.structs.replace(ROOM, private=True)


@pytest.mark.parametrize(
    ("private", "read_only", "locked", "archived"), list(product((False, True), repeat=4))
)
def test_a_room_is_of_every_kind_that_its_rules_say(
    *, private: bool, read_only: bool, locked: bool, archived: bool
) -> None:
    rules = Rules(private=private, read_only=read_only, locked=locked, archived=archived)
    assert set(rules.kinds()) == {
        Kind.PRIVATE if private else Kind.PUBLIC,
        *([Kind.READ_ONLY] if read_only else []),
        *([Kind.LOCKED] if locked else []),
        *([Kind.ARCHIVED] if archived else []),
    }


def test_a_room_is_not_read_only_to_its_writers() -> None:
    rules = msgspec.structs.replace(ROOM, read_only=True, locked=True)
    assert Kind.READ_ONLY in rules.kinds("dan")
    assert Kind.READ_ONLY in rules.kinds("")
    assert rules.kinds("eve") == (Kind.PUBLIC, Kind.LOCKED)


@pytest.mark.parametrize("elsewhere", [Role.GUEST, Role.MEMBER, Role.OPERATOR])
def test_a_role_is_the_higher_of_that_in_the_room_and_that_in_the_chatroom(
    elsewhere: Role,
) -> None:
    for rules in (ROOM, PRIVATE):
        assert rules.role("cleo", elsewhere) is max(Role.OWNER, elsewhere)
        assert rules.role("ann", elsewhere) is max(Role.MODERATOR, elsewhere)
        assert rules.role("eve", elsewhere) is elsewhere


def test_passing_people_are_nobody_in_particular() -> None:
    assert Rules().role("", Role.PASSING) is Role.PASSING, "though the owner is nobody, too"
    assert PRIVATE.role("", Role.PASSING) is None


@pytest.mark.parametrize("elsewhere", Role)
def test_nobody_from_outside_has_a_role_in_a_private_room(elsewhere: Role) -> None:
    assert PRIVATE.role("somebody", elsewhere) is None
    assert ROOM.role("somebody", elsewhere) is elsewhere


# Whoever goes for good.


def test_an_owner_is_succeeded_by_the_first_moderator() -> None:
    rules = ROOM.without("cleo")
    assert (rules.owner, rules.moderators) == ("ann", ("ben",))


def test_an_owner_of_a_private_room_is_succeeded_by_a_member_at_last() -> None:
    rules = PRIVATE.without("ann").without("ben").without("cleo")
    assert (rules.owner, rules.moderators) == ("eve", ())


def test_a_public_room_without_moderators_is_the_operators_own() -> None:
    assert ROOM.without("ann").without("ben").without("cleo").owner == ""


def test_whoever_is_gone_is_nothing_there_any_more() -> None:
    rules = ROOM.without("eve").without("ann")
    assert (rules.owner, rules.moderators, rules.members) == ("cleo", ("ben",), ("dan",))
    assert rules.writers == ()
    assert ROOM.without("somebody") == ROOM


# As facts.


def test_values_are_small_json_and_come_back() -> None:
    assert msgspec.json.encode(Rules()) == b"{}"
    for value in (ROOM, PRIVATE, Ban(name="eve*", until=5, room="tea")):
        assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value


def test_a_ban_of_the_same_in_the_same_room_has_the_same_id() -> None:
    ban = Ban(name="eve*", room="tea", until=5, by="ann")
    assert ban.id == Ban(name="eve*", room="tea", reason="spam").id
    others = [Ban(name="eve*"), Ban(person="eve*", room="tea"), Ban(name="eve", room="tea")]
    assert len({ban.id, *(one.id for one in others)}) == 4
