"""The verbs that keep a room, or the chatroom, in order."""

from collections.abc import Awaitable
from typing import Literal

from hubbub.chat.durations import FOR_GOOD, split_duration
from hubbub.chat.errors import Refused
from hubbub.chat.listed import BanSummary
from hubbub.chat.names import AUDIT, REPORTS
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.naming import needed, split_name
from hubbub.desk.room import RoomState
from hubbub.desk.telling import done, for_seconds


def kick(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Put somebody out of the current room: for a minute, or of a private one until added again."""
    name, reason = _named(desk, argument, "/kick NAME [REASON]")
    room = desk.rooms.current
    adding = "is back only if somebody adds them again"
    back = adding if room.is_private else "may be back in a minute"
    told = f"'{name}' is put out of {room.called}, and {back}."
    return done(desk, desk.chat.kick(name, room.name, reason=reason), told)


def ban(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Keep somebody out of the current room."""
    who, seconds, reason = _terms(desk, argument, "/ban NAME [TIME] [REASON]")
    room = desk.rooms.current
    how = f"banned from {room.called} {for_seconds(seconds)}"
    again = f", and /invite {who} after it," if room.is_private else ""
    told = f"'{who}' is {how}; /unban {who}{again} lets them back in."
    return done(desk, desk.chat.ban(who, room.name, seconds=seconds, reason=reason), told)


def mute(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Let somebody write nothing in the current room."""
    who, seconds, reason = _terms(desk, argument, "/mute NAME [TIME] [REASON]")
    room = desk.rooms.current
    how = f"muted in {room.called} {for_seconds(seconds)}"
    told = f"'{who}' is {how}; /unmute {who} lets them write again."
    return done(desk, desk.chat.mute(who, room.name, seconds=seconds, reason=reason), told)


def unban(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Let somebody back into the current room."""
    return _unban(desk, desk.rooms.current, needed(argument, "/unban NAME"))


def _unban(desk: Desk, room: RoomState, who: str) -> Awaitable[None]:
    return done(desk, desk.chat.unban(who, room.name), f"'{who}' may come back to {room.called}.")


def unmute(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Let somebody write again in the current room."""
    return _unmute(desk, desk.rooms.current, needed(argument, "/unmute NAME"))


def _unmute(desk: Desk, room: RoomState, who: str) -> Awaitable[None]:
    return done(
        desk, desk.chat.unmute(who, room.name), f"'{who}' may write in {room.called} again."
    )


def bans(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show who is banned from the current room, or muted there; the one chosen is let back."""
    room = desk.rooms.current
    found: list[tuple[BanSummary, bool]] = []

    async def lines() -> list[str]:
        stand = await desk.chat.bans(room.name)
        found[:] = [(one, True) for one in stand.bans] + [(one, False) for one in stand.mutes]
        return [_line(one, _word(is_ban)) for one, is_ban in found]

    nothing = f"Nobody is banned from {room.called}, or muted there."
    choice = face.choose("Banned and muted; Enter takes it back", lines, nothing=nothing)
    return _let_back(desk, face, room, found, choice)


async def _let_back(
    desk: Desk,
    face: Face,
    room: RoomState,
    found: list[tuple[BanSummary, bool]],
    choice: Awaitable[int | None],
) -> None:
    if (chosen := await choice) is None:
        return
    one, is_ban = found[chosen]
    if await face.confirm(f"Take back that '{one.whom}' is {_word(is_ban)}?", "Take back"):
        await (_unban if is_ban else _unmute)(desk, room, one.whom)


def _word(is_ban: bool) -> str:
    return "banned" if is_ban else "muted"


def _line(one: BanSummary, word: str) -> str:
    by = f" by {one.by}" if one.by else ""
    return f"{one.whom}: {word}{by}" + (f" ({one.reason})" if one.reason else "")


def reports(desk: Desk, face: Face, _argument: str) -> Awaitable[object]:
    """Go where the reports about the current room are."""
    return face.writing.move(desk.join(f"{REPORTS}/{desk.rooms.current.name}"))


def audit(desk: Desk, face: Face, _argument: str) -> Awaitable[object]:
    """Go where it is written down who used which power."""
    return face.writing.move(desk.join(AUDIT))


def appoint(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Give somebody a role, in the current room or as operator of the server."""
    usage = "/appoint NAME owner|moderator|writer|operator|none"
    name, word = _named(desk, argument, usage)
    roles: dict[str, Literal["operator", "owner", "moderator", "writer", "none"]] = {
        "owner": "owner",
        "moderator": "moderator",
        "writer": "writer",
        "operator": "operator",
        "none": "none",
    }
    if (role := roles.get(word.lower())) is None:
        raise Refused(f"Usage: {usage}")
    room = None if role == "operator" else desk.rooms.current
    where = "of the server" if room is None else f"in {room.called}"
    what = "has no role" if role == "none" else f"is {role}"
    work = desk.chat.appoint(name, role, room.name if room else None)
    return done(desk, work, f"'{name}' {what} {where} now.")


def hold(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Put what two people say to each other in private under a legal hold, or end that."""
    usage = "/hold NAME OTHER [off]"
    one, rest = _named(desk, argument, usage)
    known = desk.company.names()
    other, word = split_name(known, needed(rest, usage))
    if word.lower() not in ("", "on", "off"):
        raise Refused(f"Usage: {usage}")
    is_on = word.lower() != "off"
    said = "is under a legal hold now" if is_on else "is under no legal hold any more"
    told = f"What '{one}' and '{other}' say to each other in private {said}."
    return done(desk, desk.chat.hold(one, other, on=is_on), told)


def _named(desk: Desk, argument: str, usage: str) -> tuple[str, str]:
    return split_name(desk.company.names(), needed(argument, usage))


def _terms(desk: Desk, argument: str, usage: str) -> tuple[str, int | None, str]:
    who, rest = _named(desk, argument, usage)
    seconds, reason = split_duration(rest)
    return who, None if seconds == FOR_GOOD else seconds, reason
