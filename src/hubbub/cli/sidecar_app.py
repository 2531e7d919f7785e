"""The commands that open the page on the person's own machine. What they do is imported late."""

from typing import Annotated

import click

from hubbub.cli.declaring import Argument, Option, command, group
from hubbub.cli.options import Password, examples, of_text

app = group()

Place = Annotated[
    str,
    Argument(
        metavar="ADDRESS",
        check=of_text,
        help="HOST:PORT of the server, or a link to a room, a message or an invitation.",
    ),
]


@command(
    app,
    "open",
    epilog=examples(
        "hubbub open",
        "hubbub open chat.example.org",
        "hubbub open 'http://192.0.2.2:1234/#invite=…'",
        "hubbub open 192.0.2.2 --no-browser",
    ),
)
def open_(
    address: Place = "",
    *,
    password: Password = "",
    no_browser: Annotated[
        bool, Option("--no-browser", help="Print the address to open, and open nothing.")
    ] = False,
) -> None:
    """Open the page in your browser, served on this machine.

    So notifications and all else that browsers allow on this machine alone work with any chatroom.
    Only you can use it. Without an address: the chatroom that 'hubbub' alone would join. It ends
    with Ctrl+C, and a few minutes after the last page was closed. If it runs already for this
    chatroom, that one is shown.
    """
    from hubbub.cli.sidecar import open_page

    raise click.exceptions.Exit(open_page(address, password, browser=not no_browser))


@command(
    app,
    epilog=examples(
        "hubbub window",
        "hubbub window chat.example.org",
        "hubbub window http://192.0.2.2:1234/lobby",
    ),
)
def window(address: Place = "", *, password: Password = "") -> None:
    """Open the page in a window of its own, and serve it as long as the window is open.

    The window is pywebview's if that is installed (hubbub[window]), else one of Chromium, Chrome,
    Edge or Brave; where there is none of these, the browser shows the page, as with 'hubbub open'.
    Its title counts what is unread. A second one for the same chatroom shows the first.
    """
    from hubbub.cli.sidecar import open_window

    raise click.exceptions.Exit(open_window(address, password))
