"""What leads to a fact besides its key: the other words by which it is looked for.

A person is found by each of their devices, and by what their name looks like. The log keeps these
words beside the facts that stand, so nobody must read what is said of everybody to find somebody.
"""

import unicodedata

from hubbub.chat.events import Fact
from hubbub.chat.facts import value_of
from hubbub.chat.lookalikes import skeletons, table_version
from hubbub.chat.people import PERSON, Profile


def rules() -> str:
    """Return what changes whenever other words may lead to some fact: what is kept is void then."""
    return f"1 {unicodedata.unidata_version} {table_version()}"


def of_device(hash_: str) -> str:
    """Return what leads to the person who has the device with this hash."""
    return f"device {hash_}"


def of_looks(name: str) -> list[str]:
    """Return what leads to the people whose names look like this one, or are the same."""
    return [f"look {skeleton}" for skeleton in sorted(skeletons(name))]


def leads_of(profile: Profile) -> list[str]:
    """Return what leads to a person."""
    devices = [of_device(one.hash) for one in profile.devices]
    return [*of_looks(profile.name), *devices]


def leads_to(fact: Fact) -> list[str]:
    """Return what leads to a fact besides its key."""
    profile = _profile(fact)
    return [] if profile is None else leads_of(profile)


def is_of_guest(fact: Fact) -> bool:
    """Return whether a fact says that somebody is a guest."""
    profile = _profile(fact)
    return profile is not None and profile.kind == "guest"


def _profile(fact: Fact) -> Profile | None:
    return value_of(fact, Profile) if fact.key.startswith(PERSON) else None
