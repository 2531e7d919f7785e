"""Notes for the operator."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubbub.faults import faults
from hubbub.server.journal.writing import note_in_file, note_on_stderr
from hubbub.server.notes import logger
from tests.server.noted import notes_as_before


class Full:
    """An stderr on a full disk."""

    def write(self, _: str) -> None:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    """Undo what a test configures."""
    with notes_as_before():
        yield


@contextmanager
def nobody_else_listening() -> Iterator[None]:
    """Take pytest's own handlers away, and at the end those that were added."""
    handlers, logging.root.handlers = logging.root.handlers, []
    try:
        yield
    finally:
        logging.root.handlers = handlers


def test_a_note_that_cannot_be_written_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    note_on_stderr()
    logger.warning("written")
    monkeypatch.setattr(sys, "stderr", Full())
    logger.warning("not written")
    monkeypatch.undo()
    assert "written" in capsys.readouterr().err


def test_a_note_of_a_fault_names_the_place_and_not_what_people_wrote(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note_on_stderr()
    text = " ".join(("between", "us"))
    try:
        int(text)
    except ValueError as error:
        faults.note("failed", error)
    said = capsys.readouterr().err
    assert "test_writing.py" in said
    assert text not in said


def test_notes_in_a_file_follow_what_is_there_and_none_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log" / "server.log"
    for number in (1, 2):
        with nobody_else_listening():
            note_in_file(path)
            logger.warning("a note", number=number, text="ü\n\x1b[31m")
            logging.getLogger("asyncio").error("a complaint %s", number)
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 4
    assert all(f"{number}" in line for number, line in zip((1, 1, 2, 2), lines, strict=True))
    assert "a note" in lines[0]
    assert "a complaint" in lines[1]
    assert "\x1b" not in path.read_text("utf-8")
    assert capsys.readouterr() == ("", "")


def test_notes_that_no_file_takes_are_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "log").write_text("in the way")
    with nobody_else_listening():
        note_in_file(tmp_path / "log" / "server.log")
        logger.warning("a note")
        logging.getLogger("asyncio").error("a complaint")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        ("", "''"),
        ("two words", "'two words'"),
        ("x\nname=root", r"'x\nname=root'"),
        ("x\tname=root", r"'x\tname=root'"),
        ("x=y", "'x=y'"),
        ("it's", '"it\'s"'),
        ("\x1b[31m\u202e", r"'\x1b[31m\u202e'"),
        (b"\xff", r"b'\xff'"),
    ],
)
def test_no_value_of_a_note_can_pass_for_another_one(
    value: object, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    note_on_stderr("text")
    logger.warning("a note", name=value)
    assert capsys.readouterr().err.endswith(f" name={shown}\n")
