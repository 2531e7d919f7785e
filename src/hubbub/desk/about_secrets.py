"""The verbs that give secrets out, each shown once: invitations, codes and webhooks."""

from collections.abc import Awaitable

from hubbub.chat.durations import split_duration
from hubbub.chat.events import Code, Hook
from hubbub.chat.listed import HookSummary, InvitationSummary
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.form import Secret
from hubbub.desk.naming import needed
from hubbub.desk.telling import day_of, for_seconds
from hubbub.lan.invitation import hook_url, invitation_url


def invite(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Make a link that lets newcomers into the chatroom, for a time or for good."""
    return _invite(desk, face, split_duration(argument)[0] or None)


async def _invite(desk: Desk, face: Face, seconds: int | None) -> None:
    made = await desk.chat.invite(seconds=seconds)
    about = f"Whoever opens this may come in, {for_seconds(seconds)}:"
    url = invitation_url(desk.link.address, made.invitation)
    desk.note(f"{about} {url}")
    is_local = desk.link.is_local
    if is_local:
        about = f"{about[:-1]}. Others need the address of this computer in it, for yours is local:"
    await face.show_secret(Secret("An invitation", about, url, "" if is_local else url))


def invitations(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show the invitations that count; the one chosen is taken back."""
    return _uninvite_chosen(desk, face)


async def _uninvite_chosen(desk: Desk, face: Face) -> None:
    found = await desk.chat.invitations()
    if not found:
        face.tell("No invitation counts. /invite makes one.")
        return
    lines = [_invitation(one) for one in found]
    chosen = await face.choose("Invitations; Enter takes one back", lines)
    if chosen is None:
        return
    if await face.confirm(f"Take back the invitation {lines[chosen]}?", "Take back"):
        await desk.chat.uninvite(found[chosen].id)
        desk.note("The invitation is taken back: nobody comes in by it any more.")


def _invitation(one: InvitationSummary) -> str:
    kind = "" if one.kind == "guest" else f", as a {one.kind}"
    rooms = f", to {', '.join(one.rooms)}" if one.rooms else ""
    times = "once" if one.uses_left == 1 else f"{one.uses_left} times"
    uses = "" if one.uses_left is None else f", {times} more"
    until = f", until {day_of(one.until)}" if one.until else ""
    return f"by {one.by} on {day_of(one.since)}{kind}{rooms}{uses}{until}"


def recovery(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Give out a code with which somebody chooses another password."""
    name = needed(argument, "/recovery NAME").removeprefix("@")
    return _show_recovery(desk, face, name, desk.chat.recovery(name))


async def _show_recovery(desk: Desk, face: Face, name: str, making: Awaitable[Code]) -> None:
    made = await making
    hours = made.seconds // 3600
    desk.note(f"A code for '{name}' is made. It counts once, for {hours} hours.")
    about = (
        f"Tell '{name}' this code where nobody else hears it. With it, they type "
        f"/recover {name}, within {hours} hours, and choose another password. It is shown only now:"
    )
    await face.show_secret(Secret("A code for another password", about, made.code))


def webhook(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Make a secret address at which a service posts to the current room."""
    room = desk.rooms.current
    return _show_hook(
        desk, face, room.title, desk.chat.hook(room.name, needed(argument, "/webhook NAME"))
    )


async def _show_hook(desk: Desk, face: Face, title: str, making: Awaitable[Hook]) -> None:
    made = await making
    name = made.about.name
    desk.note(f"'{name}' may post to {title} now; /webhooks shows all, and revokes them.")
    about = f"What is posted here appears in {title} as said by '{name}'. It is shown only now:"
    url = hook_url(desk.link.address, made.hook)
    await face.show_secret(Secret(f"The webhook '{name}'", about, url))


def webhooks(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show the webhooks of the current room; the one chosen is revoked."""
    return _revoke_chosen(desk, face, desk.rooms.current.name)


async def _revoke_chosen(desk: Desk, face: Face, room: str) -> None:
    found = await desk.chat.hooks(room)
    if not found:
        face.tell("This room has no webhooks. /webhook NAME makes one.")
        return
    chosen = await face.choose("Webhooks; Enter revokes one", [_line(one) for one in found])
    if chosen is None:
        return
    hook = found[chosen]
    question = f"Revoke the webhook '{hook.name}'? Its address will be worthless."
    if await face.confirm(question, "Revoke"):
        await desk.chat.revoke_hook(room, hook.id)
        desk.note(f"The webhook '{hook.name}' is revoked.")


def _line(hook: HookSummary) -> str:
    used = f"used last on {day_of(hook.seen)}" if hook.seen else "never used"
    return f"{hook.name}: made by {hook.by} on {day_of(hook.since)}, {used}"
