"""The table says what was measured, and what was not; the JSON holds every run."""

import json

import pytest
from bench.peers import HUBBUB, OTHERS
from bench.report import HEADINGS, Result, Row, as_json, table
from bench.workloads import WORKLOADS, Figures, Scale, Workload

WORKLOAD = Workload(
    "room-10",
    "One room",
    lambda _peer, _scale: {},
    (HUBBUB, *OTHERS),
    ("server_us_per_delivery", "deliveries_per_second"),
    ("server_us_per_delivery",),
)
SCALE = Scale(seconds=1.0)


def figures(cost: float, load_busy: float = 0.5) -> Figures:
    return {
        "server_us_per_delivery": cost,
        "deliveries_per_second": 1000.0,
        "server_busy": 0.5,
        "load_busy": load_busy,
    }


@pytest.fixture
def result() -> Result:
    rows = {
        "hubbub": Row([figures(0.1), figures(0.9), figures(0.2)]),
        "redis": Row([figures(0.6)], ["It hung up."]),
        "limit": Row([figures(0.05, load_busy=0.99)]),
        "nats": Row([], ["It said nothing.", "It said nothing."]),
    }
    return Result(WORKLOAD, rows)


def test_the_table(result: Result) -> None:
    assert table(result, SCALE).splitlines() == [
        "One room",
        "        survives  µs/delivery  ÷ hubbub  deliveries/s",
        "hubbub  kill -9         0.200      1.00         1,000",
        "redis   nothing         0.600      3.00         1,000",
        "limit   nothing         0.050      0.25         1,000",
        "nats    nothing             -         -             -",
        "  redis, 1 of 2 runs: It hung up.",
        "  limit: the load was the bottleneck, its core busy and the server's not.",
        "  nats: It said nothing.",
    ]


def test_a_smaller_scale_is_told(result: Result) -> None:
    first = table(result, Scale(seconds=1.0, divisor=10)).splitlines()[0]
    assert first == "One room, all numbers divided by 10"


def test_the_json(result: Result) -> None:
    written = json.loads(json.dumps(as_json([result], {"redis": "7"}, {"x": "why"}, {"a": 1})))
    assert written["a"] == 1
    assert written["versions"] == {"redis": "7"}
    assert written["absent"] == {"x": "why"}
    rows = written["workloads"]["room-10"]
    assert rows["hubbub"]["median"]["server_us_per_delivery"] == 0.2
    assert [run["server_us_per_delivery"] for run in rows["hubbub"]["runs"]] == [0.1, 0.9, 0.2]
    assert rows["redis"]["ratios"] == {"server_us_per_delivery": pytest.approx(3.0)}
    assert rows["redis"]["failures"] == ["It hung up."]
    assert [name for name, row in rows.items() if row["load_bound"]] == ["limit"]
    assert rows["nats"]["median"] == rows["nats"]["ratios"] == {}


def test_every_column_has_a_heading() -> None:
    for workload in WORKLOADS:
        assert set(workload.compared) <= set(workload.columns) <= set(HEADINGS)
