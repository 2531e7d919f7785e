"""The commands for those who host a chatroom. What a command does is imported when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args

from hubbub.cli.declaring import Argument, Option, command, group
from hubbub.cli.options import examples, of_text, one_of

if TYPE_CHECKING:
    from hubbub.server.config import Config

app = group()

Folder = Annotated[Path, Argument(metavar="DATA", help="The folder that keeps the log.")]

Workers = Annotated[
    int | None,
    Option(
        between=(0, 64),
        metavar="N",
        help="Have so many processes of this machine hold the connections and write to "
        "members, so that a crowded room uses more than one core. Linux only.",
    ),
]
RelayOf = Annotated[
    str | None,
    Option(
        check=of_text,
        metavar="HOST:PORT",
        help="Relay the server there: bring members to it, and keep a copy of its log to read "
        "from without it. Both have the same [relay] secret in their configuration.",
    ),
]

Cluster = Annotated[
    tuple[str, ...],
    Option(
        check=of_text,
        metavar="nats://HOST:PORT",
        help="Be one node of several that serve the same rooms: the log is a stream of the NATS "
        "servers there. May be given several times. Needs the extra 'cluster'.",
    ),
]


@command(
    app,
    epilog=examples(
        "hubbub serve",
        "hubbub serve --lan",
        "hubbub serve --listen 0.0.0.0:1234 --data rooms --password 'rotu-mika-tedo'",
        "hubbub serve --listen 0.0.0.0:1234 --workers 4",
        "hubbub serve --listen 0.0.0.0:1234 --cluster nats://127.0.0.1:4222",
        "hubbub serve --print-config > hubbub.toml",
        "hubbub serve --config hubbub.toml",
        "hubbub serve --listen 0.0.0.0:1234 --tls-cert chat.pem --tls-key chat.key",
    ),
)
def serve(
    *,
    listen: Annotated[str | None, Option(check=of_text, help="HOST:PORT to listen on.")] = None,
    lan: Annotated[
        bool,
        Option(
            "--lan",
            help="Listen on every network of this machine (at the port of --listen), announce the "
            "chatroom there, and print how to join. Makes up a password if none is given.",
        ),
    ] = False,
    password: Annotated[
        str | None,
        Option(check=of_text, help="The password that everybody must give."),
    ] = None,
    no_password: Annotated[bool, Option("--open", help="With --lan: have no password.")] = False,
    data: Annotated[Path | None, Option(help="The folder that keeps the log.")] = None,
    config: Annotated[Path | None, Option(help="A configuration file, TOML.")] = None,
    workers: Workers = None,
    relay_of: RelayOf = None,
    cluster: Cluster = (),
    tls_cert: Annotated[
        Path | None,
        Option(help="The certificate, PEM: TLS is spoken on the same port. Needs --tls-key."),
    ] = None,
    tls_key: Annotated[Path | None, Option(help="The certificate's key, PEM.")] = None,
    print_config: Annotated[
        bool, Option("--print-config", help="Print a commented configuration and exit.")
    ] = False,
) -> None:
    """Host a chatroom."""
    from hubbub.chat.names import load_tables

    load_tables()  # first, as what it takes while it reads is then free for all that is loaded
    from hubbub.cli.serve import configured, print_defaults
    from hubbub.cli.serve import serve as run

    if print_config:
        print_defaults()
    else:

        def read() -> "Config":
            return configured(
                config,
                listen,
                data,
                password,
                workers=workers,
                relay_of=relay_of,
                cluster=cluster,
                tls_cert=tls_cert,
                tls_key=tls_key,
                lan=lan,
                is_open=no_password,
            )

        run(read, lan=lan)


@command(
    app,
    epilog=examples(
        "hubbub cert chat.example.org",
        "hubbub cert 192.168.1.5 chat.local --out /etc/hubbub/chat.pem --key /etc/hubbub/chat.key",
    ),
)
def cert(
    names: Annotated[
        tuple[str, ...],
        Argument(
            metavar="[NAME]…",
            check=of_text,
            help="Names and addresses of the server; this machine's if none is given.",
        ),
    ] = (),
    *,
    out: Annotated[Path, Option(help="The file for the certificate.")] = Path("hubbub.pem"),
    key: Annotated[Path, Option(help="The file for its key.")] = Path("hubbub.key"),
) -> None:
    """Make a certificate that its owner signs, for TLS without an authority."""
    from hubbub.cli.cert import cert as run

    run(names, out, key)


@command(
    app,
    epilog=examples(
        "hubbub rooms ~/.local/share/hubbub",
        "hubbub rooms rooms-of-ours --remove kitchen",
        "hubbub rooms rooms-of-ours --remove 'spam-*'",
    ),
)
def rooms(
    data: Folder,
    *,
    remove: Annotated[
        tuple[str, ...],
        Option(
            metavar="NAME",
            check=of_text,
            help="Remove the room, with all that was said in it, for ever. May be given several "
            "times, and be a pattern such as 'spam-*'.",
        ),
    ] = (),
) -> None:
    """List the rooms of a server's log, the largest first. Stop the server first."""
    from hubbub.cli.rooms import rooms as run

    run(data, remove)


