"""Linking a device: one that is somebody's shows a code, a new one types it, the first says yes."""

from typing import Final

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.codes import LINK_CHARS, shown_code, typed_code
from hubbub.chat.errors import PutOut, Refused, WrongSecret
from hubbub.chat.queries import Guess
from hubbub.hub.asking import Reading
from hubbub.hub.known.links import LINK_SECONDS, Asking
from hubbub.hub.people import accounts, devices, linking_afar
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

WRONG_CODE: Final = (
    f"That code does not count. It may be mistyped, used, or older than {LINK_SECONDS // 60} "
    "minutes. Show a new one on the other device."
)


def show(state: State, session: Session, command: c.ShowCode, at: int) -> None:
    """Show a code on a device of somebody who is known."""
    devices.own_profile(state, session)
    link = state.links.make(session, at)
    session.send(e.Code(code=shown_code(link.code), seconds=LINK_SECONDS, ref=command.ref))


def link(state: State, session: Session, command: c.Link, at: int) -> Reading:
    """Ask the device that shows a code whether this one may be linked; that is answered later."""
    code = typed_code(command.code, LINK_CHARS)
    device = devices.coming_from(session, command, at)
    if device is None:
        raise Refused("Say with 'device' what is to be linked: a secret that this device keeps.")
    yield Guess()
    found, asking = state.links.find(code, at), Asking(session, device, command.ref)
    if found is None:
        far = state.here.far
        if far is None or not (yield from linking_afar.ask(state, far, asking, code)):
            raise WrongSecret(WRONG_CODE, code="wrong_code")
        return
    if found.session.person.id == session.person.id:
        raise Refused(linking_afar.IS_LINKED, code="forbidden")
    found.asking = asking
    found.session.send(e.Linking(code=shown_code(code), name=session.name, label=device.label))


def confirm(state: State, session: Session, command: c.Confirm, _at: int) -> Reading:
    """Let the device that typed the session's code be linked, or not."""
    asking = state.links.take(session, typed_code(command.code, LINK_CHARS))
    if asking is None:
        raise Refused(
            "No device waits for this: it has left, or the code counts no longer. Show a new one.",
            code="forbidden",
        )
    if not command.on:
        asking.refuse("The other device said no.")
    elif isinstance(asking, linking_afar.FarAsking):
        asking.agree(session.person.id)
    else:
        assert isinstance(asking, Asking)
        try:
            yield from accounts.be(state, asking.session, session.person.id, asking.device)
        except PutOut as refusal:
            asking.refuse(refusal)
            raise Refused(str(refusal), code=refusal.code) from None
        except Refused as refusal:
            asking.refuse(str(refusal))
            raise
        accounts.greet(state, asking.session, asking.ref)
    session.confirm(command.ref)
