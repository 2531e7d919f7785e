"""Who is kept out, and who is muted: finding the ban that holds for somebody, and telling them.

Names are compared by how they look (UTS 39), so a ban on `eve*` holds for `EVE7`, and for an `еve`
with a Cyrillic letter. Addresses are compared as far as the hub knows them: an IPv6 one by its /64,
which is what one customer has.

How long finding takes depends on the length of the name and of the address, and not on how many
bans there are: every beginning and end of a name is looked up that is as long as what some ban has,
and every network around an address. A new ban is compared with many people at once the other way
round, by what it goes by (`Aim`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from math import inf
from typing import Any, Final, NamedTuple

from hubbub.chat.durations import spoken_duration
from hubbub.chat.errors import Refused
from hubbub.chat.lookalikes import skeletons
from hubbub.chat.rules import Ban
from hubbub.hub.rules.targets import Network, Pattern, Where, network_of, parse_pattern


class By(Enum):
    """What a ban goes by."""

    PERSON = "person"
    NAME = "name"
    NETWORK = "network"


class Somebody(NamedTuple):
    """Who may be banned. `person` is empty for passing people, `address` on this machine."""

    person: str
    name: str
    address: str


class Match(NamedTuple):
    """A ban that holds for somebody, and by what."""

    ban: Ban
    by: By


Key = tuple[By, object, object]
"""What is looked up: an id; or a place in names, and looks; or a length of prefixes, and bits."""


class _Book:
    """The bans of one room, or of the chatroom as a whole."""

    def __init__(self) -> None:
        self._bans: defaultdict[Key, dict[str, Ban]] = defaultdict(dict)
        self._lengths: Counter[tuple[Where, int]] = Counter()  # of what parts of names are
        self._prefixes: Counter[tuple[int, int]] = Counter()  # IP version and bits

    def put(self, id_: str, ban: Ban) -> None:
        """Keep a ban under all that it goes by."""
        for key in _keys(ban):
            self._bans[key][id_] = ban
            self._count(key, 1)

    def drop(self, id_: str, ban: Ban) -> None:
        """Forget a ban that is kept."""
        for key in _keys(ban):
            del self._bans[key][id_]
            if not self._bans[key]:
                del self._bans[key]
            self._count(key, -1)

    @property
    def is_empty(self) -> bool:
        """Whether no ban is kept."""
        return not self._bans

    def _count(self, key: Key, by: int) -> None:
        match key:
            case By.NAME, Where() as where, str(text) if where is not Where.WHOLE:
                _count(self._lengths, (where, len(text)), by)
            case By.NETWORK, (int(version), int(bits)), _:
                _count(self._prefixes, (version, bits), by)

    def find(self, who: Somebody, now: int, *, is_exempt: bool) -> Match | None:
        """Return the match that holds longest; if somebody is exempt, only kicks hold."""
        found = [
            Match(ban, key[0])
            for key in self._candidates(who)
            for ban in self._bans.get(key, {}).values()
            if ban.holds(now) and (ban.kick or not is_exempt)
        ]
        return max(found, key=_lasts, default=None)

    def _candidates(self, who: Somebody) -> Iterator[Key]:
        if not self._bans:
            return
        if who.person:
            yield By.PERSON, who.person, None
        for text in skeletons(who.name):
            yield By.NAME, Where.WHOLE, text
            for where, length in self._lengths:
                for part in _parts(text, where, length):
                    yield By.NAME, where, part
        if (network := network_of(who.address)) is not None:
            for version, bits in self._prefixes:
                if version == network.version and bits <= network.prefixlen:
                    yield By.NETWORK, (version, bits), _prefix(network, bits)


def _parts(text: str, where: Where, length: int) -> Iterable[str]:
    """Return what of a text is so long at that place, or at any; nothing if it is shorter."""
    over = len(text) - length
    if over < 0:
        return ()
    match where:
        case Where.BEGINNING:
            return (text[:length],)
        case Where.END:
            return (text[over:],)
    return (text[at : at + length] for at in range(over + 1))


def _pattern(ban: Ban) -> Pattern:
    """Return for which names a ban holds that stands in the log, where nobody can refuse it."""
    if not (ban.kick or ban.exact):
        with suppress(Refused):
            return parse_pattern(ban.name)
    return Pattern(Where.WHOLE, ban.name)


def _looks(pattern: Pattern) -> tuple[str, ...]:
    """Return how that looks which must stand in a name. What cannot be seen is in every name."""
    return tuple(filter(None, skeletons(pattern.text)))


def _keys(ban: Ban) -> Iterator[Key]:
    if ban.person:
        yield By.PERSON, ban.person, None
    if ban.name:
        pattern = _pattern(ban)
        for text in _looks(pattern):
            yield By.NAME, pattern.where, text
    if network := network_of(ban.network):
        yield By.NETWORK, (network.version, network.prefixlen), _prefix(network, network.prefixlen)


def _count(counter: Counter[Any], key: object, by: int) -> None:
    counter[key] += by
    if not counter[key]:
        del counter[key]


def _lasts(match: Match) -> float:
    return match.ban.until or inf


def _prefix(network: Network, bits: int) -> int:
    return int(network.network_address) >> (network.max_prefixlen - bits)


class Bans:
    """All bans, or all mutes: by id, and by what they look for."""

    def __init__(self) -> None:
        self.by_id: dict[str, Ban] = {}
        self._books: dict[str, _Book] = {}  # by room; that of the chatroom has no name

    def put(self, id_: str, ban: Ban) -> None:
        """Keep a ban, in place of the one that has this id."""
        self.drop(id_)
        self.by_id[id_] = ban
        self._books.setdefault(ban.room, _Book()).put(id_, ban)

    def drop(self, id_: str) -> None:
        """Forget the ban with this id, if there is one."""
        if (ban := self.by_id.pop(id_, None)) is not None:
            book = self._books[ban.room]
            book.drop(id_, ban)
            if book.is_empty:
                del self._books[ban.room]

    def find(self, who: Somebody, room: str, now: int, *, is_exempt: bool = False) -> Match | None:
        """Return what keeps somebody out of a room at `now` (milliseconds since the epoch).

        A ban of the chatroom as a whole, for which `room` is empty, holds in every room, and also
        for those who are exempt from the room's own.
        """
        for place in dict.fromkeys(("", room)):
            book = self._books.get(place)
            if book is None:
                continue
            match = book.find(who, now, is_exempt=is_exempt and bool(place))
            if match is not None:
                return match
        return None

    def reach(self, room: str) -> bool:
        """Return whether any may hold in a room: one of it, or of the chatroom as a whole."""
        return room in self._books or "" in self._books

    def are_of(self, room: str) -> bool:
        """Return whether any are of this room itself."""
        return room in self._books

    def of_room(self, room: str) -> dict[str, Ban]:
        """Return the bans of a room by id, or with an empty name those of the chatroom."""
        return {id_: ban for id_, ban in self.by_id.items() if ban.room == room}

    def expired(self, now: int) -> list[str]:
        """Return the ids of those that hold no longer at `now`."""
        return [id_ for id_, ban in self.by_id.items() if not ban.holds(now)]


class Aim:
    """What a single ban goes by, to ask many people whether it may hold for them.

    That they have power, or are exempt, is for others to see: of most it need not be asked.
    """

    __slots__ = ("_network", "_person", "_stands", "_texts")

    def __init__(self, ban: Ban) -> None:
        pattern = _pattern(ban)
        self._person = ban.person
        self._stands = _STANDS[pattern.where]
        self._texts = _looks(pattern) if ban.name else ()
        self._network = network_of(ban.network)

    def is_at(self, person: str, name: str) -> bool:
        """Return whether it goes by the id, empty for passing people, or by the name."""
        if self._texts:
            for text in skeletons(name):
                if self._stands(text, self._texts):
                    return True
        return person == self._person != ""

    @property
    def has_network(self) -> bool:
        """Whether addresses count."""
        return self._network is not None

    def is_around(self, address: str) -> bool:
        """Return whether an address is in the network that it goes by."""
        own, wanted = network_of(address), self._network
        if own is None or wanted is None or own.version != wanted.version:
            return False
        bits = wanted.prefixlen
        return bits <= own.prefixlen and _prefix(own, bits) == _prefix(wanted, bits)


_STANDS: Final[dict[Where, Callable[[str, tuple[str, ...]], bool]]] = {
    Where.WHOLE: lambda text, wanted: text in wanted,
    Where.BEGINNING: str.startswith,
    Where.END: str.endswith,
    Where.ANYWHERE: lambda text, wanted: any(one in text for one in wanted),
}
"""Whether one of what is wanted stands at its place in a text."""


def only(ban: Ban) -> Bans:
    """Return a single ban, to ask for whom it holds."""
    bans = Bans()
    bans.put(ban.id, ban)
    return bans


# What the banned read.


def told_banned(match: Match, place: str, who: str) -> str:
    """Return the sentence for somebody who is kept out of a place; `who` can let them back in."""
    ban = match.ban
    if ban.kick:
        soon = spoken_duration((ban.until - ban.since) // 1000)
        if match.by is By.NETWORK:
            somebody = f"Somebody from your network, {ban.network}, was"
            return f"{somebody} removed from {place}{_by(ban)}; you may join in {soon}."
        return f"You were removed from {place}{_by(ban)}; you may come back in {soon}."
    return f"{_subject(match)} banned from {place} {_terms(ban)}; {who} can let you back in."


def told_removed(match: Match, place: str, who: str) -> str:
    """Return the sentence for somebody who was removed from a private place."""
    return f"You were removed from {place}{_by(match.ban)}; ask {who} to add you again."


def told_muted(match: Match, place: str, who: str) -> str:
    """Return the sentence for somebody who may not write in a place; `who` can let them."""
    return f"{_subject(match)} muted in {place} {_terms(match.ban)}; {who} can let you write again."


def told_deed(ban: Ban, deed: str) -> str:
    """Return what the audit record says of a ban, such as "banned 'eve' in 'tea' for good"."""
    where = f"'{ban.room}'" if ban.room else "the chatroom"
    until = f"until {said_time(ban.until)}" if ban.until else "for good"
    reason = f" ({ban.reason})" if ban.reason else ""
    return f"{deed} '{ban.whom}' in {where} {until}{reason}"


def _subject(match: Match) -> str:
    match match.by:
        case By.PERSON:
            return "You are"
        case By.NAME if _pattern(match.ban).where is not Where.WHOLE:
            return f"Names like '{match.ban.name}' are"
        case By.NAME:
            return f"The name '{match.ban.name}' is"
        case By.NETWORK:
            return f"Your network, {match.ban.network}, is"


def _terms(ban: Ban) -> str:
    until = f"until {said_time(ban.until)}" if ban.until else "for good"
    return f"{until}{_by(ban)}"


def _by(ban: Ban) -> str:
    by = f" by {ban.by}" if ban.by else ""
    return f"{by} ({ban.reason})" if ban.reason else by


def said_time(at: int) -> str:
    """Return a time, in milliseconds since the epoch, as sentences have it."""
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
