"""Each part of the server is driven, and takes time."""

import pytest
from bench.parts import BATCH_MESSAGES, PARTS, played


@pytest.mark.parametrize("rooms", [1, BATCH_MESSAGES])
def test_every_part_is_measured(rooms: int) -> None:
    costs = played(8, rooms)
    assert tuple(costs) == PARTS
    assert all(cost > 0 for cost in costs.values())
