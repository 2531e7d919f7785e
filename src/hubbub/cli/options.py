"""The options that commands share, and how their help shows examples."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

import click

from hubbub.cli.declaring import Argument, Option

Given = TypeVar("Given", bound=Iterable[str] | None)


def of_text(value: Given) -> Given:
    """Refuse what is given in bytes that are no text: it could be sent to nobody."""
    try:
        "".join(value if value is not None else ()).encode()
    except UnicodeEncodeError:
        raise click.BadParameter("It holds bytes that are not UTF-8.") from None
    return value


def one_of(*words: str) -> dict[str, Any]:
    """Return what makes an option or argument take one of these words, and complete them."""

    def known(value: str | None) -> str | None:
        _check(words, [] if value is None else [value])
        return value

    return {"check": known, "words": words}


def each_of(*words: str) -> dict[str, Any]:
    """Return the same for an option that may be given several times."""

    def known(values: Sequence[str]) -> Sequence[str]:
        _check(words, values)
        return values

    return {"check": known, "words": words}


def _check(words: Sequence[str], values: Iterable[str]) -> None:
    if (strange := next((one for one in values if one not in words), None)) is not None:
        raise click.BadParameter(f"There is no {strange!r}. Choose {choice(words)}.")


def choice(words: Sequence[str]) -> str:
    """Return words to choose from, as a sentence has them."""
    return f"{', '.join(words[:-1])} or {words[-1]}"


def examples(*lines: str) -> str:
    """Return the end of a command's help: command lines that can be typed as they are."""
    # click fills paragraphs anew, except after this sign.
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


Address = Annotated[
    str,
    Argument(
        metavar="ADDRESS",
        check=of_text,
        help="HOST:PORT of the server, or of several nodes of one chatroom, separated by commas.",
    ),
]
Name = Annotated[
    str | None,
    Option(envvar="HUBBUB_NAME", check=of_text, help="The name to chat under."),
]
Password = Annotated[
    str,
    Option(
        envvar="HUBBUB_PASSWORD",
        check=of_text,
        help="The chatroom's password, if it has one.",
    ),
]
Room = Annotated[str | None, Option(check=of_text, help="The room; the lobby if not given.")]
Yes = Annotated[
    bool, Option("--yes", help="Do not ask; needed where there is no terminal to ask on.")
]
Times = Annotated[bool, Option("--time/--no-time", help="Begin each line with its time.")]
Seqs = Annotated[
    bool,
    Option("--seq/--no-seq", help="Begin each line with the number of its message, the seq."),
]
