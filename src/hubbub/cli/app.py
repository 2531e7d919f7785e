"""The commands and their options. What a command does is imported when it runs."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from hubbub.cli.account_app import app as account
from hubbub.cli.options import Address, Name, Password, Room, of_text
from hubbub.cli.order_app import app as admin
from hubbub.tui import THEME_NAMES


class _Commands(typer.core.TyperGroup):
    """A link in place of a command, such as that of an invitation, is one to join."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put in the command that is meant, whatever options come before the link."""
        first = next((one for one in args if one in self.commands or "://" in one), "")
        return super().parse_args(ctx, ["join", *args] if "://" in first else args)


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(account, name="account")
app.add_typer(admin, name="admin")


def _known_theme(theme: str | None) -> str | None:
    if theme is not None and theme not in THEME_NAMES:
        raise typer.BadParameter(f"There is no theme {theme!r}. Choose {_THEMES}.")
    return theme


_THEMES = f"{', '.join(THEME_NAMES[:-1])} or {THEME_NAMES[-1]}"

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
_SEQ_MAX = 2**63 - 1  # that of chat/events, whose import would delay --version
Before = Annotated[
    int | None, typer.Option(min=0, max=_SEQ_MAX, help="Only messages before this seq.")
]
After = Annotated[
    int | None, typer.Option(min=0, max=_SEQ_MAX, help="Only what came after this seq.")
]
Around = Annotated[
    int | None,
    typer.Option(min=0, max=_SEQ_MAX, help="The message with this seq, in the midst of others."),
]
Limit = Annotated[int, typer.Option(min=1, max=200, help="The most messages to print.")]


@app.callback(invoke_without_command=True)
def hubbub(
    context: typer.Context,
    *,
    name: Annotated[
        str | None, typer.Option(callback=of_text, help="The name to chat under.")
    ] = None,
    password: Annotated[
        str,
        typer.Option(
            callback=of_text, show_default=False, help="The chatroom's password, if it has one."
        ),
    ] = "",
    theme: Colors = None,
    plain: Plain = False,
    print_client_config: Annotated[
        bool,
        typer.Option(
            "--print-client-config",
            help="Print the commented settings of the terminal client and exit.",
        ),
    ] = False,
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
    if print_client_config:
        from hubbub.cli.settings import print_settings

        print_settings()
        raise typer.Exit
    if context.invoked_subcommand is None:
        from hubbub.cli.join import join_or_host
        from hubbub.desk.opening import Opening

        # Not an `envvar` of the options, which stand before other commands, too.
        name = name or of_text(os.environ.get("HUBBUB_NAME")) or None
        password = password or of_text(os.environ.get("HUBBUB_PASSWORD", ""))
        join_or_host(Opening(name=name, password=password, theme=theme), plain=plain)
    elif name or password or theme or plain:
        raise typer.BadParameter("Put --name, --password, --theme and --plain after the command.")


@app.command()
def serve(
    *,
    listen: Annotated[
        str | None, typer.Option(callback=of_text, help="HOST:PORT to listen on.")
    ] = None,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan",
            help="Listen on every network of this machine (at the port of --listen), announce the "
            "chatroom there, and print how to join. Makes up a password if none is given.",
        ),
    ] = False,
    password: Annotated[
        str | None,
        typer.Option(callback=of_text, help="The password that everybody must give."),
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
def rooms(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="The folder that keeps the log.")],
    *,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Remove the room, with all that was said in it, for ever. May be given several "
            "times, and be a pattern such as 'spam-*'.",
        ),
    ] = None,
) -> None:
    """List the rooms of a server's log, the largest first. Stop the server first."""
    from hubbub.cli.rooms import rooms as run

    run(data, remove or [])


@app.command()
def check(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="The folder that keeps the log.")],
    *,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Make a damaged log anew, with its indexes, from what can be read. The damaged "
            "file is kept beside it.",
        ),
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(help="Write what can be read to a file, a line of JSON for each event."),
    ] = None,
) -> None:
    """Read a server's log, and say what of it is whole. Stop the server first."""
    from hubbub.cli.check import check as run

    run(data, repair=repair, export=export)


@app.command()
def join(
    address: Address = "",
    *,
    name: Name = None,
    room: Annotated[
        str | None, typer.Option(callback=of_text, help="The room to begin in.")
    ] = None,
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
    words: Annotated[
        list[str], typer.Argument(metavar="[ADDRESS] TEXT|-", callback=of_text, show_default=False)
    ],
    *,
    name: Name = None,
    room: Room = None,
    person: Annotated[
        str | None, typer.Option(callback=of_text, help="Say it to one person, in private.")
    ] = None,
    password: Password = "",
) -> None:
    """Say TEXT, or each line of stdin if it is '-'."""
    address, text = _address_and(words)
    if person is not None and room is not None:
        raise typer.BadParameter("Give --person or --room, not both.")
    if person is None and text.startswith("/msg "):
        raise typer.BadParameter(
            "Everybody in the room would read this. To say something to one person, give --person "
            "NAME and the text without /msg."
        )
    from hubbub.cli.send import send as run
    from hubbub.cli.visiting import planned

    run(planned(address, name, room, password), text, person)


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
    from hubbub.cli.tail import tail as run
    from hubbub.cli.visiting import planned_readings

    run(planned_readings(address, name, room, password), after=after, json=json)


@app.command()
def history(
    address: Address = "",
    *,
    name: Name = None,
    room: Room = None,
    password: Password = "",
    before: Before = None,
    after: After = None,
    around: Around = None,
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """Print messages of the past."""
    if sum(place is not None for place in (before, after, around)) > 1:
        raise typer.BadParameter("Give only one of --before, --after and --around.")
    from hubbub.cli.pages import history as run
    from hubbub.cli.visiting import planned_readings

    visits = planned_readings(address, name, room, password)
    run(visits, before=before, after=after, around=around, limit=limit, json=json)


@app.command()
def search(
    words: Annotated[
        list[str], typer.Argument(metavar="[ADDRESS] QUERY", callback=of_text, show_default=False)
    ],
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
    from hubbub.cli.pages import search as run
    from hubbub.cli.visiting import planned_readings

    visits = planned_readings(address, name, room, password)
    run(visits, query, before=before, limit=limit, json=json)


def _address_and(words: list[str]) -> tuple[str, str]:
    """Split one or two positionals: the last is the text, the address comes before it."""
    if len(words) > 2:
        raise typer.BadParameter(
            f"Expected an address and one text, not {len(words)} words. Put the text in quotes."
        )
    return (words[0] if len(words) == 2 else ""), words[-1]
