"""Which names in passing are claimed by the nodes of a cluster: see people/claims.py.

A server of its own has an empty `run`, and claims nothing.
"""

from collections.abc import Iterable

from hubbub.chat.events import Fact
from hubbub.chat.facts import value_of
from hubbub.chat.people import NAME, Held


class Claimed:
    """By runs, the keys of names; `released` are those that are about to be free here.

    Each of these has the number of the newest draft of who had it. `facts` stand at the start.
    """

    def __init__(self, run: str, facts: Iterable[Fact]) -> None:
        self.run = run
        self.by_run: dict[str, set[str]] = {}
        self.released: dict[str, int] = {}
        for fact in facts if run else ():
            held = value_of(fact, Held) if fact.key.startswith(NAME) else None
            if held is not None:
                self.put(fact.key.removeprefix(NAME), held.run)

    def put(self, key: str, run: str) -> None:
        """Take in that a name is claimed by a run now; by none, if that is empty."""
        for other in [one for one, keys in self.by_run.items() if one != run and key in keys]:
            self.by_run[other].discard(key)
            if not self.by_run[other]:
                del self.by_run[other]
        if run:
            self.by_run.setdefault(run, set()).add(key)
