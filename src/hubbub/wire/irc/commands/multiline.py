"""Texts of several lines: BATCH, which a client opens, and what it says inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat.text import inert
from hubbub.wire.irc.collected import Collected
from hubbub.wire.irc.commands.talk import say_to
from hubbub.wire.irc.format import CONCAT, LINES_MAX, MULTILINE, parting
from hubbub.wire.irc.isupport import MULTILINE_BYTES_MAX
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.texts import from_irc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client

SPOKEN: Final = frozenset(("PRIVMSG", "NOTICE"))


def batch(client: Client, line: Line) -> Iterator[Heard]:
    """Open a batch, or close it and say what it holds."""
    sign, id_ = line.params[0][:1], line.params[0][1:]
    collected = client.collected
    if sign == "+" and line.params[1:2] == (MULTILINE,) and len(line.params) > 2 and id_:
        client.collected = Collected(id_, line.params[2], line.tags)
        client.collected.labelled, client.labelled = client.labelled, None
    elif sign == "-" and collected is not None and collected.id == id_:
        client.collected, client.labelled = None, collected.labelled
        yield from _say(client, collected)
    elif sign != "-":
        yield _refusal(client, line, "MULTILINE_INVALID", "There are no such batches here.")


def collect(client: Client, line: Line) -> Iterator[Heard]:
    """Take in a line of the batch that is open."""
    collected = client.collected
    if collected is None or line.tags.get("batch") != collected.id:
        client.collected = None
        yield _refusal(client, line, "MULTILINE_INVALID", "This line is of no batch that is open.")
        return
    if collected.is_refused:
        return
    target, text = (*line.params, "", "")[:2]
    goes_on = CONCAT in line.tags
    collected.lines += 1
    collected.size += len(text.encode()) + (collected.lines > 1 and not goes_on)
    refused: tuple[str, ...] = ()
    if target != collected.target:
        refused = ("MULTILINE_INVALID_TARGET", collected.target, target or "*", "Two targets.")
    elif goes_on and not text:
        refused = ("MULTILINE_INVALID", "A blank line goes on with nothing.")
    elif collected.size > MULTILINE_BYTES_MAX:
        refused = (
            "MULTILINE_MAX_BYTES",
            str(MULTILINE_BYTES_MAX),
            "That is too long.",
        )
    elif collected.lines > LINES_MAX:
        refused = ("MULTILINE_MAX_LINES", str(LINES_MAX), "Too many lines for one message.")
    if refused:
        collected.is_refused, collected.text = True, ""
        client.labelled, collected.labelled = collected.labelled, None
        yield _refusal(client, line, *refused)
        return
    collected.command = line.command
    if goes_on and collected.lines > 1:
        collected.places.append(len(collected.text))
    elif collected.lines > 1:
        collected.text += "\n"
    collected.text += inert(from_irc(text))


def _say(client: Client, collected: Collected) -> Iterator[Heard]:
    """Say what a batch held, as one message."""
    tags = {name: value for name, value in collected.tags.items() if name != CONCAT}
    line = Line(
        collected.command,
        (collected.target, collected.text),
        tags={**tags, **parting(collected.places)},
    )
    if collected.is_refused:
        return
    if not collected.text.strip("\n"):
        yield _refusal(client, line, "MULTILINE_INVALID", "There is no text in it.")
    else:
        yield from say_to(client, line, collected.target)


def _refusal(client: Client, line: Line, *why: str) -> Heard:
    return client.at_once(line, Line("FAIL", ("BATCH", *why), client.host))
