"""The tail is measured beside all that goes on, and read from the server's own histograms."""

from pathlib import Path

from bench.attacks.run import Logs, run
from bench.attacks.target import Attack
from bench.tail import LOADS, MESSAGES, histograms, mixed
from bench.workloads import Scale

METRICS = """\
hubbub_loop_lag_seconds_bucket{le="0.001"} 980.0
hubbub_loop_lag_seconds_bucket{le="0.005"} 995.0
hubbub_loop_lag_seconds_bucket{le="+Inf"} 1000.0
hubbub_tls_handshake_duration_seconds_bucket{le="+Inf"} 7.0
"""


def test_a_histogram_is_told_by_its_bounds() -> None:
    told = "p50 ≤ 1 ms, p99 ≤ 5 ms, p99.9 ≤ more than all bounds"
    assert histograms(METRICS) == {"the loop was late by": told}


def test_two_people_talk_beside_everything_else(tmp_path: Path) -> None:
    figures = tmp_path / "metrics"
    load = Attack("mixed", mixed(figures), processes=len(LOADS) + 1, log=MESSAGES)
    outcome = run(load, Scale(0.5, 1000), Logs(tmp_path))
    assert outcome.remarks == []
    assert outcome.attacked.heard
    assert outcome.control.heard
    assert outcome.moves > 0
    assert len(histograms(figures.read_text())) == 3
