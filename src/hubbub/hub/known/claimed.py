"""Which names in passing are claimed by the nodes of a cluster: see people/claims.py.

A server of its own has an empty `run`, and claims nothing.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from hubbub.chat.events import Fact
from hubbub.chat.facts import takes, value_of
from hubbub.chat.people import NAME, Held

LAST_MAX: Final = 10_000
"""Names whose last holder is remembered."""

POSTED_MAX: Final = 100
"""Seqs kept of what others posted under such a name; one more, and its holder is forgotten."""


class Holder(NamedTuple):
    """Who has a name in passing by the fact with this `seq`, or had it last, up to `until`.

    They prove it by secrets with these hashes. It is theirs `since` a seq, without the seqs of what
    others posted under it meanwhile.
    """

    seq: int
    run: str
    secrets: tuple[str, ...]
    since: int
    until: int = 0
    not_own: frozenset[int] = frozenset()


class Claimed:
    """By runs, the keys of names; `released` are those that are about to be free here.

    Each of these has the number of the newest draft of who had it. `facts` stand at the start.
    """

    def __init__(self, run: str, facts: Iterable[Fact]) -> None:
        self.run = run
        self.are_doubtful = False
        """Whether this node is cut off, so that others may have what it has claimed."""
        self.by_run: dict[str, set[str]] = {}
        self.released: dict[str, int] = {}
        self.holders: dict[str, Holder] = {}
        self.last: dict[str, Holder] = {}
        """Of names that are free, or have another holder now; whoever left longest ago is first."""
        for fact in facts if run else ():
            if fact.key.startswith(NAME):
                self._put(fact.key.removeprefix(NAME), value_of(fact, Held), fact.seq)

    def take(self, fact: Fact) -> None:
        """Take in the next fact of the log that is about a name."""
        key = fact.key.removeprefix(NAME)
        former = self.holders.get(key)
        if not takes(fact, 0 if former is None else former.seq):
            return
        held = value_of(fact, Held)
        self._put(key, held, fact.seq)
        if held is None and former is not None:
            self.last.pop(key, None)
            self.last[key] = former._replace(until=fact.seq)
            if len(self.last) > LAST_MAX:
                del self.last[next(iter(self.last))]

    def _put(self, key: str, held: Held | None, seq: int) -> None:
        former = self.holders.pop(key, None)
        if former is not None:
            self.by_run[former.run].discard(key)
            if not self.by_run[former.run]:
                del self.by_run[former.run]
        if held is not None and held.run:
            self.holders[key] = _holder(held, seq, former, self.last.get(key))
            self.by_run.setdefault(held.run, set()).add(key)

    def posted(self, key: str, seq: int) -> None:
        """Take in that something was said under a name by somebody who does not hold it."""
        holder, now = self.last.get(key), self.holders.get(key)
        if holder is None or seq < holder.until or (now is not None and now.seq < seq):
            return
        if len(holder.not_own) >= POSTED_MAX:
            del self.last[key]
        else:
            self.last[key] = holder._replace(not_own=holder.not_own | {seq})


def _holder(held: Held, seq: int, *earlier: Holder | None) -> Holder:
    for one in earlier:
        if one is not None and one.since == held.since:  # it is the same person
            return one._replace(seq=seq, run=held.run, secrets=held.secrets)
    return Holder(seq, held.run, held.secrets, held.since or seq)
