"""What the bench measures on a hubbub's log."""

import pytest
from bench.peers import HUBBUB

from bench import log


def test_a_log_is_filled_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PAGES", 3)
    figures = log.run(HUBBUB, 300)
    assert set(figures) == set(log.COLUMNS)
    assert all(figures[column] > 0 for column in log.COLUMNS if column != "server_us_per_caught_up")
