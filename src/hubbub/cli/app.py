"""The commands and their options. What a command does is imported when it runs."""

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Address = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="HOST:PORT of the server.", show_default=False)
]
Name = Annotated[str | None, typer.Option(envvar="HUBBUB_NAME", help="The name to chat under.")]
Room = Annotated[str | None, typer.Option(help="The room; the lobby if not given.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Before = Annotated[int | None, typer.Option(min=0, help="Only messages before this seq.")]
After = Annotated[int | None, typer.Option(min=0, help="Only what came after this seq.")]
Limit = Annotated[int, typer.Option(min=1, max=200, help="How many messages at the most.")]


@app.callback(invoke_without_command=True)
def hubbub(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """A chatroom that starts with one command and that anything can join.

    Without a command: join the chatroom on this machine, or host one if there is none.
    """
    if version:
        from hubbub import __version__

        typer.echo(f"hubbub {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from hubbub.cli.join import join_or_host

        join_or_host(_asked_name(None))


@app.command()
def serve(
    listen: Annotated[str | None, typer.Option(help="HOST:PORT to listen on.")] = None,
    data: Annotated[Path | None, typer.Option(help="The folder that keeps the log.")] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration file, TOML.")] = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print a commented configuration and exit.")
    ] = False,
) -> None:
    """Host a chatroom."""
    from hubbub.cli.serve import serve as run

    run(listen, data, config, show_config=print_config)


@app.command()
def join(
    address: Address = "",
    *,
    name: Name = None,
    room: Room = None,
    plain: Annotated[  # noqa: ARG001 (all there is to choose from)
        bool, typer.Option("--plain", help="Read and print plain lines.")
    ] = False,
    no_reconnect: Annotated[
        bool, typer.Option("--no-reconnect", help="End when the connection is lost.")
    ] = False,
) -> None:
    """Chat."""
    from hubbub.cli.join import join as run

    run(address, _asked_name(name), room, reconnect=not no_reconnect)


@app.command()
def send(
    words: Annotated[list[str], typer.Argument(metavar="[ADDRESS] TEXT|-", show_default=False)],
    *,
    name: Name = None,
    room: Room = None,
) -> None:
    """Say TEXT, or each line of stdin if it is '-'."""
    address, text = _address_and(words)
    from hubbub.cli.send import send as run

    run(address, name or _user_name(), room, text)


@app.command()
def tail(
    address: Address = "",
    *,
    name: Name = None,
    room: Room = None,
    after: After = None,
    json: Json = False,
) -> None:
    """Print messages as they come."""
    from hubbub.cli.tail import tail as run

    run(address, name or _reader_name(), room, after, json=json)


@app.command()
def history(
    address: Address = "",
    *,
    name: Name = None,
    room: Room = None,
    before: Before = None,
    after: After = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Print messages of the past."""
    if before is not None and after is not None:
        raise typer.BadParameter("Give --before or --after, not both.")
    from hubbub.cli.pages import history as run

    run(address, name or _reader_name(), room, before=before, after=after, limit=limit, json=json)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="[ADDRESS] QUERY", show_default=False)],
    *,
    name: Name = None,
    room: Room = None,
    before: Before = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Print the messages that hold every word of QUERY."""
    address, query = _address_and(words)
    from hubbub.cli.pages import search as run

    run(address, name or _reader_name(), room, query, before=before, limit=limit, json=json)


def _address_and(words: list[str]) -> tuple[str, str]:
    """Split one or two positionals: the last is the text, the address comes before it."""
    if len(words) > 2:
        raise typer.BadParameter(
            f"Expected an address and one text, not {len(words)} words. Put the text in quotes."
        )
    return (words[0] if len(words) == 2 else ""), words[-1]


def _asked_name(name: str | None) -> str:
    """Return the name to chat under, from whoever sits at the terminal if need be."""
    name = name or os.environ.get("HUBBUB_NAME")
    if name:
        return name
    if not sys.stdin.isatty():
        raise typer.BadParameter("Who are you? Give --name NAME, or set HUBBUB_NAME.")
    return str(typer.prompt("Your name", default=_user_name(), err=True))


def _reader_name() -> str:
    """Return a name for one who only reads, and may well be chatting under the user's own."""
    return f"{_user_name()[:20]}-{os.getpid()}"


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # an account without a name
        return "guest"
