"""The last holders of free names: they are known again when they come back.

There is a limit in all, and one for each address. Those who said least are forgotten first,
and among those the one who left longest ago. So names that are taken to be thrown away push each
other out, and nobody who talked.
"""

import hmac
from typing import NamedTuple

from hubbub.hub.present.person import Person
from hubbub.hub.present.room import Session

DEPARTED_MAX = 10_000
DEPARTED_PER_ADDRESS_MAX = 1000
DEPARTED_OF_THIS_MACHINE_MAX = 5000
"""Names whose last holder is remembered; many people may come through a proxy on this machine."""

RANKS = 6
"""Nothing said, one thing, up to 3, 7, 15, and more: beyond that all are equal."""

POSTED_MAX = 100
"""Seqs kept of what others posted under a departed name; one more, and its holder is forgotten."""


class Holder(NamedTuple):
    """The person who held a name last, with the secrets that prove it, and from where."""

    person: Person
    secrets: tuple[str, str]
    origin: str

    @property
    def rank(self) -> int:
        """How much the person said, roughly."""
        return min(self.person.drafts.bit_length(), RANKS - 1)


class _Queue:
    """Names by rank, in the order in which their holders left."""

    def __init__(self) -> None:
        self._ranks: tuple[dict[str, None], ...] = tuple({} for _ in range(RANKS))

    def __len__(self) -> int:
        return sum(map(len, self._ranks))

    def add(self, key: str, rank: int) -> None:
        """Put a name at the end of its rank."""
        self._ranks[rank][key] = None

    def remove(self, key: str, rank: int) -> None:
        """Take a name out."""
        del self._ranks[rank][key]

    def first(self) -> str:
        """Return the name to forget first."""
        return next(iter(next(filter(None, self._ranks))))


class Departed:
    """The last holder of each free name, until somebody takes it."""

    def __init__(self) -> None:
        self._holders: dict[str, Holder] = {}
        self._all = _Queue()
        self._by_origin: dict[str, _Queue] = {}

    def remember(self, session: Session) -> None:
        """Keep what proves a later session to be the same person as one that ends."""
        key, origin = session.person.key, session.origin
        self._forget(key)
        holder = Holder(session.person, session.secrets, origin)
        self._holders[key] = holder
        of_origin = self._by_origin.setdefault(origin, _Queue())
        self._all.add(key, holder.rank)
        of_origin.add(key, holder.rank)
        if len(of_origin) > (DEPARTED_PER_ADDRESS_MAX if origin else DEPARTED_OF_THIS_MACHINE_MAX):
            self._forget(of_origin.first())
        if len(self._all) > DEPARTED_MAX:
            self._forget(self._all.first())

    def _forget(self, key: str) -> None:
        if (holder := self._holders.pop(key, None)) is None:
            return
        self._all.remove(key, holder.rank)
        queue = self._by_origin[holder.origin]
        queue.remove(key, holder.rank)
        if not queue:
            del self._by_origin[holder.origin]

    def known(self, session: Session, secret: str) -> Person | None:
        """Return the last holder of the session's name if `secret` was theirs."""
        holder = self._holders.get(session.person.key)
        if holder is None or not is_one_of(secret, holder.secrets):
            return None
        return holder.person

    def posted(self, key: str, seq: int) -> None:
        """Note that somebody else's event was committed under the name with this key."""
        holder = self._holders.get(key)
        if holder is None:
            return
        if len(holder.person.not_own) >= POSTED_MAX:
            self._forget(key)
        else:
            holder.person.not_own |= {seq}


def is_one_of(secret: str, secrets: tuple[str, str]) -> bool:
    """Return whether `secret` is one of `secrets`; an empty one proves nothing."""
    given = secret.encode()
    return any(one and hmac.compare_digest(one.encode(), given) for one in secrets)
