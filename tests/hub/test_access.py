"""Who may come in, and what the others are told."""

from itertools import product

import pytest

from hubbub.chat.access import Access
from hubbub.chat.errors import Refused
from hubbub.chat.roles import Role
from hubbub.hub.rules.access import Arrival, Invited, check_may_enter, is_open_to_all

PASSING, NEW_GUEST, GUEST, MEMBER, OPERATOR = (
    Arrival(Role.PASSING),
    Arrival(Role.GUEST),
    Arrival(Role.GUEST, is_known=True),
    Arrival(Role.MEMBER, is_known=True),
    Arrival(Role.OPERATOR, is_known=True),
)
INVITED = Arrival(Role.GUEST, invited=Invited.AS_GUEST)
INVITED_MEMBER = Arrival(Role.GUEST, invited=Invited.AS_MEMBER)
ALL = {PASSING, NEW_GUEST, GUEST, INVITED, INVITED_MEMBER, MEMBER, OPERATOR}
ALWAYS = {MEMBER, OPERATOR}

# Written down apart from the code: who is let in.
TABLE = [
    (Access(), ALL),
    (Access(passing=False), ALL - {PASSING}),
    (Access(guests=False), {PASSING, INVITED_MEMBER, *ALWAYS}),
    (Access(guests=False, passing=False), {INVITED_MEMBER, *ALWAYS}),
    (Access(enter="invitation"), {GUEST, INVITED, INVITED_MEMBER, *ALWAYS}),
    (Access(enter="invitation", guests=False), {INVITED_MEMBER, *ALWAYS}),
    (Access(enter="members"), {INVITED_MEMBER, *ALWAYS}),
    (Access(enter="members", guests=False), {INVITED_MEMBER, *ALWAYS}),
]


def refusal(access: Access, who: Arrival, *, door_locked: bool = False) -> str | None:
    try:
        check_may_enter(access, who, door_locked=door_locked, ask=lambda: "olga")
    except Refused as refused:
        assert refused.code == "not_admitted"  # noqa: PT017 (every refusal has it)
        return str(refused)
    return None


@pytest.mark.parametrize(("access", "admitted"), TABLE)
def test_each_way_to_be_somebody_is_let_in_as_configured(
    access: Access, admitted: set[Arrival]
) -> None:
    assert {who for who in ALL if refusal(access, who) is None} == admitted


@pytest.mark.parametrize(("access", "admitted"), TABLE)
def test_a_locked_door_keeps_out_whoever_was_not_here_before(
    access: Access, admitted: set[Arrival]
) -> None:
    inside = {who for who in ALL if refusal(access, who, door_locked=True) is None}
    assert inside == {who for who in admitted if who.is_known}


def test_every_refusal_is_a_sentence_with_a_remedy() -> None:
    for (access, _), who, locked in product(TABLE, ALL, (False, True)):
        said = refusal(access, who, door_locked=locked)
        assert said is None or ("olga" in said or "join with hubbub" in said), said
        assert said is None or said.endswith(".")


@pytest.mark.parametrize(
    ("access", "password", "is_open"),
    [
        (Access(), "", True),
        (Access(), "rolu-mika", False),
        (Access(guests=False), "", True),
        (Access(passing=False), "", True),
        (Access(guests=False, passing=False), "", False),
        (Access(enter="invitation"), "", False),
        (Access(enter="members"), "", False),
    ],
)
def test_a_server_without_any_rule_is_open_to_all(
    access: Access, password: str, *, is_open: bool
) -> None:
    assert is_open_to_all(access, password) == is_open
