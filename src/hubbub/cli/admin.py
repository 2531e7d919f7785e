"""`hubbub admin`: what operators do. The first person from a server's own machine is one."""

from typing import TYPE_CHECKING, Final, cast

from hubbub.chat.errors import Refused
from hubbub.chat.events import Page
from hubbub.chat.names import AUDIT, REPORTS
from hubbub.cli.output import reader_may_leave, show, show_lines
from hubbub.cli.stamps import Stamps
from hubbub.cli.transcript import transcript
from hubbub.cli.visiting import Visit, do, govern
from hubbub.client import Chat
from hubbub.client.power import PowerCommands

if TYPE_CHECKING:
    from hubbub.chat.access import Enter
    from hubbub.client.order import AppointedAs

NO_SUCH_CODE: Final = (
    "That code does not count. It may be mistyped, or used: it makes one operator, who can make "
    "others."
)


def operate(visit: Visit, code: str) -> None:
    """Be an operator, by the code that the server made up; it lets us in, too."""

    async def deed(_chat: Chat) -> None:
        show("You run the server now, and can make others operators, too.")

    try:
        do(visit, deed, invitation=code)
    except Refused as refusal:
        if refusal.code == "wrong_invitation":  # a code lets its bearer in as an invitation does
            raise Refused(NO_SUCH_CODE, code="wrong_code") from refusal
        raise


def door(visit: Visit, *, locked: bool) -> None:
    """Let nobody new in, or let them in again."""

    async def deed(chat: PowerCommands) -> None:
        await chat.door(locked=locked)
        show("Nobody new is let in now." if locked else "The door is open.")

    govern(visit, deed)


def access(visit: Visit, *, enter: str | None, guests: bool | None, passing: bool | None) -> None:
    """Show who is let in, after changing it if anything is given."""

    async def deed(chat: PowerCommands) -> None:
        now = await chat.access(enter=cast("Enter | None", enter), guests=guests, passing=passing)
        asked = "with the password" if now.password else "without a password"
        whom = {
            "open": f"everybody, {asked}",
            "invitation": f"people who were here before, {asked}, and people who are invited",
            "members": f"members, {asked}, and people who are invited as such",
        }
        show(f"enter: {now.enter} ({whom.get(now.enter, asked)})")
        show(f"guests: {'yes' if now.guests else 'no'}")
        show(f"passing: {'yes' if now.passing else 'no'}")

    govern(visit, deed)


def appoint(visit: Visit, who: str, role: str) -> None:
    """Give somebody a role, or take it."""

    async def deed(chat: PowerCommands) -> None:
        await chat.appoint(who, cast("AppointedAs", role), visit.room)
        show(f"'{who}' has the role '{role}' now.")

    govern(visit, deed)


def audit(visit: Visit, limit: int) -> None:
    """Print the newest of the audit record, oldest first."""

    async def deed(power: PowerCommands) -> None:
        _show_all(await power.audit(limit=limit), AUDIT)

    govern(visit, deed)


def reports(visit: Visit, limit: int) -> None:
    """Print the newest reports of messages, oldest first."""

    async def deed(power: PowerCommands) -> None:
        _show_all(await power.reports(visit.room, limit=limit), REPORTS)

    govern(visit, deed)


def _show_all(page: Page, room: str) -> None:
    stamps = Stamps(time=True, seq=True)
    with reader_may_leave():
        for message in page.messages:
            show_lines(stamps.put(message, transcript(message, room, "")))
