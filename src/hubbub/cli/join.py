"""`hubbub join`, and `hubbub` alone, which hosts a room if there is none: both chat.

On a terminal they open the terminal client, elsewhere they read and print plain lines.
"""

import os
import sys
from collections.abc import Callable
from functools import partial

import msgspec

from hubbub.chat.errors import Unreachable
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.cli import plain as lines
from hubbub.cli.finding import chosen_address
from hubbub.cli.hosting import Hosting
from hubbub.cli.names import asked_name, load_profile, remember_name
from hubbub.cli.output import complain
from hubbub.cli.passwords import insist, known_password, remember_password
from hubbub.cli.plain import Look
from hubbub.cli.visiting import known_device
from hubbub.client import Chat, parse_address
from hubbub.desk.hosting import Host
from hubbub.desk.opening import Opening
from hubbub.desk.profile import Profile


def join(opening: Opening, *, plain: bool, look: Look) -> None:
    """Chat until the user quits; raise Refused or Unreachable if that is not possible."""
    parse_address(opening.address)  # before anybody is asked for a name
    if not opening.address:
        opening = _at(opening, chosen_address(may_host=False))
    plain = plain or not _has_screen()
    chat = _way_to_chat(opening.name, look, plain=plain)
    with Hosting(is_plain=plain) as hosting:
        chat(opening, hosting if hosting.suits(opening.address) else None)


def join_or_host(opening: Opening, *, plain: bool, look: Look) -> None:
    """Chat in a chatroom that is found; if there is none, host one as long as the chat lasts."""
    plain = plain or not _has_screen()
    opening = _at(opening, chosen_address(may_host=True))
    chat = _way_to_chat(opening.name, look, plain=plain)
    with Hosting(is_plain=plain) as hosting:
        if not opening.address and hosting.begin():
            opening = msgspec.structs.replace(
                opening, address=str(hosting.place), hosted_in=hosting.folder
            )
        chat(opening, hosting if hosting.suits(opening.address) else None)


def _at(opening: Opening, address: str) -> Opening:
    return msgspec.structs.replace(opening, address=address)


def _has_screen() -> bool:
    """Return whether the terminal client can be drawn; some systems draw it on stderr."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return os.environ.get("TERM") != "dumb" and all(one and one.isatty() for one in streams)


def _way_to_chat(
    name: str | None, look: Look, *, plain: bool
) -> Callable[[Opening, Host | None], None]:
    if not plain:
        return _on_screen
    profile = load_profile()
    return partial(_in_lines, name=asked_name(name, profile), profile=profile, look=look)


def _on_screen(opening: Opening, host: Host | None) -> None:
    # Imported here: Textual takes time to load.
    from hubbub.tui.app import chat

    chat(opening, host)


def _in_lines(opening: Opening, host: Host | None, name: str, profile: Profile, look: Look) -> None:
    if opening.hosted_in is not None:
        complain(f"hosting a chatroom; others join it with 'hubbub join {opening.address}'")
        complain(f"or in a browser at http://{opening.address}/")
        complain(f"messages are kept in {opening.hosted_in}")

    def enter(password: str) -> None:
        def entered(chat: Chat) -> None:
            remember_name(name, profile)
            remember_password(chat, password, home, profile)
            if chat.room not in (opening.room, place.room, DEFAULT_ROOM):
                complain(f"you are invited to {chat.room}, and speak there")

        lines.chat(
            opening.address,
            name,
            opening.room,
            password,
            reconnect=opening.reconnect,
            device=device,
            home=home,
            look=look,
            host=host,
            entered=entered,
        )

    place = parse_address(opening.address)
    is_person = sys.stdin is not None and sys.stdin.isatty()
    home = profile.chatroom(place, name)
    device = known_device(place, home, name, profile, is_person=is_person)
    try:
        insist(enter, known_password(opening.password, place, home, profile), opening.address)
    except Unreachable as end:
        if end.code == "logged_out":
            profile.devices.forget(home, name)
        raise
