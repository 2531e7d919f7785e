"""The commands of `hubbub admin` about a server that runs."""

from pathlib import Path
from typing import Annotated

from hubbub.cli.admin_app import At, Data, visit_of
from hubbub.cli.cluster_app import app as cluster
from hubbub.cli.declaring import Argument, Option, command
from hubbub.cli.options import Address, Name, Password, examples, of_text
from hubbub.cli.order_app import app

__all__ = ["app"]

Json = Annotated[bool, Option("--json", help="Print JSON, for programs.")]
Whose = Annotated[
    str | None,
    Option("--of", metavar="NAME", check=of_text, help="Those of one person alone."),
]


@command(app, epilog=examples("hubbub admin status", "hubbub admin status --data /var/lib/hubbub"))
def status(
    address: Address = "",
    *,
    json: Json = False,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Say how the server does: people, rooms, log, disk."""
    from hubbub.cli.operation import status as run

    run(visit_of(address, name, None, password, data), json=json)


@command(app, epilog=examples("hubbub admin people"))
def people(
    address: Address = "",
    *,
    json: Json = False,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """List who is here, in all rooms."""
    from hubbub.cli.operation import people as run

    run(visit_of(address, name, None, password, data), json=json)


@command(app, epilog=examples("hubbub admin sessions", "hubbub admin sessions --of eve"))
def sessions(
    address: Address = "",
    *,
    of: Whose = None,
    json: Json = False,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """List who is connected: from where, since when, by what, and how far behind."""
    from hubbub.cli.operation import sessions as run

    run(visit_of(address, name, None, password, data), of, json=json)


@command(app, epilog=examples("hubbub admin rooms"))
def rooms(
    address: Address = "",
    *,
    json: Json = False,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """List the rooms of a server that runs."""
    from hubbub.cli.operation import rooms as run

    run(visit_of(address, name, None, password, data), json=json)


@command(app, epilog=examples("hubbub admin reload", "hubbub admin reload --data /var/lib/hubbub"))
def reload(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Have the server read its configuration again, and say what changed."""
    from hubbub.cli.operation import reload as run

    run(visit_of(address, name, None, password, data))


@command(
    app,
    epilog=examples(
        "hubbub admin backup", "hubbub admin backup /mnt/backups --data /var/lib/hubbub"
    ),
)
def backup(
    place: Annotated[
        Path | None,
        Argument(
            metavar="PLACE",
            help="Where the copy goes, as for 'hubbub backup', for a server on this machine; "
            "the folder in its configuration if not given.",
        ),
    ] = None,
    *,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Have a server that runs copy its folder, and say whether the copy is whole."""
    from hubbub.cli.operation import backup as run

    run(visit_of(at, name, None, password, data), place)


app.makers["cluster"] = lambda: cluster
