"""`hubbub join`, and `hubbub` alone, which hosts a room if there is none: both chat.

On a terminal they open the terminal client, elsewhere they read and print plain lines.
"""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import msgspec
import platformdirs

from hubbub.chat.errors import ConfigError, LogError, Unreachable
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.cli import plain as lines
from hubbub.cli.finding import answers, chosen_address
from hubbub.cli.names import asked_name, load_profile, remember_name
from hubbub.cli.output import complain
from hubbub.cli.passwords import insist, known_password, remember_password
from hubbub.cli.visiting import known_device
from hubbub.client import Chat, parse_address
from hubbub.desk.opening import Opening
from hubbub.desk.profile import Profile


def join(opening: Opening, *, plain: bool) -> None:
    """Chat until the user quits; raise Refused or Unreachable if that is not possible."""
    parse_address(opening.address)  # before anybody is asked for a name
    if not opening.address:
        opening = _at(opening, chosen_address(may_host=False))
    _way_to_chat(opening.name, plain=plain or not _has_screen())(opening)


def join_or_host(opening: Opening, *, plain: bool) -> None:
    """Chat in a chatroom that is found; if there is none, host one as long as the chat lasts."""
    plain = plain or not _has_screen()
    opening = _at(opening, chosen_address(may_host=True))
    chat = _way_to_chat(opening.name, plain=plain)
    with ExitStack() as hosting:
        chat(opening if opening.address else _with_server(opening, hosting, plain=plain))


def _at(opening: Opening, address: str) -> Opening:
    return msgspec.structs.replace(opening, address=address)


def _has_screen() -> bool:
    """Return whether the terminal client can be drawn; some systems draw it on stderr."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return os.environ.get("TERM") != "dumb" and all(one and one.isatty() for one in streams)


def _way_to_chat(name: str | None, *, plain: bool) -> Callable[[Opening], None]:
    if not plain:
        return _on_screen
    profile = load_profile()
    return partial(_in_lines, name=asked_name(name, profile), profile=profile)


def _on_screen(opening: Opening) -> None:
    # Imported here: Textual takes time to load.
    from hubbub.tui.app import chat

    chat(opening)


def _in_lines(opening: Opening, name: str, profile: Profile) -> None:
    if opening.hosted_in is not None:
        complain(f"hosting a chatroom; others join it with 'hubbub join {opening.address}'")
        complain(f"or in a browser at http://{opening.address}/")
        complain(f"messages are kept in {opening.hosted_in}")

    def enter(password: str) -> None:
        def entered(chat: Chat) -> None:
            remember_name(name, profile)
            remember_password(chat, password, opening.address, profile)
            if chat.room not in (opening.room, place.room, DEFAULT_ROOM):
                complain(f"you are invited to {chat.room}, and speak there")

        lines.chat(
            opening.address,
            name,
            opening.room,
            password,
            reconnect=opening.reconnect,
            device=device,
            entered=entered,
        )

    place = parse_address(opening.address)
    is_person = sys.stdin is not None and sys.stdin.isatty()
    device = known_device(opening.address, name, profile, is_person=is_person)
    try:
        insist(enter, known_password(opening.password, opening.address, profile), opening.address)
    except Unreachable as end:
        if end.code == "logged_out":
            profile.devices.forget(str(place), name)
        raise


def _with_server(opening: Opening, hosting: ExitStack, *, plain: bool) -> Opening:
    """Return the opening for the server that answers, or for one that runs until the stack ends."""
    place = parse_address("")
    if answers(place):
        return opening
    # Imported here: most chats need no server of their own.
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
        if answers(place):  # another `hubbub` was faster
            return opening
        raise
    return msgspec.structs.replace(opening, address=address, hosted_in=folder)
