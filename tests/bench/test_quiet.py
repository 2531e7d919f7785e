"""What the bench counts of members who only sit there."""

import re
import sys
import tracemalloc

import pytest

from bench import quiet


def test_each_member_that_sits_there_is_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(quiet, "FIRST", 10)
    monkeypatch.setattr(quiet, "MEMBERS", 40)
    monkeypatch.setattr(quiet, "QUIET_SECONDS", 0.0)
    monkeypatch.setattr(sys, "argv", ["quiet", "--by", "lines"])
    quiet.main()
    assert not tracemalloc.is_tracing()
    said = capsys.readouterr().out
    each = {found[1]: int(found[2].replace(",", "")) for found in _TOLD.finditer(said)}
    assert set(each) == {"frames", "websocket"}
    for count in each.values():
        assert 1_000 < count < 20_000
    assert "in 1.00  server/sessions/connection.py" in said, "each has a conversation"


_TOLD = re.compile(r"^(\w+) +([\d,]+) bytes each$", re.MULTILINE)
