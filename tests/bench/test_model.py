"""The model stands on what the documents say, and the documents on what it says."""

from pathlib import Path

import pytest
from bench.model import Figure, first_to_break, of_many_rooms, of_one_room, streams_for

from bench import model

DOCS = Path(__file__).parents[2] / "docs"


def words(text: str) -> str:
    return " ".join(text.split())


def test_each_figure_stands_where_it_says() -> None:
    figures = [one for one in vars(model).values() if isinstance(one, Figure)]
    assert len(figures) >= 8
    for figure in figures:
        text = (DOCS / figure.document).read_text("utf-8")
        assert words(figure.quote) in words(text), figure


def test_the_document_has_its_tables(capsys: pytest.CaptureFixture[str]) -> None:
    model.main()
    printed = capsys.readouterr().out
    rows = [line for line in printed.splitlines() if line.startswith("|")]
    assert len(rows) > 12
    text = (DOCS / "clustering.md").read_text("utf-8")
    for row in rows:
        assert row in text, "make the tables anew: python -m bench.model"


def test_more_nodes_and_streams_carry_more_and_more_messages_less() -> None:
    worst = [first_to_break(of_one_room(1_000_000, nodes, 50)).share for nodes in (20, 100, 500)]
    assert worst == sorted(worst, reverse=True)
    rooms = [first_to_break(of_many_rooms(1_000_000, 90, 1, rate)).share for rate in (1e3, 1e5)]
    assert rooms[0] < 1 < rooms[1]
    streams = streams_for(100_000)
    assert first_to_break(of_many_rooms(1_000_000, 3 * streams, streams, 100_000)).share < 0.71
