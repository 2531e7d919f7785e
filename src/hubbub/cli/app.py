"""The commands and their options. What a command does is imported when it runs."""

import os
from pathlib import Path
from typing import Annotated

import click

from hubbub.cli.declaring import Argument, Group, Option, command, declared
from hubbub.cli.options import (
    Address,
    Name,
    Password,
    Room,
    Seqs,
    Times,
    choice,
    examples,
    of_text,
    one_of,
)
from hubbub.cli.reading_app import app as reading
from hubbub.cli.serving_app import app as serving
from hubbub.cli.sidecar_app import app as sidecar
from hubbub.tui import THEME_NAMES


class _Commands(Group):
    """A link in place of a command, such as that of an invitation, is one to join."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put in the command that is meant, whatever options come before the link."""
        first = next((one for one in args if one in self.makers or "://" in one), "")
        return super().parse_args(ctx, ["join", *args] if "://" in first else args)


Colors = Annotated[
    str | None,
    Option(
        metavar="THEME",
        help=f"The colours: {choice(THEME_NAMES)}, which are those of the terminal itself.",
        **one_of(*THEME_NAMES),
    ),
]
Plain = Annotated[
    bool,
    Option("--plain", help="Read and print plain lines; suits screen readers and pipes."),
]
Last = Annotated[
    int | None,
    Option(
        between=(0, 100),
        show_default="10 on a terminal, else 0",
        help="In plain lines: begin with so many of the last messages.",
    ),
]
Ca = Annotated[
    str,
    Option(
        envvar="HUBBUB_CA",
        metavar="FILE",
        check=of_text,
        help="Authorities that may vouch for a server's certificate, PEM, in the place of the "
        "system's; before any command.",
    ),
]


PrintClientConfig = Annotated[
    bool,
    Option(
        "--print-client-config",
        help="Print the commented settings of the terminal client and exit.",
    ),
]
Version = Annotated[bool, Option("--version", help="Print the version and exit.")]
InstallCompletion = Annotated[
    bool,
    Option(
        "--install-completion",
        help="Have your shell complete commands and options from now on.",
    ),
]
ShowCompletion = Annotated[
    bool,
    Option(
        "--show-completion",
        help="Print what has your shell complete them, to install it in your own way.",
    ),
]


def _version() -> None:
    from hubbub import __version__

    click.echo(f"hubbub {__version__}")


def _client_config() -> None:
    from hubbub.cli.settings import print_settings

    print_settings()


def _install() -> None:
    from hubbub.cli.completion import install

    install()


def _show() -> None:
    from hubbub.cli.completion import print_script

    print_script()


def hubbub(
    *,
    name: Annotated[str | None, Option(check=of_text, help="The name to chat under.")] = None,
    password: Annotated[
        str,
        Option(check=of_text, help="The chatroom's password, if it has one."),
    ] = "",
    ca: Ca = "",
    theme: Colors = None,
    plain: Plain = False,
    time: Times = False,
    seq: Seqs = False,
    last: Last = None,
    print_client_config: PrintClientConfig = False,
    version: Version = False,
    install_completion: InstallCompletion = False,
    show_completion: ShowCompletion = False,
) -> None:
    """A chatroom that starts with one command and that anything can join.

    Without a command: join the chatroom on this machine or one announced on the local network, or
    host one if there is none. HUBBUB_LAN=0 looks on this machine alone. With a screen reader,
    'hubbub --plain' chats in plain lines.
    """
    for is_asked, instead in (
        (version, _version),
        (print_client_config, _client_config),
        (install_completion, _install),
        (show_completion, _show),
    ):
        if is_asked:
            instead()
            raise click.exceptions.Exit
    if ca:
        from hubbub.client.trust import trusting

        trusting(ca)  # so it is said at once if there is nothing in the file
        os.environ["HUBBUB_CA"] = ca
    if click.get_current_context().invoked_subcommand is None:
        from hubbub.cli.join import join_or_host
        from hubbub.cli.plain import Look
        from hubbub.desk.opening import Opening

        # Not an `envvar` of the options, which stand before other commands, too.
        name = name or of_text(os.environ.get("HUBBUB_NAME")) or None
        password = password or of_text(os.environ.get("HUBBUB_PASSWORD", ""))
        opening = Opening(name=name, password=password, theme=theme)
        join_or_host(opening, plain=plain, look=Look.of(time=time, seq=seq, last=last))
    elif name or password or theme or plain or time or seq or last:
        raise click.BadParameter("Put these options after the command.")


