"""The verbs that give secrets out, each shown once: invitations, codes and webhooks."""

from collections.abc import Awaitable

from hubbub.chat.durations import split_duration
from hubbub.chat.listed import HookSummary, InvitationSummary
from hubbub.desk.desk import Desk
from hubbub.desk.face import Face
from hubbub.desk.form import Secret
from hubbub.desk.naming import needed
from hubbub.desk.telling import day_of, for_seconds
from hubbub.lan.invitation import hook_url, invitation_url


def invite(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Make a link that lets newcomers into the chatroom, for a time or for good."""
    seconds = split_duration(argument)[0] or None

    async def make() -> Secret:
        made = await desk.chat.invite(seconds=seconds)
        about = f"Whoever opens this may come in, {for_seconds(seconds)}:"
        url = invitation_url(desk.link.page, made.invitation)
        desk.note(f"{about} {url}")
        if not desk.link.is_local:
            return Secret(about, url, url)
        elsewhere = "Others need the address of this computer in it, for yours is local:"
        return Secret(f"{about[:-1]}. {elsewhere}", url)

    return face.show_secret("An invitation", make)


def invitations(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show the invitations that count; the one chosen is taken back."""
    found: list[InvitationSummary] = []

    async def lines() -> list[str]:
        found[:] = await desk.chat.invitations()
        return [_invitation(one) for one in found]

    nothing = "No invitation counts. /invite makes one."
    choice = face.choose("Invitations; Enter takes one back", lines, nothing=nothing)
    return _uninvite_chosen(desk, face, found, choice)


async def _uninvite_chosen(
    desk: Desk, face: Face, found: list[InvitationSummary], choice: Awaitable[int | None]
) -> None:
    if (chosen := await choice) is None:
        return
    one = found[chosen]
    if await face.confirm(f"Take back the invitation {_invitation(one)}?", "Take back"):
        await desk.chat.uninvite(one.id)
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

    async def make() -> Secret:
        made = await desk.chat.recovery(name)
        hours = made.seconds // 3600
        desk.note(f"A code for '{name}' is made. It counts once, for {hours} hours.")
        about = (
            f"Tell '{name}' this code where nobody else hears it. With it, they type /recover "
            f"{name}, within {hours} hours, and choose another password. It is shown only now:"
        )
        return Secret(about, made.code)

    return face.show_secret("A code for another password", make)


def webhook(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Make a secret address at which a service posts to the current room."""
    room, name = desk.rooms.current, needed(argument, "/webhook NAME")
    title = room.title

    async def make() -> Secret:
        made = await desk.chat.hook(room.name, name)
        called = made.about.name
        desk.note(f"'{called}' may post to {title} now; /webhooks shows all, and revokes them.")
        about = f"What is posted here appears in {title} as said by '{called}'. It is shown only "
        return Secret(f"{about}now:", hook_url(desk.link.page, made.hook))

    return face.show_secret(f"The webhook '{name}'", make)


def webhooks(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Show the webhooks of the current room; the one chosen is revoked."""
    room = desk.rooms.current.name
    found: list[HookSummary] = []

    async def lines() -> list[str]:
        found[:] = await desk.chat.hooks(room)
        return [_line(one) for one in found]

    nothing = "This room has no webhooks. /webhook NAME makes one."
    choice = face.choose("Webhooks; Enter revokes one", lines, nothing=nothing)
    return _revoke_chosen(desk, face, room, found, choice)


async def _revoke_chosen(
    desk: Desk, face: Face, room: str, found: list[HookSummary], choice: Awaitable[int | None]
) -> None:
    if (chosen := await choice) is None:
        return
    hook = found[chosen]
    question = f"Revoke the webhook '{hook.name}'? Its address will be worthless."
    if await face.confirm(question, "Revoke"):
        await desk.chat.revoke_hook(room, hook.id)
        desk.note(f"The webhook '{hook.name}' is revoked.")


def _line(hook: HookSummary) -> str:
    used = f"used last on {day_of(hook.seen)}" if hook.seen else "never used"
    return f"{hook.name}: made by {hook.by} on {day_of(hook.since)}, {used}"
