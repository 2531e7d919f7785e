"""What is shown of a message's text: made safe, with code, lists, emphasis, links, mentions.

Nothing of what was written disappears except the marks themselves, and marks are only what clearly
is meant so: `2*3*4`, `snake_case`, `C:\\*dir` and drawings of punctuation stay as they are.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Span, Text

from hubbub.markup.blocks import blocks_of
from hubbub.markup.mentions import calls
from hubbub.markup.rooms import rooms
from hubbub.markup.runs import Mark, runs
from hubbub.markup.visible import visible
from hubbub.tui.looks import Looks
from hubbub.tui.markup.highlighting import highlighted

_QUOTED = len("> ")

ROOM = "room"
"""In the meta of a style: the name of the room to which a click leads."""

_MARKS: dict[Mark, Style] = {
    "strong": Style(bold=True),
    "em": Style(italic=True),
    "s": Style(strike=True),
}


class Paragraph(NamedTuple):
    """A part of a message: a block of code, or everything up to the next one.

    `hangs`: how many cells the marks of items and quotes take, by the numbers of their lines.
    """

    text: Text
    is_code: bool
    hangs: Mapping[int, int] = {}


def paragraphs(
    text: str,
    looks: Looks,
    own_name: str,
    words: tuple[str, ...] = (),
    listed: Collection[str] = (),
) -> list[Paragraph]:
    """Return how a message looks to the member `own_name`: one paragraph or more.

    `words` stand out as the name does. `listed`: see `hubbub.markup.rooms`.
    """
    return [
        Paragraph(highlighted(block, looks), is_code=True)
        if block.is_code
        else _prose(block.text, looks, (own_name, *words), listed)
        for block in blocks_of(visible(text))
    ]


def _prose(text: str, looks: Looks, names: tuple[str, ...], listed: Collection[str]) -> Paragraph:
    found = list(runs(text))
    shown = Text("".join(run.text for run in found), looks.text)
    hangs: dict[int, int] = {}
    at = line = 0
    for run in found:
        if run.kind == "lead":
            hangs[line] = cell_len(run.text)
        elif run.kind == "quote":
            begun = enumerate(run.text.split("\n"), start=line)
            hangs |= {number: _QUOTED for number, part in begun if part.startswith("> ")}
        line += run.text.count("\n")
        style = sum((_MARKS[mark] for mark in run.marks), Style.null())
        if run.kind != "text":
            style = getattr(looks, run.kind) + style + Style(link=run.url)
        if style and run.text:
            shown.spans.append(Span(at, at + len(run.text), style))
        at += len(run.text)
    for start, end, room in rooms(found, listed):
        shown.spans.append(Span(start, end, looks.link + Style(meta={ROOM: room})))
    for name in names:
        shown.spans += [Span(start, end, looks.mention) for start, end in calls(found, name)]
    return Paragraph(shown, is_code=False, hangs=hangs)
