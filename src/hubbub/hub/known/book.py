"""The book of people: who is known, by which devices, and whose a name is.

The log has all of it, and the book looks up what is asked for (values.py). It says what stood after
the last facts that were applied, as if it were folded from them, whatever the log has committed
since: what is about to be changed is *under way*, from before it is given to the log until it is
applied or refused. Of these people the book knows what leads to them, and does not ask the log.

Nothing in it says who is here; but those are held, so that nothing is looked up for what they say.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

import msgspec

from hubbub.chat import leads
from hubbub.chat.errors import LogError, unreadable
from hubbub.chat.events import Fact
from hubbub.chat.people import NAME, PERSON, Held, Profile
from hubbub.hub.known.values import Facts, Values

_profile: Final = msgspec.json.Decoder(Profile).decode
_held: Final = msgspec.json.Decoder(Held).decode

ALIKE_MAX: Final = 100
"""So many of the people whose names look the same are looked at: those who were here last."""


class Names:
    """The ids of those who are known, by the keys of their names: a part of what is held."""

    def __init__(self, held: Values[Held]) -> None:
        self._held = held

    def get(self, key: str) -> str | None:
        """Return whose a name is, None if it is nobody's who is known."""
        held = self._held.get(key)
        return (held.person or None) if held is not None else None

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def prepare(self, keys: Iterable[str]) -> None:
        """Look up together what will be asked for one by one. It refuses nothing."""
        self._held.prepare(keys)


class Book:
    """What stands. `profiles` are by id; by name key, `held` is all that is said of names."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.profiles = Values(facts, PERSON, _profile)
        self.held = Values(facts, NAME, _held)
        self.names = Names(self.held)
        self._under_way: dict[str, int] = {}  # by id, how many facts of a person are
        self._leads: dict[str, list[str]] = {}  # what leads to each of these,
        self._led: dict[str, dict[str, None]] = {}  # and to which of them it leads

    def seq(self, key: str) -> int:
        """Return the seq of the fact that stands under a key, 0 if none does: see `Fact.expects`"""
        found = self._place(key)
        return 0 if found is None else found[0].seq(found[1])

    def begin(self, key: str) -> None:
        """Take in that what stands under a key is about to be changed."""
        if (found := self._place(key)) is None:
            return
        values, rest = found
        values.hold(rest)
        if values is self.profiles:
            if rest not in self._under_way:
                self._lead_to(rest)
            self._under_way[rest] = self._under_way.get(rest, 0) + 1

    def end(self, key: str) -> None:
        """Take in that one change of what stands under a key is applied, or refused."""
        if (found := self._place(key)) is None:
            return
        values, rest = found
        if values is self.profiles:
            self._under_way[rest] -= 1
            if not self._under_way[rest]:
                del self._under_way[rest]
                self._lead_no_more_to(rest)
        values.let_go(rest)

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in the next facts of the log."""
        for fact in facts:
            if (found := self._place(fact.key)) is None:
                continue
            values, rest = found
            is_led_to = values is self.profiles and rest in self._under_way
            if is_led_to:
                self._lead_no_more_to(rest)
            values.take(rest, fact)
            if is_led_to:
                self._lead_to(rest)

    def owner(self, key: str) -> tuple[str, Profile] | None:
        """Return the id and profile of the person whose name it is, if it is anybody's."""
        id_ = self.names.get(key) or ""
        profile = self.profiles.get(id_)
        return None if profile is None else (id_, profile)

    def owner_of_device(self, hash_: str) -> str:
        """Return the id of the person who has the device with this hash, empty if nobody does."""
        return next(self._found(leads.of_device(hash_), 2), "") if hash_ else ""

    def look_alikes(self, name: str) -> list[Profile]:
        """Return the profiles of people whose names look like `name`, or are the same."""
        found = (self._found(lead, ALIKE_MAX) for lead in leads.of_looks(name))
        profiles = map(self.profiles.get, dict.fromkeys(chain.from_iterable(found)))
        return [profile for profile in profiles if profile is not None]

    def guests(self, limit: int) -> list[tuple[str, Profile]]:
        """Return the guests whom nobody has seen for longest, with their ids.

        What is under way does not count yet.
        """
        try:
            found = self._facts.guests(limit)
        except LogError as error:
            raise unreadable(error) from error
        guests = ((id_, self.profiles.get(id_)) for id_ in map(self.profiles.keep, found))
        return [(id_, profile) for id_, profile in guests if profile is not None]

    def _found(self, lead: str, limit: int) -> Iterator[str]:
        """Yield the ids of those to whom this leads, the newest first."""
        try:
            found = self._facts.led_to(lead, limit)
        except LogError as error:
            raise unreadable(error) from error
        logged = [fact for fact in found if not self._is_under_way(fact)]
        ids = [*map(self.profiles.keep, logged), *self._led.get(lead, ())]
        return iter(sorted(ids, key=self.profiles.seq, reverse=True))

    def _is_under_way(self, fact: Fact) -> bool:
        return fact.key.removeprefix(PERSON) in self._under_way

    def _lead_to(self, id_: str) -> None:
        profile = self.profiles.told(id_)
        self._leads[id_] = [] if profile is None else leads.leads_of(profile)
        for lead in self._leads[id_]:
            self._led.setdefault(lead, {})[id_] = None

    def _lead_no_more_to(self, id_: str) -> None:
        for lead in self._leads.pop(id_):
            self._led[lead].pop(id_, None)
            if not self._led[lead]:
                del self._led[lead]

    def _place(self, key: str) -> tuple[Values[Held] | Values[Profile], str] | None:
        """Return where what stands under a key belongs, and under what; None if nowhere here."""
        for family, values in ((PERSON, self.profiles), (NAME, self.held)):
            if key.startswith(family) and key != family:
                return values, key.removeprefix(family)
        return None
