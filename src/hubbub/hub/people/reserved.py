"""Names of people who are known and may be away: a member's for good, a guest's for a while."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hubbub.chat.errors import Refused
from hubbub.chat.names import name_key

if TYPE_CHECKING:
    from hubbub.chat.people import Profile
    from hubbub.hub.present.person import Person
    from hubbub.hub.state import State

MINUTE_MILLISECONDS: Final = 60_000


def owner(state: State, key: str) -> str:
    """Return the id of the person to whom the name with this key belongs now, empty if to nobody.

    A guest who left it for too long has no right to it any more, until it is theirs again.
    """
    found = state.book.owner(key)
    if found is None:
        return ""
    id_, profile = found
    is_theirs = state.here.person(id_) is not None or until(state, profile) > state.at
    return id_ if is_theirs else ""


def until(state: State, profile: Profile) -> float:
    """Return when others may have the name of somebody who is not here."""
    if profile.kind != "guest":
        return math.inf
    # Whoever was here when the server ended, perhaps by being killed, was seen then.
    seen = max(profile.seen, state.started)
    return seen + state.guests.guest_name_minutes * MINUTE_MILLISECONDS


def check_looks(state: State, person: Person) -> None:
    """Raise Refused `name_taken` if somebody's name looks like one that belongs to another."""
    for profile in state.book.look_alikes(person.name):
        key = name_key(profile.name)
        if key != person.key and owner(state, key) not in ("", person.id):
            raise Refused(
                f"The name '{person.name}' looks like '{profile.name}', which belongs to a "
                f"{profile.kind}. Connect again with another name.",
                code="name_taken",
            )


def refusal(state: State, person: Person) -> Refused | None:
    """Return the refusal of a name that belongs to somebody who is not here, if it does."""
    found = state.book.owner(person.key)
    if found is None or state.here.person(found[0]) is not None or not owner(state, person.key):
        return None
    _, profile = found
    if profile.kind != "guest":
        return Refused(
            f"The name '{person.name}' belongs to a {profile.kind}. Connect again with another "
            "name; if it is yours, log in, or connect with a secret that has been yours before.",
            code="name_taken",
        )
    minutes = math.ceil((until(state, profile) - state.at) / MINUTE_MILLISECONDS)
    return Refused(
        f"The name '{person.name}' is kept for {minutes} more minute{'s'[: minutes > 1]}, for a "
        "guest who was here lately. Connect again after that, or with another name.",
        code="name_taken",
    )
