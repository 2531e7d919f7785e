"""Whose turn it is: fair shares, budgets and bounds, on a loop whose time is the test's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.limits import Limits
from hubbub.server.fairness.accounts import (
    ADDRESSES_MAX,
    ADDRESSES_PER_PROXY,
    BURSTS_PER_ADDRESS,
    CREDIT_UNITS,
    OVERDRAFT_SECONDS,
    SENDERS_PER_ADDRESS,
    STRANGERS_SHARE,
    SWEPT_AT_ONCE,
    UNITS_PER_CORE,
)
from hubbub.server.fairness.turns import SLICE_UNITS
from tests.server.turning import HERE, THERE, Room

# Without a budget.


def test_as_long_as_nobody_waits_everything_is_done_at_once() -> None:
    room = Room()
    assert not room.worker().do(1, 1, 1).costs


def test_a_turn_of_the_loop_ends_however_much_there_is_to_do() -> None:
    room = Room(actions_per_turn=10)
    workers = [room.worker().be_busy(SLICE_UNITS) for _ in range(20)]
    assert sum(worker.used for worker in workers) <= 25 * SLICE_UNITS
    for _ in range(5):
        before = len(room.done)
        assert room.loop.turn()
        assert 5 <= len(room.done) - before <= 25


@given(
    st.lists(st.sampled_from([1, 7, 30, 200]), min_size=2, max_size=6),
    st.integers(min_value=20, max_value=60),
)
def test_those_who_always_have_something_to_do_get_the_same(costs: list[float], turns: int) -> None:
    """However much each does at a time: dear things come less often."""
    room = Room()
    workers = [room.worker().be_busy(cost) for cost in costs]
    alone = [worker.used for worker in workers]  # the first had the turn to itself
    for _ in range(turns):
        room.loop.turn()
    used = [worker.used - before for worker, before in zip(workers, alone, strict=True)]
    assert max(used) - min(used) <= 2 * (SLICE_UNITS + max(costs)) + CREDIT_UNITS


def test_addresses_get_the_same_however_many_connections_they_have() -> None:
    room = Room()
    alone = room.worker(HERE)
    many = [room.worker(THERE) for _ in range(50)]
    for worker in [alone, *many]:
        worker.be_busy(1.0)
    for _ in range(100):
        room.loop.turn()
    together = sum(worker.used for worker in many)
    assert abs(together - alone.used) <= 50 * SLICE_UNITS


def test_strangers_have_one_share_from_however_many_addresses() -> None:
    room = Room()
    alone = room.worker()
    strangers = [room.worker(f"198.51.100.{n}", is_stranger=True) for n in range(50)]
    for worker in [alone, *strangers]:
        worker.be_busy(1.0)
    for _ in range(100):
        room.loop.turn()
    together = sum(worker.used for worker in strangers)
    assert abs(together - alone.used) <= 50 * SLICE_UNITS


@pytest.mark.parametrize("is_stranger", [False, True])
def test_addresses_that_a_proxy_names_have_one_share_however_many_it_makes_up(
    is_stranger: bool,
) -> None:
    room = Room()
    alone = room.worker(is_stranger=is_stranger)
    made_up = [
        room.worker(f"198.51.100.{n}", is_stranger=is_stranger, proxy="127.0.0.1")
        for n in range(50)
    ]
    for worker in [alone, *made_up]:
        worker.be_busy(1.0)
    for _ in range(100):
        room.loop.turn()
    together = sum(worker.used for worker in made_up)
    assert abs(together - alone.used) <= 50 * SLICE_UNITS


@pytest.mark.parametrize("addresses", [10, 200])
def test_addresses_that_a_proxy_names_have_one_budget_and_may_use_most_of_what_is_left(
    addresses: int,
) -> None:
    limits = Limits()
    room = Room(limits, actions_per_turn=1000)
    for number in range(addresses):
        for _ in range(3):
            room.worker(f"host {number}", proxy="127.0.0.1").be_busy(SLICE_UNITS)
    room.loop.pass_time(1.0)
    used = SLICE_UNITS * len(room.done)
    of_address = limits.messages_per_second * SENDERS_PER_ADDRESS
    burst = limits.burst * BURSTS_PER_ADDRESS
    most = burst + ADDRESSES_PER_PROXY * of_address * room.loop.seconds
    assert used <= most + 3 * addresses * SLICE_UNITS
    if addresses > ADDRESSES_PER_PROXY * BURSTS_PER_ADDRESS:
        assert used > 2 * of_address, "more than one address may"


@given(st.integers(min_value=1, max_value=60), st.booleans())
def test_one_that_says_little_hardly_waits(crowd: int, same_address: bool) -> None:
    """A crowd that is always busy delays it by one turn of the loop, not by one round of theirs."""
    room = Room()
    quiet = room.worker()
    quiet.do(1)
    busy = [room.worker(HERE if same_address else THERE) for _ in range(crowd)]
    for worker in busy:
        worker.be_busy(SLICE_UNITS)
    for _ in range(50):
        room.loop.turn()
    for _ in range(20):
        quiet.do(1)
        before = len(room.done)
        room.loop.turn()
        assert room.done[before] is quiet
        for _ in range(3):
            room.loop.turn()


def test_to_hang_up_and_come_back_brings_nobody_forward() -> None:
    room = Room()
    settled = [room.worker().be_busy(1.0) for _ in range(3)]
    lasting = 0.0
    restless = room.worker()
    for _ in range(100):
        restless.do(*[1.0] * 100)
        room.loop.turn()
        lasting += restless.used
        restless.turn.close()
        restless = room.worker()
    assert lasting <= 1.5 * min(worker.used for worker in settled)


def test_a_crowd_of_sleepers_is_owed_no_more_than_a_moment() -> None:
    room = Room()
    sleepers = [room.worker() for _ in range(10)]
    for sleeper in sleepers:
        sleeper.do(1)
    busy = room.worker().be_busy(1.0)
    for _ in range(100):
        room.loop.turn()
    before = busy.used
    for sleeper in sleepers:
        sleeper.be_busy(1.0)
    for _ in range(100):
        room.loop.turn()
    fair = (busy.used - before + sum(sleeper.used for sleeper in sleepers)) / 11
    assert busy.used - before >= fair - CREDIT_UNITS - 2 * SLICE_UNITS


# With a budget.


def test_a_debt_is_waited_for_and_nothing_is_dropped() -> None:
    room = Room(Limits(messages_per_second=10, burst=20))
    worker = room.worker()
    worker.do(*[5.0] * 14)
    assert 20 <= worker.used <= 25, "the last thing may overdraw it"
    room.loop.pass_time(5.1)
    assert not worker.costs
    assert room.loop.seconds >= 5


def test_what_many_share_has_a_budget_too() -> None:
    room = Room(Limits(messages_per_second=100, burst=1000))
    strangers = [room.worker(f"198.51.100.{n}", is_stranger=True) for n in range(100)]
    for stranger in strangers:
        stranger.do(*[1.0] * 2000)
    room.loop.pass_time(1.0)
    used = sum(stranger.used for stranger in strangers)
    share = STRANGERS_SHARE * UNITS_PER_CORE
    assert used <= share * (1 + room.loop.seconds) + 100 * SLICE_UNITS
    assert used >= share


def test_a_new_connection_brings_no_new_burst() -> None:
    limits = Limits(messages_per_second=10, burst=100)
    room = Room(limits)
    used = 0.0
    for _ in range(200):
        worker = room.worker().do(*[1.0] * 100)
        used += worker.used
        worker.turn.close()
    assert room.loop.seconds < 10
    assert used <= BURSTS_PER_ADDRESS * (100 + 10 * room.loop.seconds) + 200


def test_whoever_uses_little_of_it_has_the_burst_again() -> None:
    room = Room(Limits(messages_per_second=1, burst=100))
    for _ in range(1000):
        worker = room.worker().do(0.001)
        worker.turn.close()
        room.loop.turn()
    assert room.worker().do(*[1.0] * 99).used == 99


def test_one_that_says_little_goes_first_although_its_address_is_in_debt() -> None:
    """Whoever comes meanwhile, and whatever is charged to whom, it waits for one other at most."""
    room = Room(Limits(messages_per_second=10, burst=1000), actions_per_turn=1000)
    quiet = room.worker().do(1)
    room.loop.turn()
    crowd = [room.worker() for _ in range(100)]
    for worker in crowd:
        worker.turn.outlive()  # so that nothing but the address limits them
        worker.be_busy(SLICE_UNITS)
    address = quiet.account.address
    for _ in range(100):
        room.loop.pass_time(0.1)
        room.worker().do(SLICE_UNITS)
        crowd[0].turn.spend(SLICE_UNITS)
        assert address.pace is not None
        assert address.pace.left(room.loop.seconds) < 2 * SLICE_UNITS, "it has hardly anything left"
        quiet.do(1)
        before = len(room.done)
        while quiet.costs:
            assert room.loop.go_on()
        assert len(room.done) - before <= 2


def test_who_used_little_does_not_wait_for_the_debts_of_an_address() -> None:
    room = Room(Limits(messages_per_second=10, burst=1000), actions_per_turn=1000)
    quiet, busy = room.worker().do(1), room.worker()
    busy.turn.outlive()
    busy.be_busy(SLICE_UNITS)
    room.loop.pass_time(1)
    address = quiet.account.address
    assert address.pace is not None
    room.loop.turn()
    busy.turn.spend(address.pace.per_second * OVERDRAFT_SECONDS / 2)
    assert address.pace.left(room.loop.seconds) < 0
    before = room.loop.seconds
    quiet.do(1)
    room.loop.turn()
    assert not quiet.costs
    busy.turn.spend(address.pace.per_second)
    quiet.do(1)
    room.loop.turn()
    assert quiet.costs, "this is too much: it would be at the cost of other addresses"
    room.loop.pass_time(2)
    assert not quiet.costs
    assert room.loop.seconds < before + 3


def test_a_crowd_whose_debts_end_at_once_does_not_go_before_who_used_little() -> None:
    room = Room(Limits(messages_per_second=10, burst=100), actions_per_turn=1000)
    quiet, busy = room.worker().do(1), room.worker().do(1)
    crowd = [room.worker() for _ in range(50)]
    for worker in crowd:
        worker.turn.spend(worker.account.lent + 100)
        worker.do(*[1.0] * 100)
    busy.turn.outlive()
    busy.be_busy(SLICE_UNITS)
    room.loop.pass_time(5)  # `busy` goes on meanwhile, and the crowd has nothing left
    assert all(len(worker.costs) == 100 for worker in crowd)
    room.loop.seconds += 10
    room.turns._release(room.loop.seconds)
    before = len(room.done)
    quiet.do(1)
    while quiet.costs:
        assert room.loop.go_on()
    assert len(room.done) - before <= 200, "a turn of the loop, and not one slice for each of them"


def test_whoever_has_earned_enough_does_not_wait_for_a_late_timer() -> None:
    """A busy loop looks at its timers only when it has been through all its sockets."""
    room = Room(Limits(messages_per_second=10, burst=1000), actions_per_turn=1000)
    quiet, busy = room.worker(), room.worker()
    busy.turn.outlive()
    busy.be_busy(SLICE_UNITS)
    address = quiet.account.address
    while address.parked_until is None:
        assert room.loop.go_on()
    room.loop.lose_alarms()
    room.loop.seconds += 1
    quiet.do(1)
    room.loop.turn()
    assert not quiet.costs


@pytest.mark.parametrize("is_stranger", [False, True])
@pytest.mark.parametrize("count", [1, 10, 300])
def test_nobody_waits_for_those_whose_peers_have_hung_up(count: int, is_stranger: bool) -> None:
    """However many they are, and whatever they said: together they are one beside a newcomer."""
    room = Room(Limits(messages_per_second=10, burst=1000), actions_per_turn=1000)
    for _ in range(count):
        departed = room.worker(is_stranger=is_stranger)
        departed.turn.outlive()
        departed.be_busy(SLICE_UNITS)
    for _ in range(300):
        room.loop.go_on()
    newcomer = room.worker(is_stranger=is_stranger).do(1.0)
    before = len(room.done)
    while newcomer.costs:
        assert room.loop.go_on()
    assert (len(room.done) - before) * SLICE_UNITS <= CREDIT_UNITS + 2 * SLICE_UNITS


def test_whoever_hangs_up_goes_on_paying_for_what_they_said() -> None:
    room = Room(Limits(messages_per_second=1, burst=10), actions_per_turn=1000)
    worker = room.worker()
    worker.do(*[1.0] * 100)
    worker.turn.depart()
    worker.go_on()
    room.loop.pass_time(5)
    assert 10 <= worker.used <= 20, "it is there, for all that the server knows"


def test_what_outlives_its_connection_is_paid_by_its_address_alone() -> None:
    room = Room(Limits(messages_per_second=1, burst=10), actions_per_turn=1000)
    ghost = room.worker()
    ghost.turn.outlive()
    ghost.do(*[1.0] * 100)
    room.loop.pass_time(5)
    assert not ghost.costs


def test_a_crowd_that_hangs_up_makes_nobody_wait_who_stays() -> None:
    room = Room(actions_per_turn=10)
    crowd = [room.worker() for _ in range(200)]
    talker = room.worker().do(*[1.0] * 50)
    for _ in range(50):  # it has used more than any of the crowd
        room.loop.turn()
        talker.go_on()
    for one in crowd:
        one.turn.outlive()
        one.do(SLICE_UNITS)
    for _ in range(5):
        talker.do(2.0)
        for _ in range(2):
            room.loop.turn()
        assert not talker.costs
    assert any(one.costs for one in crowd)
    while room.loop.turn():
        pass
    assert not any(one.costs for one in crowd), "nothing is dropped"


def test_when_the_server_stops_nobody_waits() -> None:
    room = Room(Limits(messages_per_second=1, burst=10), actions_per_turn=3)
    workers = [room.worker().do(*[5.0] * 100) for _ in range(10)]
    room.turns.stop()
    for _ in range(1000):
        room.loop.turn()
    assert not any(worker.costs for worker in workers)


def test_nobody_waits_for_somebody_elses_debt_to_be_paid() -> None:
    """One alarm is for all: when it rings for one that owes much by then, another is due soon."""
    room = Room(Limits(messages_per_second=10, burst=20), actions_per_turn=1000)
    deep, quiet = room.worker(HERE), room.worker(THERE)
    deep.do(*[5.0] * 6)
    room.loop.pass_time(0.05)
    deep.turn.spend(1000)  # charged while it is parked: a search, say
    quiet.do(*[5.0] * 6)
    room.loop.pass_time(3)
    assert not quiet.costs
    assert deep.costs


def test_one_alarm_for_all_that_wait() -> None:
    room = Room(Limits(messages_per_second=10, burst=20))
    workers = [room.worker(f"198.51.100.{n}").do(*[5.0] * 10) for n in range(100)]
    room.loop.turn()
    for _ in range(1000):
        assert room.loop.alarms <= 1
        if not room.loop.go_on():
            break
    assert not any(worker.costs for worker in workers)


def test_an_address_is_forgotten_when_a_new_one_would_be_no_different() -> None:
    room = Room(Limits(messages_per_second=10, burst=100))
    accounts = room.turns.accounts
    first = room.worker().do(*[1.0] * 100)
    account = first.account.parent
    first.turn.close()
    accounts.sweep()
    assert room.worker().account.parent is account, "it has used all of its burst just now"
    room.loop.pass_time(100)
    accounts.sweep()
    assert room.worker().account.parent is account, "there is a connection"


def test_a_quiet_connection_has_no_account() -> None:
    room = Room(Limits(messages_per_second=10, burst=20))
    worker = room.worker().do(*[1.0] * 10)
    address = worker.account.address
    room.turns.sweep()
    assert worker.turn._account is not None, "it has used a part of its budget"
    room.loop.pass_time(2)
    room.turns.sweep()
    assert worker.turn._account is None
    assert address.connections == 1
    worker.do(1.0)
    assert worker.account.address is address
    worker.turn.close()
    assert address.connections == 0


@pytest.mark.parametrize("seconds", [0.5, 2, 60])
def test_a_connection_that_rested_may_do_as_much_as_if_it_had_not(seconds: float) -> None:
    def used(*, rests: bool) -> float:
        room = Room(Limits(messages_per_second=10, burst=20))
        worker, other = room.worker().do(*[1.0] * 10), room.worker()
        room.loop.pass_time(seconds)
        if rests:
            room.turns.sweep()
        other.do(*[1.0] * 15)
        return worker.do(*[1.0] * 60).used

    assert used(rests=True) == used(rests=False)


def test_whoever_rests_gives_nobody_a_second_burst() -> None:
    """Neither when they come again nor when they go: what was lent to them is lent to them."""
    room = Room(Limits(messages_per_second=10, burst=20))
    worker = room.worker()
    bursts = worker.account.address.bursts
    assert bursts is not None
    room.loop.pass_time(1000)
    before = bursts.left(room.loop.clock())
    room.turns.sweep()
    assert bursts.left(room.loop.clock()) == before
    worker.turn.close()
    assert bursts.left(room.loop.clock()) == bursts.burst


def test_whoever_waits_does_not_rest() -> None:
    room = Room(Limits(messages_per_second=0), actions_per_turn=3)
    room.worker(THERE).be_busy(SLICE_UNITS)
    waiting = room.worker().do(*[5.0] * 100)
    assert waiting.costs
    room.turns.sweep()
    assert waiting.turn._account is not None
    for _ in range(200):
        room.loop.turn()
    assert not waiting.costs


def test_only_some_are_looked_at_in_a_sweep_and_all_in_several() -> None:
    room = Room(Limits(messages_per_second=10, burst=20))
    workers = [room.worker() for _ in range(SWEPT_AT_ONCE + 10)]
    room.loop.pass_time(1000)
    room.turns.sweep()
    assert sum(worker.turn._account is None for worker in workers) == SWEPT_AT_ONCE
    room.turns.sweep()
    assert all(worker.turn._account is None for worker in workers)


def test_remembered_addresses_are_bounded() -> None:
    room = Room(Limits(messages_per_second=10, burst=100))
    for number in range(ADDRESSES_MAX + 50):
        worker = room.worker(f"host {number}").do(5.0)
        worker.turn.spend(1e6)
        worker.turn.close()
    assert len(room.turns.accounts._members) <= ADDRESSES_MAX + 1
    assert len(room.turns.accounts._visitors) <= ADDRESSES_MAX + 1


# Of those who wait at the same place.


def test_whoever_says_little_does_not_wait_for_a_crowd_that_begins_to_say_much() -> None:
    room = Room(actions_per_turn=100)
    ann, *crowd = (room.worker() for _ in range(301))
    for worker in (ann, *crowd):
        worker.do(1.0)
    room.loop.pass_time(1.0)
    room.done.clear()
    for worker in crowd:
        worker.hear(17_000, *[0.6] * 40)
    ann.hear(80, 1.0)
    room.loop.pass_time(10.0)
    before = room.done[: room.done.index(ann)]
    assert len(set(before)) <= 10, "those who came in the same turn of the loop"
    assert len(room.done) == 300 * 40 + 1
