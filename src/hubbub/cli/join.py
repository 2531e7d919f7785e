"""`hubbub join`, and `hubbub` alone, which hosts a room if there is none: both chat.

On a terminal they open the terminal client, elsewhere they read and print plain lines.
"""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import msgspec
import platformdirs

from hubbub.chat.errors import ConfigError, LogError
from hubbub.cli import plain as lines
from hubbub.cli.names import asked_name, load_profile, remember_name
from hubbub.cli.output import complain
from hubbub.client import Address, parse_address
from hubbub.client.profile import Profile
from hubbub.tui.opening import Opening

ANSWER_SECONDS = 2.0
"""How long a server on this very machine may take to accept a connection."""


def join(opening: Opening, *, plain: bool) -> None:
    """Chat until the user quits; raise Refused or Unreachable if that is not possible."""
    parse_address(opening.address)  # before anybody is asked for a name
    _way_to_chat(opening.name, plain=plain or not _has_screen())(opening)


def join_or_host(opening: Opening, *, plain: bool) -> None:
    """Chat on the server of this machine; if there is none, host one meanwhile."""
    plain = plain or not _has_screen()
    chat = _way_to_chat(opening.name, plain=plain)
    with ExitStack() as hosting:
        chat(_with_server(opening, hosting, plain=plain))


def _has_screen() -> bool:
    """Tell whether the terminal client can be drawn; some systems draw it on stderr."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return os.environ.get("TERM") != "dumb" and all(one and one.isatty() for one in streams)


def _way_to_chat(name: str | None, *, plain: bool) -> Callable[[Opening], None]:
    if not plain:
        return _on_screen
    profile = load_profile()
    return partial(_in_lines, name=asked_name(name, profile), profile=profile)


def _on_screen(opening: Opening) -> None:
    # Imported here: Textual takes its time.
    from hubbub.tui.app import chat

    chat(opening)


def _in_lines(opening: Opening, name: str, profile: Profile) -> None:
    if opening.hosted_in is not None:
        complain(f"hosting a chatroom; others join it with 'hubbub join {opening.address}'")
        complain(f"messages are kept in {opening.hosted_in}")
    lines.chat(
        opening.address,
        name,
        opening.room,
        reconnect=opening.reconnect,
        entered=partial(remember_name, name, profile),
    )


def _with_server(opening: Opening, hosting: ExitStack, *, plain: bool) -> Opening:
    """Return the opening for the server that answers, or for one that runs until the stack ends."""
    place = parse_address("")
    if _answers(place):
        return opening
    # Imported here: a server is seldom needed by who chats.
    from hubbub.server.config import Config, ServerSection
    from hubbub.server.journal import note_in_file, note_on_stderr
    from hubbub.server.thread import serving_in_thread

    if plain:
        note_on_stderr()
    else:
        note_in_file(platformdirs.user_log_path("hubbub") / "hubbub-server.log")
    folder = str(platformdirs.user_data_path("hubbub"))
    config = Config(server=ServerSection(listen=str(place), data=folder))
    try:
        address = hosting.enter_context(serving_in_thread(config))
    except (ConfigError, LogError):
        if _answers(place):  # another `hubbub` was faster
            return opening
        raise
    return msgspec.structs.replace(opening, address=address, hosted_in=folder)


def _answers(place: Address) -> bool:
    try:
        socket.create_connection((place.host, place.port), ANSWER_SECONDS).close()
    except OSError:
        return False
    return True
