"""The token bucket, on a clock of the test's."""

from hypothesis import given
from hypothesis import strategies as st

from hubbub.server.fairness.pace import Pace


def taken(pace: Pace, now: float) -> bool:
    if pace.delay(now):
        return False
    pace.take()
    return True


def test_a_burst_then_the_rate() -> None:
    pace = Pace(per_second=2, burst=3, now=100)
    assert [taken(pace, 100) for _ in range(4)] == [True, True, True, False]
    assert pace.delay(100) == 0.5
    assert [taken(pace, 100.5) for _ in range(2)] == [True, False]


def test_silence_earns_one_burst_and_no_more() -> None:
    pace = Pace(per_second=10, burst=3, now=0)
    assert [taken(pace, 1000) for _ in range(4)] == [True, True, True, False]


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60))
def test_no_stretch_of_time_admits_more_than_burst_and_rate(pauses: list[float]) -> None:
    pace = Pace(per_second=5, burst=4, now=0)
    now, admitted = 0.0, []
    for pause in pauses:
        now += pause
        while taken(pace, now):
            admitted.append(now)
    for first, start in enumerate(admitted):
        for last in range(first, len(admitted)):
            count = last - first + 1
            assert count <= 4 + 5 * (admitted[last] - start) + 1e-6
