"""TLS that asks its peer for a certificate, and takes any: who is meant by it, others decide.

Python's `ssl` ends the handshake where nobody vouches for a peer's certificate. People make their
own ones, so nobody ever does; what counts is that the peer has the key, which OpenSSL checks. So
here OpenSSL is spoken to by another library, behind the same methods.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final, Literal

from OpenSSL import SSL
from OpenSSL.crypto import FILETYPE_ASN1, dump_certificate

from hubbub.tls.certificates import no_pair

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeVar

    Result = TypeVar("Result")

PIECE_BYTES: Final = 65_536


class AskingContext:
    """What a server needs for such TLS.

    Raises ConfigError if the files are no pair: they may be others than a moment ago.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        # The numbers are OpenSSL's. Each peer shows anew who it is: nothing is resumed.
        context.set_options(ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        try:
            context.use_certificate_chain_file(str(certificate))
            context.use_privatekey_file(str(key))
        except SSL.Error as error:
            raise no_pair(certificate, key, _reason(error)) from None
        context.set_verify(SSL.VERIFY_PEER, lambda *_about: True)
        self._context = context

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = True,
        server_hostname: str | bytes | None = None,
    ) -> AskingObject:
        """Return one connection's end, as `ssl.SSLContext.wrap_bio` does."""
        assert server_side
        assert server_hostname is None
        return AskingObject(self, SSL.Connection(self._context, None), incoming, outgoing)


class AskingObject:
    """One end of a connection; what `tls/engine.py` needs of `ssl.SSLObject`, and raises as it."""

    def __init__(
        self,
        context: AskingContext,
        connection: SSL.Connection,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
    ) -> None:
        self.context = context
        self._connection = connection
        self._incoming, self._outgoing = incoming, outgoing
        self._is_dry = True
        """Whether nothing can be read before more comes of the network."""
        connection.set_accept_state()

    def _call(self, act: Callable[[], Result]) -> Result:
        """Do something with what came, and take along what is to be sent because of it."""
        if self._incoming.pending:
            self._connection.bio_write(self._incoming.read())
            self._is_dry = False
        try:
            return act()
        except SSL.WantReadError:
            self._is_dry = True
            more = ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "more is wanted")
            raise _as_of_ssl(more) from None
        except SSL.ZeroReturnError:
            ended = ssl.SSLZeroReturnError(ssl.SSL_ERROR_ZERO_RETURN, "the peer ended")
            raise _as_of_ssl(ended) from None
        except SSL.Error as error:
            raise _as_of_ssl(ssl.SSLError(ssl.SSL_ERROR_SSL, _reason(error))) from None
        finally:
            self._take_along()

    def _take_along(self) -> None:
        while True:
            try:
                self._outgoing.write(self._connection.bio_read(PIECE_BYTES))
            except SSL.WantReadError:
                return

    def do_handshake(self) -> None:
        """Go on with the handshake."""
        self._call(self._connection.do_handshake)

    def read(self, size: int) -> bytes:
        """Return text of the peer's."""
        return self._call(lambda: self._connection.recv(size))

    def write(self, text: memoryview) -> int:
        """Encrypt text, and return how much of it."""
        return self._call(lambda: self._connection.send(bytes(text)))

    def pending(self) -> int:
        """Return whether something can be read, as it seems."""
        return int(not self._is_dry or self._connection.pending() > 0)

    def unwrap(self) -> None:
        """Say that nothing more comes."""
        self._call(self._connection.shutdown)

    def getpeercert(self, binary_form: Literal[True]) -> bytes | None:
        """Return the peer's certificate, in DER; None if it showed none."""
        assert binary_form
        found = self._connection.get_peer_certificate()
        # It is not parsed: peers may show what OpenSSL takes, and stricter libraries do not.
        return None if found is None else dump_certificate(FILETYPE_ASN1, found)

    def cipher(self) -> tuple[str, str, int] | None:
        """Return the cipher, the version of TLS that has it, and its bits."""
        name, bits = self._connection.get_cipher_name(), self._connection.get_cipher_bits()
        if name is None or bits is None:
            return None
        return name, self._connection.get_protocol_version_name(), bits


def _as_of_ssl(error: ssl.SSLError) -> ssl.SSLError:
    """Return an error with the reason that `ssl` gives each, and that none has by itself."""
    error.reason = str(error.strerror).upper().replace(" ", "_")
    return error


def _reason(error: SSL.Error) -> str:
    """Return what OpenSSL says of an error."""
    said = error.args[0] if error.args else ()
    return "; ".join(one[-1] for one in said) or "the peer broke off"
