"""Secrets that `hubbub admin` gives out, each shown once, and takes back: codes, tokens, links."""

from collections.abc import Sequence

from hubbub.chat.roles import Scope
from hubbub.cli.output import complain, show
from hubbub.cli.scanning import draw
from hubbub.cli.times import moment, seconds_of, until_when
from hubbub.cli.visiting import Visit, govern, room_of
from hubbub.client import Address, parse_address
from hubbub.client.power import PowerCommands
from hubbub.client.trust import page_of
from hubbub.lan.invitation import hook_url, invitation_url

_NEAR = (
    "this address leads to this machine alone; for others, put in its place the one by which they "
    "reach the server"
)


def recovery(visit: Visit, whose: str) -> None:
    """Print a code with which somebody chooses another password."""

    async def deed(chat: PowerCommands) -> None:
        made = await chat.recovery(whose)
        show(made.code)
        hours = made.seconds // 3600
        complain(f"it counts for {hours} hours, once: 'hubbub account recover --name {whose}'")

    govern(visit, deed)


def token(visit: Visit, bot: str, scopes: Sequence[str], label: str) -> None:
    """Print a new token for a bot."""
    known = [Scope(one) for one in scopes]

    async def deed(chat: PowerCommands) -> None:
        show((await chat.token(bot, known, label=label)).token)

    govern(visit, deed)


def tokens(visit: Visit, revoked: str | None) -> None:
    """List the tokens, or let one count no longer."""

    async def deed(chat: PowerCommands) -> None:
        if revoked is not None:
            await chat.revoke_token(revoked)
            show(f"The token {revoked} counts no longer.")
            return
        for one in await chat.tokens():
            label = f" '{one.label}'" if one.label else ""
            show(f"{one.id}  {one.name}{label}: {', '.join(one.scopes)}; made by {one.by}")

    govern(visit, deed)


def invite(visit: Visit, kind: str, rooms: Sequence[str], uses: int | None, time: str) -> None:
    """Print an invitation, as an address to open, and on a terminal as a code to scan."""
    seconds = seconds_of(time)

    async def deed(chat: PowerCommands) -> None:
        made = await chat.invite(
            "member" if kind == "member" else "guest", rooms=rooms, uses=uses, seconds=seconds
        )
        place, page = await _reached(visit, chat)
        url = invitation_url(page, made.invitation)
        show(url)
        if place.is_local:
            complain(_NEAR)
        else:
            draw(url)

    govern(visit, deed)


def invitations(visit: Visit, taken_back: str | None) -> None:
    """List the invitations that count, or take one back."""

    async def deed(chat: PowerCommands) -> None:
        if taken_back is not None:
            await chat.uninvite(taken_back)
            show(f"The invitation {taken_back} counts no longer.")
            return
        for one in await chat.invitations():
            left = one.uses_left
            uses = "any number of uses" if left is None else f"{left} use{'s'[: left != 1]} left"
            show(f"{one.id}  as {one.kind}, {uses}, {until_when(one.until)}; made by {one.by}")

    govern(visit, deed)


def webhook(visit: Visit, posts_as: str) -> None:
    """Print the address of a new webhook of a room."""

    async def deed(chat: PowerCommands) -> None:
        made = await chat.hook(room_of(visit, chat), posts_as)
        place, page = await _reached(visit, chat)
        show(hook_url(page, made.hook))
        if place.is_local:
            complain(_NEAR)

    govern(visit, deed)


def webhooks(visit: Visit, revoked: str | None) -> None:
    """List the webhooks of a room, or let one count no longer."""

    async def deed(chat: PowerCommands) -> None:
        room = room_of(visit, chat)
        if revoked is not None:
            await chat.revoke_hook(room, revoked)
            show(f"The webhook {revoked} counts no longer.")
            return
        for one in await chat.hooks(room):
            used = f"last used {moment(one.seen)}" if one.seen else "never used"
            show(f"{one.id}  {one.name}, {used}; made by {one.by}")

    govern(visit, deed)


async def _reached(visit: Visit, chat: PowerCommands) -> tuple[Address, str]:
    """Return where others reach the server, as far as is known here, and its page there."""
    if visit.folder is None:
        place = parse_address(visit.address)
        return place, page_of(place)
    status = await chat.status()
    place = parse_address(status.address)
    return place, f"https://{place}" if status.tls else page_of(place)
