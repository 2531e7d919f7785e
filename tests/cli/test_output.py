"""What is said about the connection, on stderr."""

import pytest

from hubbub.chat.events import Room
from hubbub.cli.reporting import report


def entered(room: str, *, replaced: bool) -> Room:
    return Room(room=room, topic="", members=[], last=0, first=0, gap=False, replaced=replaced)


@pytest.mark.parametrize(("room", "where"), [("lobby", "lobby"), ("@ab12", "a private room")])
def test_a_history_that_was_replaced_is_told(
    room: str, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report(entered(room, replaced=True))
    shown = capsys.readouterr()
    assert shown.err.startswith(f"the history of {where} was replaced")
    assert (shown.out, shown.err.count("\n")) == ("", 1)


def test_a_history_that_goes_on_is_not_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    report(entered("lobby", replaced=False))
    assert capsys.readouterr() == ("", "")
