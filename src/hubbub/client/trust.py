"""Whom a client trusts: authorities, and the certificates that it remembers.

A certificate that no authority vouches for is remembered once the server has proven the password
with it. From then on the server is known by it, and one without it is another one. That a server
speaks TLS is remembered as well, so that nobody can talk a client into doing without.
"""

from __future__ import annotations

import json
import os
import ssl
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
import platformdirs

from hubbub.chat.errors import Refused

if TYPE_CHECKING:
    from hubbub.client.address import Address

KNOWN_MAX: Final = 500
"""Servers that are remembered; the one that was added first goes first."""

CA_VARIABLE: Final = "HUBBUB_CA"


class Known(msgspec.Struct, frozen=True):
    """A server that speaks TLS. `fingerprint`: of its certificate; empty: an authority vouches."""

    fingerprint: str = ""


_File = dict[str, Known]


class Trust:
    """`ca`: a file of authorities, in the place of the system's.

    `keeps`: whether servers are remembered beyond the program.
    """

    def __init__(self, ca: str = "", *, keeps: bool = True) -> None:
        self.ca = ca or os.environ.get(CA_VARIABLE, "")
        self._path = platformdirs.user_state_path("hubbub") / "servers.json"
        self._keeps = keeps
        self._met: _File = {}

    def known(self, address: Address) -> Known | None:
        """Return what is remembered of a server; None if it is nothing."""
        return self._met.get(str(address)) or self._read().get(str(address))

    def remember(self, address: Address, fingerprint: str) -> None:
        """Remember that a server speaks TLS, and by which certificate it is known."""
        known = self._met[str(address)] = Known(fingerprint)
        servers = self._read()
        if not self._keeps or servers.get(str(address)) == known:
            return
        servers.pop(str(address), None)
        servers[str(address)] = known
        kept = dict(list(servers.items())[-KNOWN_MAX:])
        # What cannot be kept is asked for again at the next start: that is no reason not to talk.
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            with new.open("w", encoding="utf-8") as file:
                json.dump(msgspec.to_builtins(kept), file, indent=1)
                file.flush()
                os.fsync(file.fileno())  # else a power cut may leave an empty file under the name
            new.replace(self._path)

    def _read(self) -> _File:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_File)
        except (OSError, ValueError):
            return {}

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
