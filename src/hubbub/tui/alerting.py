"""Calling a user who looks elsewhere, or may: whom for, as the settings say, and by what means."""

from __future__ import annotations

import asyncio
import os
import shlex
import time
from datetime import datetime
from typing import TYPE_CHECKING

from hubbub.chat.text import inert
from hubbub.tui.notifying import notification

if TYPE_CHECKING:
    from hubbub.chat.events import Message
    from hubbub.desk.room import RoomState
    from hubbub.tui.config.settings import Settings
    from hubbub.tui.ground import Ground

AGAIN_SECONDS = 2.0
COMMANDS_MAX = 8
"""So many commands may run at once; nobody else is called for by one meanwhile."""


def is_wanted(settings: Settings, room: RoomState, minutes: int, *, is_mention: bool) -> bool:
    """Return whether a message of a room is to call the user, so many minutes after midnight."""
    if _is_quiet(settings.notifications.quiet, minutes):
        return False
    own = settings.rooms.get(room.called) or settings.rooms.get(room.name)
    of = own.notify if own is not None and own.notify != "default" else settings.notifications.of
    return of == "everything" or (of == "mentions" and (room.is_direct or is_mention))


def _is_quiet(hours: str, minutes: int) -> bool:
    """Return whether a time is within hours such as "22:00-07:00"."""
    if not hours:
        return False
    begin, end = (int(one[:2]) * 60 + int(one[3:]) for one in hours.split("-"))
    if begin <= end:
        return begin <= minutes < end
    return minutes >= begin or minutes < end


class Alerts:
    """Calls the user by the bell, the terminal's notification, and a command of their own."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._at = -AGAIN_SECONDS
        self._running = 0

    def take(self, room: RoomState, message: Message, where: str, *, is_mention: bool) -> None:
        """Call the user for a message, if they want it and were not called just now.

        `where`: the address of the chatroom, if it may be any of several.
        """
        ground = self._ground
        settings = ground.config.settings
        if ground.attention.is_looking:
            return
        clock = datetime.now().astimezone()
        minutes = clock.hour * 60 + clock.minute
        if not is_wanted(settings, room, minutes, is_mention=is_mention):
            return
        now = time.monotonic()
        if now - self._at < AGAIN_SECONDS:
            return
        self._at = now
        wanted = settings.notifications
        text = f"{message.sender} {message.text}" if message.me else message.text
        if wanted.bell:
            ground.bell()
        if wanted.desktop:
            title = f"{message.sender} in {room.title}{f' at {where}' if where else ''}"
            ground.write_terminal(notification(title, text, os.environ))
        if wanted.command and self._running < COMMANDS_MAX:
            ground.run_worker(self._run(wanted.command, room, message), group="commands")

    async def _run(self, command: str, room: RoomState, message: Message) -> None:
        """Run the user's command. What others wrote is in its environment, and in no shell."""
        told = {
            "HUBBUB_SENDER": inert(message.sender),
            "HUBBUB_ROOM": inert(room.title),
            "HUBBUB_TEXT": inert(message.text),
        }
        self._running += 1
        try:
            running = await asyncio.create_subprocess_exec(
                *shlex.split(command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # it has no part in this terminal
                env=os.environ | told,
            )
            await running.wait()
        except (OSError, ValueError) as error:
            cause = (isinstance(error, OSError) and error.strerror) or str(error)
            self._ground.notify(
                f"'notifications.command' cannot be run ({cause}).",
                severity="warning",
                markup=False,
            )
        finally:
            self._running -= 1
