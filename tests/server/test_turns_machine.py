"""Whose turn it is, whatever happens in whatever order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hubbub.chat.limits import Limits
from tests.server.turning import HERE, THERE, Room, Worker

COSTS = st.lists(st.sampled_from([0.01, 0.5, 1, 20, 60]), min_size=1, max_size=5)
HOSTS = st.sampled_from(["127.0.0.1", HERE, THERE, "2001:db8::1", "2001:db8::2"])


class TurnsMachine(RuleBasedStateMachine):
    """Connections come, do things, are charged for more, are admitted and go."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Room(Limits(messages_per_second=50, burst=40), actions_per_turn=3)
        self.here: list[Worker] = []
        self.gone: list[Worker] = []

    @rule(host=HOSTS)
    def connect(self, host: str) -> None:
        self.here.append(self.room.worker(host, is_stranger=True))

    @precondition(lambda self: self.here)
    @rule(number=st.integers(0, 20), costs=COSTS)
    def do(self, number: int, costs: list[float]) -> None:
        worker = self.here[number % len(self.here)]
        if worker.costs:
            worker.costs += costs  # it is waiting
        else:
            worker.do(*costs)

    @precondition(lambda self: self.here)
    @rule(number=st.integers(0, 20), units=st.sampled_from([0.1, 3, 90]))
    def charge(self, number: int, units: float) -> None:
        self.here[number % len(self.here)].turn.spend(units)

    @precondition(lambda self: self.here)
    @rule(number=st.integers(0, 20))
    def admit(self, number: int) -> None:
        worker = self.here[number % len(self.here)]
        worker.turn.admit()
        if worker.costs:
            worker.turn.wait(worker.go_on)

    @precondition(lambda self: self.here)
    @rule(number=st.integers(0, 20))
    def leave(self, number: int) -> None:
        worker = self.here.pop(number % len(self.here))
        worker.turn.close()
        self.gone.append(worker)

    @precondition(lambda self: self.here)
    @rule(number=st.integers(0, 20))
    def hang_up(self, number: int) -> None:
        worker = self.here[number % len(self.here)]
        worker.turn.depart()
        if worker.costs:
            worker.turn.wait(worker.go_on)

    @rule()
    def turn(self) -> None:
        self.room.loop.turn()

    @rule(seconds=st.sampled_from([0.001, 0.1, 3]))
    def pass_time(self, seconds: float) -> None:
        self.room.loop.pass_time(seconds)
        self.room.turns.sweep()

    @invariant()
    def one_alarm_at_the_most(self) -> None:
        assert self.room.loop.alarms <= 1

    @invariant()
    def it_rings_for_the_first_that_may_go_on(self) -> None:
        turns = self.room.turns
        assert not turns._parked or turns._wakes_at <= turns._parked[0][0]

    @invariant()
    def whoever_is_parked_will_be_looked_at(self) -> None:
        entries = {(until, account) for until, _, account in self.room.turns._parked}
        for worker in self.here:
            own = worker.turn._account
            if own is None:  # it rests
                continue
            for account in (own, own.parent, own.address):
                assert account is not None
                if account.parked_until is not None:
                    assert (account.parked_until, account) in entries

    def teardown(self) -> None:
        """Nobody is forgotten, and nobody who is gone does anything any more."""
        used = [worker.used for worker in self.gone]
        for _ in range(20_000):
            if not self.room.loop.go_on():
                break
        else:
            raise AssertionError("it never comes to rest")
        assert not any(worker.costs for worker in self.here)
        assert [worker.used for worker in self.gone] == used


TurnsMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestTurns = TurnsMachine.TestCase
