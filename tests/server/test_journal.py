"""Notes for the operator."""

import sys

import pytest
import structlog

from hubbub.server.journal import note_on_stderr


class Full:
    """An stderr on a full disk."""

    def write(self, _: str) -> None:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_note_that_cannot_be_written_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    note_on_stderr()
    try:
        logger = structlog.get_logger()
        logger.warning("written")
        monkeypatch.setattr(sys, "stderr", Full())
        logger.warning("not written")
    finally:
        structlog.reset_defaults()
    monkeypatch.undo()
    assert "written" in capsys.readouterr().err
