"""The verbs about the user's own account: the name, the password and the devices."""

from collections.abc import Awaitable, Callable, Sequence

from hubbub.chat.errors import Refused
from hubbub.chat.listed import DeviceSummary
from hubbub.desk.desk import Desk
from hubbub.desk.devices import device_label
from hubbub.desk.face import Face
from hubbub.desk.form import Field, Form, OneOf, Secret
from hubbub.desk.telling import day_of
from hubbub.lan.invitation import link_url

_NEW = Field("A password of 8 characters or more")
_AGAIN = Field("The same once more")


def register(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Claim the user's name for good."""
    _check_hidden(argument, "/register")

    async def submit(typed: Sequence[str]) -> None:
        await desk.chat.register(_same(typed[0], typed[1]))

    form = Form(f"Claim the name '{desk.name}' for good", (_NEW, _AGAIN), submit)
    done = f"The name '{desk.name}' is yours for good. On another device, type /login."
    return _fill(desk, face, form, done)


def password(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Choose another password."""
    _check_hidden(argument, "/password")

    async def submit(typed: Sequence[str]) -> None:
        await desk.chat.password(typed[0], _same(typed[1], typed[2]))

    fields = (Field("Your password so far"), _NEW, _AGAIN)
    form = Form("Choose another password", fields, submit)
    return _fill(desk, face, form, "You have another password now.")


def login(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Be the member of a name from now on."""
    named = () if argument else (Field("The name", secret=False),)

    async def submit(typed: Sequence[str]) -> None:
        name, secret = (argument, *typed) if argument else typed
        await _become(desk, lambda: desk.chat.login(name, secret, label=device_label()))

    title = f"Log in as '{argument}'" if argument else "Log in"
    return _fill(desk, face, Form(title, (*named, Field("The password")), submit))


def recover(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Choose a password with a code that an operator gave out, and be that person."""
    if not argument:
        raise Refused("Usage: /recover NAME")

    async def submit(typed: Sequence[str]) -> None:
        code, secret = typed[0], _same(typed[1], typed[2])
        await _become(desk, lambda: desk.chat.recover(argument, code, secret, label=device_label()))

    fields = (Field("The code", secret=False), _NEW, _AGAIN)
    return _fill(desk, face, Form(f"Choose a password for '{argument}'", fields, submit))


def _check_hidden(argument: str, word: str) -> None:
    if argument:
        raise Refused(f"Type {word} alone: the password is asked for where nobody can read it.")


def _same(new: str, again: str) -> str:
    if new != again:
        raise Refused("The two passwords are not the same. Type the second as the first.")
    return new


def _become(desk: Desk, deed: Callable[[], Awaitable[None]]) -> Awaitable[None]:
    return desk.identity.become(deed, desk.rooms)


async def _fill(desk: Desk, face: Face, form: Form, done: str = "") -> None:
    if await face.fill(form) and done:
        desk.note(done)


def link(desk: Desk, face: Face, argument: str) -> Awaitable[None]:
    """Show a code for another device, or be linked by the code that another one shows."""
    if not argument:
        return _show_code(desk, face)
    desk.note("Say yes on the other device, please.")
    return _become(desk, lambda: desk.chat.link(argument, label=device_label()))


def _show_code(desk: Desk, face: Face) -> Awaitable[None]:
    async def make() -> Secret:
        shown = await desk.chat.code()
        about = (
            f"Type on the other device, within {shown.seconds // 60} minutes: /link {shown.code}. "
            "It becomes one of yours once you have said yes here."
        )
        desk.note(about)
        scanned = "" if desk.link.is_local else link_url(desk.link.page, shown.code)
        return Secret(about, shown.code, scanned)

    return face.show_secret("Link another device", make)


def devices(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Log out one of the user's devices."""
    found: list[DeviceSummary] = []

    async def lines() -> list[str]:
        found[:] = await desk.chat.devices()
        return [_line(one) for one in found]

    choice = face.choose("Your devices; Enter logs one out", lines)
    return _log_out_chosen(desk, face, found, choice)


async def _log_out_chosen(
    desk: Desk, face: Face, found: list[DeviceSummary], choice: Awaitable[int | None]
) -> None:
    if (chosen := await choice) is None:
        return
    device = found[chosen]
    if device.own:
        await logout(desk, face, "")
    elif await face.confirm(f"Log out {_called(device)}?", "Log out"):
        await desk.chat.revoke(device.id)
        desk.note(f"{_called(device)} is logged out.")


def _called(device: DeviceSummary) -> str:
    return f"'{device.label}'" if device.label else f"the device {device.id}"


def _line(device: DeviceSummary) -> str:
    state = " (this one)" if device.own else " (here now)" if device.here else ""
    return f"{_called(device)}{state}, since {day_of(device.since)}"


def forget(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Delete the user's account, and leave nothing of them on this device."""
    is_member = desk.identity.is_member

    async def submit(taken: Sequence[str]) -> None:
        messages, secret = taken[0], taken[1] if is_member else ""
        what = "and all that you said" if messages == "delete" else "and what you said stays"
        question = f"Delete the account '{desk.name}' for good, {what}? Nobody can undo it."
        if not await face.confirm(question, "Delete"):
            raise Refused("Nothing was deleted.")
        await desk.identity.be_forgotten("delete" if messages == "delete" else "keep", secret)

    options = (("keep", "It stays, as a deleted account's"), ("delete", "It is deleted everywhere"))
    fields = (OneOf("What you said:", options), *((Field("Your password"),) if is_member else ()))
    about = (
        f"The chatroom forgets '{desk.name}': all your devices are logged out, others may have the "
        "name, your invitations count no more, and nothing of you stays on this computer."
    )
    return _fill(desk, face, Form("Delete your account", fields, submit, about))


def logout(desk: Desk, face: Face, _argument: str) -> Awaitable[None]:
    """Log this device out, and leave nothing of the user on it."""
    question = (
        f"Log this device out, and forget all that it keeps of you at {desk.link.address}: the "
        "name, drafts, and what was not sent?"
    )
    if not desk.identity.is_member:
        question += f" Without a password, nobody can be '{desk.name}' again."
    return _log_out(desk, face.confirm(question, "Log out"))


async def _log_out(desk: Desk, answer: Awaitable[bool]) -> None:
    if await answer:
        await desk.identity.log_out()
