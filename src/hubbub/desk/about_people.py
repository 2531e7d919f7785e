"""The verbs about people: who somebody is, who is away, who is ignored, and what the user does."""

from collections.abc import Awaitable
from datetime import UTC, datetime

from hubbub.chat.errors import Refused
from hubbub.chat.events import Profile
from hubbub.chat.roles import Role
from hubbub.desk.desk import Desk
from hubbub.desk.emoji_names import with_emoji
from hubbub.desk.face import Face
from hubbub.desk.naming import needed, split_name
from hubbub.desk.room import RoomState
from hubbub.desk.standing import role_by
from hubbub.desk.telling import day_of, done

_KINDS = {
    "passing": "here in passing",
    "guest": "a guest",
    "member": "a member",
    "bot": "a bot",
}


def me(desk: Desk, face: Face, argument: str) -> None:
    """Say what the user does, as in 'ann waves'."""
    room, deed = desk.rooms.current, needed(argument, "/me TEXT, as in /me waves")
    if silence := desk.silence(room):
        raise Refused(silence)
    desk.posting.say(room, with_emoji(deed), me=True)
    face.show_newest()


def away(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Tell the others that the user is not at the keyboard, and why."""
    told = "You are away now; /back says that you are back."
    return done(desk, desk.chat.away(argument), told)


def back(desk: Desk, _face: Face, _argument: str) -> Awaitable[None]:
    """Tell the others that the user is back."""
    return done(desk, desk.chat.back(), "You are back.")


def ignore(desk: Desk, _face: Face, argument: str) -> Awaitable[None] | None:
    """Hide what somebody says, or say who is ignored."""
    if not argument:
        names = ", ".join(one.name for one in desk.chat.ignored)
        desk.note(f"You ignore {names}." if names else "You ignore nobody.")
        return None
    name = _named(desk, argument)
    told = f"You hear nothing of '{name}' any more; /unignore {name} ends that."
    return done(desk, desk.chat.ignore(name), told)


def unignore(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Show what somebody says again."""
    name = needed(argument, "/unignore NAME").removeprefix("@")
    return done(desk, desk.chat.ignore(name, on=False), f"You hear '{name}' again.")


def who(desk: Desk, _face: Face, _argument: str) -> Awaitable[None]:
    """Say who is in the current room."""
    return _who(desk, desk.rooms.current)


async def _who(desk: Desk, room: RoomState) -> None:
    found = await desk.chat.members(room.name)
    by_name = sorted(found.members, key=lambda one: one.name.casefold())
    names = ", ".join(f"{one.name} (away)" if one.away else one.name for one in by_name)
    more = ", and more" if found.more else ""
    desk.note(f"{len(found.members)} in {room.title}: {names}{more}")


def whois(desk: Desk, _face: Face, argument: str) -> Awaitable[None]:
    """Say who somebody is."""
    return _whois(desk, desk.rooms.current, _named(desk, needed(argument, "/whois NAME")))


async def _whois(desk: Desk, room: RoomState, name: str) -> None:
    profile = await desk.chat.profile(name)
    replica = desk.replica(room)
    here = role_by(replica.rules, profile.name) if replica is not None else Role.PASSING
    desk.note(_told(profile, f"{here.word} of {room.title}" if here is not Role.PASSING else ""))


def _told(profile: Profile, role: str) -> str:
    since = f" since {day_of(profile.since)}" if profile.since else ""
    parts = [
        f"{_KINDS.get(profile.kind, profile.kind)}{since}",
        "an operator of the server" if profile.role else "",
        role,
        f"called {profile.formerly} before" if profile.formerly else "",
        _whereabouts(profile),
    ]
    return f"{profile.name}: {'; '.join(filter(None, parts))}."


def _whereabouts(profile: Profile) -> str:
    if profile.away:
        return f"away: {profile.text}" if profile.text else "away"
    if profile.here:
        return "here now"
    if not profile.seen:
        return "not here"
    seen = datetime.fromtimestamp(profile.seen / 1000, UTC).astimezone()
    return f"here last on {day_of(profile.seen)} at {seen:%H:%M}"


def _named(desk: Desk, argument: str) -> str:
    return split_name(desk.company.names(), argument)[0]
