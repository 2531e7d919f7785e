"""The commands of `hubbub admin`. What a command does is imported when it runs."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click

from hubbub.cli.declaring import Argument, Option, command, group
from hubbub.cli.options import Address, Name, Password, Room, each_of, examples, of_text, one_of

if TYPE_CHECKING:
    from hubbub.cli.visiting import Visit

app = group(
    "admin",
    help="What operators and moderators do. The first who comes from the server's own machine is "
    "an operator.",
    epilog=examples(
        "hubbub admin invite --room kitchen",
        "hubbub admin mute eve --room kitchen --time 10m",
        "hubbub admin rules --help",
    ),
)

SCOPES = ("read", "write", "rooms", "admin")
ENTER = ("open", "invitation", "members")
ROLES = ("owner", "moderator", "writer", "operator", "none")

Who = Annotated[str, Argument(metavar="NAME", check=of_text)]
Id = Annotated[
    str | None, Option("--revoke", metavar="ID", check=of_text, help="Take this one back.")
]
At = Annotated[
    str, Option("--at", metavar="ADDRESS", check=of_text, help="HOST:PORT of the server.")
]
Time = Annotated[str, Option(check=of_text, help="For how long, like 10m, 2h or '7 days'.")]
InRoom = Annotated[
    str | None, Option(check=of_text, help="The room; else the chatroom as a whole.")
]


Data = Annotated[
    Path | None,
    Option(
        help="The folder of a server on this machine: whoever may use it needs no password.",
        show_default="that of your account, if a server runs on it",
    ),
]


def visit_of(
    address: str, name: str | None, room: str | None, password: str, data: Path | None = None
) -> "Visit":
    """Return a visit with power: on the server's own machine, by a token, or of a person.

    Whoever says where the server is, or who they are, comes as that person.
    """
    from hubbub.cli.console import own_folder, serves
    from hubbub.cli.visiting import by_token, planned, within

    if data is not None:
        if address:
            raise click.BadParameter("--data is a server on this machine; leave out its address.")
        return within(data, room)
    if token := of_text(os.environ.get("HUBBUB_TOKEN", "")):
        return by_token(address, room, password, token)
    if not (address or name or password) and serves(folder := own_folder()):
        return within(folder, room)
    return planned(address, name, room, password, as_person=True)


def visit_as_person(address: str, name: str | None, room: str | None, password: str) -> "Visit":
    """Return the visit of somebody who is known, for what only people do."""
    from hubbub.cli.visiting import planned

    return planned(address, name, room, password, as_person=True)


@command(app, epilog=examples("hubbub admin operate CODE --at chat.example.org"))
def operate(
    code: Annotated[str, Argument(metavar="CODE", check=of_text)],
    *,
    at: At = "",
    name: Name = None,
    password: Password = "",
) -> None:
    """Become an operator, by the code that the server made up at its first start."""
    from hubbub.cli.admin import operate as run

    run(visit_as_person(at, name, None, password), code)


@command(app, epilog=examples("hubbub admin recovery ben"))
def recovery(
    who: Who,
    *,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Print a code with which NAME chooses another password."""
    from hubbub.cli.grants import recovery as run

    run(visit_of(at, name, None, password, data), who)


