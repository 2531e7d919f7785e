"""Prints the man page, docs/hubbub.1, made of the command line itself."""

import inspect
from collections.abc import Iterator
from typing import Any

from hubbub import __version__
from hubbub.cli.app import app

EXIT_STATUS = (
    ("0", "It is done."),
    ("1", "It was refused, or failed; a sentence on standard error says why."),
    ("2", "The command line is wrong; a sentence on standard error says what."),
    ("128 + N", "hubbub send or hubbub export was ended by the signal N."),
)

ENVIRONMENT = (
    ("HUBBUB_NAME", "The name, where --name is not given."),
    ("HUBBUB_PASSWORD", "The chatroom's password, where --password is not given."),
    ("HUBBUB_LAN", "With 0, hubbub neither looks around on the network nor announces anything."),
)


def escaped(text: str) -> str:
    """Return text as roff takes it, in lines none of which is a request."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    plain = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in plain)
    lines = (line.strip() for line in plain.splitlines())
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)


def definitions(rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    """Yield a list of terms, each with what it means."""
    for term, meaning in rows:
        yield f".TP\n\\fB{escaped(term)}\\fR\n{escaped(meaning)}"


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; examples stay as they are."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            heading, *lines = paragraph.splitlines()[1:]
            yield "\n".join((".PP", escaped(heading), ".PP", ".RS 4", ".nf"))
            yield from map(escaped, lines)
            yield "\n".join((".fi", ".RE"))
        else:
            yield f".PP\n{escaped(paragraph)}"


def described(command: Any, context: Any) -> Iterator[str]:
    """Yield what one command does and takes."""
    yield from paragraphs(command.help or "")
    records = (one.get_help_record(context) for one in command.get_params(context))
    yield from definitions(row for row in records if row is not None and "--help" not in row[0])
    yield from paragraphs(command.epilog or "")


def below(command: Any, context: Any) -> Iterator[str]:
    """Yield the commands below one, and those below them."""
    for name in command.list_commands(context):
        one = command.get_command(context, name)
        inner = one.make_context(name, [], parent=context, resilient_parsing=True)
        if hasattr(one, "commands"):
            yield from (f".SS {escaped(inner.command_path)}", *paragraphs(one.help or ""))
            yield from paragraphs(one.epilog or "")
            yield from below(one, inner)
        else:
            usage = " ".join((inner.command_path, *one.collect_usage_pieces(inner)))
            yield f".SS {escaped(usage)}"
            yield from described(one, inner)


def page() -> str:
    """Return the whole page."""
    context = app.make_context("hubbub", [], resilient_parsing=True)
    lines = [
        f'.TH HUBBUB 1 "" "hubbub {__version__}" "User Commands"',
        ".SH NAME",
        "hubbub \\- a chatroom that starts with one command and that anything can join",
        ".SH SYNOPSIS",
        *(f".B {escaped(line)}\n.br" for line in ("hubbub [OPTIONS]", "hubbub COMMAND [ARGS]...")),
        ".SH DESCRIPTION",
        *described(app, context),
        ".SH COMMANDS",
        *below(app, context),
        ".SH EXIT STATUS",
        *definitions(iter(EXIT_STATUS)),
        ".SH ENVIRONMENT",
        *definitions(iter(ENVIRONMENT)),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
