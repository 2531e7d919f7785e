"""The commands of `hubbub admin` that keep order, in a room or in the chatroom as a whole."""

from typing import TYPE_CHECKING, Annotated, cast

from hubbub.cli.admin_app import (
    At,
    Data,
    InRoom,
    Time,
    Who,
    app,
    visit_as_person,
    visit_of,
)
from hubbub.cli.declaring import Argument, Option, command
from hubbub.cli.options import Address, Name, Password, Room, Yes, examples, of_text, one_of

if TYPE_CHECKING:
    from hubbub.cli.order import Changes

__all__ = ["app"]

TOPIC_BY = ("passing", "guest", "member", "moderator", "owner")

Reason = Annotated[str, Option(check=of_text, help="Why.")]
Seq = Annotated[
    int,
    Argument(
        metavar="SEQ",
        between=(1, None),
        help="Its number, as 'hubbub history --json' has it.",
    ),
]
Keep = Annotated[
    str | None,
    Option(
        metavar="HOW-LONG",
        check=of_text,
        help="Remove older messages: '30 days', '1000 messages', both with a comma, or 'off'.",
    ),
]
Held = Annotated[
    bool | None,
    Option(
        "--hold/--no-hold",
        help="Put it under a legal hold: nothing said there can be changed or removed.",
    ),
]


@command(
    app,
    epilog=examples(
        "hubbub admin rules --room kitchen",
        "hubbub admin rules --room kitchen --private --title 'The kitchen'",
        "hubbub admin rules --room news --read-only --slow 30s",
    ),
)
def rules(
    address: Address = "",
    *,
    room: Room = None,
    private: Annotated[
        bool | None, Option("--private/--public", help="Let in members alone, or everybody.")
    ] = None,
    read_only: Annotated[bool | None, Option(help="Let only moderators and writers write.")] = None,
    locked: Annotated[
        bool | None, Option("--locked/--unlocked", help="Let only moderators write, for now.")
    ] = None,
    archived: Annotated[bool | None, Option(help="Let nobody write.")] = None,
    slow: Annotated[
        str | None,
        Option(metavar="TIME|off", check=of_text, help="Have people wait between texts."),
    ] = None,
    topic_by: Annotated[
        str | None,
        Option(
            metavar="|".join(TOPIC_BY),
            help="The least role that may set the topic.",
            **one_of(*TOPIC_BY),
        ),
    ] = None,
    revisions: Annotated[
        bool | None, Option(help="Let people read what was said before edits.")
    ] = None,
    title: Annotated[
        str | None, Option(check=of_text, help="What people call it; '' for its name.")
    ] = None,
    keep: Keep = None,
    held: Held = None,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Show what holds in a room, or change it."""
    from hubbub.cli.order import retention_of, slow_seconds
    from hubbub.cli.order import rules as run

    given = {
        "private": private,
        "read_only": read_only,
        "locked": locked,
        "archived": archived,
        "slow_seconds": None if slow is None else slow_seconds(slow),
        "topic_by": topic_by,
        "revisions": revisions,
        "title": title,
        "retention": None if keep is None else retention_of(keep),
        "held": held,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    run(visit_of(address, name, room, password, data), cast("Changes", changes))


@command(app, epilog=examples("hubbub admin hold ann ben", "hubbub admin hold ann ben --end"))
def hold(
    who: Who,
    other: Annotated[str, Argument(metavar="OTHER", check=of_text)],
    *,
    end: Annotated[bool, Option("--end", help="End it.")] = False,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Put what NAME and OTHER say to each other in private under a legal hold."""
    from hubbub.cli.order import hold as run

    run(visit_of(at, name, None, password, data), who, other, on=not end)


@command(app, epilog=examples("hubbub admin add ben --room kitchen"))
def add(
    who: Who,
    *,
    room: Room = None,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Let NAME into a private room, or tell them of another one."""
    from hubbub.cli.order import add as run

    run(visit_of(at, name, room, password, data), who)


@command(app, epilog=examples("hubbub admin kick eve --room kitchen --reason 'too loud'"))
def kick(
    who: Who,
    *,
    room: InRoom = None,
    reason: Reason = "",
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Put NAME out for a minute; from a private room until they are added again."""
    from hubbub.cli.order import kick as run

    run(visit_of(at, name, room, password, data), who, reason)


@command(app, epilog=examples("hubbub admin bans --room kitchen"))
def bans(
    address: Address = "",
    *,
    room: InRoom = None,
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """List who is banned, and who is muted."""
    from hubbub.cli.order import bans as run

    run(visit_of(address, name, room, password, data))


@command(
    app,
    epilog=examples(
        "hubbub admin ban eve --time 2h --reason 'too loud'",
        "hubbub admin ban 'eve*' --room kitchen",
    ),
)
def ban(
    who: Who,
    *,
    room: InRoom = None,
    time: Time = "",
    reason: Reason = "",
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Keep NAME out; a pattern like 'eve*', or an address, will do as well."""
    from hubbub.cli.order import ban as run

    run(visit_of(at, name, room, password, data), who, time, reason)


@command(app, epilog=examples("hubbub admin unban eve"))
def unban(
    who: Who,
    *,
    room: InRoom = None,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Let NAME back in."""
    from hubbub.cli.order import unban as run

    run(visit_of(at, name, room, password, data), who)


@command(app, epilog=examples("hubbub admin mute eve --room kitchen --time 10m"))
def mute(
    who: Who,
    *,
    room: InRoom = None,
    time: Time = "",
    reason: Reason = "",
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Let NAME read, and write nothing."""
    from hubbub.cli.order import mute as run

    run(visit_of(at, name, room, password, data), who, time, reason)


@command(app, epilog=examples("hubbub admin unmute eve --room kitchen"))
def unmute(
    who: Who,
    *,
    room: InRoom = None,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Let NAME write again."""
    from hubbub.cli.order import unmute as run

    run(visit_of(at, name, room, password, data), who)


@command(app, epilog=examples("hubbub admin report 120 --room kitchen --reason 'not nice'"))
def report(
    seq: Seq,
    *,
    room: Room = None,
    reason: Reason = "",
    at: At = "",
    name: Name = None,
    password: Password = "",
) -> None:
    """Tell those who look after a room of a message."""
    from hubbub.cli.order import report as run

    run(visit_as_person(at, name, room, password), seq, reason)


@command(app, epilog=examples("hubbub admin delete 120 --room kitchen"))
def delete(
    seq: Seq,
    *,
    room: Room = None,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Delete a message."""
    from hubbub.cli.order import delete as run

    run(visit_of(at, name, room, password, data), seq)


@command(
    app,
    name="delete-room",
    epilog=examples("hubbub admin delete-room kitchen", "hubbub admin delete-room spam --yes"),
)
def delete_room(
    room: Annotated[str, Argument(metavar="ROOM", check=of_text)],
    *,
    yes: Yes = False,
    at: At = "",
    name: Name = None,
    password: Password = "",
    data: Data = None,
) -> None:
    """Delete a room for good, with all that was said there. It asks, unless there is --yes."""
    from hubbub.cli.order import delete_room as run

    run(visit_of(at, name, None, password, data), room, is_sure=yes)