@command(
    app,
    epilog=examples("hubbub admin token weather --scope read --scope write --label 'on the roof'"),
)
def token(
    who: Who,
    *,
    scope: Annotated[
        tuple[str, ...],
        Option(metavar="|".join(SCOPES), help="May be given several times.", **each_of(*SCOPES)),
    ],
    label: Annotated[str, Option(check=of_text, help="What it is for.")] = "",
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Print a new token for the bot NAME. It is shown once."""
    from hubbub.cli.grants import token as run

    run(visit_of(at, name, None, password, data), who, scope, label)


@command(app, epilog=examples("hubbub admin tokens", "hubbub admin tokens --revoke t3"))
def tokens(
    address: Address = "",
    *,
    revoke: Id = None,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """List the tokens of bots, or revoke one."""
    from hubbub.cli.grants import tokens as run

    run(visit_of(address, name, None, password, data), revoke)


@command(
    app,
    epilog=examples(
        "hubbub admin invite",
        "hubbub admin invite chat.example.org --member --uses 1 --time '7 days'",
        "hubbub admin invite --room kitchen --room garden",
    ),
)
def invite(
    address: Address = "",
    *,
    member: Annotated[bool, Option("--member", help="As a member, not as a guest.")] = False,
    room: Annotated[tuple[str, ...], Option(help="A room to enter at once.")] = (),
    uses: Annotated[int | None, Option(between=(1, None), help="How often it counts.")] = None,
    time: Time = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Print an invitation to the chatroom. It is shown once."""
    from hubbub.cli.grants import invite as run

    visit = visit_of(address, name, None, password, data)
    run(visit, "member" if member else "guest", room, uses, time)


@command(app, epilog=examples("hubbub admin invitations", "hubbub admin invitations --revoke i3"))
def invitations(
    address: Address = "",
    *,
    revoke: Id = None,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """List the invitations that count, or take one back."""
    from hubbub.cli.grants import invitations as run

    run(visit_of(address, name, None, password, data), revoke)


@command(app, epilog=examples("hubbub admin webhook builds --room dev"))
def webhook(
    posts_as: Annotated[str, Argument(metavar="NAME", check=of_text)],
    *,
    room: Room = None,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Print the secret address of a webhook that posts to a room as NAME. It is shown once."""
    from hubbub.cli.grants import webhook as run

    run(visit_of(at, name, room, password, data), posts_as)


@command(
    app,
    epilog=examples(
        "hubbub admin webhooks --room dev", "hubbub admin webhooks --room dev --revoke h3"
    ),
)
def webhooks(
    address: Address = "",
    *,
    room: Room = None,
    revoke: Id = None,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """List the webhooks of a room, or revoke one."""
    from hubbub.cli.grants import webhooks as run

    run(visit_of(address, name, room, password, data), revoke)


@command(
    app, epilog=examples("hubbub admin door locked", "hubbub admin door open --at chat.example.org")
)
def door(
    state: Annotated[
        str,
        Argument(metavar="locked|open", **one_of("locked", "open")),
    ],
    *,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Let nobody new in, or let them in again."""
    from hubbub.cli.admin import door as run

    run(visit_of(at, name, None, password, data), locked=state == "locked")


@command(
    app,
    epilog=examples("hubbub admin access", "hubbub admin access --enter invitation --no-passing"),
)
def access(
    address: Address = "",
    *,
    enter: Annotated[
        str | None,
        Option(metavar="|".join(ENTER), help="Who may come in.", **one_of(*ENTER)),
    ] = None,
    guests: Annotated[bool | None, Option(help="Let in guests, or not.")] = None,
    passing: Annotated[
        bool | None, Option(help="Let in clients that only give a name, or not.")
    ] = None,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Show who is let in, or change it. It stands above the configuration."""
    from hubbub.cli.admin import access as run

    run(visit_of(address, name, None, password, data), enter=enter, guests=guests, passing=passing)


@command(
    app,
    epilog=examples(
        "hubbub admin appoint ben moderator --room kitchen",
        "hubbub admin appoint ben operator",
        "hubbub admin appoint ben none --room kitchen",
    ),
)
def appoint(
    who: Who,
    role: Annotated[str, Argument(metavar="|".join(ROLES), **one_of(*ROLES))],
    *,
    room: InRoom = None,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Give NAME a role in a room, or without --room make them an operator, or none."""
    from hubbub.cli.admin import appoint as run

    run(visit_of(at, name, room, password, data), who, role)


@command(app, epilog=examples("hubbub admin audit --limit 20"))
def audit(
    address: Address = "",
    *,
    limit: Annotated[int, Option(between=(1, 200), help="The most lines to print.")] = 50,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Print the newest of the audit record: who used which power."""
    from hubbub.cli.admin import audit as run

    run(visit_of(address, name, None, password, data), limit)


@command(app, epilog=examples("hubbub admin reports", "hubbub admin reports --room kitchen"))
def reports(
    address: Address = "",
    *,
    room: InRoom = None,
    limit: Annotated[int, Option(between=(1, 200), help="The most lines to print.")] = 50,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Print the newest reports of messages, of one room or of the chatroom."""
    from hubbub.cli.admin import reports as run

    run(visit_of(address, name, room, password, data), limit)
