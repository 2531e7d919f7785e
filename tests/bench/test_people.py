"""What the bench measures where many people are known."""

import pytest
from bench.peers import HUBBUB

from bench import people


def test_people_come_in_and_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "ASKED", 3)
    figures = people.run(HUBBUB, 20, 10)
    assert set(figures) == set(people.COLUMNS)
    assert all(figures.values())
