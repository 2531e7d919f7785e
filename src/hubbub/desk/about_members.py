"""The verbs about who sees a room: private ones have members, whom moderators let in."""

from collections.abc import Awaitable, Sequence

from hubbub.chat.durations import split_duration
from hubbub.chat.names import same_name
from hubbub.chat.roles import Role
from hubbub.desk import about_secrets
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.naming import split_name
from hubbub.desk.room import RoomState
from hubbub.desk.standing import role_by
from hubbub.desk.telling import done


def invite(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Let somebody into the current room; or, for a time or for good, newcomers by a link."""
    if not split_duration(argument)[1]:
        return about_secrets.invite(desk, face, argument)
    name = split_name(desk.company.names(), argument)[0]
    room = desk.rooms.current
    told = f"'{name}' is told of {room.title}, and may enter it."
    return done(desk, desk.chat.add(room.name, name), told)


def members(desk: Desk, face: Face, _argument: str) -> Awaitable[None] | None:
    """Show who is let into the current room; moderators take the one chosen off the list."""
    room = desk.rooms.current
    replica = desk.replica(room)
    if replica is None:
        return None
    rules = replica.rules
    lines: list[str] = []
    for name in rules.members:
        role = role_by(rules, name)
        is_here = any(same_name(name, one) for one in replica.members)
        marks = [role.word] if role is not Role.PASSING else []
        marks += ["here now"] if is_here else []
        lines.append(f"{name} ({', '.join(marks)})" if marks else name)
    is_moderator = desk.standing.role(room.name) >= Role.MODERATOR
    hint = "Enter takes one off" if is_moderator else "Enter on yourself takes you off"

    async def known() -> list[str]:
        return lines

    choice = face.choose(f"Members of {room.title}; {hint}", known)
    return _take_off_chosen(desk, face, room, rules.members, choice)


async def _take_off_chosen(
    desk: Desk,
    face: Face,
    room: RoomState,
    names: Sequence[str],
    choice: Awaitable[int | None],
) -> None:
    if (chosen := await choice) is None:
        return
    name = names[chosen]
    if same_name(name, desk.name):
        question = f"Leave {room.title} for good? Somebody has to add you again."
        told = f"You are no member of {room.title} any more."
    else:
        question = f"Take '{name}' off the members of {room.title}?"
        told = f"'{name}' is no member of {room.title} any more."
    if await face.confirm(question, "Take off"):
        await done(desk, desk.chat.kick(name, room.name), told)
