"""Linking a device whose person is at another node: that one shows the code, and is asked for it.

How it works. A node that is given a code which nobody shows here asks the other nodes. The one
that shows it says so, and keeps it for that device, as for one of its own: so nobody else can use
it, wherever they are. What the person answers is told back, and the device's node makes it theirs.
If the node that shows the code cannot be reached, or loses what it is told, the code does not
count.
"""

from collections.abc import Generator
from typing import Final

from hubbub.chat import events as e
from hubbub.chat.codes import shown_code
from hubbub.chat.errors import PutOut, Refused
from hubbub.chat.queries import Answer, NewSecret, Question
from hubbub.hub.asking import Reading, wait_while
from hubbub.hub.known.links import Asking, Outbound
from hubbub.hub.people import accounts
from hubbub.hub.present.far import Far, LinkAnswered, LinkAsked, LinkLeft, LinkLetter
from hubbub.hub.present.room import Session
from hubbub.hub.state import State

WAIT_SECONDS: Final = 1.0
"""So long other nodes are waited for."""

IS_LINKED: Final = "This device is linked already: it shows the same person."


class FarAsking:
    """A device at another node that typed a code, which is shown here."""

    def __init__(self, far: Far, letter: LinkAsked) -> None:
        self._far = far
        self._by = letter.by
        self.asked = letter.asked

    def is_of(self, _session: Session) -> bool:
        """Return that it is no session here."""
        return False

    def refuse(self, why: str | Refused) -> None:
        """Have the new device told why it is not linked."""
        refusal = (why, "forbidden") if isinstance(why, str) else (str(why), why.code)
        self._far.post(self._by, LinkAnswered(self.asked, refusal=refusal))

    def agree(self, person: str) -> None:
        """Have the device be somebody's."""
        self._far.post(self._by, LinkAnswered(self.asked, person=person))


def ask(state: State, far: Far, asking: Asking, code: str) -> Generator[Question, Answer, bool]:
    """Ask other nodes for a code; return whether one of them shows it. Raises Refused."""
    asked = yield NewSecret()
    assert isinstance(asked, str)
    session = asking.session
    outbound = state.links.outbound[asked] = Outbound(asking, list(far.people))
    for run in outbound.runs:
        far.post(
            run,
            LinkAsked(
                by=state.claims.run,
                asked=asked,
                code=code,
                name=session.name,
                label=asking.device.label,
                person=session.person.id,
            ),
        )
    try:
        yield from wait_while(
            lambda: not outbound.is_shown and outbound.denials < len(outbound.runs), WAIT_SECONDS
        )
    finally:
        if not outbound.is_shown:
            _give_up(state, far, asked)
    if outbound.refusal is not None:
        raise outbound.refusal
    return outbound.is_shown


def hear(state: State, far: Far, letter: LinkLetter) -> None:
    """Do what another node says of a code."""
    match letter:
        case LinkAsked():
            _hear_asked(state, far, letter)
        case LinkLeft(asked=asked):
            state.links.drop(lambda one: isinstance(one, FarAsking) and one.asked == asked)
        case LinkAnswered(asked=asked):
            if (outbound := state.links.outbound.get(asked)) is not None:
                _hear_answered(state, outbound, letter)


def _hear_asked(state: State, far: Far, letter: LinkAsked) -> None:
    found = state.links.find(letter.code, state.at)
    asking = FarAsking(far, letter)
    if found is None:
        far.post(letter.by, LinkAnswered(letter.asked))
    elif found.session.person.id == letter.person:
        asking.refuse(IS_LINKED)
    else:
        found.asking = asking
        far.post(letter.by, LinkAnswered(letter.asked, is_shown=True))
        told = e.Linking(code=shown_code(letter.code), name=letter.name, label=letter.label)
        found.session.send(told)


def _hear_answered(state: State, outbound: Outbound, letter: LinkAnswered) -> None:
    if letter.is_shown:
        outbound.is_shown = True
    elif letter.person:
        del state.links.outbound[letter.asked]
        state.owed.append(_be(state, outbound.asking, letter.person))
    elif letter.refusal is None:
        outbound.denials += 1
    else:
        del state.links.outbound[letter.asked]
        sentence, code = letter.refusal
        refusal = Refused(sentence, code=code)
        if outbound.is_shown:
            outbound.asking.refuse(refusal)
        else:  # it is still asked for
            outbound.refusal, outbound.is_shown = refusal, True


def _be(state: State, asking: Asking, person: str) -> Reading:
    """Have a device be somebody's: they said yes at another node."""
    if asking.session.gone:
        return
    try:
        yield from accounts.be(state, asking.session, person, asking.device)
    except (PutOut, Refused) as refusal:
        asking.refuse(refusal)
        return
    accounts.greet(state, asking.session, asking.ref)


def left(state: State, session: Session) -> None:
    """Take in that a session is gone: whoever shows the code that it typed need not wait for it."""
    if (far := state.here.far) is not None:
        for asked, outbound in list(state.links.outbound.items()):
            if outbound.asking.session is session:
                _give_up(state, far, asked)


def _give_up(state: State, far: Far, asked: str) -> None:
    """Wait no longer for what becomes of a code, and have no other node wait, either."""
    for run in state.links.outbound.pop(asked).runs:
        far.post(run, LinkLeft(asked))