app = _Commands(
    **declared(hubbub),
    epilog=examples(
        "hubbub",
        "hubbub --plain --name ann",
        "hubbub 'http://192.0.2.2:1234/#invite=…'",
        "hubbub --install-completion",
    ),
    invoke_without_command=True,
)


@command(
    app,
    epilog=examples(
        "hubbub join chat.example.org:1234 --name ann --room kitchen",
        "hubbub join --plain --time --last 20",
        "hubbub join 'http://192.0.2.2:1234/#invite=…'",
    ),
)
def join(
    address: Address = "",
    *,
    name: Name = None,
    room: Annotated[str | None, Option(check=of_text, help="The room to begin in.")] = None,
    password: Password = "",
    theme: Colors = None,
    plain: Plain = False,
    time: Times = False,
    seq: Seqs = False,
    last: Last = None,
    no_reconnect: Annotated[
        bool, Option("--no-reconnect", help="End when the connection is lost.")
    ] = False,
) -> None:
    """Chat, on the whole terminal or with --plain in plain lines.

    Without an address, on a terminal: choose among the chatrooms found on this machine and the
    local network. HUBBUB_LAN=0 looks on this machine alone.
    """
    from hubbub.cli.join import join as run
    from hubbub.cli.plain import Look
    from hubbub.desk.opening import Opening

    opening = Opening(
        address=address,
        name=name or None,
        room=room,
        password=password,
        theme=theme,
        reconnect=not no_reconnect,
    )
    run(opening, plain=plain, look=Look.of(time=time, seq=seq, last=last))


@command(
    app,
    epilog=examples(
        "hubbub send 'dinner is ready'",
        "hubbub send --to chat.example.org --room kitchen 'dinner is ready'",
        "hubbub send --person ben 'dinner is ready'",
        "hubbub send --file photo.jpg 'dinner'",
        "make 2>&1 | hubbub send --name ci -",
    ),
)
def send(
    words: Annotated[
        tuple[str, ...],
        Argument(metavar="[ADDRESS] TEXT|-", check=of_text),
    ] = (),
    *,
    to: Annotated[
        str | None,
        Option("--to", metavar="ADDRESS", check=of_text, help="HOST:PORT of the server."),
    ] = None,
    name: Name = None,
    room: Room = None,
    person: Annotated[
        str | None, Option(check=of_text, help="Say it to one person, in private.")
    ] = None,
    file: Annotated[
        tuple[Path, ...],
        Option(help="Send a file with it, or alone. Give --file once for each."),
    ] = (),
    password: Password = "",
) -> None:
    """Say TEXT, or each line of stdin if it is '-'.

    Before TEXT, what looks like an address is one: HOST:PORT, an IP address, a name with a dot,
    'localhost' or a link. Any other goes behind --to, and with it there is only TEXT. With --file,
    TEXT may be left out.
    """
    from hubbub.cli.addressing import address_and, check_is_text, looks_like_address

    if not (words or file):
        raise click.BadParameter("Say what to send: a text in quotes, '-', or --file PATH.")
    address, text = address_and(words or ("",), to, "--to")
    if file and text == "-":
        raise click.BadParameter("Lines of stdin cannot have files. Give a text, or none.")
    if to is None and not address and not (file and looks_like_address(text)):
        check_is_text(text)
    elif file and to is None and not address:
        address, text = text, ""
    if person is not None and room is not None:
        raise click.BadParameter("Give --person or --room, not both.")
    if person is None and text.startswith("/msg "):
        raise click.BadParameter(
            "Everybody in the room would read this. To say something to one person, give --person "
            "NAME and the text without /msg."
        )
    from hubbub.cli.send import send as run
    from hubbub.cli.visiting import planned

    run(planned(address, name, room, password), text, person, file)


def _account() -> Group:
    from hubbub.cli.account_app import app as account

    return account


def _admin() -> Group:
    from hubbub.cli.operation_app import app as admin

    return admin


for one in (serving, sidecar, reading):
    app.makers |= one.makers
app.makers |= {"account": _account, "admin": _admin}
