"""Proving the chatroom's password inside TLS: the server's side of docs/protocol.md, section 11.

A connection that begins with a line of JSON proves, before anything else is said on it. It is let
go if it does not prove; else its next byte is read like the first one of any connection, and
whoever speaks on it need give no password any more.

A confirmation is a guess: it tells whether one password is right, and nothing about others. So it
is counted like one, and looked at later where there were too many. A line that holds none tells
nothing, and is no guess. Each line waits for its turn, like all that strangers say. One thread does
the mathematics, in fair turns of addresses, and rests after each: nobody but those who prove waits
for proofs.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Literal, cast

import msgspec

from hubbub.background import awaited
from hubbub.chat.errors import Refused, WrongSecret
from hubbub.chat.events import Error
from hubbub.faults import faults
from hubbub.hub.cost import PROOF
from hubbub.server.protection import Proof
from hubbub.server.sockets.farewell import Farewell
from hubbub.server.sockets.handover import hand_over
from hubbub.server.sockets.receiving import Receiver
from hubbub.tls.pake import CONFIRMATION_BYTES, METHOD, BadElement, Proving

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.tls.transport import Secured

LINE_BYTES_MAX: Final = 1024

WRONG = WrongSecret(
    "That is not the password, or what you connected to is not this server but something in "
    "between. Ask whoever runs the chatroom.",
    code="wrong_password",
)
FAULT = Refused("The server has a fault and ends this connection.", code="server_fault")


def bad_line() -> Refused:
    """Return the refusal of what is no line of a proof."""
    return Refused(
        "This is no proof. A line of JSON has to come, as docs/protocol.md says in section 11.",
        code="bad_command",
    )


class Prove(msgspec.Struct, tag="prove"):
    """What the client says: its element first, then its confirmation, both in base64."""

    method: Literal["spake2-ed25519"] = METHOD
    element: str = ""
    confirmation: str = ""


class ProofLine(msgspec.Struct, tag="proof", omit_defaults=True):
    """What the server says."""

    element: str = ""
    confirmation: str = ""


def bytes_in(line: bytes, *, is_first: bool) -> bytes:
    """Return the element in the first line of a client, the confirmation in another.

    Raises Refused for what is no such line.
    """
    try:
        said = msgspec.json.decode(line, type=Prove)
        return b64decode(said.element if is_first else said.confirmation, validate=True)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise bad_line() from None


class Step(Enum):
    """What is to come next."""

    ELEMENT = auto()
    CONFIRMATION = auto()
    ANSWER = auto()
    """The server's: what comes meanwhile waits."""

    OVER = auto()
    """Somebody else has the connection."""


class ProvingSide(Receiver):
    """A connection while it proves. `inside` makes what goes on with it afterwards."""

    _transport: Secured

    def __init__(
        self,
        chatroom: Chatroom,
        inside: Callable[[Turn, Callable[[], None]], AnyProtocol],
        turn: Turn,
        left: Callable[[], None],
        *,
        deadlines: Deadlines,
        lingering: Deadlines,
    ) -> None:
        self._chatroom = chatroom
        self._inside = inside
        self._deadlines = deadlines
        self._lingering = lingering
        self._turn = turn
        self._left = left
        self._step = Step.ELEMENT
        self._received = b""
        self._proving: Proving | None = None
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("Secured", transport)
        self._deadlines.begin(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > LINE_BYTES_MAX:
            self._refuse(bad_line())
        elif self._answering is None:
            self._read_line()

    def _read_line(self) -> None:
        if b"\n" not in self._received:
            return
        if self._turn.grant():
            self._take_turn()
        else:
            self._transport.pause_reading()
            self._turn.wait(self._take_turn)

    def _take_turn(self) -> None:
        if self._step is Step.OVER:
            return
        self._turn.spend(PROOF)
        self._transport.resume_reading()
        line, _, self._received = self._received.partition(b"\n")
        # At once, not when the task begins: more may come before that.
        step, self._step = self._step, Step.ANSWER
        self._answering = awaited(self._answer(line, step))

    async def _answer(self, line: bytes, step: Step) -> None:
        try:
            if step is Step.ELEMENT:
                await self._meet(bytes_in(line, is_first=True))
            else:
                await self._confirm(bytes_in(line, is_first=False))
        except BadElement:
            self._refuse(bad_line())
        except Refused as refusal:
            self._refuse(refusal)
        except Exception as error:  # noqa: BLE001 (a fault of ours ends this connection, no other)
            faults.note("the password cannot be proven", error, connection=self._turn.id)
            self._refuse(FAULT)
        self._answering = None
        if self._step is Step.CONFIRMATION:
            self._read_line()

    async def _meet(self, element: bytes) -> None:
        hub, host = self._chatroom.hub, self._turn.host
        if not hub.has_password:
            raise Refused(
                "This chatroom has no password, so there is nothing to prove.", code="no_password"
            )
        fingerprint = self._transport.get_extra_info("fingerprint")

        def meet() -> Proving:
            proving = Proving(hub.password, fingerprint, is_server=True)
            proving.meet(element)
            return proving

        self._proving = await self._chatroom.proofs.in_turn(host, meet)
        self._say(ProofLine(element=b64encode(self._proving.element).decode()))
        self._step = Step.CONFIRMATION

    async def _confirm(self, confirmation: bytes) -> None:
        guesses, host = self._chatroom.guesses, self._turn.host
        if len(confirmation) != CONFIRMATION_BYTES:
            raise bad_line()
        if seconds := guesses.delay(host):
            await asyncio.sleep(seconds)
        assert self._proving is not None
        if not self._proving.is_confirmed(confirmation):
            self._refuse(guesses.wrong(host, WRONG), Proof.WRONG)
            return
        self._say(ProofLine(confirmation=b64encode(self._proving.confirmation).decode()))
        self._transport.tell(is_proven=True)
        self._end(Proof.DONE)
        hand_over(self._transport, self._inside(self._turn, self._left), self._received)

    def _say(self, line: ProofLine) -> None:
        self._transport.write(msgspec.json.encode(line) + b"\n")

    def _refuse(self, refusal: Refused, outcome: Proof = Proof.BROKEN) -> None:
        self._end(outcome)
        words = msgspec.json.encode(Error.of(refusal, None)) + b"\n"
        hand_over(self._transport, Farewell(words, self._lingering, self._left))

    def _end(self, outcome: Proof) -> None:
        """Wait for nothing more, and count how it ended."""
        if self._step is Step.OVER:
            return
        if self._answering is not None and asyncio.current_task() is not self._answering:
            self._answering.cancel()
        self._step = Step.OVER
        self._deadlines.end(self)
        self._chatroom.tls_counts.proofs[outcome] += 1

    def eof_received(self) -> bool:
        self._chatroom.partings.see_to(self._transport.close)
        return True  # until then

    def connection_lost(self, _exc: Exception | None) -> None:
        self._end(Proof.LEFT)
        self._left()

    def time_is_up(self) -> None:
        """Let the peer go: its proof does not come."""
        self._end(Proof.LATE)
        self._transport.close()
