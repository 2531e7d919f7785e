"""Nodes and workers are measured beside one process, each of them with the real thing."""

from bench.nodes import COLUMNS, SHAPES, Shape, flat_out, steady, table
from bench.tenure import look_us
from bench.workloads import Scale

from tests.log.nats_servers import skip_without

SMALL = Scale(0.3, 30)


def test_nodes_share_a_room_and_a_new_one_reads_it_all() -> None:
    skip_without()
    figures = flat_out(Shape("2 nodes", nodes=2, servers=1), SMALL)
    assert 0 < figures["busiest"] <= figures["all"]
    assert figures["nats"] > 0
    assert figures["together"] >= 1
    assert figures["caught_up_us"] > 0


def test_workers_are_measured_alike() -> None:
    figures = flat_out(Shape("1 worker", workers=1), SMALL)
    assert 0 < figures["busiest"] <= figures["all"]
    assert figures["nats"] == 0
    assert figures["together"] >= 1
    assert steady(Shape("1 process"), SMALL)["p50_ms"] > 0


def test_the_servers_are_measured_as_they_are_asked_for_a_registration() -> None:
    skip_without()
    assert look_us(1, 2000, idle_seconds=0.1) > 0


def test_the_table_compares_medians_with_one_process() -> None:
    runs = [dict.fromkeys(COLUMNS, value) for value in (1.0, 3.0, 8.0)]
    halves = [dict.fromkeys(COLUMNS, value / 2) for value in (1.0, 3.0, 8.0)]
    rows = table({SHAPES[0].name: runs, "a half": halves, "none that counts": []}).splitlines()
    assert len(rows) == 4
    assert rows[3].startswith("| a half | 1.500 (0.50×) | 1.500 (0.50×) |")
