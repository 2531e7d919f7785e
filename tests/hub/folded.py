"""What is known of people, folded from facts in the plainest way: what the book must come to."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

import msgspec

from hubbub.chat.events import Fact
from hubbub.chat.facts import takes
from hubbub.chat.lookalikes import look_alike
from hubbub.chat.people import NAME, PERSON, Held, Profile

T = TypeVar("T")

_seq = attrgetter("seq")


class Folded:
    """All of it, in memory."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        """Take the facts that stand."""
        self.standing = {fact.key: fact for fact in facts}

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in the next facts of the log."""
        for fact in facts:
            if takes(fact, self.seq(fact.key)):
                self.standing.pop(fact.key, None)
                if not fact.clears:
                    self.standing[fact.key] = fact

    def seq(self, key: str) -> int:
        return self.standing[key].seq if key in self.standing else 0

    @property
    def profiles(self) -> dict[str, Profile]:
        """By id, those of whom something was written longest ago first."""
        return self._of(PERSON, Profile)

    @property
    def names(self) -> dict[str, str]:
        """Whose a name is, by name key."""
        return {key: held.person for key, held in self._of(NAME, Held).items()}

    def _of(self, family: str, type_: type[T]) -> dict[str, T]:
        found = {}
        for fact in sorted(self.standing.values(), key=_seq):
            if fact.key.startswith(family):
                try:
                    value = msgspec.json.decode(fact.value, type=type_)
                except msgspec.DecodeError:
                    continue
                found[fact.key.removeprefix(family)] = value
        return found

    def owner_of_device(self, hash_: str) -> str:
        owners = [
            id_
            for id_, profile in self.profiles.items()
            if hash_ in {device.hash for device in profile.devices}
        ]
        return owners[-1] if owners else ""

    def look_alikes(self, name: str) -> list[Profile]:
        return [one for one in self.profiles.values() if look_alike(one.name, name)]

    def guests(self) -> Sequence[tuple[str, Profile]]:
        return [(id_, one) for id_, one in self.profiles.items() if one.kind == "guest"]
