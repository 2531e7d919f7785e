"""Fair turns, without a clock: what was used is counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.server.fairness.fair_queue import FairQueue, Party

if TYPE_CHECKING:
    from collections.abc import Callable

CREDIT = 10.0


class Crowd:
    """Parties of a queue, by address and name, and what each has used."""

    def __init__(self) -> None:
        self.queue: FairQueue[str] = FairQueue(CREDIT)
        self._addresses: dict[str, Party[str]] = {}
        self._parties: dict[str, Party[str]] = {}
        self._costs: dict[str, float] = {}
        self.used: Counter[str] = Counter()

    def party(self, name: str) -> Party[str]:
        """Return the party of `address/name`."""
        address = name.partition("/")[0]
        if address not in self._addresses:
            self._addresses[address] = Party(self.queue.everybody)
        if name not in self._parties:
            self._parties[name] = Party(self._addresses[address])
        return self._parties[name]

    def ask(self, name: str, cost: float) -> None:
        self._costs[name] = cost
        self.queue.put(self.party(name), name)

    def serve(self) -> str:
        """Give one turn; return to whom."""
        party, name = self.queue.take()
        cost = self._costs[name]
        self.queue.charge(party, cost)
        self.used[name] += int(cost)
        return name

    def serve_all_who_ask_again(self, turns: int) -> None:
        for _ in range(turns):
            name = self.serve()
            self.ask(name, self._costs[name])


costs = st.lists(st.integers(1, 20), min_size=2, max_size=6)


@given(costs)
def test_parties_that_always_wait_use_the_same_whatever_a_turn_costs(costs: list[int]) -> None:
    crowd = Crowd()
    for n, cost in enumerate(costs):
        crowd.ask(f"{n}/x", cost)
    crowd.serve_all_who_ask_again(200)
    used = [crowd.used[f"{n}/x"] for n in range(len(costs))]
    assert max(used) - min(used) <= 2 * max(costs)


@given(costs, st.integers(1, 20))
def test_an_address_gets_no_more_for_having_many_connections(costs: list[int], cost: int) -> None:
    crowd = Crowd()
    for n, each in enumerate(costs):
        crowd.ask(f"crowd/{n}", each)
    crowd.ask("alone/x", cost)
    crowd.serve_all_who_ask_again(300)
    of_crowd = sum(used for name, used in crowd.used.items() if name.startswith("crowd"))
    assert abs(of_crowd - crowd.used["alone/x"]) <= 2 * max(*costs, cost)
    used = [crowd.used[f"crowd/{n}"] for n in range(len(costs))]
    assert max(used) - min(used) <= 2 * max(costs)


@given(st.integers(1, 30), st.integers(1, 20), st.integers(0, 50))
def test_a_newcomer_from_elsewhere_waits_for_nobody(crowded: int, cost: int, turns: int) -> None:
    crowd = Crowd()
    for n in range(crowded):
        crowd.ask(f"crowd/{n}", cost)
    crowd.serve_all_who_ask_again(turns)
    crowd.ask("new/x", 1)
    assert "new/x" in {crowd.serve(), crowd.serve()}  # at the very beginning all are new


@given(st.integers(1, 30), st.integers(2, 20), st.integers(0, 50))
def test_a_newcomer_of_an_address_has_its_turn_before_those_who_had_theirs(
    crowded: int, cost: int, rounds: int
) -> None:
    crowd = Crowd()
    for n in range(crowded):
        crowd.ask(f"crowd/{n}", cost)
    crowd.serve_all_who_ask_again(crowded * rounds + 1)
    crowd.ask("crowd/new", 1)
    turns = [crowd.serve() for _ in range(crowded + 1)]
    assert turns.index("crowd/new") < crowded  # those with no turn in this round may come first
    if crowded == 1:
        assert turns[0] == "crowd/new"


def test_whoever_was_quiet_goes_first_for_as_much_as_the_credit() -> None:
    crowd = Crowd()
    crowd.ask("a/quiet", 1)
    crowd.serve()
    for n in range(20):
        crowd.ask(f"a/busy {n}", 5)
    crowd.serve_all_who_ask_again(20 * 20)
    served = 0
    crowd.ask("a/quiet", 1)
    while crowd.serve() == "a/quiet":
        served += 1
        crowd.ask("a/quiet", 1)
    assert CREDIT <= served <= CREDIT + 5 + 1  # and what the others are ahead of the lowest


def test_a_long_silence_is_worth_no_more_than_the_credit() -> None:
    crowd = Crowd()
    crowd.ask("a/quiet", 1)
    crowd.ask("b/busy", 100)
    crowd.serve_all_who_ask_again(1)
    crowd.queue.discard(crowd.party("a/quiet"), "a/quiet")
    crowd.serve_all_who_ask_again(100)
    crowd.used.clear()
    crowd.ask("a/quiet", 1)
    crowd.serve_all_who_ask_again(1000)
    assert crowd.used["a/quiet"] <= crowd.used["b/busy"] + CREDIT + 101


Step = tuple[str, str, int]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "serve", "forget"]),
            st.sampled_from([f"{address}/{name}" for address in "abc" for name in "xyz"]),
            st.integers(0, 20),
        )
    )
)
def test_whatever_waits_is_served_once_or_let_go(steps: list[Step]) -> None:
    crowd = Crowd()
    waiting: set[str] = set()

    def serve(_name: str, _cost: int) -> None:
        if waiting:
            waiting.remove(crowd.serve())

    def ask(name: str, cost: int) -> None:
        if name not in waiting:
            crowd.ask(name, cost)
            waiting.add(name)

    def forget(name: str, _cost: int) -> None:
        if name in waiting:
            crowd.queue.discard(crowd.party(name), name)
            waiting.remove(name)

    acts: dict[str, Callable[[str, int], None]] = {"ask": ask, "serve": serve, "forget": forget}
    for act, name, cost in steps:
        acts[act](name, cost)
        assert len(crowd.queue) == len(waiting)
    while waiting:
        waiting.remove(crowd.serve())
    assert not crowd.queue


def test_nothing_waits_twice() -> None:
    crowd = Crowd()
    crowd.ask("a/x", 1)
    with pytest.raises(AssertionError):
        crowd.ask("a/x", 1)
