"""Each part of the server is driven, and takes time."""

from bench.parts import PARTS, played


def test_every_part_is_measured() -> None:
    costs = played(batches=8)
    assert tuple(costs) == PARTS
    assert all(cost > 0 for cost in costs.values())
