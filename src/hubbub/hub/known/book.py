"""The book of people: who is known, by which devices, and whose a name is.

It is folded from the facts of the log, in their order, here and wherever else the log is read: so
it changes nowhere but where facts are applied. Nothing in it says who is here.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final

import msgspec

from hubbub.chat.events import Fact
from hubbub.chat.facts import takes
from hubbub.chat.lookalikes import skeletons, skeletons_of
from hubbub.chat.people import CONVERSATION, NAME, PERSON, Conversation, Held, Profile
from hubbub.hub.known.values import Leads, Values

_profile: Final = msgspec.json.Decoder(Profile).decode
_conversation: Final = msgspec.json.Decoder(Conversation).decode
_held: Final = msgspec.json.Decoder(Held).decode


class _Secret(msgspec.Struct, gc=False):
    hash: str


class _Known(msgspec.Struct, gc=False):
    """What of a profile leads to it. At the start only this is read, in a quarter of the time."""

    name: str
    kind: str
    devices: tuple[_Secret, ...] = ()


_known: Final = msgspec.json.Decoder(_Known).decode
_all_known: Final = msgspec.json.Decoder(list[_Known]).decode


class Book:
    """What stands. `facts` are those that do so at the start.

    `profiles` are by id, `names` the ids by name key, and `devices` the ids by the hashes of their
    secrets. `conversations` are by room.
    """

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self.profiles = Values(_profile)
        self.names = Values(lambda json: _held(json).person)
        self.conversations = Values(_conversation)
        self._families: dict[str, Values[Any]] = {
            NAME: self.names,
            PERSON: self.profiles,
            CONVERSATION: self.conversations,
        }
        self.devices = Leads(self.profiles, _hashes)
        self._looks = Leads(self.profiles, lambda profile: skeletons(profile.name))
        self._packed_guests = array("I")  # by number, the oldest profile first
        self._guests: dict[str, None] = {}  # those written later, in the same order
        self.learn(facts)

    def learn(self, facts: Iterable[Fact]) -> None:
        """Take in facts that stand at the start. Of those of people, earlier ones come first."""
        by_family: dict[str, dict[str, Fact]] = {}
        for fact in sorted(facts, key=attrgetter("seq")):
            family, slash, rest = fact.key.partition("/")
            by_family.setdefault(family + slash, {})[rest] = fact
        for family, of_family in by_family.items():
            if (values := self._families.get(family)) is not None:
                numbers = values.pack(of_family)
                if values is self.profiles:
                    self._lead_to(numbers, of_family.values())

    def _lead_to(self, numbers: range, facts: Iterable[Fact]) -> None:
        """Let what leads to people lead to those whose profiles were packed."""
        known = _those_known([bytes(fact.value) for fact in facts])
        people = [(number, one) for number, one in zip(numbers, known, strict=True) if one]
        looks = skeletons_of([one.name for _, one in people])
        self._looks.pack(
            (alike, number)
            for (number, _), of_one in zip(people, looks, strict=True)
            for alike in of_one
        )
        self.devices.pack((one.hash, number) for number, who in people for one in who.devices)
        self._packed_guests.extend(number for number, one in people if one.kind == "guest")

    def sort(self) -> None:
        """Sort what was learnt, so that the first question need not wait for it."""
        for values in self._families.values():
            values.sort()
        for leads in (self.devices, self._looks):
            leads.sort()

    @property
    def guests(self) -> Iterator[str]:
        """The ids of guests, those whom nobody has seen for longest first."""
        packed = self._packed_guests
        while packed and self.profiles.unchanged(packed[0]) is None:
            del packed[0]
        unchanged = filter(None, map(self.profiles.unchanged, packed))
        yield from (id_ for id_ in chain(unchanged, self._guests) if id_ in self.profiles)

    def seq(self, key: str) -> int:
        """Return the seq of the fact that stands under a key, 0 if none does: see `Fact.expects`"""
        values, rest = self._place(key)
        return 0 if values is None else values.seq(rest)

    def take(self, facts: Iterable[Fact]) -> None:
        """Take in the next facts of the log."""
        for fact in facts:
            values, rest = self._place(fact.key)
            if values is None or not takes(fact, values.seq(rest)):
                continue
            if values is self.profiles:
                self._forget(rest)
            if fact.clears:
                values.drop(rest)
                continue
            values.put(rest, fact)
            if values is self.profiles:
                self._remember(rest)

    def owner(self, key: str) -> tuple[str, Profile] | None:
        """Return the id and profile of the person whose name it is, if it is anybody's."""
        id_ = self.names.get(key, "")
        profile = self.profiles.get(id_)
        return None if profile is None else (id_, profile)

    def look_alikes(self, name: str) -> list[Profile]:
        """Return the profiles of people whose names look like `name`, or are the same."""
        ids = {id_ for one in skeletons(name) for id_ in self._looks.find(one)}
        return [self.profiles[id_] for id_ in ids]

    def _remember(self, id_: str) -> None:
        if (profile := self.profiles.get(id_)) is None:
            return
        self._looks.put(id_, profile)
        self.devices.put(id_, profile)
        if profile.kind == "guest":
            self._guests[id_] = None  # at the end: they were seen just now

    def _forget(self, id_: str) -> None:
        """Let nothing lead to a person any more."""
        if (former := self.profiles.get(id_)) is not None:
            self._looks.drop(id_, former)
            self.devices.drop(id_, former)
        self._guests.pop(id_, None)

    def _place(self, key: str) -> tuple[Values[Any] | None, str]:
        """Return the values among which a key is, if it is public, and its place there."""
        family, slash, rest = key.partition("/")
        return self._families.get(family + slash), rest


def _those_known(profiles: Sequence[bytes]) -> list[_Known | None]:
    """Return what leads to people, None for what cannot be read."""
    try:
        known = _all_known(b"[%b]" % b",".join(profiles))
    except msgspec.DecodeError:
        known = []
    return [*known] if len(known) == len(profiles) else [*map(_one_known, profiles)]


def _one_known(profile: bytes) -> _Known | None:
    try:
        return _known(profile)
    except msgspec.DecodeError:
        return None


def _hashes(profile: Profile) -> list[str]:
    return [device.hash for device in profile.devices]
