"""A process that stood still sees it before it acts on anything."""

from math import inf

from tests.server.turning import Room

SECONDS = 15.0


def test_that_a_process_stood_still_is_seen_before_anything_is_acted_on() -> None:
    room = Room()
    seen: list[int] = []

    def see() -> None:
        room.turns.stale_at = inf
        seen.append(len(room.done))

    room.turns.when_stale = see
    room.turns.stale_at = room.loop.clock() + SECONDS
    worker = room.worker().do(1, 1)
    assert seen == []
    room.loop.seconds += SECONDS
    worker.do(1)
    assert seen == [2]
    room.loop.turn()
    assert len(room.done) == 3


def test_what_waited_for_its_turn_is_not_acted_on_either() -> None:
    room = Room(actions_per_turn=1)
    seen: list[int] = []

    def see() -> None:
        room.turns.stale_at = inf
        seen.append(len(room.done))

    workers = [room.worker().be_busy(100.0) for _ in range(3)]
    room.turns.when_stale = see
    room.turns.stale_at = room.loop.clock() + SECONDS
    done = len(room.done)
    room.loop.seconds += SECONDS
    assert room.loop.turn()
    assert seen == [done]
    assert sum(worker.used for worker in workers) > done
