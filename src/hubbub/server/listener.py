"""The one port for everyone: what is spoken there, and how long one may be silent."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from hubbub.chat.errors import ConfigError
from hubbub.chat.events import Bye
from hubbub.server.control.reloading import Part, keys_of
from hubbub.server.doorkeeper import Doorkeeper, Speech, Stranger
from hubbub.server.fairness.addresses import is_loopback
from hubbub.server.gate import Gate
from hubbub.server.http.loading import Web
from hubbub.server.irc import Irc, IrcFigures
from hubbub.server.relaying.meeting import Meeting
from hubbub.server.sessions.connection import Connection
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.server.sockets.farewell import LINGER_SECONDS, Farewell
from hubbub.server.tls.handshaking import Handshaking
from hubbub.server.tls.plaintext import TLS_NEEDED, Plaintext, Unprotected
from hubbub.server.tls.proving import ProvingSide
from hubbub.wire.framed import FramedDialect

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from hubbub.server.config import Config
    from hubbub.server.fairness.turns import Turn
    from hubbub.server.relaying.downlink import Downlink
    from hubbub.server.relaying.ticker import Ticker
    from hubbub.server.sessions.chatroom import Chatroom
    from hubbub.server.sockets.receiving import AnyProtocol
    from hubbub.server.tls.certificates import Certificates

SWEEP_SECONDS = 1.0

RELAY_STOPPED = Bye(reason="The relay through which you came is shutting down.")

UNKNOWN = (
    b"This is a hubbub chatroom. It speaks frames (a 10-byte header with the payload's length, "
    b"then the payload), HTTP and IRC; what you sent is none of these.\n"
)


class Listener:
    """What answers the connections that come in by its gate.

    `hosts`: names under which browsers may reach them. `proxies`: those on other machines which are
    believed when they say for whom they ask. `certificates`: None if there is no TLS; `plaintext`:
    who need not use it. `relay_secret`: what relays know; empty lets none in. `ticker`:
    what tells them of the log.
    """

    def __init__(
        self,
        chatroom: Chatroom,
        hosts: Sequence[str] = (),
        proxies: Sequence[str] = (),
        certificates: Certificates | None = None,
        plaintext: Plaintext = Plaintext.ALLOWED,
        *,
        relay_secret: str = "",
        ticker: Ticker | None = None,
    ) -> None:
        limits, clock = chatroom.limits, chatroom.loop.time
        self._chatroom = chatroom
        self.irc = IrcFigures(chatroom, certificates)
        self._handshakes = Deadlines(limits.handshake_seconds, clock)
        self._lingering = Deadlines(LINGER_SECONDS, clock)
        self._certificates, self._plaintext = certificates, plaintext
        self._relay_secret, self._ticker = relay_secret, ticker
        self._web = Web(
            chatroom,
            hosts,
            proxies,
            self._handshakes,
            self._lingering,
            plaintext=plaintext,
            challenges=None if certificates is None else certificates.challenges,
            irc=self.irc,
        )
        self._irc = Irc(chatroom, self.irc, self._handshakes, self._lingering)
        unknown = self._say_what_is_spoken
        known = {
            Speech.FRAMES: self._framed,
            Speech.HTTP: self._web.answer,
            Speech.IRC: self._irc.answer,
            Speech.RELAY: self._meet if relay_secret else unknown,
        }
        others = {Speech.TLS: unknown, Speech.PROOF: unknown, Speech.UNKNOWN: unknown}
        self._doorkeeper = Doorkeeper(
            {
                **known,
                **others,
                Speech.FRAMES: self._framed_plainly,
                Speech.IRC: self._irc_plainly,
                Speech.RELAY: self._meet_plainly if relay_secret else unknown,
                Speech.TLS: unknown if certificates is None else self._begin_tls,
            },
            self._handshakes,
            chatroom.partings,
        )
        self._inside = Doorkeeper(
            {**known, **others, Speech.PROOF: self._have_proven},
            self._handshakes,
            chatroom.partings,
        )
        self._behind_proof = Doorkeeper({**known, **others}, self._handshakes, chatroom.partings)
        self.gate = Gate(limits, chatroom.turns, self._doorkeeper)

    def part(self) -> Part:
        """Return what of the configuration it can take in while it listens."""

        def prepare(config: Config) -> Callable[[], None]:
            server = config.server
            return lambda: self._web.know(server.hosts, server.trusted_proxies)

        return Part(keys_of("server", ("hosts", "trusted_proxies")), prepare)

    def _framed(self, turn: Turn, left: Callable[[], None]) -> Connection:
        dialect = FramedDialect(self._chatroom.limits.frame_bytes_max)
        return Connection(self._chatroom, dialect, turn, left)

    def _framed_plainly(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        if self._plaintext.may(turn.peer):
            return self._framed(turn, left)
        return Unprotected(self._handshakes, self._lingering, left)

    def _irc_plainly(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        if self._plaintext.may(turn.peer):
            return self._irc.answer(turn, left)
        return Farewell(b"ERROR :%b\r\n" % str(TLS_NEEDED).encode(), self._lingering, left)

    def _meet(self, turn: Turn, left: Callable[[], None]) -> Meeting:
        return Meeting(self._relay_secret, self._link, self._handshakes, turn, left)

    def _meet_plainly(self, turn: Turn, left: Callable[[], None]) -> AnyProtocol:
        if self._plaintext.may(turn.peer):
            return self._meet(turn, left)
        return self._say_what_is_spoken(turn, left)

    def _link(self, turn: Turn, left: Callable[[], None]) -> Downlink:
        # Imported here: most servers have no relays.
        from hubbub.server.relaying.downlink import Downlink  # noqa: PLC0415
        from hubbub.server.relaying.giving import Giving  # noqa: PLC0415

        def lost() -> None:
            del self._chatroom.links[link]
            left()

        link = Downlink(
            self.gate.bring,
            lost,
            host=turn.peer,
            ticker=self._ticker,
            giving=Giving(self._chatroom.files),
            dismiss=self._dismiss,
        )
        self._chatroom.links[link] = None
        return link

    async def _dismiss(self, link: Downlink) -> None:
        await self._chatroom.dismiss(link, RELAY_STOPPED)

    def _begin_tls(self, turn: Turn, left: Callable[[], None]) -> Handshaking:
        assert self._certificates is not None, "else TLS is not spoken"
        inside = partial(_stranger, self._inside)
        return Handshaking(
            self._certificates,
            inside,
            self._handshakes,
            turn,
            left,
            counts=self._chatroom.tls_counts,
            partings=self._chatroom.partings,
        )

    def _have_proven(self, turn: Turn, left: Callable[[], None]) -> ProvingSide:
        inside = partial(_stranger, self._behind_proof)
        return ProvingSide(
            self._chatroom,
            inside,
            turn,
            left,
            deadlines=self._handshakes,
            lingering=self._lingering,
        )

    def _say_what_is_spoken(self, turn: Turn, left: Callable[[], None]) -> Farewell:
        turn.turned_away("unknown_protocol")
        return Farewell(UNKNOWN, self._lingering, left)

    @property
    def address(self) -> str:
        """The first address listened on, as `host:port`."""
        return self.gate.address

    async def open(self, listen: str, passed: Sequence[socket.socket] = ()) -> None:
        """Listen on `host:port`, without a host on every network; raise ConfigError if it fails.

        `passed`: the sockets on which somebody listens for us, instead.
        """
        try:
            await self.gate.open(listen, passed)
        except ConfigError:
            await self.close()
            raise

    async def close(self) -> None:
        """Accept no more, and let go of those that nobody answers yet."""
        await self.gate.close()
        for doorkeeper in (self._doorkeeper, self._inside, self._behind_proof):
            doorkeeper.close()
        await self._irc.close()
        await self._web.close()

    async def sweep(self) -> None:
        """End, for ever, what is silent for too long, and what has vanished without a word."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            for deadlines in (self._handshakes, self._lingering):
                deadlines.sweep(self._chatroom.partings.see_to)
            await self.gate.look()


def _stranger(doorkeeper: Doorkeeper, turn: Turn, left: Callable[[], None]) -> Stranger:
    """Have a connection begin anew, inside what has been agreed upon so far."""
    return doorkeeper.stranger(turn, left, may_be_silent=is_loopback(turn.peer))
