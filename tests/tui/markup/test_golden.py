"""The terminal reads a text as the page does: the table of tests/golden."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hubbub.markup.blocks import blocks_of
from hubbub.markup.rooms import rooms
from hubbub.markup.runs import Run, runs
from hubbub.markup.visible import visible

TABLES = Path(__file__).parents[2] / "golden/tables"
TABLE = json.loads((TABLES / "markup.json").read_text(encoding="utf-8"))
PLACES = json.loads((TABLES / "places.json").read_text(encoding="utf-8"))


def noted(run: Run) -> str:
    """Return a run in the notation of the table."""
    text = run.text
    if run.kind == "link":
        text = f"<{run.url} {text}>"
    if run.kind.startswith("room"):
        text = f"<#{run.url} {text}>"
    if run.kind == "code":
        text = f"<code>{text}</code>"
    return f"<em>{text}</em>" if run.marks == ("em",) else text


def without_addresses(found: list[Run]) -> list[Run]:
    """Return the runs without the address behind a name for it, which the page does not show."""
    kept: list[Run] = []
    at = 0
    while at < len(found):
        kept.append(found[at])
        named = found[at].kind == "link" and found[at].text.lower() != (found[at].url or "").lower()
        assert not named or found[at + 2].text == found[at].url
        at += 4 if named else 1
    return kept


def with_rooms(found: list[Run], listed: list[str]) -> list[Run]:
    """Return the runs with the rooms that they name as runs of their own."""
    places = list(rooms(found, listed))
    divided: list[Run] = []
    at = 0
    for run in found:
        cuts = {at, at + len(run.text)}
        for place in places:
            cuts |= {cut for cut in place[:2] if at < cut < at + len(run.text)}
        for start, end in pairwise(sorted(cuts)):
            room = next((one.room for one in places if one.start <= start < one.end), None)
            part = run._replace(text=run.text[start - at : end - at])
            divided.append(
                part if room is None else part._replace(kind=f"room {run.kind}", url=room)
            )
        at += len(run.text)
    return divided


def lines(text: str, listed: list[str] | None = None) -> list[str]:
    """Return what is shown, line by line; quotes have their marks there, as in the table."""
    shown: list[str] = []
    for block in blocks_of(visible(text)):
        if block.is_code:
            shown += [f"`{line}" for line in block.text.split("\n")]
            continue
        parts, headings = [""], {-1}
        found = list(runs(block.text))
        found = found if listed is None else with_rooms(found, listed)
        for run in without_addresses(found):
            for number, piece in enumerate(run.text.split("\n")):
                parts += [""] * (number > 0)
                if piece:
                    parts[-1] += noted(run._replace(text=piece))
                    headings |= {len(parts) - 1} if run.kind.endswith("heading") else set()
        shown += [f"# {part}" if at in headings else part for at, part in enumerate(parts)]
    return [line for line in shown if line]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["text"][:40])
def test_a_text_reads_as_in_the_page(row: dict[str, object]) -> None:
    assert lines(str(row["text"])) == row["shown"]


@pytest.mark.parametrize("row", PLACES, ids=lambda row: row["text"][:40])
def test_rooms_and_addresses_are_found_as_in_the_page(row: dict[str, Any]) -> None:
    assert lines(row["text"], row.get("rooms", [])) == row["shown"]
