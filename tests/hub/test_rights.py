"""Who may do what: every act, attempted in every role in every kind of place."""

import json
from collections.abc import Collection, Sequence
from itertools import combinations
from pathlib import Path

import pytest

from hubbub.chat.errors import Refused
from hubbub.chat.roles import Kind, Role, Scope
from hubbub.hub.rules.rights import TABLE, Act, Place, check, check_power, least, may

PAGE = (Path(__file__).parent / "rights.md").read_text("utf-8")
"""The tables, written down apart from the code, in the form of the documents."""

NOBODY = "–"
STATES = (Kind.READ_ONLY, Kind.LOCKED, Kind.ARCHIVED)

Cell = tuple[Act, Kind, str]


def written(page: str) -> list[Cell]:
    """Return the cells of the tables of a page."""
    acts = {act.format(place): act for act in Act for place in ("the room", "the chatroom")}
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| ")
    ]
    kinds: list[Kind] = []
    cells: list[Cell] = []
    for label, *words in rows:
        if label == "act":
            kinds = [Kind(word) for word in words]
        else:
            cells += zip([acts[label]] * len(kinds), kinds, words, strict=True)
    return cells


CELLS = written(PAGE)
PEOPLE = {"ann": Role.MODERATOR, "ben": Role.MODERATOR, "cleo": Role.OWNER, "olga": Role.OPERATOR}


def place(*kinds: Kind, people: dict[str, Role] = PEOPLE) -> Place:
    def names(role: Role) -> Sequence[str]:
        return sorted(
            (one for one, theirs in people.items() if theirs >= role), key=lambda one: people[one]
        )

    return Place("" if Kind.CHATROOM in kinds else "tea", kinds, names)


def sentence(act: Act, role: Role, where: Place, scopes: Collection[Scope] | None = None) -> str:
    with pytest.raises(Refused) as refusal:
        check(act, role, where, scopes)
    assert refusal.value.code == "forbidden"
    return str(refusal.value)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("act", "kind", "cell"), CELLS)
def test_every_act_is_attempted_in_every_role_and_kind(
    act: Act, kind: Kind, cell: str, role: Role
) -> None:
    is_allowed = cell != NOBODY and role >= Role[cell.upper()]
    assert may(act, role, place(kind)) == is_allowed
    if is_allowed:
        check(act, role, place(kind))
    else:
        said = sentence(act, role, place(kind))
        assert said[0].isupper()
        assert said.endswith(".")
        assert said.count(". ") == 0, "one sentence"


def test_what_is_written_down_is_all_there_is() -> None:
    assert {(act, kind) for act, kind, _ in CELLS} == set(TABLE)
    assert {act for act, _, _ in CELLS} == set(Act)
    assert len(CELLS) == len(TABLE)


# Rooms of several kinds.


@pytest.mark.parametrize("base", [Kind.PUBLIC, Kind.PRIVATE])
@pytest.mark.parametrize("count", range(4))
def test_in_a_room_of_several_kinds_the_strictest_cell_holds(base: Kind, count: int) -> None:
    cells = {(act, kind): cell for act, kind, cell in CELLS}
    acts = {act for act, kind, _ in CELLS if kind is base}
    for states in combinations(STATES, count):
        for act in acts:
            roles = [cells[act, kind] for kind in (base, *states)]
            for role in Role:
                allowed = all(one != NOBODY and role >= Role[one.upper()] for one in roles)
                where = place(base, *states)
                assert may(act, role, where) == allowed, (act, role, states)
                if not allowed:
                    sentence(act, role, where)


def test_a_lower_role_may_never_do_what_a_higher_one_may_not() -> None:
    for act, kind in TABLE:
        allowed = [may(act, role, place(kind)) for role in Role]
        assert allowed == sorted(allowed)


def test_an_owner_asks_for_more_than_the_table() -> None:
    where = place(Kind.PUBLIC)._replace(raised={Act.TOPIC: Role.MODERATOR})
    assert not may(Act.TOPIC, Role.MEMBER, where)
    assert may(Act.TOPIC, Role.MODERATOR, where)
    assert may(Act.SAY, Role.PASSING, where)
    assert sentence(Act.TOPIC, Role.MEMBER, where) == (
        "Only moderators can set the topic of 'tea'; ask ann, ben or cleo."
    )


def test_an_owner_cannot_ask_for_less() -> None:
    where = place(Kind.PUBLIC)._replace(raised={Act.KICK: Role.PASSING})
    assert not may(Act.KICK, Role.MEMBER, where)


# Bots.


@pytest.mark.parametrize("scope", Scope)
def test_the_scopes_of_a_bot_cut_the_table_down(scope: Scope) -> None:
    for (act, kind), right in TABLE.items():
        for role in Role:
            may_as_person = may(act, role, place(kind))
            may_as_bot = may(act, role, place(kind), [scope])
            assert may_as_bot == (may_as_person and right.scope is scope)
            assert may(act, role, place(kind), list(Scope)) == may_as_person


def test_an_act_needs_the_same_scope_in_every_kind_of_room() -> None:
    for act in Act:
        assert len({r.scope for (one, kind), r in TABLE.items()
                    if one is act and kind is not Kind.CHATROOM}) <= 1  # fmt: skip


def test_what_a_token_lacks_is_said() -> None:
    assert sentence(Act.SAY, Role.MEMBER, place(Kind.PUBLIC), [Scope.READ]) == (
        "This token lacks the scope 'write'; olga can make one that has it."
    )


# What a refusal says: what is missing, and who can give it.

