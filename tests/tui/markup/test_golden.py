"""The terminal reads a text as the page does: the table of tests/golden."""

import json
from pathlib import Path

import pytest

from hubbub.markup.blocks import blocks_of
from hubbub.markup.runs import Run, runs
from hubbub.markup.visible import visible

TABLE = json.loads(
    (Path(__file__).parents[2] / "golden/tables/markup.json").read_text(encoding="utf-8")
)


def noted(run: Run) -> str:
    """Return a run in the notation of the table."""
    text = run.text
    if run.kind == "link":
        text = f"<{run.url} {text}>"
    if run.kind == "code":
        text = f"<code>{text}</code>"
    return f"<em>{text}</em>" if run.marks == ("em",) else text


def without_addresses(found: list[Run]) -> list[Run]:
    """Return the runs without the address behind a name for it, which the page does not show."""
    kept: list[Run] = []
    at = 0
    while at < len(found):
        kept.append(found[at])
        named = found[at].kind == "link" and found[at].text != found[at].url
        assert not named or found[at + 2].text == found[at].url
        at += 4 if named else 1
    return kept


def lines(text: str) -> list[str]:
    """Return what is shown, line by line; quotes have their marks there, as in the table."""
    shown: list[str] = []
    for block in blocks_of(visible(text)):
        if block.is_code:
            shown += [f"`{line}" for line in block.text.split("\n")]
            continue
        parts, headings = [""], {-1}
        for run in without_addresses(list(runs(block.text))):
            for number, piece in enumerate(run.text.split("\n")):
                parts += [""] * (number > 0)
                if piece:
                    parts[-1] += noted(run._replace(text=piece))
                    headings |= {len(parts) - 1} if run.kind == "heading" else set()
        shown += [f"# {part}" if at in headings else part for at, part in enumerate(parts)]
    return [line for line in shown if line]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["text"][:40])
def test_a_text_reads_as_in_the_page(row: dict[str, object]) -> None:
    assert lines(str(row["text"])) == row["shown"]
