"""The commands that read what is said and was said. What one does is imported when it runs."""

from pathlib import Path
from typing import Annotated

import click

from hubbub.cli.declaring import Argument, Option, command, group
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

app = group()

FORMATS = ("text", "json", "html")

Json = Annotated[bool, Option("--json", help="Print one JSON object per line.")]
_SEQ_MAX = 2**63 - 1  # that of chat/events, whose import would delay --version
Before = Annotated[int | None, Option(between=(0, _SEQ_MAX), help="Only messages before this seq.")]
After = Annotated[int | None, Option(between=(0, _SEQ_MAX), help="Only what came after this seq.")]
Around = Annotated[
    int | None,
    Option(between=(0, _SEQ_MAX), help="The message with this seq, in the midst of others."),
]
Limit = Annotated[int, Option(between=(1, 200), help="The most messages to print.")]
Found = Annotated[int, Option("--limit", between=(1, 200), help="The most messages to find.")]
Context = Annotated[
    int,
    Option(
        "--context", "-C", between=(0, 10), help="Print so many messages before and after each."
    ),
]


@command(
    app,
    epilog=examples(
        "hubbub tail",
        "hubbub tail chat.example.org:1234 --room kitchen --time",
        "hubbub tail --json --after 120",
    ),
)
def tail(
    address: Address = "",
    *,
    name: Name = None,
    room: Room = None,
    password: Password = "",
    after: After = None,
    json: Json = False,
    time: Times = False,
    seq: Seqs = False,
) -> None:
    """Print messages as they come."""
    from hubbub.cli.stamps import Stamps
    from hubbub.cli.tail import tail as run
    from hubbub.cli.visiting import planned_readings

    visits = planned_readings(address, name, room, password)
    run(visits, after=after, json=json, stamps=Stamps(time, seq))


@command(
    app,
    epilog=examples(
        "hubbub history --limit 10",
        "hubbub history --room kitchen --after 120",
        "hubbub history --no-time --no-seq",
        "hubbub history 192.168.1.5:1234 --json",
    ),
)
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
    time: Times = True,
    seq: Seqs = True,
) -> None:
    """Print messages of the past, each with its time and its seq."""
    if sum(place is not None for place in (before, after, around)) > 1:
        raise click.BadParameter("Give only one of --before, --after and --around.")
    from hubbub.cli.pages import history as run
    from hubbub.cli.stamps import Stamps
    from hubbub.cli.visiting import planned_readings

    visits = planned_readings(address, name, room, password)
    stamps = Stamps(time, seq)
    run(
        visits,
        before=before,
        after=after,
        around=around,
        limit=limit,
        json=json,
        stamps=stamps,
    )


@command(
    app,
    epilog=examples(
        "hubbub search 'dinner ready'",
        "hubbub search dinner --room kitchen --limit 10",
        "hubbub search dinner --context 2",
        "hubbub search chat.example.org:1234 dinner",
        "hubbub search --at chat.example.org:1234 dinner",
    ),
)
def search(
    words: Annotated[tuple[str, ...], Argument(metavar="[ADDRESS] QUERY", check=of_text)],
    *,
    at: Annotated[
        str | None,
        Option("--at", metavar="ADDRESS", check=of_text, help="HOST:PORT of the server."),
    ] = None,
    name: Name = None,
    room: Annotated[
        str | None, Option(check=of_text, help="The room; all that you may read if not.")
    ] = None,
    password: Password = "",
    before: Before = None,
    limit: Found = 50,
    context: Context = 0,
    json: Json = False,
    time: Times = True,
    seq: Seqs = True,
) -> None:
    """Print the messages that hold every word of QUERY.

    Each has its time, its seq and, where all rooms are searched, its room. QUERY alone is always
    what is looked for. Before it, what looks like an address is one. Without --room, what you said
    to somebody alone is searched, too.
    """
    from hubbub.cli.addressing import address_and
    from hubbub.cli.searching import Manner
    from hubbub.cli.searching import search as run
    from hubbub.cli.stamps import Stamps
    from hubbub.cli.visiting import planned_searches

    address, query = address_and(words, at, "--at")
    visits = planned_searches(address, name, room, password)
    run(visits, query, Manner(before, limit, context, json, Stamps(time, seq)))


@command(
    app,
    epilog=examples(
        "hubbub mentions",
        "hubbub mentions --limit 10 --context 1",
        "hubbub mentions chat.example.org:1234 --json",
    ),
)
def mentions(
    address: Address = "",
    *,
    name: Name = None,
    password: Password = "",
    before: Before = None,
    limit: Found = 50,
    context: Context = 0,
    json: Json = False,
    time: Times = True,
    seq: Seqs = True,
) -> None:
    """Print the messages that mention you or answer yours, in all rooms that you may read.

    The server must know you: by the name under which you have chatted there.
    """
    from hubbub.cli.searching import Manner
    from hubbub.cli.searching import mentions as run
    from hubbub.cli.stamps import Stamps
    from hubbub.cli.visiting import planned

    visit = planned(address, name, None, password)
    run([visit], Manner(before, limit, context, json, Stamps(time, seq)))


@command(
    app,
    epilog=examples(
        "hubbub export > everything.txt",
        "hubbub export --room kitchen --format html > kitchen.html",
        "hubbub export --format html --files pictures > everything.html",
        "hubbub export chat.example.org:1234 --format json | gzip > everything.jsonl.gz",
    ),
)
def export(
    address: Address = "",
    *,
    name: Name = None,
    room: Annotated[
        str | None, Option(check=of_text, help="The room; all that you may read if not.")
    ] = None,
    password: Password = "",
    form: Annotated[
        str,
        Option(
            "--format",
            metavar="|".join(FORMATS),
            help=f"As {choice(FORMATS)}: lines, a JSON object per line, or a page to be read "
            "without a connection.",
            **one_of(*FORMATS),
        ),
    ] = "text",
    files: Annotated[
        Path | None,
        Option(
            "--files",
            metavar="FOLDER",
            file_okay=False,
            help="Save the files of the messages in FOLDER; a page beside it shows them.",
        ),
    ] = None,
) -> None:
    """Print all that was said in a room, or in all of them.

    Without --room, these are all rooms that you may read. The oldest messages come first. If the
    connection is lost, it goes on where it was. What is said later than its start is left out.
    """
    from hubbub.cli.exporting import export as run
    from hubbub.cli.visiting import planned_readings

    run(planned_readings(address, name, room, password)[-1], form, files)
