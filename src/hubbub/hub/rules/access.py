"""Who may come in: a pure decision about somebody who has just said who they are."""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from hubbub.chat.access import Access
from hubbub.chat.errors import Refused
from hubbub.chat.roles import Role


class Invited(Enum):
    """What somebody brings with them. One may be invited as a guest, or as a member."""

    NOT = 0
    AS_GUEST = 1
    AS_MEMBER = 2


class Arrival(NamedTuple):
    """Who wants to come in. `is_known`: they were let in before, as a guest or member."""

    role: Role
    is_known: bool = False
    invited: Invited = Invited.NOT


_DOOR = "The door is locked, and nobody new is let in for now; {who} can unlock it."
_MEMBERS = "Only members are let in; log in, or ask {who} to invite you as a member."
_INVITED = "Only people who were invited are let in; {who} can invite you."
_PASSING = (
    "Only people whom the server can know again are let in, and your client cannot do that; join "
    "with hubbub or in a browser."
)
_GUESTS = "Guests are not let in; log in, or ask {who} to invite you as a member."


def check_may_enter(
    access: Access, who: Arrival, *, door_locked: bool, ask: Callable[[], str]
) -> None:
    """Raise Refused `not_admitted`, with what to do instead, if somebody may not come in.

    The password is another matter. A locked door keeps out all who were not here before, invited
    or not: their invitations wait. `ask` gives the names of those whom one could ask.
    """
    is_passing, as_member = who.role is Role.PASSING, who.invited is Invited.AS_MEMBER
    may_be_new = access.enter == "open" or who.invited is not Invited.NOT
    reasons = (
        (_DOOR, door_locked and not who.is_known),
        (_MEMBERS, access.enter == "members" and not as_member),
        (_INVITED, not (may_be_new or who.is_known)),
        (_PASSING, is_passing and not access.passing),
        (_GUESTS, not (is_passing or access.guests or as_member)),
    )
    if who.role < Role.MEMBER:
        for sentence, holds in reasons:
            if holds:
                raise Refused(sentence.format(who=ask()), code="not_admitted")


def is_open_to_all(access: Access, password: str) -> bool:
    """Return whether anybody at all is let in who can reach the server."""
    return access.enter == "open" and not password and (access.guests or access.passing)
