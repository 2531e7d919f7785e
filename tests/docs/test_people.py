"""docs/people.md shows the table of rights that the server goes by, and lines that there are."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from hubbub.chat.roles import Kind
from hubbub.desk.verbs import VERBS
from hubbub.hub.lines import LINE_COMMANDS
from hubbub.hub.rules.rights import TABLE, Act

PAGE = Path(__file__).parents[2] / "docs" / "people.md"
ROOMS = [kind for kind in Kind if kind is not Kind.CHATROOM]
TABLES: dict[str, tuple[Sequence[Kind], str]] = {
    "rooms": (ROOMS, "the room"),
    "chatroom": ([Kind.CHATROOM], "the chatroom"),
}


def table(kinds: Sequence[Kind], place: str) -> str:
    """Return the table of these kinds, with the scope that bots need."""
    acts = [act for act in Act if (act, kinds[0]) in TABLE]
    rows = [["To", *kinds, "scope of bots"], ["---"] * (len(kinds) + 2)]
    for act in acts:
        rights = [TABLE[act, kind] for kind in kinds]
        cells = [right.role.word if right.role is not None else "–" for right in rights]
        rows.append([act.format(place), *cells, rights[0].scope])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_shows_the_table_that_holds(name: str) -> None:
    text = PAGE.read_text("utf-8")
    before, rest = text.split(f"<!-- {name} -->\n", 1)
    shown, after = rest.split("<!-- end -->", 1)
    made = table(*TABLES[name])
    if os.environ.get("HUBBUB_UPDATE_TABLES"):
        PAGE.write_text(f"{before}<!-- {name} -->\n\n{made}\n\n<!-- end -->{after}", "utf-8")
    else:
        assert shown.strip() == made


def test_every_line_that_it_shows_exists() -> None:
    section = PAGE.read_text("utf-8").split("\n## What to type\n")[1].split("\n## ")[0]
    rows = [line.split("|")[2:4] for line in section.splitlines() if line.startswith("|")]
    assert len(rows) > len(LINE_COMMANDS) // 2
    of_the_desk = {verb.word for verb in VERBS} | LINE_COMMANDS.keys()  # the server has the rest
    for classic, terminal in rows:
        assert set(re.findall(r"`/([a-z-]+)", classic)) <= LINE_COMMANDS.keys()
        assert set(re.findall(r"`/([a-z]+)", terminal)) <= of_the_desk
