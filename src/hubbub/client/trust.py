"""Whom a client trusts: authorities, and the certificates that it remembers.

A certificate that no authority vouches for is remembered once the server has proven the password
with it. From then on the server is known by it, and one without it is another one. That a server
speaks TLS is remembered as well, so that nobody can talk a client into doing without.
"""

from __future__ import annotations

import os
import ssl
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from hubbub.chat.errors import Refused
from hubbub.client.keeping import KeptFile

if TYPE_CHECKING:
    from hubbub.client.address import Address

KNOWN_MAX: Final = 500
"""Servers that are remembered; the one that was added first goes first."""

CA_VARIABLE: Final = "HUBBUB_CA"


class Known(msgspec.Struct, frozen=True):
    """A server that speaks TLS. `fingerprint`: of its certificate; empty: an authority vouches."""

    fingerprint: str = ""


class Trust:
    """`ca`: a file of authorities, in the place of the system's.

    `keeps`: whether servers are remembered beyond the program.
    """

    def __init__(self, ca: str = "", *, keeps: bool = True) -> None:
        self.ca = ca or os.environ.get(CA_VARIABLE, "")
        self._file = KeptFile("servers.json")
        self._keeps = keeps
        self._met: dict[str, Known] = {}

    def known(self, address: Address) -> Known | None:
        """Return what is remembered of a server; None if it is nothing."""
        return self._met.get(str(address)) or self._file.read(Known).get(str(address))

    def remember(self, address: Address, fingerprint: str) -> None:
        """Remember that a server speaks TLS, and by which certificate it is known."""
        known = self._met[str(address)] = Known(fingerprint)
        servers = self._file.read(Known)
        if not self._keeps or servers.get(str(address)) == known:
            return
        servers.pop(str(address), None)
        servers[str(address)] = known
        # What cannot be kept is asked for again at the next start: that is no reason not to talk.
        self._file.write(servers, KNOWN_MAX)

    @cached_property
    def authorities(self) -> ssl.SSLContext:
        """What accepts certificates for which an authority vouches; raises Refused."""
        return trusting(self.ca)

    @cached_property
    def anybody(self) -> ssl.SSLContext:
        """What accepts each certificate: whose it is has to be found out in another way."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def trusting(ca: str) -> ssl.SSLContext:
    """Return what accepts certificates for which an authority in the file vouches; raises Refused.

    Without a file, the authorities are the system's.
    """
    try:
        context = ssl.create_default_context(cafile=ca or None)
    except (OSError, ssl.SSLError):
        raise Refused(
            f"The authorities in {ca} cannot be read. Name a file of certificates in PEM.",
            code="bad_ca",
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def page_of(address: Address) -> str:
    """Return where browsers find the page of a server, as in `http://HOST:PORT`.

    It is `https` where an authority vouches for the certificate: of others, browsers warn.
    """
    known = Trust().known(address)
    return f"{'http' if known is None or known.fingerprint else 'https'}://{address}"
