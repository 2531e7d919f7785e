"""How a server and a relay know each other before anything is said: both have the same secret.

Each says something that it has just made up, and shows by a keyed hash of both that it knows the
secret. The hash covers the certificate that each has in mind, so whoever stands between, with
another certificate, convinces neither. The relay begins, with a word that nothing else begins with:

    relay  > RELAY 1 NONCE
    server > NONCE PROOF
    relay  > PROOF

The secret is long and random, so nobody guesses it: a wrong one ends the connection, that is all.
If the server speaks another version of the link than the relay's, 1 here, it says which:

    relay  > RELAY 2 NONCE
    server > RELAY 1
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final, cast

from hubbub.server.sockets.handover import hand_over
from hubbub.wire.relay import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from hubbub.server.fairness.turns import Turn
    from hubbub.server.sockets.deadlines import Deadlines
    from hubbub.server.sockets.receiving import AnyProtocol

WORD: Final = b"RELAY "
OPENING: Final = WORD + b"%d " % VERSION
LINE_BYTES_MAX: Final = 256


def nonce() -> bytes:
    """Return what nobody has said before."""
    return secrets.token_urlsafe(16).encode()


def proof(secret: str, side: bytes, asked: bytes, own: bytes, fingerprint: str) -> bytes:
    """Return what shows to the other side, which said `asked`, that this one knows the secret."""
    said = b"\n".join([b"hubbub relay", side, asked, own, fingerprint.encode()])
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest().encode()


class Meeting(asyncio.Protocol):
    """The server's side. `inside` makes what goes on with a relay that has shown that it is one."""

    def __init__(
        self,
        secret: str,
        inside: Callable[[Turn, Callable[[], None]], AnyProtocol],
        deadlines: Deadlines,
        turn: Turn,
        left: Callable[[], None],
    ) -> None:
        self._secret = secret
        self._inside = inside
        self._deadlines = deadlines
        self._turn = turn
        self._left = left
        self._received = b""
        self._expected = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._deadlines.begin(self)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._transport.get_protocol() is self:
            line, end, rest = self._received.partition(b"\n")
            if len(line) > LINE_BYTES_MAX:
                self._turn_away("wrong_secret")
            if not end or self._transport.is_closing():
                return
            self._received = rest
            self._take(line)

    def _take(self, line: bytes) -> None:
        if not self._expected and line.startswith(OPENING):
            self._answer(line.removeprefix(OPENING))
        elif not self._expected:
            self._transport.write(OPENING.rstrip() + b"\n")
            self._turn_away("unknown_protocol")
        elif hmac.compare_digest(line, self._expected):
            self._deadlines.end(self)
            hand_over(self._transport, self._inside(self._turn, self._left), self._received)
        else:
            self._turn_away("wrong_secret")

    def _answer(self, asked: bytes) -> None:
        own, fingerprint = nonce(), self._transport.get_extra_info("fingerprint") or ""
        self._expected = proof(self._secret, b"relay", own, asked, fingerprint)
        shown = proof(self._secret, b"server", asked, own, fingerprint)
        self._transport.write(own + b" " + shown + b"\n")

    def _turn_away(self, why: str) -> None:
        self._turn.turned_away(why)
        self._transport.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._deadlines.end(self)
        self._left()

    def time_is_up(self) -> None:
        """Let it go."""
        self._transport.close()


class Stranger(Exception):
    """What answered is not the server, or does not take us for its relay; it says why."""


UNKNOWN: Final = "what answers there does not know the secret of [relay], or lets no relays in"
OTHER_VERSION: Final = (
    "its hubbub and this one are too far apart to be linked: let both run the same version"
)


class Introducing(asyncio.Protocol):
    """The relay's side; `uplink` goes on with the connection. `met` is done then, or has failed."""

    def __init__(self, secret: str, uplink: asyncio.Protocol) -> None:
        self._secret = secret
        self._uplink = uplink
        self._own = nonce()
        self._received = b""
        self._fingerprint = ""
        self.met: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Nobody may wait for it any more.
        self.met.add_done_callback(lambda met: met.cancelled() or met.exception())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def begin(self, fingerprint: str) -> None:
        """Say who we are, to a server with this certificate; without TLS it has none."""
        self._fingerprint = fingerprint
        self._transport.write(OPENING + self._own + b"\n")

    def data_received(self, data: bytes) -> None:
        self._received += data
        line, end, rest = self._received.partition(b"\n")
        asked, _, shown = line.partition(b" ")
        expected = proof(self._secret, b"server", self._own, asked, self._fingerprint)
        if end and hmac.compare_digest(shown, expected):
            own = proof(self._secret, b"relay", asked, self._own, self._fingerprint)
            self._transport.write(own + b"\n")
            hand_over(self._transport, self._uplink, rest)
            self.met.set_result(None)
        elif end and line.startswith(WORD):
            self._fail(OTHER_VERSION)
        elif end or len(line) > LINE_BYTES_MAX:
            self._fail()

    def eof_received(self) -> None:
        self._fail()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._fail()

    def _fail(self, why: str = UNKNOWN) -> None:
        if not self.met.done():
            gone = ConnectionResetError("it hung up without an answer")  # it may be stopping
            self.met.set_exception(Stranger(why) if self._received else gone)
