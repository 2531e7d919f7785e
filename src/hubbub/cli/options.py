"""The options that commands share."""

from collections.abc import Iterable
from typing import Annotated, TypeVar

import typer

Given = TypeVar("Given", bound=Iterable[str] | None)


def of_text(value: Given) -> Given:
    """Refuse what is given in bytes that are no text: it could be sent to nobody."""
    try:
        "".join(value if value is not None else ()).encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("It holds bytes that are not UTF-8.") from None
    return value


Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS", callback=of_text, help="HOST:PORT of the server.", show_default=False
    ),
]
Name = Annotated[
    str | None,
    typer.Option(envvar="HUBBUB_NAME", callback=of_text, help="The name to chat under."),
]
Password = Annotated[
    str,
    typer.Option(
        envvar="HUBBUB_PASSWORD",
        callback=of_text,
        show_default=False,
        help="The chatroom's password, if it has one.",
    ),
]
Room = Annotated[
    str | None, typer.Option(callback=of_text, help="The room; the lobby if not given.")
]