P, G, M, MOD, OWN, OP, HOST = Role
SENTENCES = [
    (Act.SAY, P, [Kind.PUBLIC, Kind.READ_ONLY],
     "This room is read-only; ann, ben or cleo can let you write."),
    (Act.EDIT, M, [Kind.READ_ONLY], "This room is read-only; ann, ben or cleo can let you write."),
    (Act.TOPIC, M, [Kind.PUBLIC, Kind.READ_ONLY],
     "This room is read-only; ann, ben or cleo can set the topic of it."),
    (Act.SAY, G, [Kind.PRIVATE, Kind.LOCKED],
     "This room is locked; ann, ben or cleo can unlock it."),
    (Act.INVITE, G, [Kind.PUBLIC, Kind.LOCKED],
     "This room is locked; ann, ben or cleo can unlock it."),
    (Act.SAY, MOD, [Kind.PUBLIC, Kind.ARCHIVED],
     "This room is archived; cleo or olga can bring it back."),
    (Act.SAY, G, [Kind.PUBLIC, Kind.LOCKED, Kind.ARCHIVED],
     "This room is archived; cleo or olga can bring it back."),
    (Act.SAY, OWN, [Kind.PUBLIC, Kind.ARCHIVED], "This room is archived; bring it back first."),
    (Act.MUTE, MOD, [Kind.PUBLIC, Kind.ARCHIVED],
     "This room is archived; cleo or olga can bring it back."),
    (Act.BAN, G, [Kind.PUBLIC],
     "Only moderators can ban people from 'tea'; ask ann, ben or cleo."),
    (Act.BAN, G, [Kind.PUBLIC, Kind.LOCKED],
     "Only moderators can ban people from 'tea'; ask ann, ben or cleo."),
    (Act.ARCHIVE, MOD, [Kind.PRIVATE], "Only the owner can archive 'tea'; ask cleo or olga."),
    (Act.INVITE, P, [Kind.PUBLIC],
     "People in passing cannot invite people to 'tea'; join with hubbub or in a browser, and you "
     "can."),
    (Act.INVITE, G, [Kind.CHATROOM],
     "Only members can invite people to the chatroom; claim your name, and you are one."),
    (Act.LOCK_DOOR, MOD, [Kind.CHATROOM],
     "Only operators of the server can lock the door of the chatroom; ask olga."),
    (Act.KICK, OP, [Kind.CONVERSATION],
     "Nobody can remove people from a conversation; leave it, or ignore them."),
    (Act.LOCK, OP, [Kind.CONVERSATION],
     "Nobody can lock a conversation; open a room for that."),
    (Act.SAY, OP, [Kind.SYSTEM], "The server keeps 'tea' by itself; nobody can write in it."),
]  # fmt: skip


@pytest.mark.parametrize(("act", "role", "kinds", "said"), SENTENCES)
def test_a_refusal_says_what_is_missing_and_who_can_give_it(
    act: Act, role: Role, kinds: list[Kind], said: str
) -> None:
    assert sentence(act, role, place(*kinds)) == said


@pytest.mark.parametrize("act", [Act.READ_ONLY, Act.MUTE, Act.MODERATORS, Act.LET_WRITE])
def test_a_room_in_the_archive_is_not_taken_for_a_conversation(act: Act) -> None:
    said = sentence(act, Role.GUEST, place(Kind.PUBLIC, Kind.ARCHIVED))
    assert said == sentence(act, Role.GUEST, place(Kind.PUBLIC))


def test_without_anybody_to_name_it_is_whoever_runs_the_server() -> None:
    where = place(Kind.PUBLIC, Kind.READ_ONLY, people={})
    assert sentence(Act.SAY, Role.GUEST, where) == (
        "This room is read-only; whoever runs the server can let you write."
    )


# Power over people.


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("over", Role)
def test_nobody_acts_on_somebody_of_the_same_role_or_a_higher_one(role: Role, over: Role) -> None:
    if role > over:
        check_power(role, over, "eve", place(Kind.PUBLIC))
    else:
        with pytest.raises(Refused, match="'eve' is") as refusal:
            check_power(role, over, "eve", place(Kind.PUBLIC))
        assert refusal.value.code == "forbidden"


@pytest.mark.parametrize(
    ("role", "over", "said"),
    [
        (MOD, MOD, "'ben' is a moderator, as you are; cleo or olga can do it."),
        (MOD, OWN, "'ben' is the owner; olga can do it."),
        (OP, OP, "'ben' is an operator of the server, and nobody has power over operators but they "
                 "themselves, and whoever has the server's machine."),
    ],
)  # fmt: skip
def test_a_refusal_of_power_says_who_has_it(role: Role, over: Role, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_power(role, over, "ben", place(Kind.PUBLIC))
    assert str(refusal.value) == said


def test_the_page_offers_what_the_table_allows() -> None:
    golden = Path(__file__).parents[1] / "golden" / "tables" / "rights.json"
    for act, cells in json.loads(golden.read_text("utf-8")).items():
        for kind, word in cells.items():
            role = TABLE[Act[act.upper()], Kind(kind)].role
            assert word == ("nobody" if role is None else role.word), (act, kind)


def test_a_cell_is_the_least_role_of_all_kinds() -> None:
    assert least(Act.SAY, [Kind.PUBLIC]) is Role.PASSING
    assert least(Act.SAY, [Kind.PRIVATE, Kind.LOCKED]) is Role.MODERATOR
    assert least(Act.SAY, [Kind.PRIVATE, Kind.LOCKED, Kind.ARCHIVED]) is None
