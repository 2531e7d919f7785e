"""Rooms in slow mode: after a message, its sender waits a while before the next one."""

from typing import NamedTuple

from hubbub.chat.durations import spoken_duration
from hubbub.chat.errors import Refused
from hubbub.chat.rules import SLOW_SECONDS_MAX


class _Wrote(NamedTuple):
    at: int
    nonce: str | None


class SlowMode:
    """When people last wrote in rooms that are slow: by room and who it was, oldest first.

    Times are in milliseconds since the epoch. What can matter no longer is forgotten at the next
    message in the room, so there are as many entries as people wrote there within hours.
    """

    def __init__(self) -> None:
        self._wrote: dict[str, dict[str, _Wrote]] = {}

    def check(
        self,
        room: str,
        who: str,
        slow_seconds: int,
        now: int,
        nonce: str | None = None,
        *,
        called: str = "",
    ) -> None:
        """Raise Refused `slow_mode`, with how long to wait, if another message is too soon.

        `called` is what people call the room, if that is not its name.
        """
        wrote = self._wrote.get(room, {}).get(who)
        if wrote is None or not slow_seconds:
            return
        if nonce is not None and nonce == wrote.nonce:
            return  # the same message again: it is posted once anyway
        # A clock that was set back must keep nobody silent for longer than the room says.
        left = min(wrote.at + slow_seconds * 1000 - now, slow_seconds * 1000)
        if left > 0:
            seconds = -(-left // 1000)
            once_in, again_in = spoken_duration(slow_seconds), spoken_duration(seconds)
            raise Refused(
                f"'{called or room}' is in slow mode: everybody may write once in {once_in}, and "
                f"you may again in {again_in}.",
                code="slow_mode",
                retry_after=seconds,
            )

    def wrote(self, room: str, who: str, now: int, nonce: str | None = None) -> None:
        """Note that somebody wrote in a slow room."""
        of_room = self._wrote.setdefault(room, {})
        of_room.pop(who, None)
        of_room[who] = _Wrote(now, nonce)
        while now - of_room[oldest := next(iter(of_room))].at > SLOW_SECONDS_MAX * 1000:
            del of_room[oldest]

    def end(self, room: str) -> None:
        """Forget a room that is slow no longer."""
        self._wrote.pop(room, None)