@command(
    app,
    epilog=examples(
        "hubbub check ~/.local/share/hubbub",
        "hubbub check rooms-of-ours --export saved.jsonl",
        "hubbub check rooms-of-ours --repair",
    ),
)
def check(
    data: Folder,
    *,
    repair: Annotated[
        bool,
        Option(
            "--repair",
            help="Make a damaged log anew, with its indexes, from what can be read. The damaged "
            "file is kept beside it.",
        ),
    ] = False,
    export: Annotated[
        Path | None,
        Option(help="Write what can be read to a file, a line of JSON for each event."),
    ] = None,
) -> None:
    """Read a server's log, and say what of it is whole. Stop the server first."""
    from hubbub.cli.check import check as run

    run(data, repair=repair, export=export)


@command(
    app,
    epilog=examples(
        "hubbub backup ~/.local/share/hubbub /mnt/backups",
        "hubbub backup rooms-of-ours /mnt/backups --keep 7",
        "hubbub backup rooms-of-ours ours.tar",
    ),
)
def backup(
    data: Folder,
    place: Annotated[
        Path,
        Argument(
            metavar="PLACE",
            help="Where the copy goes: a folder that is there, in which it gets a name with the "
            "time, or a new folder, or a new file that ends in .tar.",
        ),
    ],
    *,
    keep: Annotated[
        int | None,
        Option(
            between=(1, None),
            metavar="COPIES",
            help="If the copy is whole, keep so many in this folder, and remove older ones.",
        ),
    ] = None,
) -> None:
    """Copy a server's folder, with its files, while it runs; say whether the copy is whole."""
    from hubbub.cli.backup import backup as run

    run(data, place, keep=keep)


@command(
    app,
    epilog=examples(
        "hubbub restore /mnt/backups/hubbub-2026-11-26T20-00-00Z rooms-of-ours",
        "hubbub restore ours.tar ~/.local/share/hubbub --replace",
    ),
)
def restore(
    backup: Annotated[Path, Argument(metavar="BACKUP", help="The copy.")],
    data: Annotated[
        Path,
        Argument(metavar="DATA", help="The folder of the server, which is stopped."),
    ],
    *,
    replace: Annotated[
        bool,
        Option(
            "--replace", help="Do so though something is there; that is moved aside, not removed."
        ),
    ] = False,
) -> None:
    """Put a copy back as a server's folder; people are told that the history was replaced."""
    from hubbub.cli.backup import restore as run

    run(backup, data, replace=replace)


Source = Literal["hubbub", "slack", "discord", "irc"]
SOURCES: tuple[Source, ...] = get_args(Source)


@command(
    app,
    "import",
    epilog=examples(
        "hubbub import slack export.zip --data rooms-of-ours",
        "hubbub import irc 'irc.libera.#python.weechatlog' --zone +01:00",
        "hubbub import hubbub saved.jsonl --data rooms-of-ours",
    ),
)
def import_(
    source: Annotated[
        str,
        Argument(
            metavar="|".join(SOURCES),
            help="What wrote the files: hubbub (export --format json), Slack (a zip, or its "
            "folder), DiscordChatExporter (JSON), or WeeChat or irssi.",
            **one_of(*SOURCES),
        ),
    ],
    files: Annotated[tuple[Path, ...], Argument(metavar="FILES")],
    *,
    data: Annotated[Path | None, Option(help="The folder that keeps the log.")] = None,
    room: Annotated[
        str | None, Option(check=of_text, help="Put everything into this room.")
    ] = None,
    zone: Annotated[
        str | None,
        Option(
            metavar="+HH:MM",
            help="How far the clock of an IRC log is before UTC; as this machine's.",
        ),
    ] = None,
) -> None:
    """Put what was said elsewhere into a server's log, marked as imported. The server may run.

    What was imported before is passed over.
    """
    import platformdirs

    from hubbub.chat.names import allowed_room
    from hubbub.cli.importing.command import import_into
    from hubbub.cli.times import zone_of

    folder = data or platformdirs.user_data_path("hubbub")
    into = "" if room is None else allowed_room(room)
    import_into(
        folder, cast("Source", source), files, into, None if zone is None else zone_of(zone)
    )
