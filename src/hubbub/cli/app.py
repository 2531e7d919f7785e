"""The commands and their options. What a command does is imported when it runs."""

import os
from pathlib import Path
from typing import Annotated

import typer

from hubbub.tui import THEME_NAMES

app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _known_theme(theme: str | None) -> str | None:
    if theme is not None and theme not in THEME_NAMES:
        raise typer.BadParameter(f"There is no theme {theme!r}. Choose {_THEMES}.")
    return theme


_THEMES = f"{', '.join(THEME_NAMES[:-1])} or {THEME_NAMES[-1]}"

Address = Annotated[
    str, typer.Argument(metavar="ADDRESS", help="HOST:PORT of the server.", show_default=False)
]
Name = Annotated[str | None, typer.Option(envvar="HUBBUB_NAME", help="The name to chat under.")]
Password = Annotated[
    str,
    typer.Option(
        envvar="HUBBUB_PASSWORD", show_default=False, help="The chatroom's password, if it has one."
    ),
]
Room = Annotated[str | None, typer.Option(help="The room; the lobby if not given.")]
Colors = Annotated[
    str | None,
    typer.Option(
        metavar="THEME",
        callback=_known_theme,
        help=f"The colours: {_THEMES}, which are those of the terminal itself.",
    ),
]
Plain = Annotated[
    bool,
    typer.Option("--plain", help="Read and print plain lines; suits screen readers and pipes."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
Before = Annotated[int | None, typer.Option(min=0, help="Only messages before this seq.")]
After = Annotated[int | None, typer.Option(min=0, help="Only what came after this seq.")]
Limit = Annotated[int, typer.Option(min=1, max=200, help="The most messages to print.")]


@app.callback(invoke_without_command=True)
def hubbub(
    context: typer.Context,
    *,
    name: Annotated[str | None, typer.Option(help="The name to chat under.")] = None,
    password: Annotated[
        str, typer.Option(show_default=False, help="The chatroom's password, if it has one.")
    ] = "",
    theme: Colors = None,
    plain: Plain = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """A chatroom that starts with one command and that anything can join.

    Without a command: join the chatroom on this machine or one announced on the local network, or
    host one if there is none. HUBBUB_LAN=0 looks on this machine alone. With a screen reader,
    'hubbub --plain' chats in plain lines.
    """
    if version:
        from hubbub import __version__

        typer.echo(f"hubbub {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        from hubbub.cli.join import join_or_host
        from hubbub.desk.opening import Opening

        # Not an `envvar` of the options, which stand before other commands, too.
        name = name or os.environ.get("HUBBUB_NAME") or None
        password = password or os.environ.get("HUBBUB_PASSWORD", "")
        join_or_host(Opening(name=name, password=password, theme=theme), plain=plain)
    elif name or password or theme or plain:
        raise typer.BadParameter("Put --name, --password, --theme and --plain after the command.")


@app.command()
def serve(
    *,
    listen: Annotated[str | None, typer.Option(help="HOST:PORT to listen on.")] = None,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan",
            help="Listen on every network of this machine (at the port of --listen), announce the "
            "chatroom there, and print how to join. Makes up a password if none is given.",
        ),
    ] = False,
    password: Annotated[
        str | None, typer.Option(help="The password that everybody must give.")
    ] = None,
    no_password: Annotated[
        bool, typer.Option("--open", help="With --lan: have no password.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="The folder that keeps the log.")] = None,
    config: Annotated[Path | None, typer.Option(help="A configuration file, TOML.")] = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print a commented configuration and exit.")
    ] = False,
) -> None:
    """Host a chatroom."""
    from hubbub.cli.serve import configured, print_defaults
    from hubbub.cli.serve import serve as run

    if print_config:
        print_defaults()
    else:
        run(configured(config, listen, data, password, lan=lan, is_open=no_password), lan=lan)


@app.command()
def join(
    address: Address = "",
    *,
    name: Name = None,
    room: Annotated[str | None, typer.Option(help="The room to begin in.")] = None,
    password: Password = "",
    theme: Colors = None,
    plain: Plain = False,
    no_reconnect: Annotated[
        bool, typer.Option("--no-reconnect", help="End when the connection is lost.")
    ] = False,
) -> None:
    """Chat, on the whole terminal or with --plain in plain lines.

    Without an address, on a terminal: choose among the chatrooms found on this machine and the
    local network. HUBBUB_LAN=0 looks on this machine alone.
    """
    from hubbub.cli.join import join as run
    from hubbub.desk.opening import Opening

    opening = Opening(
        address=address,
        name=name or None,
        room=room,
        password=password,
        theme=theme,
        reconnect=not no_reconnect,
    )
    run(opening, plain=plain)


@app.command()
def send(
    words: Annotated[list[str], typer.Argument(metavar="[ADDRESS] TEXT|-", show_default=False)],
    *,
    name: Name = None,
    room: Room = None,
    password: Password = "",
) -> None:
    """Say TEXT, or each line of stdin if it is '-'."""
    address, text = _address_and(words)
    from hubbub.cli.names import load_profile, sender_name
    from hubbub.cli.passwords import known_password
    from hubbub.cli.send import send as run

    profile = load_profile()
    password = known_password(password, address, profile)
    run(address, name or sender_name(profile), room, password, text)


@app.command()
def tail(
    address: Address = "",
    *,
    name: Name = None,
    room: Room = None,
    password: Password = "",
    after: After = None,
    json: Json = False,
) -> None:
    """Print messages as they come."""
    from hubbub.cli.names import load_profile, reader_name
    from hubbub.cli.passwords import known_password
    from hubbub.cli.tail import tail as run

    password = known_password(password, address, load_profile())
    run(address, name or reader_name(), room, password, after=after, json=json)


@app.command()
def history(
    address: Address = "",
    *,
    name: Name = None,
    room: Room = None,
    password: Password = "",
    before: Before = None,
    after: After = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Print messages of the past."""
    if before is not None and after is not None:
        raise typer.BadParameter("Give --before or --after, not both.")
    from hubbub.cli.names import load_profile, reader_name
    from hubbub.cli.pages import history as run
    from hubbub.cli.passwords import known_password

    name = name or reader_name()
    password = known_password(password, address, load_profile())
    run(address, name, room, password, before=before, after=after, limit=limit, json=json)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="[ADDRESS] QUERY", show_default=False)],
    *,
    name: Name = None,
    room: Room = None,
    password: Password = "",
    before: Before = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Print the messages that hold every word of QUERY."""
    address, query = _address_and(words)
    from hubbub.cli.names import load_profile, reader_name
    from hubbub.cli.pages import search as run
    from hubbub.cli.passwords import known_password

    name = name or reader_name()
    password = known_password(password, address, load_profile())
    run(address, name, room, password, query, before=before, limit=limit, json=json)


def _address_and(words: list[str]) -> tuple[str, str]:
    """Split one or two positionals: the last is the text, the address comes before it."""
    if len(words) > 2:
        raise typer.BadParameter(
            f"Expected an address and one text, not {len(words)} words. Put the text in quotes."
        )
    return (words[0] if len(words) == 2 else ""), words[-1]
