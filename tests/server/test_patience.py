"""Deadlines by a sweep."""

from hubbub.server.patience import Patience


class Waiting:
    """Notes that its time is up; ends the others of `company` with it."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.told = 0
        self.company: list[Waiting] = []

    def time_is_up(self) -> None:
        self.told += 1
        for other in self.company:
            self._patience.end(other)


class Clock:
    """Stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_has_the_same_time_from_when_it_began() -> None:
    clock = Clock()
    patience = Patience(10, clock)
    early, late = Waiting(patience), Waiting(patience)
    patience.begin(early)
    clock.now = 5
    patience.begin(late)
    told = []
    for clock.now in (9.9, 10, 14.9, 15, 100):
        patience.sweep()
        told.append((early.told, late.told))
    assert told == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]


def test_one_that_did_what_it_had_to_is_not_told() -> None:
    clock = Clock()
    patience = Patience(10, clock)
    done = Waiting(patience)
    patience.begin(done)
    assert done in patience
    patience.end(done)
    assert done not in patience
    clock.now = 11
    patience.sweep()
    assert not done.told


def test_one_whose_end_another_brought_is_not_told() -> None:
    clock = Clock()
    patience = Patience(10, clock)
    first, second = Waiting(patience), Waiting(patience)
    first.company.append(second)
    for one in (first, second):
        patience.begin(one)
    clock.now = 10
    patience.sweep()
    assert (first.told, second.told) == (1, 0)


def test_a_connection_that_begins_again_has_the_whole_time_again() -> None:
    clock = Clock()
    patience = Patience(10, clock)
    again, other = Waiting(patience), Waiting(patience)
    patience.begin(again)
    patience.begin(other)
    clock.now = 5
    patience.end(again)
    patience.begin(again)
    clock.now = 10
    patience.sweep()
    assert (again.told, other.told) == (0, 1)
